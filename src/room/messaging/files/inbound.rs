//! The way of a frame of the `files` channel to the transfer it concerns.

use super::effect::{Ending, TransferEffect, TransferKey, TransferProblem};
use super::file::{FileInfo, FileName, MediaType};
use super::transfer::End;
use super::transfers::Transfers;
use super::wire::{CancelReason, FileControl, FileFrame, Side};
use crate::protocol::PeerId;
use crate::room::messaging::channel::frame::Violation;
use crate::room::moment::Moment;

impl Transfers {
    /// A person in the room sent a frame.
    ///
    /// # Errors
    /// [`Violation`] when it breaks a rule; it changed nothing then. After a lie the caller calls [`Self::cut_off`].
    pub fn receive(
        &mut self,
        from: &PeerId,
        frame: FileFrame,
        now: Moment,
    ) -> Result<Vec<TransferEffect>, Violation> {
        let control = match frame {
            FileFrame::Control(control) => control,
            FileFrame::Chunk(chunk) => return self.chunk_arrived(from, chunk),
        };
        let key = |side, id| TransferKey {
            peer: from.clone(),
            side,
            id,
        };
        match control {
            FileControl::Offer {
                id,
                name,
                size,
                mime,
            } => {
                let info = FileInfo {
                    name: FileName::made_safe(&name),
                    size,
                    media_type: MediaType::parse(&mime),
                };
                self.offered(key(Side::Receiver, id), info, now)
            }
            FileControl::Done { id, sha256 } => {
                let key = key(Side::Receiver, id);
                self.told(&key, now, |incoming| incoming.done(sha256))
            }
            FileControl::Cancel {
                id,
                by: Side::Sender,
                why,
            } => Ok(self.receiver(&key(Side::Receiver, id), now, |incoming| {
                incoming.broken_off(match why {
                    Some(CancelReason::NoDirectPath) => {
                        Ending::Failed(TransferProblem::NoDirectPath)
                    }
                    Some(CancelReason::Unknown) | None => Ending::Cancelled(Side::Sender),
                })
            })),
            FileControl::Cancel {
                id,
                by: Side::Receiver,
                ..
            } => self.answered(&key(Side::Sender, id), now, |outgoing| {
                outgoing.end(Ending::Cancelled(Side::Receiver));
                Ok(())
            }),
            FileControl::Accept { id, offset } => {
                self.answered(&key(Side::Sender, id), now, |outgoing| {
                    outgoing.accepted(offset)
                })
            }
            FileControl::Decline { id } => self.answered(&key(Side::Sender, id), now, |outgoing| {
                outgoing.end(Ending::Declined);
                Ok(())
            }),
            FileControl::Written { id, offset } => {
                let key = key(Side::Sender, id);
                let transfer = self.transfers.get_mut(&key).ok_or(Violation::Malformed)?;
                if let End::Sending(outgoing) = &mut transfer.end
                    && let Some(written) = outgoing.written(offset)?
                {
                    transfer.progress.advance(written, now);
                }
                let mut effects = Vec::new();
                self.advance(from, now, &mut effects);
                Ok(effects)
            }
            FileControl::Verified { id } => {
                self.answered(&key(Side::Sender, id), now, |outgoing| {
                    outgoing.judged(Ending::Complete)
                })
            }
            FileControl::Corrupt { id } => self.answered(&key(Side::Sender, id), now, |outgoing| {
                outgoing.judged(Ending::Corrupt)
            }),
            FileControl::Unknown => Ok(Vec::new()),
        }
    }
}
