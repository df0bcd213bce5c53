//! The way out of the SFU for the datagrams to one receiver.
//!
//! Invariant: what is given to it is a whole datagram, and leaves in the order it came in.

/// Where datagrams go.
pub(in crate::server::sfu) trait Exit {
    /// Gives an empty datagram to write to.
    fn datagram(&mut self) -> Vec<u8>;
    /// Sends a datagram.
    fn send(&mut self, datagram: Vec<u8>);
}
