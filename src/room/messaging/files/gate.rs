//! Whether content of files may go to somebody now, over the connection that their `files` channel takes.

/// Whether content of files may go to somebody. Control messages always may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ContentGate {
    /// It may.
    #[default]
    Open,
    /// Not yet: a connection directly to them is being set up for it.
    Held,
    /// No connection takes it: whatever they wait for is over.
    Shut,
}

/// How content of files flows between somebody and us, or is about to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContentFlow {
    /// They wait for content of ours; else we wait for theirs alone.
    pub sends: bool,
}
