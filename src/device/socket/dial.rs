//! Connections to a server, as its clients make them.
//!
//! Invariant: no step takes longer than [`DEADLINE`].

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UdpSocket, lookup_host};
use tokio::time::timeout;

use super::verifier::{self, Opinion};

/// A step may take this long; then the server counts as silent.
pub(crate) const DEADLINE: Duration = Duration::from_secs(5);

/// Anything that bytes go through.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// What is thought of a certificate that nobody vouches for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// It ends the connection, as in a browser.
    Authorities,
    /// It is taken; whoever is in the middle can read and change what the server says.
    Anybody,
}

/// A connection over TLS.
pub(crate) struct Secured {
    /// Whatever is written here goes through TLS.
    pub(crate) stream: Box<dyn Stream>,
    /// The server showed this certificate, in DER.
    pub(crate) certificate: Vec<u8>,
    /// The handshake succeeds whatever the certificate is; this tells what browsers would think of it.
    pub(crate) opinion: Opinion,
}

impl Secured {
    /// Gives the stream, if the certificate is one that browsers take, or any is taken.
    ///
    /// # Errors
    /// What browsers would object to.
    pub(crate) fn trusted(self, trust: Trust) -> io::Result<Box<dyn Stream>> {
        match self.opinion.objection() {
            Some(objection) if trust == Trust::Authorities => Err(io::Error::other(objection)),
            _ => Ok(self.stream),
        }
    }
}

/// Looks up the addresses of a host, IPv4 first.
///
/// # Errors
/// When the name does not resolve.
pub(crate) async fn resolve(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    let mut addresses: Vec<SocketAddr> = in_time(lookup_host((host, port))).await?.collect();
    addresses.sort_by_key(|address| address.is_ipv6());
    if addresses.is_empty() {
        return Err(io::Error::new(
            io::ErrorKind::NotFound,
            "the name has no address",
        ));
    }
    Ok(addresses)
}

/// Opens a TCP connection to the first address that takes one.
///
/// # Errors
/// Why the last did not.
pub(crate) async fn tcp(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    let mut failure = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in addresses {
        match in_time(TcpStream::connect(address)).await {
            Ok(stream) => return Ok(stream),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// Makes TLS of a connection to this host.
///
/// # Errors
/// Why the handshake failed; never because of the certificate.
pub(crate) async fn secure(tcp: TcpStream, host: &str) -> io::Result<Secured> {
    let (connector, opinion) = verifier::connector().map_err(io::Error::other)?;
    let name = match host.parse::<IpAddr>() {
        Ok(address) => ServerName::from(address),
        Err(_) => ServerName::try_from(host.to_owned()).map_err(io::Error::other)?,
    };
    let stream = in_time(connector.connect(name, tcp)).await?;
    let (_, session) = stream.get_ref();
    let certificate = session
        .peer_certificates()
        .and_then(<[_]>::first)
        .map(|own| own.to_vec())
        .unwrap_or_default();
    Ok(Secured {
        stream: Box::new(stream),
        certificate,
        opinion,
    })
}

/// Opens a socket for datagrams to the first of these addresses that there is a way to.
///
/// # Errors
/// When there is none.
pub(crate) async fn udp(addresses: &[SocketAddr]) -> io::Result<UdpSocket> {
    let mut failure = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in addresses {
        let any: IpAddr = if address.is_ipv4() {
            [0; 4].into()
        } else {
            [0; 16].into()
        };
        let socket = UdpSocket::bind((any, 0)).await?;
        match socket.connect(address).await {
            Ok(()) => return Ok(socket),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// Waits no longer than [`DEADLINE`].
///
/// # Errors
/// The step's own, or that it took too long.
pub(crate) async fn in_time<T>(step: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    match timeout(DEADLINE, step).await {
        Ok(ended) => ended,
        Err(_) => Err(io::Error::new(
            io::ErrorKind::TimedOut,
            "no answer within 5 s",
        )),
    }
}
