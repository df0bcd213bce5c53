//! What a channel of the hub's connection reports.

use crate::room::messaging::channel::frame::Frame;

/// What a channel of the hub's connection reports.
#[derive(Clone, Debug, PartialEq)]
pub enum HubChannelEvent {
    /// The channel is open on this side.
    Opened,
    /// The channel is closed.
    Closed,
    /// A frame arrived: a routing line, and what it leads.
    Frame(Frame),
    /// So many bytes wait to be sent: told after binary frames were sent, and on `bufferedamountlow`.
    Buffered(u64),
}
