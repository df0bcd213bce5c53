//! One call at a time.

use super::*;

/// What a browser makes of a goal, and what was asked of it.
#[derive(Default)]
struct Browser {
    steering: SenderSteering<u32>,
    calls: Vec<u32>,
}

impl Browser {
    /// Aims, and begins the call if there is to be one.
    fn aim(&mut self, goal: u32) {
        if self.steering.aim(goal) {
            self.call();
        }
    }

    /// Ends the call, and begins the next if there is to be one.
    fn end(&mut self, end: CallEnd) {
        if self.steering.ended(end) {
            self.call();
        }
    }

    fn call(&mut self) {
        self.calls.extend(self.steering.goal());
    }
}

#[test]
fn a_goal_that_moves_meanwhile_is_followed_afterwards_and_only_the_last() {
    let mut browser = Browser::default();
    for goal in [1, 2, 3] {
        browser.aim(goal);
    }
    assert_eq!(browser.calls, [1], "one at a time");
    browser.end(CallEnd::Done);
    assert_eq!(browser.calls, [1, 3]);
    browser.end(CallEnd::Done);
    assert_eq!(browser.calls, [1, 3], "nothing moved");
}

#[test]
fn the_same_goal_said_again_is_looked_at_again_after_the_call_that_is_under_way() {
    let mut browser = Browser::default();
    browser.aim(1);
    browser.aim(1);
    assert_eq!(browser.calls, [1], "one at a time");
    browser.end(CallEnd::Done);
    assert_eq!(browser.calls, [1, 1], "the connection may have changed");
    browser.end(CallEnd::Done);
    assert_eq!(browser.calls, [1, 1]);
    browser.aim(1);
    assert_eq!(browser.calls, [1, 1, 1]);
}

#[test]
fn what_is_refused_is_tried_once_more_and_then_left() {
    let mut browser = Browser::default();
    browser.aim(1);
    browser.end(CallEnd::Refused);
    assert_eq!(browser.calls, [1, 1]);
    browser.end(CallEnd::Refused);
    assert_eq!(browser.calls, [1, 1], "left");
    browser.aim(1);
    browser.end(CallEnd::Refused);
    assert_eq!(browser.calls, [1, 1, 1, 1], "until it is said again");
}

#[test]
fn another_goal_has_its_own_second_try() {
    let mut browser = Browser::default();
    browser.aim(1);
    browser.end(CallEnd::Refused);
    browser.aim(2);
    browser.end(CallEnd::Refused);
    browser.end(CallEnd::Refused);
    assert_eq!(browser.calls, [1, 1, 2, 2]);
    browser.end(CallEnd::Refused);
    assert_eq!(browser.calls, [1, 1, 2, 2], "left");
}
