//! The items about packets of media: 17.2.3, 17.2.4 and 17.2.5.

use tokio::net::UdpSocket;

use crate::support::{Media, Server, SfuClient, after, now, sfu_server};

/// Both still hear and see each other with what they say from now on, and nothing but that.
async fn assert_unharmed(ada: &mut SfuClient, bob: &mut SfuClient) {
    let from = now();
    bob.until_heard(&ada.peer, after(from, 500)).await;
    let shows = bob.until_packet("her picture", |it| {
        it.shows(&ada.peer) && it.mark.sent > from
    });
    shows.await;
    ada.until_heard(&bob.peer, after(from, 500)).await;
    bob.ledger.check();
    ada.ledger.check();
}

async fn watching(server: &Server) -> (SfuClient, SfuClient) {
    let (ada, mut bob) = SfuClient::ada_and_bob(server).await;
    bob.watch(&[(&ada.peer, "thumbnail")], &[]).await;
    bob.until_shown(&ada.peer, "q").await;
    (ada, bob)
}

/// Whether it is RTP or RTCP, by its first byte (RFC 7983).
fn is_media(datagram: &[u8]) -> bool {
    (128..192).contains(&datagram[0])
}

/// Whether of these two it is RTCP (RFC 5761).
fn is_control(datagram: &[u8]) -> bool {
    (192..224).contains(&datagram[1])
}

/// What somebody might make of a packet who saw it and has no key: each differs from it in one place.
fn forgeries(packet: &[u8]) -> Vec<Vec<u8>> {
    let bent = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut packet = packet.to_vec();
        change(&mut packet);
        packet
    };
    let last = packet.len() - 1;
    let mut forgeries = vec![
        bent(&|it| it[last] ^= 1),
        bent(&|it| it[last / 2] ^= 0x40),
        bent(&|it| it.truncate(last - 9)),
        bent(&|it| it.extend([0; 10])),
    ];
    if is_control(packet) {
        // A goodbye (203), and one that is said not to be encrypted.
        forgeries.push(bent(&|it| it[1] = 203));
        forgeries.push(bent(&|it| it[last.saturating_sub(13)] &= 0x7f));
    } else {
        forgeries.push(bent(&|it| it[2] = it[2].wrapping_add(1)));
        forgeries.push(bent(&|it| it[3] = it[3].wrapping_add(50)));
        forgeries.push(bent(&|it| it[4] ^= 0x80));
        forgeries.push(bent(&|it| it[1] ^= 0x80));
        forgeries.push(bent(&|it| it.resize(12 + 60, 7)));
    }
    forgeries
}

#[tokio::test]
async fn v17_2_3_packets_without_their_senders_key_enter_no_stream() {
    let server = sfu_server();
    let (mut ada, mut bob) = watching(&server).await;
    let target = ada.target();
    ada.media.ask(|media| media.tapped = Some(vec![])).await;
    let from = now();
    bob.until_heard(&ada.peer, after(from, 500)).await;
    let tapped = ada.media.ask(|media| media.tapped.take().unwrap()).await;
    let media: Vec<Vec<u8>> = tapped.into_iter().filter(|it| is_media(it)).collect();
    let count = |control| media.iter().filter(|it| is_control(it) == control).count();
    assert!(count(true) > 0 && count(false) > 20, "{}", media.len());
    let stranger = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    for packet in media.iter().take(100) {
        for forgery in forgeries(packet) {
            stranger.send_to(&forgery, target).await.unwrap();
            // As if the stranger could say to write from her address.
            let inject = move |media: &mut Media| media.inject(&forgery, target);
            ada.media.ask(inject).await;
        }
    }
    assert_unharmed(&mut ada, &mut bob).await;
}

/// Packets that lie about their own shape, of a stream that is there.
fn misshapen(packet: &[u8]) -> Vec<Vec<u8>> {
    let mut misshapen: Vec<Vec<u8>> = (1..packet.len().min(40))
        .map(|length| packet[..length].to_vec())
        .collect();
    for first in [0x80_u8, 0x8f, 0x90, 0xa0, 0xbf] {
        // More sources, an extension, padding, than there are bytes for.
        let mut bytes = packet.to_vec();
        bytes[0] = first;
        misshapen.push(bytes.clone());
        bytes.truncate(16);
        misshapen.push(bytes.clone());
        bytes.extend([0xbe, 0xde, 0xff, 0xff, 0xff, 0xff]);
        misshapen.push(bytes);
    }
    // RTCP whose length is another, or none.
    for kind in 200..=207 {
        misshapen.push(vec![0x80, kind]);
        misshapen.push(vec![0x9f, kind, 0xff, 0xff, 0, 0, 0, 1]);
        misshapen.push([vec![0x81, kind, 0, 0], vec![0xff; 100]].concat());
    }
    misshapen
}

#[tokio::test]
async fn v17_2_4_malformed_packets_hold_nothing_up() {
    let server = sfu_server();
    let (mut ada, mut bob) = watching(&server).await;
    let eve = SfuClient::join(&server, "standup", "Eve").await;
    // What she says is not to be read by who checks everything they get.
    bob.watch(&[(&ada.peer, "thumbnail")], &[&eve.peer]).await;
    let eve = eve.entered().await;
    ada.watch(&[(&eve.peer, "thumbnail")], &[]).await;
    ada.until_shown(&eve.peer, "q").await;
    let target = eve.target();
    eve.media.ask(|media| media.tapped = Some(vec![])).await;
    let from = now();
    ada.until_heard(&eve.peer, after(from, 100)).await;
    let tapped = eve.media.ask(|media| media.tapped.take().unwrap()).await;
    let packet = tapped.into_iter().find(|it| is_media(it)).unwrap();
    for datagram in misshapen(&packet) {
        let inject = move |media: &mut Media| media.inject(&datagram, target);
        eve.media.ask(inject).await;
    }
    // And such as only she can send: well encrypted, and nothing inside, or half of a descriptor of VP8 (RFC 7741).
    let payloads: [&[u8]; 9] = [
        &[],
        &[0x90],
        &[0x80],
        &[0x90, 0x80],
        &[0x90, 0xff],
        &[0x90, 0xf0, 0x80],
        &[0x90, 0xf0, 0xff, 0xff, 0xff],
        &[0x10],
        &[0xff; 1_100],
    ];
    for payload in payloads {
        let (picture, sound) = (payload.to_vec(), payload.to_vec());
        let stray = move |media: &mut Media| {
            media.publisher.stray("camera", "q", picture);
            media.publisher.stray("microphone", "", sound);
        };
        eve.media.ask(stray).await;
    }
    let anew = now();
    for (listener, speaker) in [(&mut bob, &ada.peer.clone()), (&mut ada, &eve.peer)] {
        listener.until_heard(speaker, after(anew, 500)).await;
        let shown = listener.until_packet("a picture", |it| {
            it.shows(speaker) && it.mark.sent > after(anew, 500)
        });
        shown.await;
    }
    bob.ledger.check();
}

#[tokio::test]
async fn v17_2_5_whoever_floods_with_their_own_packets_loses_them_and_nobody_else_does() {
    let server = sfu_server();
    let (ada, mut bob) = watching(&server).await;
    let mut eve = SfuClient::enter(&server, "standup", "Eve").await;
    bob.until_heard(&eve.peer, 0).await;
    // 40 times as many as a voice has.
    let flood = |at_once| move |media: &mut Media| media.publisher.at_once = at_once;
    let began = now();
    eve.media.ask(flood(40)).await;
    bob.until_heard(&ada.peer, after(began, 2_000)).await;
    eve.media.ask(flood(1)).await;
    let ended = now();
    bob.until_heard(&ada.peer, after(ended, 1_000)).await;
    bob.until_heard(&eve.peer, after(ended, 1_000)).await;
    eve.until_heard(&ada.peer, after(ended, 1_000)).await;
    let flooded = bob.ledger.words(&eve.peer, began);
    let numbers = flooded.iter().copied();
    let sent = numbers.clone().max().unwrap() - numbers.min().unwrap();
    let seconds = (now() - began) as f64 / 1e6;
    // Sound is passed on at 150 packets a second, and 200 at once: see docs/protocol.md.
    let most = 250.0 + 150.0 * seconds;
    assert!(
        f64::from(sent) > 2.0 * most,
        "it was no flood: {sent} in {seconds} s"
    );
    assert!((flooded.len() as f64) < most, "{} of {sent}", flooded.len());
    let words = bob.ledger.words(&ada.peer, after(ended, 500));
    let follow_each_other = words.windows(2).all(|pair| pair[1] == pair[0] + 1);
    assert!(words.len() >= 20 && follow_each_other, "{words:?}");
}
