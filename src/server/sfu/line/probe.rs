//! What a line asks to be sent to it, to see whether it carries that.
//!
//! Invariant: the identities of two probes that follow each other differ.

use std::num::NonZeroU32;
use std::time::Duration;

/// Says which probe a packet belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::server::sfu) struct ProbeId(NonZeroU32);

impl ProbeId {
    /// What comes before the first.
    pub(super) const NONE: Self = Self(NonZeroU32::MIN);

    /// The next one; after the last it begins anew.
    pub(super) fn next(self) -> Self {
        Self(self.0.checked_add(1).unwrap_or(NonZeroU32::MIN))
    }
}

/// Packets that are to be sent at a rate. Whatever else is sent in that time may be part of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::server::sfu) struct Probe {
    /// What its packets are to be marked with.
    pub(in crate::server::sfu) id: ProbeId,
    /// The rate, in bits/s, of everything that is sent.
    pub(in crate::server::sfu) rate: f64,
    /// For how long it is to be sent at that rate. If that makes too few packets, it takes longer.
    pub(in crate::server::sfu) length: Duration,
    /// It is to have at least so many packets.
    pub(in crate::server::sfu) packets: usize,
}
