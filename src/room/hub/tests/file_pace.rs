//! How fast content of files goes out.

use super::super::file_lane::SLOWED_EVERY_MS;
use super::*;
use crate::room::testing::fixture::peer;

const BLOCK: usize = 16 * 1024;

/// So many bit/s go out to somebody at the most.
fn bits_per_second(pace: &FilePace, name: &str) -> u64 {
    let lane = pace.lanes.get(&peer(name));
    lane.map_or(pace.taken, |lane| lane.bits_per_second(pace.taken))
}

#[test]
fn content_goes_out_at_a_steady_pace_and_in_order() {
    let mut pace = FilePace::default();
    for number in 0..100_u8 {
        pace.push(peer("ada"), Frame::Bytes(vec![number; BLOCK]));
    }
    assert_eq!(pace.bytes(), 100 * BLOCK as u64);
    let (mut now, mut sent) = (Moment(10_000), Vec::new());
    while let Some(due) = pace.next_deadline() {
        now = now.max(due);
        for frame in pace.take(now) {
            let (_, Frame::Bytes(bytes)) = frame else {
                panic!("bytes stay bytes");
            };
            sent.push(bytes[0]);
        }
        let bytes = (sent.len() * BLOCK) as u64;
        let most = (now.since(Moment(10_000)) + BURST_MS) * 750 + BLOCK as u64;
        assert!(bytes <= most, "{bytes} bytes in {now:?}");
    }
    assert_eq!(sent, (0..100).collect::<Vec<u8>>());
    assert_eq!(pace.bytes(), 0);
    let took = now.since(Moment(10_000));
    assert!((1_900..2_300).contains(&took), "{took} ms");
}

#[test]
fn what_is_let_go_of_does_not_go_out() {
    let mut pace = FilePace::default();
    pace.push(peer("ada"), Frame::Bytes(vec![0; BLOCK]));
    pace.clear();
    assert_eq!(pace.next_deadline(), None);
    assert!(pace.take(Moment(1_000)).is_empty());
}

#[test]
fn what_waits_for_one_is_let_go_of_alone() {
    let mut pace = FilePace::default();
    for (number, name) in ["ada", "bob", "ada", "bob"].into_iter().enumerate() {
        pace.push(peer(name), Frame::Bytes(vec![number as u8; BLOCK]));
    }
    pace.forget(&peer("ada"));
    assert_eq!(pace.bytes(), 2 * BLOCK as u64);
    assert!(pace.holds_for(&peer("bob")) && !pace.holds_for(&peer("ada")));
    let mut whose = Vec::new();
    while let Some(due) = pace.next_deadline() {
        let now = due.max(Moment(1_000));
        whose.extend(pace.take(now).into_iter().map(|(to, _)| to));
    }
    assert_eq!(whose, [peer("bob"), peer("bob")]);
    assert_eq!(pace.bytes(), 0);
}

#[test]
fn the_pace_is_below_what_the_server_takes_whatever_that_is() {
    for mbit in [1, 3, 100, 10_000] {
        let mut pace = FilePace::default();
        pace.set_rate(Some(mbit * 1_000_000));
        for _ in 0..200 {
            pace.push(peer("ada"), Frame::Bytes(vec![0; BLOCK]));
        }
        let (mut now, mut bytes) = (Moment(10_000), 0);
        while let Some(due) = pace.next_deadline() {
            now = now.max(due);
            bytes += pace.take(now).len() * BLOCK;
            // A second's worth of what the server takes, at least 128 KiB, may come at once.
            let taken = mbit * 125 * now.since(Moment(10_000));
            let most = taken + (mbit * 125_000).max(128 * 1024);
            assert!(bytes as u64 <= most, "{mbit} Mbit/s: {bytes} in {now:?}");
        }
    }
}

#[test]
fn who_cannot_follow_is_sent_half_as_much_and_after_a_while_twice_as_much_again() {
    let mut pace = FilePace::default();
    let ada = peer("ada");
    let bits = |pace: &FilePace| bits_per_second(pace, "ada");
    pace.begin_anew(&ada, Moment(1_000));
    assert_eq!(bits(&pace), 8_000_000, "nothing went out to her");
    let mut now = Moment(1_000);
    for half in [4_000_000, 2_000_000, 1_000_000, 500_000, 500_000] {
        pace.push(ada.clone(), Frame::Bytes(vec![0; BLOCK]));
        // What one of them says counts so often.
        now = now.plus(SLOWED_EVERY_MS);
        assert_eq!(pace.take(now).len(), 1);
        pace.begin_anew(&peer("bob"), now);
        pace.begin_anew(&ada, now);
        assert_eq!(bits(&pace), half);
    }
    for more in [1_000_000, 2_000_000, 4_000_000, 8_000_000, 8_000_000] {
        now = now.plus(30_000);
        pace.take(now);
        assert_eq!(bits(&pace), more);
    }
    pace.set_rate(Some(300_000));
    pace.push(ada.clone(), Frame::Bytes(vec![0; BLOCK]));
    pace.take(now.plus(5_000));
    pace.begin_anew(&ada, now.plus(5_000));
    assert_eq!(bits(&pace), 300_000);
}

#[test]
fn one_who_begins_anew_again_and_again_is_slowed_down_once_in_5_s() {
    let mut pace = FilePace::default();
    let mut begins_anew = |name: &str, now: u64| {
        pace.push(peer(name), Frame::Bytes(vec![0; BLOCK]));
        assert_eq!(pace.take(Moment(now)).len(), 1);
        pace.begin_anew(&peer(name), Moment(now));
        pace.forget(&peer(name));
        bits_per_second(&pace, name)
    };
    assert_eq!(begins_anew("ada", 10_000), 4_000_000);
    for now in [10_500, 11_000, 14_999] {
        assert_eq!(begins_anew("ada", now), 4_000_000);
    }
    assert_eq!(begins_anew("bob", 14_999), 4_000_000);
    assert_eq!(begins_anew("ada", 15_500), 2_000_000);
    assert_eq!(begins_anew("bob", 16_000), 4_000_000);
}

#[test]
fn however_much_the_server_takes_twice_as_much_is_never_too_much_to_count() {
    let mut pace = FilePace::default();
    pace.set_rate(Some(u64::MAX));
    let ada = peer("ada");
    pace.push(ada.clone(), Frame::Bytes(vec![0; BLOCK]));
    pace.take(Moment(1_000));
    pace.begin_anew(&ada, Moment(1_000));
    for now in [31_000, 61_000, 91_000] {
        pace.take(Moment(now));
    }
    assert_eq!(bits_per_second(&pace, "ada"), u64::MAX);
}

#[test]
fn one_who_cannot_follow_does_not_slow_down_what_goes_to_others() {
    let mut pace = FilePace::default();
    let mut now = Moment(10_000);
    for _ in 0..4 {
        pace.push(peer("ada"), Frame::Bytes(vec![0; BLOCK]));
        now = now.plus(SLOWED_EVERY_MS);
        assert_eq!(pace.take(now).len(), 1);
        pace.begin_anew(&peer("ada"), now);
    }
    for name in ["ada", "bob"] {
        for _ in 0..100 {
            pace.push(peer(name), Frame::Bytes(vec![0; BLOCK]));
        }
    }
    let (begun, mut sent, mut of_bob) = (now, 0, 0);
    while of_bob < 100 {
        now = now.max(pace.next_deadline().unwrap());
        for (to, _) in pace.take(now) {
            sent += 1;
            of_bob += usize::from(to == peer("bob"));
        }
    }
    let took = now.since(begun);
    assert!(
        (1_900..2_600).contains(&took),
        "{took} ms for what goes to Bob"
    );
    let of_ada = ((sent - of_bob) * BLOCK) as u64;
    let most = (took + BURST_MS) * 375 / 8 + BLOCK as u64;
    assert!(
        (1..=most).contains(&of_ada),
        "{of_ada} bytes to Ada, who takes {most}"
    );
}

#[test]
fn several_who_can_follow_are_sent_equally_much_and_together_no_more_than_the_server_takes() {
    let mut pace = FilePace::default();
    let names = ["ada", "bob", "cleo"];
    for name in names {
        for _ in 0..40 {
            pace.push(peer(name), Frame::Bytes(vec![0; BLOCK]));
        }
    }
    let (mut now, mut sent) = (Moment(10_000), [0_usize; 3]);
    while let Some(due) = pace.next_deadline() {
        now = now.max(due);
        for (to, _) in pace.take(now) {
            sent[names.iter().position(|name| to == peer(name)).unwrap()] += 1;
        }
        let bytes = sent.iter().sum::<usize>() * BLOCK;
        let most = (now.since(Moment(10_000)) + BURST_MS) * 750 + BLOCK as u64;
        assert!(bytes as u64 <= most, "{bytes} bytes in {now:?}");
        let spread = sent.iter().max().unwrap() - sent.iter().min().unwrap();
        assert!(spread <= 1, "{sent:?}");
    }
    assert_eq!(sent, [40; 3]);
}
