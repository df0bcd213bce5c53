//! The sending side of all transfers: what is offered, read and sent when.
//!
//! Invariant: to each person at most [`ACTIVE_AT_ONCE`] files flow and at most [`OFFERS_AT_ONCE`] are offered at the
//! same time; files are read only while the channel to their receiver can take them.

use super::effect::{
    DiskCommand, Ending, SourceId, TransferEffect, TransferKey, TransferProblem, TransferStage,
};
use super::file::{FileInfo, FileName, MediaType};
use super::gate::ContentGate;
use super::sender::{BLOCK_BYTES, Outgoing};
use super::transfer::{End, Transfer};
use super::transfers::{LineState, Transfers};
use super::wire::{FILE_BYTES, FileControl, Side, TransferId};
use crate::protocol::{ParticipantKind, PeerId};
use crate::room::member::Member;
use crate::room::messaging::channel::frame::{Frame, Violation};
use crate::room::messaging::recipients::Recipients;
use crate::room::messaging_error::OfferError;
use crate::room::moment::Moment;
use crate::room::ordered::sort_few;

/// So many files flow to one person at the same time.
pub const ACTIVE_AT_ONCE: usize = 3;

/// So many files are offered to one person and not over at the same time; the others wait.
pub const OFFERS_AT_ONCE: usize = 100;

/// One drop or pick has at most so many files.
pub const FILES_AT_ONCE: usize = 1_000;

/// Reading stops while `bufferedAmount` of a person's channel is above this, in bytes.
pub const BUFFER_HIGH_BYTES: u64 = 4 * 1024 * 1024;

/// The `files` channel has this `bufferedAmountLowThreshold`, in bytes.
pub const BUFFER_LOW_BYTES: u32 = 1024 * 1024;

/// A file the user wants to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PickedFile {
    /// The driver keeps the file under this number.
    pub source: SourceId,
    /// The browser says that it is called this.
    pub name: String,
    /// It has so many bytes.
    pub size: u64,
    /// The browser says that it is of this type, which may be empty.
    pub media_type: String,
}

impl Transfers {
    /// Offers files: for each person a transfer of its own. What is for everyone is not for devices, which take none.
    ///
    /// # Errors
    /// [`OfferError`]; nothing is offered then, and the driver lets go of the sources.
    pub fn offer(
        &mut self,
        files: Vec<PickedFile>,
        to: &Recipients,
        now: Moment,
    ) -> Result<Vec<TransferEffect>, OfferError> {
        if files.len() > FILES_AT_ONCE {
            return Err(OfferError::TooMany { count: files.len() });
        }
        let is_meant = |peer: &PeerId, person: &Member| match to {
            Recipients::Everyone => person.kind == ParticipantKind::Person,
            Recipients::Person(one) => one == peer,
        };
        let people: Vec<(PeerId, Member)> = self
            .lines
            .iter()
            .filter(|(peer, line)| is_meant(peer, &line.person))
            .map(|(peer, line)| (peer.clone(), line.person.clone()))
            .collect();
        if people.is_empty() {
            return Err(OfferError::NobodyThere);
        }
        for (peer, person) in &people {
            for file in &files {
                self.next_id = self.next_id.wrapping_add(1);
                let id = TransferId(self.next_id);
                let size = file.size.min(FILE_BYTES);
                let info = FileInfo {
                    name: FileName::made_safe(&file.name),
                    size,
                    media_type: MediaType::parse(&file.media_type),
                };
                let key = TransferKey {
                    peer: peer.clone(),
                    side: Side::Sender,
                    id,
                };
                let end = End::Sending(Outgoing::new(id, file.source, size));
                self.add(key, person.clone(), info, end);
            }
        }
        let mut effects = Vec::new();
        for (peer, _) in &people {
            self.advance(peer, now, &mut effects);
        }
        Ok(effects)
    }

    pub(crate) fn block_read(
        &mut self,
        key: &TransferKey,
        offset: u64,
        bytes: &[u8],
        now: Moment,
    ) -> Vec<TransferEffect> {
        let transfer = self.transfers.get_mut(key);
        let Some(End::Sending(outgoing)) = transfer.map(|transfer| &mut transfer.end) else {
            return Vec::new();
        };
        let before = outgoing.stage();
        let frames = outgoing.block_read(offset, bytes).unwrap_or_default();
        // What waits in the channel is counted before the next block is asked for.
        if let Some(line) = self.lines.get_mut(&key.peer) {
            line.buffered += frames.iter().map(|frame| frame.size() as u64).sum::<u64>();
        }
        let mut effects = self.sender_changed(key, before, now);
        let send = |frame: Frame| TransferEffect::Send {
            to: key.peer.clone(),
            frame,
        };
        effects.splice(0..0, frames.into_iter().map(send));
        effects
    }

    /// Content may go to somebody from now on, or may not.
    pub(crate) fn set_gate(
        &mut self,
        peer: &PeerId,
        gate: ContentGate,
        now: Moment,
    ) -> Vec<TransferEffect> {
        if let Some(line) = self.lines.get_mut(peer) {
            line.gate = gate;
        }
        let mut effects = Vec::new();
        if gate == ContentGate::Shut {
            for key in self.keys(peer, Side::Sender) {
                effects.extend(self.sender(&key, now, |outgoing| {
                    if outgoing.is_awaited() {
                        outgoing.end(Ending::Failed(TransferProblem::NoDirectPath));
                    }
                    Ok(())
                }));
            }
        }
        self.advance(peer, now, &mut effects);
        effects
    }

    /// Offers, starts, reads and finishes whatever may be now.
    pub(crate) fn advance(
        &mut self,
        peer: &PeerId,
        now: Moment,
        effects: &mut Vec<TransferEffect>,
    ) {
        let Some(line) = self.lines.get(peer) else {
            return;
        };
        if line.state == LineState::Closed {
            return;
        }
        let (buffered, gate) = (line.buffered, line.gate);
        let mut sending: Vec<&mut Transfer> = self
            .of(peer)
            .filter(|transfer| transfer.key.side == Side::Sender && transfer.ending().is_none())
            .collect();
        sort_few(&mut sending, |transfer| transfer.order);
        let mut active = 0;
        let mut expected = buffered;
        for transfer in &sending {
            if let End::Sending(outgoing) = &transfer.end {
                active += usize::from(outgoing.is_sending());
                expected += u64::from(outgoing.is_reading()) * BLOCK_BYTES as u64;
            }
        }
        for (index, transfer) in sending.into_iter().enumerate() {
            let End::Sending(outgoing) = &mut transfer.end else {
                continue;
            };
            let send = |control: FileControl| TransferEffect::Send {
                to: peer.clone(),
                frame: control.to_frame(),
            };
            if outgoing.is_waiting() && index < OFFERS_AT_ONCE {
                outgoing.offered();
                effects.push(send(FileControl::Offer {
                    id: transfer.key.id,
                    name: transfer.file.name.as_str().to_owned(),
                    size: transfer.file.size,
                    mime: transfer.file.media_type.as_str().to_owned(),
                }));
            }
            outgoing.hold(gate != ContentGate::Open);
            if active < ACTIVE_AT_ONCE
                && gate == ContentGate::Open
                && let Some(offset) = outgoing.start()
            {
                active += 1;
                transfer.progress.restart(offset, now);
            }
            if expected < BUFFER_HIGH_BYTES
                && let Some(block) = outgoing.next_block()
            {
                expected += block.length as u64;
                effects.push(TransferEffect::Disk(DiskCommand::Read {
                    key: transfer.key.clone(),
                    source: outgoing.source(),
                    offset: block.offset,
                    length: block.length,
                }));
            }
            if let Some(done) = outgoing.done() {
                active -= 1;
                effects.push(send(done));
            }
        }
    }

    /// The receiver of an own file answered.
    pub(crate) fn answered(
        &mut self,
        key: &TransferKey,
        now: Moment,
        act: impl FnOnce(&mut Outgoing) -> Result<(), Violation>,
    ) -> Result<Vec<TransferEffect>, Violation> {
        let transfer = self.transfers.get_mut(key).ok_or(Violation::Malformed)?;
        let End::Sending(outgoing) = &mut transfer.end else {
            return Err(Violation::Malformed);
        };
        let before = outgoing.stage();
        act(outgoing)?;
        Ok(self.sender_changed(key, before, now))
    }

    /// Something happened on the sending side.
    pub(crate) fn sender(
        &mut self,
        key: &TransferKey,
        now: Moment,
        act: impl FnOnce(&mut Outgoing) -> Result<(), Violation>,
    ) -> Vec<TransferEffect> {
        self.answered(key, now, act).unwrap_or_default()
    }

    fn sender_changed(
        &mut self,
        key: &TransferKey,
        before: TransferStage,
        now: Moment,
    ) -> Vec<TransferEffect> {
        let mut effects = Vec::new();
        let Some(transfer) = self.transfers.get_mut(key) else {
            return effects;
        };
        if let (Some(ending), End::Sending(outgoing)) = (transfer.ending(), &mut transfer.end)
            && !matches!(before, TransferStage::Ended(_))
        {
            let source = outgoing.source();
            if ending == Ending::Complete {
                transfer.progress.advance(transfer.file.size, now);
            }
            if matches!(
                ending,
                Ending::Cancelled(Side::Sender)
                    | Ending::Failed(TransferProblem::Unreadable | TransferProblem::NoDirectPath)
            ) {
                let line = self.lines.get(&key.peer).map(|line| line.state);
                if matches!(line, Some(LineState::Open { .. })) {
                    effects.push(TransferEffect::Send {
                        to: key.peer.clone(),
                        frame: outgoing.cancellation().to_frame(),
                    });
                } else {
                    outgoing.owe_farewell();
                }
            }
            effects.push(TransferEffect::Ended(key.clone(), ending));
            let uses = |transfer: &Transfer| match &transfer.end {
                End::Sending(other) => other.source() == source && transfer.ending().is_none(),
                End::Receiving(_) => false,
            };
            if !self.transfers.values().any(uses) {
                effects.push(TransferEffect::Disk(DiskCommand::Release { source }));
            }
        }
        self.advance(&key.peer, now, &mut effects);
        effects
    }
}
