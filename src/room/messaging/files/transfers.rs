//! All transfers of a call, in both directions.
//!
//! Responsible for taking every report and frame to the transfer it concerns. Invariant: a transfer belongs to one person
//! and one direction; nothing a person sends touches a transfer with somebody else.

use super::effect::{DiskEvent, Ending, TransferEffect, TransferKey, TransferProblem};
use super::file::FileInfo;
use super::gate::{ContentFlow, ContentGate};
use super::progress::TransferProgress;
use super::receiver::Incoming;
use super::transfer::{End, Transfer};
use super::wire::Side;
use crate::protocol::PeerId;
use crate::room::member::Member;
use crate::room::moment::Moment;
use crate::room::ordered::{OrderedMap, sort_few};

/// So many transfers that are over stay listed.
const ENDED_KEPT: usize = 500;

/// The sender has this long after a reconnect to offer again what was under way, in ms.
const CONFIRM_MS: u64 = 15_000;

/// All transfers of a call.
#[derive(Clone, Debug)]
pub struct Transfers {
    /// Every transfer stands here, also those that are over and still listed.
    pub(crate) transfers: OrderedMap<TransferKey, Transfer>,
    /// Each person in the room has a line.
    pub(crate) lines: OrderedMap<PeerId, Line>,
    /// The next offer gets this id.
    pub(crate) next_id: u32,
    /// The next transfer is listed behind this number.
    next_order: u64,
}

/// The `files` channel to one person.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// The person is this.
    pub(crate) person: Member,
    /// The channel is open, or not.
    pub(crate) state: LineState,
    /// So many bytes wait in the browser, as it last said.
    pub(crate) buffered: u64,
    /// Content may go out, or may not.
    pub(crate) gate: ContentGate,
}

/// The `files` channel to one person stands here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineState {
    /// The channel is closed: what is under way waits.
    Closed,
    /// The channel has been open since then, which is when the patience with a silent sender begins.
    Open { since: Moment },
}

impl Transfers {
    /// None yet. `chance` is a random number in `0.0..1.0`: a reloaded page must not use an id again.
    pub fn new(chance: f64) -> Self {
        Self {
            transfers: OrderedMap::new(),
            lines: OrderedMap::new(),
            next_id: (chance.clamp(0.0, 1.0) * f64::from(u32::MAX)) as u32,
            next_order: 0,
        }
    }

    /// What to show, oldest first.
    pub fn list(&self) -> Vec<&Transfer> {
        let shown = self
            .transfers
            .values()
            .filter(|transfer| !transfer.dismissed);
        let mut list: Vec<&Transfer> = shown.collect();
        sort_few(&mut list, |transfer| transfer.order);
        list
    }

    /// One transfer.
    pub fn get(&self, key: &TransferKey) -> Option<&Transfer> {
        self.transfers.get(key)
    }

    /// With whom content flows or is about to, and how, in the order of their ids.
    pub(in crate::room) fn flows(&self) -> Vec<(PeerId, ContentFlow)> {
        let mut flows: Vec<(PeerId, ContentFlow)> = Vec::new();
        let awaited = self.transfers.iter().filter(|(_, it)| it.is_awaited());
        for (key, _) in awaited {
            if flows.last().is_none_or(|(peer, _)| *peer != key.peer) {
                flows.push((key.peer.clone(), ContentFlow::default()));
            }
            if let Some((_, flow)) = flows.last_mut() {
                flow.sends |= key.side == Side::Sender;
            }
        }
        flows
    }

    /// Whether anything with somebody is not over.
    pub(in crate::room) fn has_open_with(&self, peer: &PeerId) -> bool {
        let mut all = self.transfers.values();
        all.any(|transfer| transfer.key.peer == *peer && transfer.ending().is_none())
    }

    /// The user declines an offer, or stops a transfer of either direction.
    pub fn cancel(&mut self, key: &TransferKey, now: Moment) -> Vec<TransferEffect> {
        match key.side {
            Side::Receiver => self.receiver(key, now, Incoming::refuse),
            Side::Sender => self.sender(key, now, |outgoing| {
                outgoing.end(Ending::Cancelled(Side::Sender));
                Ok(())
            }),
        }
    }

    /// Takes a transfer that is over from the list.
    pub fn dismiss(&mut self, key: &TransferKey) {
        if let Some(transfer) = self.transfers.get_mut(key)
            && transfer.ending().is_some()
        {
            transfer.dismissed = true;
        }
    }

    /// Somebody is in the room.
    pub fn person_came(&mut self, peer: PeerId, person: impl Into<Member>) {
        self.lines.get_or_insert_with(peer, || Line {
            person: person.into(),
            state: LineState::Closed,
            buffered: 0,
            gate: ContentGate::default(),
        });
    }

    /// Somebody is gone for good, and so is what they offered and took back before anything of it came.
    pub fn person_left(&mut self, peer: &PeerId, now: Moment) -> Vec<TransferEffect> {
        self.lines.remove(peer);
        self.transfers.retain(|key, transfer| {
            key.peer != *peer || key.side == Side::Sender || !transfer.was_taken_back_unseen()
        });
        self.break_off(peer, TransferProblem::PersonLeft, now)
    }

    /// Somebody was cut off from the channel.
    pub fn cut_off(&mut self, peer: &PeerId, now: Moment) -> Vec<TransferEffect> {
        self.channel_closed(peer);
        self.lines.remove(peer);
        self.break_off(peer, TransferProblem::CutOff, now)
    }

    /// The channel to a person is open: what was under way is offered again.
    pub fn channel_opened(&mut self, peer: &PeerId, now: Moment) -> Vec<TransferEffect> {
        self.channel_closed(peer);
        let mut effects = Vec::new();
        if let Some(line) = self.lines.get_mut(peer) {
            line.state = LineState::Open { since: now };
            line.buffered = 0;
        }
        for transfer in self.of(peer) {
            if let End::Sending(outgoing) = &mut transfer.end
                && let Some(farewell) = outgoing.farewell()
            {
                effects.push(TransferEffect::Send {
                    to: peer.clone(),
                    frame: farewell.to_frame(),
                });
            }
        }
        self.advance(peer, now, &mut effects);
        effects
    }

    /// The channel to a person is closed. What was under way waits.
    pub fn channel_closed(&mut self, peer: &PeerId) {
        if let Some(line) = self.lines.get_mut(peer) {
            line.state = LineState::Closed;
        }
        for transfer in self.of(peer) {
            match &mut transfer.end {
                End::Sending(outgoing) => outgoing.line_closed(),
                End::Receiving(incoming) => incoming.line_closed(),
            }
        }
    }

    /// The `bufferedAmount` of a person's channel, in bytes: reported after binary frames were sent, and when it fell to
    /// [`BUFFER_LOW_BYTES`].
    pub fn buffered(&mut self, peer: &PeerId, bytes: u64, now: Moment) -> Vec<TransferEffect> {
        if let Some(line) = self.lines.get_mut(peer) {
            line.buffered = bytes;
        }
        let mut effects = Vec::new();
        self.advance(peer, now, &mut effects);
        effects
    }

    /// The driver reports about a file.
    pub fn disk(&mut self, event: DiskEvent, now: Moment) -> Vec<TransferEffect> {
        match event {
            DiskEvent::Read { key, offset, bytes } => self.block_read(&key, offset, &bytes, now),
            DiskEvent::Unreadable { key } => self.sender(&key, now, |outgoing| {
                outgoing.end(Ending::Failed(TransferProblem::Unreadable));
                Ok(())
            }),
            DiskEvent::Opened { key } => self.receiver(&key, now, Incoming::opened),
            DiskEvent::NotOpened { key, problem } => {
                self.receiver(&key, now, |incoming| incoming.not_opened(problem))
            }
            DiskEvent::Written { key, offset } => {
                self.receiver(&key, now, |incoming| incoming.written(offset))
            }
            DiskEvent::NotWritten { key, problem } => {
                self.receiver(&key, now, |incoming| incoming.not_written(problem))
            }
            DiskEvent::Finished { key } => self.receiver(&key, now, Incoming::finished),
        }
    }

    /// When [`Self::tick`] has something to do; `None` while nothing waits for being offered again.
    pub(crate) fn next_deadline(&self) -> Option<Moment> {
        self.unconfirmed().map(|(_, due)| due).min()
    }

    /// Time passed: what was not offered again in time is over.
    pub fn tick(&mut self, now: Moment) -> Vec<TransferEffect> {
        let due = self.unconfirmed().filter(|(_, due)| *due <= now);
        let mut forgotten: Vec<&Transfer> = due.map(|(transfer, _)| transfer).collect();
        sort_few(&mut forgotten, |transfer| transfer.order);
        let keys: Vec<TransferKey> = forgotten.into_iter().map(|it| it.key.clone()).collect();
        let mut effects = Vec::new();
        for key in keys {
            effects.extend(self.receiver(&key, now, Incoming::forgotten));
        }
        effects
    }

    /// What must be offered again on an open channel, and until when.
    fn unconfirmed(&self) -> impl Iterator<Item = (&Transfer, Moment)> {
        self.transfers.values().filter_map(|transfer| {
            let End::Receiving(incoming) = &transfer.end else {
                return None;
            };
            let line = self.lines.get(&transfer.key.peer)?;
            let LineState::Open { since } = line.state else {
                return None;
            };
            let unconfirmed = incoming.is_unconfirmed();
            unconfirmed.then(|| (transfer, since.plus(CONFIRM_MS)))
        })
    }

    fn break_off(
        &mut self,
        peer: &PeerId,
        problem: TransferProblem,
        now: Moment,
    ) -> Vec<TransferEffect> {
        let mut effects = Vec::new();
        for key in self.keys(peer, Side::Receiver) {
            effects.extend(self.receiver(&key, now, |incoming| {
                incoming.broken_off(Ending::Failed(problem))
            }));
        }
        for key in self.keys(peer, Side::Sender) {
            effects.extend(self.sender(&key, now, |outgoing| {
                outgoing.end(Ending::Failed(problem));
                Ok(())
            }));
        }
        effects
    }

    pub(crate) fn add(&mut self, key: TransferKey, person: Member, file: FileInfo, end: End) {
        self.next_order += 1;
        let transfer = Transfer {
            key: key.clone(),
            order: self.next_order,
            person,
            progress: TransferProgress::new(file.size),
            file,
            end,
            dismissed: false,
        };
        self.transfers.insert(key, transfer);
        let ended = self
            .transfers
            .values()
            .filter(|known| known.ending().is_some());
        if ended.clone().count() > ENDED_KEPT
            && let Some(oldest) = ended.min_by_key(|known| known.order)
        {
            let oldest = oldest.key.clone();
            self.transfers.remove(&oldest);
        }
    }

    pub(crate) fn of<'a>(&'a mut self, peer: &'a PeerId) -> impl Iterator<Item = &'a mut Transfer> {
        self.transfers
            .values_mut()
            .filter(move |transfer| transfer.key.peer == *peer)
    }

    pub(crate) fn keys(&self, peer: &PeerId, side: Side) -> Vec<TransferKey> {
        let mut of_peer: Vec<&Transfer> = self
            .transfers
            .values()
            .filter(|transfer| transfer.key.peer == *peer && transfer.key.side == side)
            .collect();
        sort_few(&mut of_peer, |transfer| transfer.order);
        of_peer
            .into_iter()
            .map(|transfer| transfer.key.clone())
            .collect()
    }
}
