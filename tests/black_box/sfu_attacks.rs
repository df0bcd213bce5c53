//! Datagrams that nobody should be hurt by.

use tokio::net::UdpSocket;

use super::support::{Media, Server, SfuClient, after, now, sfu_server};

/// Both still hear and see each other with what they say from now on, and not a packet twice.
async fn assert_unharmed(ada: &mut SfuClient, bob: &mut SfuClient) {
    let from = now();
    bob.until_heard(&ada.peer, after(from, 500)).await;
    bob.until_packet("her picture", |it| {
        it.shows(&ada.peer) && it.mark.sent > from
    })
    .await;
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

/// Datagrams that look like each of what shares the port (RFC 7983), with nothing behind it.
fn garbage() -> Vec<Vec<u8>> {
    let mut garbage = vec![vec![], vec![0], vec![0xff; 1_400]];
    for first in [
        0, 1, 3, 16, 20, 22, 23, 63, 64, 79, 127, 128, 144, 191, 192, 255,
    ] {
        for length in [1_usize, 4, 12, 13, 20, 28, 100, 1_200] {
            // Numbers that follow no pattern and are the same each time.
            let bytes = (0..length).map(|at| at.wrapping_mul(167).to_le_bytes()[0] ^ first);
            let mut bytes: Vec<u8> = bytes.collect();
            bytes[0] = first;
            garbage.push(bytes);
        }
    }
    // A binding request of STUN without anything that proves it.
    let mut request = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
    request.extend([7; 12]);
    garbage.push(request.clone());
    // And one whose name is not known.
    let name = b"somebody:else";
    request[3] = 20;
    request.extend([0, 6, 0, 13]);
    request.extend(name);
    request.extend([0; 3]);
    garbage.push(request);
    garbage
}

#[tokio::test]
async fn garbage_from_anywhere_hurts_nobody() {
    let server = sfu_server();
    let (mut ada, mut bob) = watching(&server).await;
    let target = ada.target();
    let stranger = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    for datagram in garbage() {
        stranger.send_to(&datagram, target).await.unwrap();
        ada.media
            .ask(move |media| media.inject(&datagram, target))
            .await;
    }
    assert_unharmed(&mut ada, &mut bob).await;
    let mut buffer = [0; 2_000];
    let answered = stranger.try_recv_from(&mut buffer);
    assert!(
        answered.is_err(),
        "a stranger is not answered: {answered:?}"
    );
}

#[tokio::test]
async fn packets_said_again_by_their_sender_or_by_a_stranger_come_once() {
    let server = sfu_server();
    let (mut ada, mut bob) = watching(&server).await;
    let target = ada.target();
    ada.media.ask(|media| media.tapped = Some(vec![])).await;
    let from = now();
    bob.until_heard(&ada.peer, after(from, 400)).await;
    let tapped = ada.media.ask(|media| media.tapped.take().unwrap()).await;
    let media: Vec<Vec<u8>> = tapped.into_iter().filter(|it| is_media(it)).collect();
    assert!(media.len() > 20, "{}", media.len());
    let stranger = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    for datagram in media {
        stranger.send_to(&datagram, target).await.unwrap();
        let mut bent = datagram.clone();
        let last = bent.len() - 1;
        bent[last] ^= 1;
        ada.media
            .ask(move |media| {
                media.inject(&datagram, target);
                media.inject(&bent, target);
            })
            .await;
    }
    assert_unharmed(&mut ada, &mut bob).await;
}

#[tokio::test]
async fn what_somebody_would_send_is_nobodys_where_a_stranger_sends_it() {
    let server = sfu_server();
    let (mut ada, mut bob) = watching(&server).await;
    bob.until_heard(&ada.peer, 0).await;
    let withhold = |media: &mut Media| {
        media.withholds = true;
        media.tapped = Some(vec![]);
        now()
    };
    let withheld = ada.media.ask(withhold).await;
    ada.until_heard(&bob.peer, after(withheld, 400)).await;
    let tapped = ada.media.ask(|media| media.tapped.take().unwrap()).await;
    let words: Vec<_> = tapped.into_iter().filter(|it| is_media(it)).collect();
    assert!(words.len() > 20, "{}", words.len());
    let stranger = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    for word in words {
        stranger.send_to(&word, ada.target()).await.unwrap();
    }
    let go_on = |media: &mut Media| {
        media.withholds = false;
        now()
    };
    let owned = ada.media.ask(go_on).await;
    bob.until_heard(&ada.peer, after(owned, 500)).await;
    let mut stolen = bob.ledger.packets().filter(|it| it.says(&ada.peer));
    let stolen = stolen.find(|it| it.mark.sent >= withheld && it.mark.sent < owned);
    assert!(stolen.is_none(), "{stolen:?}");
}

/// Whether it is RTP or RTCP, by its first byte (RFC 7983).
fn is_media(datagram: &[u8]) -> bool {
    (128..192).contains(&datagram[0])
}
