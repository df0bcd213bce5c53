//! What happens to the packets for one receiver, for the figures.

/// So many packets since this was last looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::server::sfu) struct Tally {
    /// These were lost here: they had waited too long for the line, or too many did.
    pub(in crate::server::sfu) lost: u64,
    /// These the receiver asked for again.
    pub(in crate::server::sfu) missed: u64,
    /// These were sent again.
    pub(in crate::server::sfu) repeated: u64,
}
