//! Opens the relay's ports.
//!
//! Invariant: of one address either UDP and TCP are open on the same port, or neither. Ports the operator named have
//! to be had; of the default ones those are taken that are free.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpListener;

use super::endpoint::Endpoint;
use crate::server::turn::options::TurnOptions;

/// STUN and TURN have this port, and that over TLS (RFC 8489 section 18.6).
const PORT: u16 = 3478;
const SECURE_PORT: u16 = 5349;

/// So many connections may wait to be accepted.
const BACKLOG: i32 = 1024;

/// So many ports are tried when any will do.
const TRIES: usize = 16;

/// Clients reach the relay here.
#[derive(Debug)]
pub(crate) struct Listening {
    /// Both sockets have this address.
    pub(crate) address: SocketAddr,
    /// Datagrams come here.
    pub(crate) socket: UdpSocket,
    /// Streams come here.
    pub(crate) listener: TcpListener,
}

/// What is spoken on a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PortUse {
    /// UDP and TCP are spoken on the port.
    Plain,
    /// TLS over TCP is spoken on the port.
    Tls,
}

/// Who chose an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// The operator chose the address: it has to be had.
    Named,
    /// Nobody chose it: it is used if it is free.
    Default,
}

/// An address was tried.
#[derive(Debug)]
pub(crate) struct PortProbe {
    /// The attempt was made here.
    pub(crate) address: SocketAddr,
    /// What a failure means depends on who chose the address.
    pub(crate) choice: Choice,
    /// The attempt went so.
    pub(crate) opened: io::Result<()>,
}

impl TurnOptions {
    fn places(&self, channel: PortUse) -> (Choice, Vec<SocketAddr>) {
        let (named, port) = match channel {
            PortUse::Plain => (&self.listen, PORT),
            PortUse::Tls => (&self.tls_listen, SECURE_PORT),
        };
        if !named.is_empty() {
            return (Choice::Named, named.clone());
        }
        let everywhere = [Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()];
        let places = everywhere.map(|address| SocketAddr::new(address, port));
        (Choice::Default, places.to_vec())
    }

    /// Tries the addresses, and gives them back.
    pub(crate) fn probe(&self, channel: PortUse) -> Vec<PortProbe> {
        let (choice, places) = self.places(channel);
        let probed = places.into_iter().map(|address| PortProbe {
            address,
            choice,
            opened: match channel {
                PortUse::Plain => open_one(address).map(drop),
                PortUse::Tls => listen(address).map(drop),
            },
        });
        probed.filter(|probe| !is_without_ipv6(probe)).collect()
    }
}

/// Says whether the machine has no IPv6 and nobody asked for it: then it lacks nothing.
fn is_without_ipv6(probe: &PortProbe) -> bool {
    let missing = matches!(&probe.opened, Err(error) if error.kind() != io::ErrorKind::AddrInUse);
    probe.choice == Choice::Default && probe.address.is_ipv6() && missing
}

/// Opens the ports of STUN and TURN.
///
/// # Errors
/// The address that the operator named and that is not to be had.
pub(crate) fn open(options: &TurnOptions) -> Result<Vec<Listening>, (SocketAddr, io::Error)> {
    each(options, PortUse::Plain, open_one)
}

/// Opens the ports for TLS.
///
/// # Errors
/// The address that the operator named and that is not to be had.
pub(crate) fn open_secure(
    options: &TurnOptions,
) -> Result<Vec<(SocketAddr, TcpListener)>, (SocketAddr, io::Error)> {
    each(options, PortUse::Tls, |address| {
        let listener = listen(address)?;
        Ok((listener.local_addr()?, listener))
    })
}

fn each<T>(
    options: &TurnOptions,
    channel: PortUse,
    open: impl Fn(SocketAddr) -> io::Result<T>,
) -> Result<Vec<T>, (SocketAddr, io::Error)> {
    let (choice, places) = options.places(channel);
    let option = match channel {
        PortUse::Plain => "--turn-listen",
        PortUse::Tls => "--turn-tls-listen",
    };
    let mut opened = Vec::new();
    for address in places {
        match open(address) {
            Ok(listening) => opened.push(listening),
            Err(error) if choice == Choice::Named => return Err((address, error)),
            Err(error) if address.is_ipv6() && error.kind() != io::ErrorKind::AddrInUse => {
                tracing::debug!(%error, "this machine has no IPv6");
            }
            Err(error) => tracing::warn!(
                %error,
                "{address} is not to be had: the relay does not run there, and people behind strict networks may not \
                 reach each other; free the port, name another with {option}, or say --no-turn",
            ),
        }
    }
    Ok(opened)
}

fn open_one(address: SocketAddr) -> io::Result<Listening> {
    let mut tries = if address.port() == 0 { TRIES } else { 1 };
    loop {
        tries -= 1;
        let socket = Endpoint::bind(address)?;
        let bound = socket.local_addr()?;
        match listen(bound) {
            Ok(listener) => {
                return Ok(Listening {
                    address: bound,
                    socket,
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
