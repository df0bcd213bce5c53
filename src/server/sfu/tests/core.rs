//! What a panic of the library ends: one session.

use std::net::{IpAddr, Ipv4Addr};

use parking_lot::Mutex;
use str0m::Rtc;
use str0m::media::{Direction, MediaKind};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::super::egress::NtpClock;
use super::super::keys::{RoomKey, SeatKey};
use super::super::letterbox::{Letter, Offer, Post, Seated};
use super::super::listeners::{Client, Hearing};
use super::super::start::certificate;
use super::*;
use crate::protocol::PeerId;

/// What somebody was told.
#[derive(Default)]
struct Told(Mutex<Vec<String>>);

impl Client for Told {
    fn tell(&self, text: Utf8Bytes) {
        self.0.lock().push(text.to_string());
    }
}

struct Deaf;

impl Hearing for Deaf {
    fn heard(&self, _: &PeerId, _: SfuAvailability) -> bool {
        true
    }

    fn carries(&self, _: bool) {}
}

const SERVER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 3480);

fn shard(now: Instant) -> Core {
    let ground = Ground {
        certificate: certificate().unwrap(),
        clock: NtpClock::begin(now),
    };
    let candidates = Box::new(|_| vec![SERVER]);
    Core::new(ground, candidates, 1e9, 8, Arc::default(), now)
}

/// An offer of somebody who sends everything.
fn offer(now: Instant) -> Offer {
    let mut rtc = Rtc::new(now);
    let mut changes = rtc.sdp_api();
    for kind in [
        MediaKind::Audio,
        MediaKind::Video,
        MediaKind::Audio,
        MediaKind::Video,
    ] {
        changes.add_media(kind, Direction::SendOnly, None, None, None);
    }
    let (offer, _) = changes.apply().unwrap();
    Offer {
        sdp: offer.to_sdp_string(),
        serial: Some(1),
        reached: ReachedAt::default(),
    }
}

/// Somebody takes a seat and offers a connection; gives what they are told.
fn come(core: &mut Core, seat: u64, now: Instant) -> Arc<Told> {
    let told = Arc::<Told>::default();
    let letter = Letter {
        seated: Some(Seated {
            room: RoomKey(1),
            peer: PeerId::new(format!("peer-{seat}")),
            client: told.clone(),
            hearing: Arc::new(Deaf),
        }),
        offer: Some(offer(now)),
        ..Letter::default()
    };
    write(core, seat, letter, now);
    told
}

fn write(core: &mut Core, seat: u64, letter: Letter, now: Instant) {
    let letters = vec![(SeatKey(seat), letter)];
    let post = Post {
        letters,
        ..Post::default()
    };
    core.read(post, now);
}

fn has_session(core: &Core, seat: u64) -> bool {
    let member = core.members[core.seats[&SeatKey(seat)]].as_ref();
    member.is_some_and(|member| member.session.is_some())
}

#[test]
fn a_panic_in_one_session_ends_that_session_and_whoever_had_it_may_offer_again() {
    let now = Instant::now();
    let mut core = shard(now);
    let told = come(&mut core, 1, now);
    come(&mut core, 2, now);
    assert!(
        has_session(&core, 1) && has_session(&core, 2),
        "{:?}",
        told.0.lock()
    );
    let one = core.seats[&SeatKey(1)];
    let panicked: Option<()> = core.with_session(one, |_| panic!("as the library might"));
    assert_eq!(panicked, None);
    assert!(!has_session(&core, 1) && has_session(&core, 2));
    assert_eq!(core.figures.snapshot().panics, 1);
    let letter = Letter {
        offer: Some(offer(now)),
        ..Letter::default()
    };
    write(&mut core, 1, letter, now);
    assert!(has_session(&core, 1), "{:?}", told.0.lock());
}

#[test]
fn after_a_panic_of_ours_everybody_has_their_seat_and_may_offer_again() {
    let now = Instant::now();
    let mut core = shard(now);
    come(&mut core, 1, now);
    come(&mut core, 2, now);
    core.begin_anew(now);
    assert!(!has_session(&core, 1) && !has_session(&core, 2));
    for seat in [1, 2] {
        let letter = Letter {
            offer: Some(offer(now)),
            ..Letter::default()
        };
        write(&mut core, seat, letter, now);
        assert!(has_session(&core, seat));
    }
}
