//! What is said on the `live` channel, and what of it is shown.
//!
//! Invariant: in any span of time at most [`BURST`] updates leave and [`UPDATES_PER_SECOND`] times the span, however fast the
//! user or an application is: pointers coalesce, the newest goes; the rest waits in a short queue.

use std::collections::VecDeque;

use super::frame::{Emoji, LiveFrame, Position};
use super::pointer::{Pointer, Pointers};
use crate::protocol::PeerId;
use crate::room::channel::Reliability;
use crate::room::messaging::application::{
    ApplicationError, ApplicationMessage, ReceivedApplicationMessage,
};
use crate::room::messaging::channel::TokenBucket;
use crate::room::messaging::recipients::Recipients;
use crate::room::messaging_error::ReactionError;
use crate::room::moment::Moment;
use crate::room::ordered::OrderedSet;
use crate::room::participant::Participant;
use crate::room::switch::Switch;

/// So many updates go out in a second, for as long as one likes.
pub const UPDATES_PER_SECOND: u32 = 20;

/// So many go out at once after a pause. Without it whoever sends as fast as they may would lose a little with each message that
/// is late, and what waits would grow without ever becoming less.
const BURST: u32 = 10;

/// A reaction floats this long, in ms.
pub const REACTION_SHOWN_MS: u64 = 4_000;

/// At most so many reactions and application messages wait for their turn.
const QUEUED: usize = 20;

/// At most so many reactions float at a time; the oldest go.
const FLOATING: usize = 40;

/// The ui offers these reactions.
pub const REACTIONS: [&str; 8] = ["👍", "❤️", "😂", "🎉", "👏", "😮", "🤔", "👎"];

/// A reaction that floats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// The number counts all reactions: it is the key of the reaction's element.
    pub number: u64,
    /// This participant reacted.
    pub from: Participant,
    /// They reacted with this.
    pub emoji: Emoji,
    /// The reaction came then, and is gone a while later.
    pub at: Moment,
}

impl Reaction {
    fn shown_until(&self) -> Moment {
        self.at.plus(REACTION_SHOWN_MS)
    }
}

/// What the live data wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum LiveEffect {
    /// A frame is sent; it may get lost.
    Send {
        /// The frame goes to this person.
        to: PeerId,
        /// The frame says this.
        frame: LiveFrame,
    },
    /// A message of an application arrived.
    Application(ReceivedApplicationMessage),
    /// What is shown changed.
    Changed,
}

/// Pointers and reactions as one participant sees them, and what is still to be sent.
#[derive(Clone, Debug)]
pub struct Live {
    /// The `live` channel to these people is open.
    open: OrderedSet<PeerId>,
    /// Frames go out at this pace, pointers and everything else together.
    pace: TokenBucket,
    /// These frames wait for their turn, each with whom it is for.
    queue: VecDeque<(Recipients, LiveFrame)>,
    /// The own pointer moved here and was not sent yet; only the newest place matters.
    pointing: Option<(PeerId, Position)>,
    /// The last pointer frame had this number.
    sequence: u32,
    /// The pointer or the queue goes next.
    turn: NextFrame,
    /// Pointers are shown and sent, or neither.
    switch: Switch,
    /// The others point here.
    pointers: Pointers,
    /// These reactions float.
    reactions: VecDeque<Reaction>,
    /// So many reactions were shown until now: the next gets a number of its own.
    reacted: u64,
}

/// Where both wait, each goes first in turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NextFrame {
    Pointer,
    Queue,
}

impl Live {
    /// Nothing is shown and nothing waits.
    pub fn new(now: Moment) -> Self {
        Self {
            open: OrderedSet::new(),
            pace: TokenBucket::full(BURST, f64::from(UPDATES_PER_SECOND), now.0),
            queue: VecDeque::new(),
            pointing: None,
            sequence: 0,
            turn: NextFrame::Pointer,
            switch: Switch::On,
            pointers: Pointers::default(),
            reactions: VecDeque::new(),
            reacted: 0,
        }
    }

    /// The pointers to show, each with its owner.
    pub fn pointers(&self) -> impl Iterator<Item = (&PeerId, &Pointer)> {
        self.pointers.shown()
    }

    /// The reactions that float, oldest first.
    pub fn reactions(&self) -> impl Iterator<Item = &Reaction> {
        self.reactions.iter()
    }

    /// Whether pointers are shown and sent.
    pub fn pointer_switch(&self) -> Switch {
        self.switch
    }

    /// Shows and sends pointers, or neither.
    pub fn set_pointers(&mut self, switch: Switch) {
        self.switch = switch;
        if switch == Switch::Off {
            self.pointing = None;
            self.pointers.hide_all();
        }
    }

    /// Moves the own pointer.
    pub fn point(&mut self, screen: PeerId, position: Position, now: Moment) -> Vec<LiveEffect> {
        if self.switch == Switch::On {
            self.pointing = Some((screen, position));
        }
        self.flush(now)
    }

    /// Reacts.
    ///
    /// # Errors
    /// [`ReactionError`].
    pub fn react(&mut self, emoji: Emoji, now: Moment) -> Result<Vec<LiveEffect>, ReactionError> {
        if self.queue.len() >= QUEUED {
            return Err(ReactionError::TooFast);
        }
        let frame = LiveFrame::Reaction {
            emoji: emoji.clone(),
        };
        self.queue.push_back((Recipients::Everyone, frame));
        self.float(Participant::Me, emoji, now);
        let mut effects = vec![LiveEffect::Changed];
        effects.extend(self.flush(now));
        Ok(effects)
    }

    /// Sends a message of an application.
    ///
    /// # Errors
    /// [`ApplicationError`].
    pub fn send(
        &mut self,
        message: ApplicationMessage,
        to: Recipients,
        now: Moment,
    ) -> Result<Vec<LiveEffect>, ApplicationError> {
        let frame = LiveFrame::App(message);
        ApplicationMessage::check_size(&frame.to_frame(), Reliability::UnreliableUnordered)?;
        if !self.open.iter().any(|peer| to.includes(peer)) {
            return Err(ApplicationError::NobodyThere);
        }
        if self.queue.len() >= QUEUED {
            return Err(ApplicationError::TooFast);
        }
        self.queue.push_back((to, frame));
        Ok(self.flush(now))
    }

    /// The channel to a person is open.
    pub fn channel_opened(&mut self, peer: &PeerId) {
        self.pointers.forget(peer);
        self.open.insert(peer.clone());
    }

    /// The channel to a person is closed.
    pub fn channel_closed(&mut self, peer: &PeerId) {
        self.pointers.forget(peer);
        self.open.remove(peer);
    }

    /// A person in the room sent a frame.
    pub fn receive(&mut self, from: &PeerId, frame: LiveFrame, now: Moment) -> Vec<LiveEffect> {
        match frame {
            LiveFrame::Pointer {
                screen,
                position,
                sequence,
            } => {
                let pointer = Pointer {
                    screen,
                    position,
                    at: now,
                };
                let shown =
                    self.switch == Switch::On && self.pointers.moved(from, sequence, pointer);
                if shown {
                    vec![LiveEffect::Changed]
                } else {
                    Vec::new()
                }
            }
            LiveFrame::Reaction { emoji } => {
                self.float(Participant::Peer(from.clone()), emoji, now);
                vec![LiveEffect::Changed]
            }
            LiveFrame::App(message) => {
                vec![LiveEffect::Application(ReceivedApplicationMessage {
                    from: from.clone(),
                    reliability: Reliability::UnreliableUnordered,
                    message,
                })]
            }
            LiveFrame::Unknown => Vec::new(),
        }
    }

    /// When [`Self::tick`] has something to send; `None` when nothing waits.
    pub fn due(&self, now: Moment) -> Option<Moment> {
        let waits = self.pointing.is_some() || !self.queue.is_empty();
        waits.then(|| Moment(self.pace.ready_at(1, now.0)))
    }

    /// When [`Self::tick`] has something to send or to hide, if nothing else happens before; `None` when never.
    pub(crate) fn next_deadline(&self, now: Moment) -> Option<Moment> {
        let reactions = self.reactions.iter().map(Reaction::shown_until);
        let others = [self.due(now), self.pointers.next_deadline()];
        others.into_iter().flatten().chain(reactions).min()
    }

    /// Time passed: sends what is due and hides what is over.
    pub fn tick(&mut self, now: Moment) -> Vec<LiveEffect> {
        let mut effects = self.flush(now);
        let before = self.reactions.len();
        self.reactions
            .retain(|reaction| reaction.shown_until() > now);
        if self.pointers.fade(now) || self.reactions.len() < before {
            effects.push(LiveEffect::Changed);
        }
        effects
    }

    pub(super) fn flush(&mut self, now: Moment) -> Vec<LiveEffect> {
        let mut effects = Vec::new();
        while (self.pointing.is_some() || !self.queue.is_empty()) && self.pace.take(1, now.0) {
            // Taking turns starves neither.
            let queued = match self.turn {
                NextFrame::Queue => self.queue.pop_front(),
                NextFrame::Pointer if self.pointing.is_none() => self.queue.pop_front(),
                NextFrame::Pointer => None,
            };
            if let Some((to, frame)) = queued {
                self.turn = NextFrame::Pointer;
                self.send_to(&to, &frame, &mut effects);
            } else if let Some((screen, position)) = self.pointing.take() {
                self.turn = NextFrame::Queue;
                self.sequence = self.sequence.wrapping_add(1);
                let frame = LiveFrame::Pointer {
                    screen,
                    position,
                    sequence: self.sequence,
                };
                self.send_to(&Recipients::Everyone, &frame, &mut effects);
            }
        }
        effects
    }

    pub(super) fn send_to(
        &self,
        to: &Recipients,
        frame: &LiveFrame,
        effects: &mut Vec<LiveEffect>,
    ) {
        let people = self.open.iter().filter(|peer| to.includes(peer));
        effects.extend(people.map(|peer| LiveEffect::Send {
            to: peer.clone(),
            frame: frame.clone(),
        }));
    }

    pub(super) fn float(&mut self, from: Participant, emoji: Emoji, now: Moment) {
        self.reacted += 1;
        if self.reactions.len() >= FLOATING {
            self.reactions.pop_front();
        }
        self.reactions.push_back(Reaction {
            number: self.reacted,
            from,
            emoji,
            at: now,
        });
    }
}

#[cfg(test)]
#[path = "tests/state.rs"]
mod tests;
