//! Bringing one sender to its goal, a call of `setParameters` at a time.
//!
//! Invariant: while one call is under way there is no other, for a second one between `getParameters` and `setParameters` makes
//! the first fail (w3c/webrtc-pc issues 2315 and 2737); a goal that was named meanwhile is followed when the call has ended.

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallEnd {
    /// The parameters are what was asked for, or were already.
    Done,
    /// The browser refused.
    Refused,
}

/// The goal of one sender, and how far it is followed.
#[derive(Clone, Debug)]
pub struct SenderSteering<G> {
    /// The sender should send like this; `None` before anybody has said so.
    goal: Option<G>,
    /// A call is under way.
    under_way: bool,
    /// The goal was named since that call began, be it the same again.
    moved: bool,
    /// The present goal was refused once.
    refused: bool,
}

impl<G> Default for SenderSteering<G> {
    fn default() -> Self {
        Self {
            goal: None,
            under_way: false,
            moved: false,
            refused: false,
        }
    }
}

impl<G: Clone> SenderSteering<G> {
    /// The sender should send like this from now on. Whether a call is to begin: the same goal may have become possible or
    /// necessary again by what happened to the connection, also while a call is under way.
    pub fn aim(&mut self, goal: G) -> bool {
        if self.under_way {
            self.moved = true;
            self.goal = Some(goal);
            return false;
        }
        self.goal = Some(goal);
        self.refused = false;
        self.under_way = true;
        true
    }

    /// What the call that begins now is to reach.
    pub fn goal(&mut self) -> Option<G> {
        if std::mem::take(&mut self.moved) {
            self.refused = false;
        }
        self.goal.clone()
    }

    /// The call ended. Whether another is to begin: the goal moved meanwhile, or was refused for the first time.
    pub fn ended(&mut self, end: CallEnd) -> bool {
        let once_more = end == CallEnd::Refused && !std::mem::replace(&mut self.refused, true);
        self.under_way = self.moved || once_more;
        self.under_way
    }
}

#[cfg(test)]
#[path = "tests/sender_steering.rs"]
mod tests;
