use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;

use super::*;

#[derive(Clone, Debug)]
enum Step {
    Set(u8, u16),
    Cancel(u8),
    Due(u16, usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0..12_u8, 0..200_u16).prop_map(|(session, when)| Step::Set(session, when)),
        1 => (0..12_u8).prop_map(Step::Cancel),
        2 => (0..200_u16, 0..12_usize).prop_map(|(now, most)| Step::Due(now, most)),
    ];
    prop::collection::vec(step, 0..400)
}

proptest! {
    #[test]
    fn timers_are_those_of_a_plain_table(steps in steps()) {
        let start = Instant::now();
        let at = |millis: u16| start + Duration::from_millis(millis.into());
        let mut timers = Timers::default();
        let mut table: BTreeMap<u8, u16> = BTreeMap::new();
        for step in steps {
            match step {
                Step::Set(session, when) => {
                    timers.set(session, at(when));
                    table.insert(session, when);
                }
                Step::Cancel(session) => {
                    timers.cancel(session);
                    table.remove(&session);
                }
                Step::Due(now, most) => {
                    let due: Vec<u8> = timers.due(at(now)).take(most).collect();
                    for session in &due {
                        let first = table.values().min().copied().filter(|first| *first <= now);
                        let set = table.remove(session);
                        prop_assert!(set.is_some() && set == first, "the first is taken, and once");
                    }
                    let is_more = table.values().any(|when| *when <= now);
                    prop_assert!(due.len() == most || !is_more, "nobody who is due is left out");
                }
            }
            prop_assert_eq!(timers.next(), table.values().min().map(|when| at(*when)));
            prop_assert!(timers.heap.len() <= 2 * table.len() + SLACK);
        }
    }
}

#[test]
fn a_timer_that_is_set_again_and_again_is_kept_once() {
    let start = Instant::now();
    let mut timers = Timers::default();
    for millis in 0..10_000 {
        timers.set(0_u8, start + Duration::from_millis(millis));
    }
    assert!(timers.heap.len() <= 2 + SLACK);
    assert_eq!(timers.next(), Some(start + Duration::from_millis(9_999)));
}

#[test]
fn a_session_may_set_its_timer_anew_while_others_are_due() {
    let now = Instant::now();
    let mut timers = Timers::default();
    timers.set(0_u8, now);
    timers.set(1_u8, now);
    assert_eq!(timers.due(now).next(), Some(0_u8));
    timers.set(0_u8, now);
    assert_eq!(timers.due(now).collect::<Vec<_>>(), [1, 0]);
    assert_eq!(timers.next(), None);
}
