use super::super::history::Told;
use super::*;

const VIEW: View = View {
    estimate: 800_000.0,
    minimum: 0.0,
    desired: 5_000_000.0,
    waiting: 0.0,
    is_full: false,
    round_trip: 100_000,
};

/// A line that carries so much, and its probes.
struct Story {
    probing: Probing,
    view: View,
    carries: f64,
    /// When probes were given, in ms, and their rates.
    given: Vec<(Micros, f64)>,
}

impl Story {
    fn new(view: View, carries: f64) -> Self {
        Self {
            probing: Probing::new(800_000.0),
            view,
            carries,
            given: vec![],
        }
    }

    /// Lets time pass by 5 ms each; a probe is answered after 100 ms.
    fn run(&mut self, ms: std::ops::Range<Micros>) {
        for at in ms.step_by(5) {
            let now = 1_000 * at;
            let is_answered = self.given.last().is_some_and(|it| at >= it.0 + 100);
            if self.probing.open.is_some() && is_answered {
                let answer = self.probing.judge(&self.view, None, now);
                let shown = answer.map_or(0.0, Answer::shown);
                self.view.estimate = self.view.estimate.max(shown);
            }
            if let Some(probe) = self.probing.give(&self.view, now) {
                self.given.push((at, probe.rate));
                self.send(probe, now);
            }
        }
    }

    /// Sends a probe and lets it arrive.
    fn send(&mut self, probe: Probe, now: Micros) {
        let open = self.probing.open().unwrap();
        let gap = |rate: f64| (9_600.0 * 1e6 / rate) as Micros;
        let packets = (probe.rate * probe.length.as_secs_f64() / 9_600.0).ceil() as usize;
        for index in 0..packets.max(probe.packets) as Micros {
            let sent = now + index * gap(probe.rate);
            open.sent(index as u64, 1_200, sent);
        }
        for index in 0..packets.max(probe.packets) as Micros {
            let told = Told {
                number: index as u64,
                sent: now + index * gap(probe.rate),
                bytes: 1_200,
                probe: Some(probe.id),
                was_missing: false,
            };
            let arrived = now + index * gap(probe.rate.min(self.carries));
            open.heard(told, Some(arrived));
        }
    }

    fn times(&self) -> Vec<Micros> {
        self.given.iter().map(|it| it.0).collect()
    }

    fn rates(&self) -> Vec<u32> {
        self.given
            .iter()
            .map(|it| (it.1 / 1e5).round() as u32)
            .collect()
    }
}

#[test]
fn a_wide_line_is_found_with_probes_that_follow_each_other() {
    let mut story = Story::new(VIEW, 20e6);
    story.run(0..20_000);
    assert_eq!(story.rates(), [24, 48, 96], "and then there is enough");
    assert_eq!(story.times(), [0, 100, 200]);
}

#[test]
fn no_probe_is_faster_than_twice_of_what_could_be_used() {
    let mut story = Story::new(
        View {
            desired: 1.5e6,
            ..VIEW
        },
        20e6,
    );
    story.run(0..20_000);
    assert_eq!(story.rates(), [24]);
    let mut story = Story::new(
        View {
            desired: 0.0,
            ..VIEW
        },
        20e6,
    );
    story.run(0..20_000);
    assert!(story.given.is_empty());
}

#[test]
fn a_narrow_line_is_looked_at_once_more_and_then_each_five_seconds() {
    let mut story = Story::new(VIEW, 0.5e6);
    story.run(0..20_000);
    assert_eq!(story.rates()[..2], [24, 12]);
    assert_eq!(story.given[1].0, 100);
    let later: Vec<_> = story.given[2..].iter().map(|it| it.0 / 1_000).collect();
    // What seems narrower than is known is looked at again each time.
    assert_eq!(later, [5, 5, 10, 10, 15, 15]);
}

#[test]
fn while_somebody_cannot_be_seen_it_is_sooner() {
    let mut story = Story::new(
        View {
            minimum: 1.2e6,
            ..VIEW
        },
        0.78e6,
    );
    story.run(0..12_000);
    let gaps: Vec<_> = story.times().windows(2).map(|it| it[1] - it[0]).collect();
    assert_eq!(
        gaps,
        [100, 500, 900, 1_700, 3_300, 5_100],
        "the second look, and then later and later"
    );
}

#[test]
fn where_packets_wait_there_is_none() {
    for view in [
        View {
            waiting: 30.0,
            ..VIEW
        },
        View {
            is_full: true,
            ..VIEW
        },
    ] {
        let mut story = Story::new(view, 20e6);
        story.run(0..2_000);
        assert!(story.given.is_empty());
        let due = story.probing.due(&view, 2_000_000);
        assert_eq!(due, Some(2_100_000));
        story.view = VIEW;
        story.run(2_000..2_100);
        assert_eq!(story.given.len(), 1);
    }
}

#[test]
fn after_a_large_fall_the_line_is_tried_again() {
    let mut story = Story::new(VIEW, 20e6);
    story.run(0..1_000);
    story.probing.fall(story.view.estimate, 1_000_000);
    story.view.estimate = 3e6;
    story.run(1_000..1_995);
    assert_eq!(story.given.len(), 3, "not at once");
    story.run(1_995..10_000);
    assert_eq!(story.given[3].0, 2_000);
    assert_eq!(story.rates()[3], 82, "0.85 of what there was");
    assert_eq!(story.given.len(), 4);
}

#[test]
fn after_a_large_fall_that_is_true_it_is_tried_once() {
    let mut story = Story::new(VIEW, 20e6);
    story.run(0..1_000);
    story.probing.fall(story.view.estimate, 1_000_000);
    (story.view.estimate, story.carries) = (3e6, 3e6);
    story.run(1_000..6_900);
    assert_eq!(story.times()[3..], [2_000]);
}

#[test]
fn one_probe_is_unanswered_at_a_time_and_given_up_after_a_while() {
    let mut probing = Probing::new(800_000.0);
    let first = probing.give(&VIEW, 0).unwrap();
    assert_eq!(probing.give(&VIEW, 300_000), None);
    assert!(!probing.is_ripe(&VIEW, 599_000));
    assert_eq!(probing.due(&VIEW, 300_000), Some(600_000));
    assert!(probing.is_ripe(&VIEW, 600_000));
    assert_eq!(probing.judge(&VIEW, None, 600_000), None);
    let second = probing.give(&VIEW, 600_000).unwrap();
    assert_ne!(first.id, second.id);
}
