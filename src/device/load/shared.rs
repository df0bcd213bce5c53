//! What everyone of a run has in common.

use std::sync::Arc;
use std::time::Instant;

use super::plan::Plan;
use super::roll::Roll;
use crate::device::measures::run::Run;
use crate::device::media::synthetic::stamp::StampClock;
use crate::device::media::synthetic::synthesis::LeftOut;

/// What everyone of a run has in common.
#[derive(Debug)]
pub(crate) struct Shared {
    /// This is to be done.
    pub(crate) plan: Plan,
    /// It began then.
    pub(crate) began: Instant,
    /// This is measured.
    pub(crate) run: Arc<Run>,
    /// These are there.
    pub(crate) roll: Roll,
    /// So much was not sent because this process was too slow.
    pub(crate) left_out: LeftOut,
}

impl Shared {
    /// It begins at `began` under this number, and nobody is there.
    pub(crate) fn new(plan: Plan, run: u64, began: Instant) -> Self {
        Self {
            began,
            run: Arc::new(Run::new(StampClock::new(run, began))),
            roll: Roll::new(plan.seats()),
            left_out: LeftOut::default(),
            plan,
        }
    }
}
