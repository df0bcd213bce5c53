//! STUN and TURN (RFC 8489, RFC 8656): what lets people call each other who cannot reach each other directly.
//!
//! The rules are in [`core`], without sockets and clocks; the sockets are around it. Invariant: closed by default.
//! Nobody without a seat opens a relay, and a relay reaches public addresses and this server's other relays only.

mod accounts;
mod allocation;
mod answer;
mod cidr;
mod core;
mod credentials;
mod framing;
mod members;
mod meter;
mod methods;
mod nonce;
mod path;
mod peer_filter;
mod ports;
mod request;
