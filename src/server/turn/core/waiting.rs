//! The streams of clients who have no allocation yet, and which of them go when they are too many.
//!
//! Whoever has an allocation has proved who they are, and is counted by the quotas; a stream without one costs its client nothing,
//! and anybody may open it. Invariant: no more than [`MOST`] wait, and no more than [`MOST_OF_ONE_ADDRESS`] of one address; the
//! newest of them has its chance, and the oldest goes for it.

use std::collections::VecDeque;
use std::net::IpAddr;

use crate::server::net::proxy::counted;

/// So many streams wait for an allocation. When the server was restarted and everybody comes back, each of them waits for the time of
/// three round trips.
pub(crate) const MOST: usize = 1024;

/// So many of them come from one address.
const MOST_OF_ONE_ADDRESS: usize = 64;

/// The streams that wait, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct WaitingStreams(VecDeque<WaitingStream>);

#[derive(Clone, Copy, Debug)]
struct WaitingStream {
    /// The stream has this number.
    connection: u64,
    /// The stream counts for this address; `None` for loopback, which is not counted.
    address: Option<IpAddr>,
}

impl WaitingStreams {
    /// Notes a new stream. Gives another one that has to go for it, if one has.
    pub(crate) fn enter(&mut self, connection: u64, from: IpAddr) -> Option<u64> {
        let address = counted(from);
        let mut of_address = self.0.iter().filter(|other| other.address == address);
        let oldest = if address.is_some() && of_address.clone().count() >= MOST_OF_ONE_ADDRESS {
            of_address.next().copied()
        } else if self.0.len() >= MOST {
            self.0.front().copied()
        } else {
            None
        };
        let gone = oldest.map(|oldest| oldest.connection);
        if let Some(gone) = gone {
            self.leave(gone);
        }
        self.0.push_back(WaitingStream {
            connection,
            address,
        });
        gone
    }

    /// Notes that the stream waits no more: it has an allocation, or has ended.
    pub(crate) fn leave(&mut self, connection: u64) {
        self.0.retain(|other| other.connection != connection);
    }

    /// Says whether the stream waits.
    pub(crate) fn has(&self, connection: u64) -> bool {
        self.0.iter().any(|other| other.connection == connection)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn host(number: u32) -> IpAddr {
        IpAddr::from((0x0800_0000 + number).to_be_bytes())
    }

    #[test]
    fn of_one_address_the_oldest_goes_and_nobody_elses() {
        let mut waiting = WaitingStreams::default();
        assert_eq!(waiting.enter(0, address("9.9.9.9")), None);
        for connection in 1..=64 {
            assert_eq!(waiting.enter(connection, address("8.8.4.4")), None);
        }
        for connection in 65..200 {
            let gone = waiting.enter(connection, address("8.8.4.4"));
            assert_eq!(gone, Some(connection - 64));
        }
        assert!(waiting.has(0) && !waiting.has(135) && waiting.has(136));
        waiting.leave(150);
        assert_eq!(waiting.enter(200, address("8.8.4.4")), None);
    }

    #[test]
    fn a_network_of_ipv6_is_one_address() {
        let mut waiting = WaitingStreams::default();
        let gone = (0_u64..70)
            .filter_map(|host| waiting.enter(host, address(&format!("2a00:1:2:3::{host:x}"))));
        assert_eq!(gone.collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
        assert_eq!(waiting.enter(70, address("2a00:1:2:4::1")), None);
    }

    #[test]
    fn of_all_the_oldest_goes() {
        let mut waiting = WaitingStreams::default();
        let everybody = (0..).zip(0_u32..).take(MOST);
        for (connection, number) in everybody {
            assert_eq!(waiting.enter(connection, host(number)), None);
        }
        assert_eq!(waiting.enter(5_000, host(5_000)), Some(0));
        assert_eq!(waiting.enter(5_001, host(5_001)), Some(1));
        waiting.leave(5_000);
        assert_eq!(waiting.enter(5_002, host(5_002)), None);
    }

    #[test]
    fn loopback_counts_for_no_address() {
        let mut waiting = WaitingStreams::default();
        let gone = (0..2_000).filter_map(|connection| waiting.enter(connection, address("::1")));
        assert_eq!(gone.count(), 2_000 - MOST);
    }

    proptest! {
        #[test]
        fn whoever_came_last_waits_and_no_more_than_may(
            acts in prop::collection::vec((0_u32..3, any::<bool>()), 1..400),
        ) {
            let mut waiting = WaitingStreams::default();
            for (connection, (number, leaves)) in (0_u64..).zip(acts) {
                waiting.enter(connection, host(number));
                prop_assert!(waiting.has(connection));
                for number in 0..3 {
                    let of_address = waiting.0.iter().filter(|other| other.address == Some(host(number)));
                    prop_assert!(of_address.count() <= MOST_OF_ONE_ADDRESS);
                }
                if leaves {
                    waiting.leave(connection);
                    prop_assert!(!waiting.has(connection));
                }
            }
        }
    }
}
