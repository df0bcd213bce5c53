//! How many files this process may have open; every connection is some.

use super::plan::Plan;

/// So many files are open besides connections.
const OTHERS: u64 = 64;

/// A thread waits with so many.
const OF_A_THREAD: u64 = 4;

/// A connection to somebody has a socket for each address of the machine: the one towards the server, and one of each family.
const ADDRESSES: u64 = 3;

/// And one for each way to a relay of the server: over UDP, TCP and TLS.
const RELAYS: u64 = 3;

/// So many files a plan may need.
pub(crate) fn needed(plan: &Plan) -> u64 {
    let signaling = u64::from(plan.seats());
    let connections = plan.connection_ends() * (ADDRESSES + RELAYS);
    signaling + connections + u64::from(plan.threads) * OF_A_THREAD + OTHERS
}

/// Raises the limit as far as the system lets this process; says what it is then, if there is one.
#[cfg(unix)]
pub(crate) fn raise() -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(_) => limit.current,
    }
}

/// There is no such limit here.
#[cfg(not(unix))]
pub(crate) fn raise() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::load::plan::{Pattern, plan};

    #[test]
    fn everyone_has_connections_to_everyone_else_of_their_room() {
        let threads = 2 * 4;
        assert_eq!(needed(&plan(1, 1, Pattern::Meeting)), 64 + threads + 1);
        assert_eq!(
            needed(&plan(10, 3, Pattern::Meeting)),
            64 + threads + 30 * (1 + 2 * 6)
        );
    }
}
