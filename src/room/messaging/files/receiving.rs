//! The receiving side of all transfers: what comes in and what is answered.

use super::effect::{DiskCommand, Ending, TransferEffect, TransferKey, TransferStage};
use super::file::FileInfo;
use super::receiver::{Incoming, ReceiverStep};
use super::sending::OFFERS_AT_ONCE;
use super::transfer::End;
use super::transfers::{LineState, Transfers};
use super::wire::{Chunk, FILE_BYTES, FileControl, Side};
use crate::protocol::PeerId;
use crate::room::messaging::channel::frame::Violation;
use crate::room::moment::Moment;

/// One person may have so many offers that are not over: more are refused.
const INCOMING_AT_ONCE: usize = 2 * OFFERS_AT_ONCE;

impl Transfers {
    /// The user accepts an offer.
    pub fn accept(&mut self, key: &TransferKey, now: Moment) -> Vec<TransferEffect> {
        self.receiver(key, now, Incoming::accept)
    }

    pub(crate) fn offered(
        &mut self,
        key: TransferKey,
        info: FileInfo,
        now: Moment,
    ) -> Result<Vec<TransferEffect>, Violation> {
        if let Some(transfer) = self.transfers.get(&key) {
            if transfer.file != info {
                return Err(Violation::Lie);
            }
            return Ok(self.receiver(&key, now, Incoming::offered_again));
        }
        let open = self
            .keys(&key.peer, Side::Receiver)
            .iter()
            .filter(|key| self.get(key).is_some_and(|known| known.ending().is_none()))
            .count();
        let line = self.lines.get(&key.peer).ok_or(Violation::Malformed)?;
        if info.size > FILE_BYTES || open >= INCOMING_AT_ONCE {
            return Err(Violation::Malformed);
        }
        let end = End::Receiving(Incoming::new(info.size));
        self.add(key.clone(), line.person.clone(), info, end);
        Ok(vec![TransferEffect::Offered(key)])
    }

    pub(crate) fn chunk_arrived(
        &mut self,
        from: &PeerId,
        chunk: Chunk,
    ) -> Result<Vec<TransferEffect>, Violation> {
        let key = TransferKey {
            peer: from.clone(),
            side: Side::Receiver,
            id: chunk.id,
        };
        let (offset, bytes) = (chunk.offset, chunk.payload);
        let incoming = self.incoming(&key).ok_or(Violation::Malformed)?;
        Ok(if incoming.chunk(offset, &bytes)? {
            let write = DiskCommand::Write { key, offset, bytes };
            vec![TransferEffect::Disk(write)]
        } else {
            Vec::new()
        })
    }

    /// Something happened on the receiving side.
    pub(crate) fn receiver(
        &mut self,
        key: &TransferKey,
        now: Moment,
        act: impl FnOnce(&mut Incoming) -> Vec<ReceiverStep>,
    ) -> Vec<TransferEffect> {
        self.told(key, now, |incoming| Ok(act(incoming)))
            .unwrap_or_default()
    }

    /// The sender of a file said something about it.
    pub(crate) fn told(
        &mut self,
        key: &TransferKey,
        now: Moment,
        act: impl FnOnce(&mut Incoming) -> Result<Vec<ReceiverStep>, Violation>,
    ) -> Result<Vec<TransferEffect>, Violation> {
        let transfer = self.transfers.get_mut(key).ok_or(Violation::Malformed)?;
        let End::Receiving(incoming) = &mut transfer.end else {
            return Err(Violation::Malformed);
        };
        let before = incoming.stage();
        let steps = act(incoming)?;
        let (after, written) = (incoming.stage(), incoming.written_bytes());
        if before != TransferStage::Moving && after == TransferStage::Moving {
            transfer.progress.restart(written, now);
        } else {
            transfer.progress.advance(written, now);
        }
        let mut effects = self.perform(key, steps);
        if let (false, TransferStage::Ended(ending)) =
            (matches!(before, TransferStage::Ended(_)), after)
        {
            effects.push(TransferEffect::Ended(key.clone(), ending));
            // What nobody answered, and nobody can any more, leaves nothing behind.
            if before == TransferStage::Offered && matches!(ending, Ending::Failed(_)) {
                self.transfers.remove(key);
            }
        }
        Ok(effects)
    }

    fn perform(&mut self, key: &TransferKey, steps: Vec<ReceiverStep>) -> Vec<TransferEffect> {
        let open = self
            .lines
            .get(&key.peer)
            .is_some_and(|line| line.state != LineState::Closed);
        let id = key.id;
        let mut effects = Vec::new();
        for step in steps {
            let control = match step {
                ReceiverStep::Accept { offset } => FileControl::Accept { id, offset },
                ReceiverStep::Decline => FileControl::Decline { id },
                ReceiverStep::Cancel => FileControl::Cancel {
                    id,
                    by: Side::Receiver,
                    why: None,
                },
                ReceiverStep::Written { offset } => FileControl::Written { id, offset },
                ReceiverStep::Verified => FileControl::Verified { id },
                ReceiverStep::Corrupt => FileControl::Corrupt { id },
                ReceiverStep::Open => {
                    effects.push(TransferEffect::Disk(DiskCommand::Open { key: key.clone() }));
                    continue;
                }
                ReceiverStep::Finish => {
                    effects.push(TransferEffect::Disk(DiskCommand::Finish {
                        key: key.clone(),
                    }));
                    continue;
                }
                ReceiverStep::Discard => {
                    effects.push(TransferEffect::Disk(DiskCommand::Discard {
                        key: key.clone(),
                    }));
                    continue;
                }
            };
            // Without a connection the answer comes when the sender offers again.
            if open {
                effects.push(TransferEffect::Send {
                    to: key.peer.clone(),
                    frame: control.to_frame(),
                });
            }
        }
        effects
    }

    fn incoming(&mut self, key: &TransferKey) -> Option<&mut Incoming> {
        match &mut self.transfers.get_mut(key)?.end {
            End::Receiving(incoming) => Some(incoming),
            End::Sending(_) => None,
        }
    }
}
