//! Opens the relay's ports.
//!
//! Invariant: of one address either UDP and TCP are open on the same port, or neither. Ports the operator named have
//! to be had; of the default ones those are taken that are free.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpListener;

use super::endpoint::Endpoint;

/// The port of STUN and TURN, and that over TLS (RFC 8489 section 18.6).
const PORT: u16 = 3478;
const SECURE_PORT: u16 = 5349;

/// Connections that wait to be accepted.
const BACKLOG: i32 = 1024;

/// Ports tried when any will do.
const TRIES: usize = 16;

/// Where clients reach the relay.
#[derive(Debug)]
pub(super) struct Listening {
    pub(super) address: SocketAddr,
    pub(super) endpoint: Endpoint,
    pub(super) listener: TcpListener,
}

/// Opens what the operator named, or the default.
///
/// # Errors
/// The address that the operator named and that is not to be had.
pub(super) fn open(named: &[SocketAddr]) -> Result<Vec<Listening>, (SocketAddr, io::Error)> {
    each(named, PORT, open_one)
}

/// Opens what the operator named for TLS, or the default.
///
/// # Errors
/// The address that the operator named and that is not to be had.
pub(super) fn open_secure(
    named: &[SocketAddr],
) -> Result<Vec<(SocketAddr, TcpListener)>, (SocketAddr, io::Error)> {
    each(named, SECURE_PORT, |address| {
        let listener = listen(address)?;
        Ok((listener.local_addr()?, listener))
    })
}

fn each<T>(
    named: &[SocketAddr],
    port: u16,
    open: impl Fn(SocketAddr) -> io::Result<T>,
) -> Result<Vec<T>, (SocketAddr, io::Error)> {
    if !named.is_empty() {
        return named
            .iter()
            .map(|address| open(*address).map_err(|error| (*address, error)))
            .collect();
    }
    let everywhere = [
        SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), port),
        SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), port),
    ];
    let mut opened = Vec::new();
    for address in everywhere {
        match open(address) {
            Ok(listening) => opened.push(listening),
            Err(error) if address.is_ipv6() && error.kind() != io::ErrorKind::AddrInUse => {
                tracing::debug!(%error, "this machine has no IPv6");
            }
            Err(error) => tracing::warn!(
                %error,
                "port {port} of {ip} is not to be had: the relay does not run there, and people behind strict \
                 networks may not reach each other; free the port, name another with --turn-listen, or say --no-turn",
                ip = address.ip(),
            ),
        }
    }
    Ok(opened)
}

fn open_one(address: SocketAddr) -> io::Result<Listening> {
    let mut tries = if address.port() == 0 { TRIES } else { 1 };
    loop {
        tries -= 1;
        let endpoint = Endpoint::bind(address)?;
        let bound = endpoint.local_addr()?;
        match listen(bound) {
            Ok(listener) => {
                return Ok(Listening {
                    address: bound,
                    endpoint,
                    listener,
                });
            }
            Err(error) if tries == 0 => return Err(error),
            Err(_) => {}
        }
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}
