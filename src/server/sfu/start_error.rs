//! Why the SFU does not start.
//!
//! Invariant: a port that the operator named is told from one that nobody did, for without the latter a server may go on.

use std::net::SocketAddr;

use crate::server::secrets::random::NoRandomness;

/// Why the SFU did not start.
#[derive(Debug, thiserror::Error)]
pub enum SfuStartError {
    /// A port that the operator named cannot be had.
    #[error("UDP {place} cannot be had: {source}")]
    NamedPort {
        /// It was to be here.
        place: SocketAddr,
        /// The system said so.
        source: std::io::Error,
    },
    /// A port that nobody named cannot be had.
    #[error("UDP {place} cannot be had: {source}")]
    DefaultPort {
        /// It was to be here.
        place: SocketAddr,
        /// The system said so.
        source: std::io::Error,
    },
    /// The system has no certificate or thread to give.
    #[error(transparent)]
    System(#[from] std::io::Error),
    /// The system gives no random numbers.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}
