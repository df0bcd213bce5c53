//! The clusters of a stream: where each stands and, once its end is known, how long it is.
//!
//! Invariant: those alone are kept whose start does not say how long they are, in the order of the stream.

use super::element::{Start, UNKNOWN};

/// A cluster whose start has to be written anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Resized {
    /// It begins there, from the start of the stream, in bytes.
    pub(super) position: u64,
    /// Its start has so many bytes in the stream.
    pub(super) start_bytes: u64,
    /// Its content has so many bytes.
    pub(super) content_bytes: u64,
}

/// The cluster that is being followed.
#[derive(Clone, Copy, Debug)]
pub(super) struct OpenCluster {
    /// It begins there, from the start of the stream, in bytes.
    pub(super) position: u64,
    /// It has this time, in ticks.
    pub(super) time: u64,
    /// It begins so.
    start: Start,
    /// Its first block begins there, from the start of the stream, in bytes.
    first_block: Option<u64>,
}

impl OpenCluster {
    /// What its start has to say when it ends at `end`; `None` when it says so already.
    fn resized(&self, end: u64) -> Option<Resized> {
        let start_bytes = self.start.length as u64;
        let content_bytes = end.saturating_sub(self.position + start_bytes);
        let is_wrong = self.start.size == UNKNOWN || self.start.size > content_bytes;
        is_wrong.then_some(Resized {
            position: self.position,
            start_bytes,
            content_bytes,
        })
    }
}

/// All clusters so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Clusters {
    /// This one is being followed; `None` before the first, and behind one that has ended.
    open: Option<OpenCluster>,
    /// The starts of these are to be written anew.
    resized: Vec<Resized>,
}

impl Clusters {
    /// A cluster begins, and the one before ends.
    pub(super) fn begin(&mut self, position: u64, start: Start) {
        self.end(position);
        self.open = Some(OpenCluster {
            position,
            time: 0,
            start,
            first_block: None,
        });
    }

    /// What begins here stands in no cluster.
    pub(super) fn end(&mut self, position: u64) {
        let ended = self.open.take();
        let resized = ended.and_then(|ended| ended.resized(position));
        self.resized.extend(resized);
    }

    /// The cluster that is being followed has this time, in ticks.
    pub(super) fn set_time(&mut self, time: u64) {
        if let Some(open) = &mut self.open {
            open.time = time;
        }
    }

    /// A block begins here; says in which cluster.
    pub(super) fn block(&mut self, position: u64) -> Option<OpenCluster> {
        let open = self.open.as_mut()?;
        open.first_block.get_or_insert(position);
        Some(*open)
    }

    /// Those whose start has to be written anew when the stream ends at `end`, and where the last cluster ends then that has
    /// a block.
    pub(super) fn until(&self, end: u64) -> (Vec<Resized>, u64) {
        let mut resized = self.resized.clone();
        let Some(open) = &self.open else {
            return (resized, end);
        };
        if open.first_block.is_none_or(|block| block >= end) {
            return (resized, open.position);
        }
        resized.extend(open.resized(end));
        (resized, end)
    }
}
