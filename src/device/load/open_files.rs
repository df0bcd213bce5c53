//! How many files this process may have open; every connection is some.

use super::plan::Plan;

/// So many files are open besides connections.
const OTHERS: u64 = 64;

/// A connection to somebody has a socket for each address of the machine, of which there are usually at most so many. Each way to
/// a relay of the server is one more.
const SOCKETS_OF_A_CONNECTION: u64 = 3;

/// So many files a plan may need.
pub(crate) fn needed(plan: &Plan) -> u64 {
    let others = u64::from(plan.people - 1);
    let each = 1 + others * SOCKETS_OF_A_CONNECTION;
    u64::from(plan.seats()) * each + OTHERS
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
        assert_eq!(needed(&plan(1, 1, Pattern::Meeting)), 64 + 1);
        assert_eq!(
            needed(&plan(10, 3, Pattern::Meeting)),
            64 + 30 * (1 + 2 * 3)
        );
    }
}
