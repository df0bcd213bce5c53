//! The ports that relay at this moment.
//!
//! Invariant: of this machine's own addresses the relay reaches exactly these ports and those of the SFU, so that two people whose
//! relay is this server reach each other, and nothing else that runs here.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

use parking_lot::RwLock;

/// The addresses of running relays, as the clients know them.
#[derive(Debug, Default)]
pub(crate) struct RelayPorts(RwLock<HashMap<IpAddr, Vec<u16>>>);

impl RelayPorts {
    /// Notes that a relay started.
    pub(crate) fn open(&self, address: SocketAddr) {
        let mut relays = self.0.write();
        let ports = relays.entry(address.ip()).or_default();
        if let Err(index) = ports.binary_search(&address.port()) {
            ports.insert(index, address.port());
        }
    }

    /// Notes that a relay ended.
    pub(crate) fn close(&self, address: SocketAddr) {
        let mut relays = self.0.write();
        if let Some(ports) = relays.get_mut(&address.ip()) {
            if let Ok(index) = ports.binary_search(&address.port()) {
                ports.remove(index);
            }
            if ports.is_empty() {
                relays.remove(&address.ip());
            }
        }
    }

    /// Says whether somebody's relay is there.
    pub(crate) fn has(&self, address: SocketAddr) -> bool {
        let relays = self.0.read();
        relays
            .get(&address.ip())
            .is_some_and(|ports| ports.binary_search(&address.port()).is_ok())
    }

    /// Says whether relays have this address.
    pub(crate) fn has_address(&self, address: IpAddr) -> bool {
        let relays = self.0.read();
        relays.contains_key(&address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relay_is_there_between_its_start_and_its_end() {
        let ports = RelayPorts::default();
        let (one, two): (SocketAddr, SocketAddr) = (
            "192.0.2.1:5000".parse().unwrap(),
            "192.0.2.1:5001".parse().unwrap(),
        );
        ports.open(two);
        ports.open(one);
        ports.close(two);
        assert!(ports.has(one) && !ports.has(two));
        assert!(ports.has_address(one.ip()));
        ports.close(one);
        assert!(!ports.has(one) && !ports.has_address(one.ip()));
    }
}
