//! What the rules need of the machine they run on.

use std::net::{IpAddr, SocketAddr};

use super::five_tuple::ClientPath;

/// An IP version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// The address is of IPv4.
    V4,
    /// The address is of IPv6.
    V6,
}

impl Family {
    /// Gives the version of an address.
    pub(crate) fn of(address: IpAddr) -> Self {
        if address.is_ipv4() {
            Self::V4
        } else {
            Self::V6
        }
    }
}

/// A relay may be wanted on a port of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parity {
    /// Any port will do.
    Any,
    /// The port has to be even, as RTP once wanted it.
    Even,
}

/// Why there is no relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoRelay {
    /// The server has no address of that family.
    Family,
    /// No port is left, or the system gives none.
    Capacity,
}

/// The machine that the core runs on.
pub(crate) trait Host {
    /// A relay. It ends when this is dropped.
    type Relay;

    /// Opens a relay for a client; its address as peers reach it.
    fn open_relay(
        &self,
        path: &ClientPath,
        family: Family,
        parity: Parity,
    ) -> Result<(Self::Relay, SocketAddr), NoRelay>;

    /// Whether the address leads to this machine.
    fn is_own(&self, address: IpAddr) -> bool;
}
