//! Seeded stories of lines: how soon they are found, how well they are used, and what does not disturb them.

use super::link::Link;
use super::world::{Glance, Media, PACKET, Peer, World};
use crate::random::seeds;

/// The story of a sender on a line whose receiver is slow in reading, or not.
fn told(seed: u64, is_clumpy: bool, link: Link, media: Media, desired: f64, ms: u64) -> World {
    let mut world = World::new(seed, link, media, desired);
    world.peers[0].reader.is_clumpy = is_clumpy;
    world.run(ms);
    world
}

#[test]
fn a_wide_line_is_found_within_a_second() {
    for (is_clumpy, is_sender_slow, flow) in [
        (false, false, 300_000.0),
        (false, false, 1_500_000.0),
        (true, false, 300_000.0),
        (true, false, 1_500_000.0),
        (true, true, 300_000.0),
        (true, true, 1_500_000.0),
    ] {
        let (mut soon, mut later) = (vec![], vec![]);
        let all = seeds(40);
        let count = all.clone().count();
        for seed in all {
            let mut world = World::new(seed, Link::of(10e6), Media::Fixed(flow), 5e6);
            world.peers[0].reader.is_clumpy = is_clumpy;
            world.peers[0].is_sender_slow = is_sender_slow;
            world.peers[0].minimum = 3e6;
            world.run(3_000);
            soon.push(world.reached(3e6));
            later.push(world.reached(5e6));
        }
        let about = format!("{is_clumpy} {is_sender_slow} {flow}");
        // Of fifty one may have bad luck.
        for (times, latest) in [(soon, 1_000.0), (later, 3_000.0)] {
            let late = times.iter().filter(|it| **it > latest).count();
            assert!(late * 50 <= count, "{late} of {count}: {about}");
        }
    }
}

#[test]
fn a_line_is_well_used_and_packets_do_not_wait_for_long() {
    for capacity in [1e6, 3e6] {
        for (is_clumpy, jitter, longest) in [
            (false, 0.0, 300.0),
            (true, 0.0, 300.0),
            (false, 8.0, 300.0),
            (true, 0.0, 1_000.0),
        ] {
            for seed in seeds(2) {
                let link = Link {
                    jitter,
                    longest,
                    ..Link::of(capacity)
                };
                let world = told(seed, is_clumpy, link, Media::UpTo(5e6), 5e6, 60_000);
                let used = 8.0 * world.peers[0].delivered / 60.0 / capacity;
                let queue = (world.queue(0.0, 0.5), world.queue(0.0, 0.95));
                let about =
                    format!("{capacity} {is_clumpy} {jitter} {longest} {seed}: {used} {queue:?}");
                assert!(used >= 0.75, "{about}");
                assert!(queue.0 < 60.0 && queue.1 < 200.0, "{about}");
            }
        }
    }
}

#[test]
fn a_line_that_becomes_narrow_and_wide_again_is_followed() {
    for (is_clumpy, longest) in [
        (false, 300.0),
        (true, 300.0),
        (false, 1_000.0),
        (true, 1_000.0),
    ] {
        for seed in seeds(4) {
            let capacities = vec![(0.0, 3e6), (10_000.0, 0.8e6), (25_000.0, 3e6)];
            let link = Link {
                capacities,
                longest,
                ..Link::of(3e6)
            };
            let world = told(seed, is_clumpy, link, Media::UpTo(5e6), 5e6, 35_000);
            let since = |from: f64, is: fn(&Glance) -> bool| {
                world
                    .since(from)
                    .find(|it| is(it))
                    .map_or(f64::INFINITY, |it| it.at - from)
            };
            let below = since(10_000.0, |it| it.estimate < 0.9e6);
            let drained = since(10_500.0, |it| it.queue < 30.0) + 500.0;
            let again = since(25_000.0, |it| it.estimate > 2.4e6);
            let between = world.since(15_000.0).take_while(|it| it.at < 25_000.0);
            let used = between.map(|it| it.estimate).sum::<f64>() / 10_000.0 / 0.8e6;
            let about = format!("{is_clumpy} {longest} {seed}: {below} {drained} {again} {used}");
            assert!(below <= 2_500.0, "{about}");
            assert!(drained <= 2_200.0 + longest, "{about}");
            assert!(again <= 8_000.0, "{about}");
            assert!((0.7..1.1).contains(&used), "{about}");
        }
    }
}

#[test]
fn packets_that_are_lost_by_chance_do_not_starve_a_line() {
    for (loss, least) in [(0.02, 0.7), (0.05, 0.7), (0.1, 0.4), (0.15, 0.3)] {
        for is_clumpy in [false, true] {
            for seed in seeds(3) {
                let link = Link {
                    loss,
                    ..Link::of(3e6)
                };
                let world = told(seed, is_clumpy, link, Media::UpTo(5e6), 5e6, 40_000);
                let mean = world.mean(5_000.0) / 3e6;
                assert!(mean >= least, "{loss} {is_clumpy} {seed}: {mean}");
            }
        }
    }
}

#[test]
fn a_line_that_cuts_off_what_is_too_much_is_found_by_its_losses() {
    for capacity in [1e6, 3e6] {
        for seed in seeds(2) {
            let link = Link {
                longest: 10.0,
                ..Link::of(capacity)
            };
            let world = told(seed, false, link, Media::UpTo(20e6), 20e6, 40_000);
            let peer = &world.peers[0];
            let arrived = peer.delivered / PACKET as f64 / peer.next_number as f64;
            let used = 8.0 * peer.delivered / 40.0 / capacity;
            let about = format!("{capacity} {seed}: {arrived} {used}");
            assert!(arrived > 0.88 && used > 0.7, "{about}");
        }
    }
}

#[test]
fn a_receiver_that_is_slow_in_reading_keeps_its_wide_line() {
    for (pauses, is_sender_slow, count) in [
        ((100.0, 5.0..60.0), false, 20),
        ((40.0, 5.0..60.0), false, 4),
        ((100.0, 5.0..60.0), true, 4),
        ((5_000.0, 100.0..500.0), false, 4),
    ] {
        for seed in seeds(count) {
            let mut world = World::new(seed, Link::of(20e6), Media::Fixed(1.5e6), 5e6);
            world.peers[0].reader.is_clumpy = true;
            world.peers[0].is_sender_slow = is_sender_slow;
            world.peers[0].reader.pauses = pauses.clone();
            world.run(60_000);
            let least = world.least(1_000.0) / 1.5e6;
            assert!(least >= 1.2, "{pauses:?} {is_sender_slow} {seed}: {least}");
        }
    }
}

#[test]
fn keyframes_do_not_take_a_line_away() {
    for is_clumpy in [false, true] {
        for seed in seeds(3) {
            let mut world = World::new(seed, Link::of(3e6), Media::Fixed(1e6), 5e6);
            world.peers[0].reader.is_clumpy = is_clumpy;
            world.peers[0].keyframes = 60_000.0;
            world.run(40_000);
            let (least, mean) = (world.least(2_000.0) / 1e6, world.mean(2_000.0) / 3e6);
            assert!(
                least > 1.3 && mean > 0.75,
                "{is_clumpy} {seed}: {least} {mean}"
            );
        }
    }
}

#[test]
fn two_lines_share_a_link() {
    for (is_clumpy, begins) in [(false, 0.0), (false, 10_000.0), (true, 10_000.0)] {
        let mut shares = vec![];
        for seed in seeds(3) {
            let mut world = World::new(seed, Link::of(3e6), Media::UpTo(5e6), 5e6);
            let mut second = Peer::new(Media::UpTo(5e6), 5e6, world.start);
            (second.begins, second.reader.next_feedback) = (begins, begins + 60.0);
            world.peers.push(second);
            for peer in &mut world.peers {
                peer.reader.is_clumpy = is_clumpy;
            }
            world.run(30_000);
            let before: Vec<_> = world.peers.iter().map(|peer| peer.delivered).collect();
            world.run(40_000);
            let peers = world.peers.iter().zip(before);
            let got: Vec<_> = peers
                .map(|(peer, before)| peer.delivered - before)
                .collect();
            let sum: f64 = got.iter().sum();
            assert!(
                8.0 * sum / 40.0 > 0.75 * 3e6,
                "{is_clumpy} {begins} {seed}: {got:?}"
            );
            assert!(
                world.queue(30_000.0, 0.95) < 250.0,
                "{is_clumpy} {begins} {seed}"
            );
            shares.extend(got.iter().map(|got| got / sum));
        }
        let least = shares.into_iter().fold(f64::INFINITY, f64::min);
        assert!(least >= 0.25, "{is_clumpy} {begins}: {least}");
    }
}
