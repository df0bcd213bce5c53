//! What waits to be said on the hub's channels.
//!
//! Invariant: what is said to several people goes out once, and to each person things come in the order in which they were said.

use crate::protocol::PeerId;
use crate::room::channel::Channel;
use crate::room::messaging::channel::frame::Frame;
use crate::room::messaging::files::wire::FileControl;

/// Something that is said to some people.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Said {
    /// It goes on this channel.
    pub(super) channel: Channel,
    /// It holds this.
    pub(super) frame: Frame,
    /// It is said to these.
    pub(super) to: Vec<PeerId>,
}

impl Said {
    /// Whether it is content of a file, or says that it was all of it.
    fn is_content(&self) -> bool {
        matches!(self.frame, Frame::Bytes(_)) || self.ends_content()
    }

    /// Whether it says that this was all content of a file.
    pub(super) fn ends_content(&self) -> bool {
        self.channel == Channel::Files && matches!(self.frame.parse(), Ok(FileControl::Done { .. }))
    }
}

/// What waits to be said.
#[derive(Clone, Debug, Default)]
pub(super) struct Outgoing(Vec<Said>);

impl Outgoing {
    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds something that is said to somebody.
    pub(super) fn say(&mut self, to: PeerId, channel: Channel, frame: Frame) {
        // Only behind everything that was said to them before.
        let heard = |said: &Said| said.channel == channel && said.to.contains(&to);
        let after = self.0.iter().rposition(heard).map_or(0, |last| last + 1);
        let same = self.0[after..]
            .iter_mut()
            .find(|said| said.channel == channel && said.frame == frame);
        match same {
            Some(said) => said.to.push(to),
            None => self.0.push(Said {
                channel,
                frame,
                to: vec![to],
            }),
        }
    }

    /// Whether content of files for somebody waits.
    pub(super) fn has_content_for(&self, peer: &PeerId) -> bool {
        let mut all = self.0.iter();
        all.any(|said| said.to.contains(peer) && said.is_content())
    }

    /// Lets go of content of files for somebody, and of what says that it was all of it.
    pub(super) fn forget_content(&mut self, peer: &PeerId) {
        for said in &mut self.0 {
            if said.is_content() {
                said.to.retain(|to| to != peer);
            }
        }
        self.0.retain(|said| !said.to.is_empty());
    }

    /// Takes everything out.
    pub(super) fn take(&mut self) -> Vec<Said> {
        std::mem::take(&mut self.0)
    }
}

#[cfg(test)]
#[path = "tests/outgoing.rs"]
mod tests;
