//! Why the server does not start. Printed once, by `main`, on one line.

use std::io;
use std::net::SocketAddr;

use thiserror::Error;

pub use crate::server::net::tls::TlsError;
pub use crate::server::secrets::key::KeyError;
pub use crate::server::secrets::random::NoRandomness;
pub use crate::server::sfu::SfuStartError;

/// Why the server does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The platform names no folder for data, and the operator none either.
    #[error("there is no home folder to keep data in; name one with --data-dir")]
    NoDataFolder,
    /// The key of the resume tokens is not usable.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The system has no random numbers for the id of this run.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The certificate is not usable.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The redirect would lead to nothing: there is no HTTPS.
    #[error(
        "--redirect-http needs HTTPS to lead to; give --tls-cert and --tls-key, or --tls-self-signed"
    )]
    RedirectWithoutTls,
    /// Nobody could connect: only relays may be used, and no server has one.
    #[error(
        "--ice-transport-policy relay needs a TURN server; name one with --ice-server or --turn-url"
    )]
    RelayWithoutServer,
    /// The port is not to be had.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The server was to listen here.
        address: SocketAddr,
        /// The system said so.
        source: io::Error,
    },
    /// A port of the relay, which the operator named, is not to be had.
    #[error("cannot run the relay on {address}: {source}")]
    Relay {
        /// The relay was to listen here.
        address: SocketAddr,
        /// The system said so.
        source: io::Error,
    },
    /// The SFU cannot run.
    #[error("cannot run the SFU: {0}; name another --sfu-listen, or switch it off with --sfu off")]
    Sfu(SfuStartError),
    /// The system does not let the program wait for its signals.
    #[error("cannot wait for signals: {0}")]
    Signals(io::Error),
    /// The ready line could not be printed.
    #[error("cannot write to standard output: {0}")]
    Output(io::Error),
}
