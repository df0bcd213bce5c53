//! What leaves by the relay, which nobody here came through.

use std::net::SocketAddr;

/// Nothing.
#[derive(Default)]
pub(super) struct Relayed;

impl Relayed {
    pub(super) fn push(&mut self, to: SocketAddr, from: SocketAddr, _bytes: Vec<u8>) {
        panic!("something to {to} leaves by a relay at {from}");
    }
}
