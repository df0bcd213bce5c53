//! Where the connection to the SFU stands, and what else is known of how it comes about.

use super::diagnosis::PathFailure;
use super::link::Link;
use crate::room::moment::Moment;

/// Where the connection to the SFU stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HubLink {
    /// As that of any other connection.
    pub link: Link,
    /// The server's media port, once it said which.
    pub port: Option<u16>,
    /// The attempts to bring it about or to mend it, while that takes any.
    pub attempts: Attempts,
    /// It was told to have failed for this reason, and has not stood since.
    pub failed: Option<PathFailure>,
}

/// The attempts to bring a connection about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    /// The last one began then.
    pub last: Option<Moment>,
    /// The next one is due then.
    pub next: Option<Moment>,
}
