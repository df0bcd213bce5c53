//! The numbers of a source of whose packets some are left out, as if it had never sent them: a receiver would ask for what is
//! missing, and wait for it.
//!
//! Pure. Invariant: what was not left out is numbered without a gap where it was, and late packets keep the places that they had.

use std::collections::VecDeque;

use super::rewriting::{Numbers, PictureId, is_before};

/// So many of the last packets that were left out are remembered, for those that come late.
const REMEMBERED: usize = 64;

/// The numbers of one source.
#[derive(Debug, Default)]
pub(super) struct ClosingRanks {
    /// What was left out, the last at the end.
    left_out: VecDeque<LeftOut>,
    /// More was left out than is remembered.
    is_cut: bool,
    /// The highest number so far of a packet of the source, left out or not.
    newest: Option<u64>,
}

/// A packet that was left out.
#[derive(Clone, Copy, Debug)]
struct LeftOut {
    /// The source's number of it.
    sequence: u64,
    /// The source's number of its picture, where it has one.
    picture_id: Option<PictureId>,
    /// So many packets were left out up to this one, and so many pictures.
    packets: u64,
    pictures: u16,
}

impl ClosingRanks {
    /// Forgets everything: another source begins.
    pub(super) fn begin(&mut self) {
        self.left_out.clear();
        self.is_cut = false;
        self.newest = None;
    }

    /// Leaves a packet out. One that comes late leaves a gap: what is behind it has its numbers already.
    pub(super) fn leave_out(&mut self, numbers: &Numbers) {
        if !self.note(numbers.sequence) {
            return;
        }
        let before = self.left_out.back();
        let picture_id = numbers.picture_id;
        let is_another = before.is_none_or(|it| it.picture_id != picture_id);
        let is_counted = picture_id.is_some() && is_another;
        let (packets, pictures) = before.map_or((0, 0), |it| (it.packets, it.pictures));
        self.left_out.push_back(LeftOut {
            sequence: numbers.sequence,
            picture_id,
            packets: packets + 1,
            pictures: pictures.wrapping_add(u16::from(is_counted)),
        });
        if self.left_out.len() > REMEMBERED {
            self.left_out.pop_front();
            self.is_cut = true;
        }
    }

    /// Numbers a packet that is not left out. `None` if it is so late that its place is not known any more.
    pub(super) fn close(&mut self, numbers: Numbers) -> Option<Numbers> {
        self.note(numbers.sequence);
        let mut left_out = self.left_out.iter().rev();
        let Some(before) = left_out.find(|it| is_before(it.sequence, numbers.sequence)) else {
            return (!self.is_cut).then_some(numbers);
        };
        let picture_id = numbers.picture_id.map(|id| PictureId {
            value: id.value.wrapping_sub(before.pictures) & id.bits(),
            ..id
        });
        Some(Numbers {
            sequence: numbers.sequence.wrapping_sub(before.packets),
            picture_id,
            ..numbers
        })
    }

    /// Notes a packet, and says whether it is the newest.
    fn note(&mut self, sequence: u64) -> bool {
        let is_new = self.newest.is_none_or(|newest| is_before(newest, sequence));
        if is_new {
            self.newest = Some(sequence);
        }
        is_new
    }
}

#[cfg(test)]
#[path = "tests/closing_ranks.rs"]
mod tests;
