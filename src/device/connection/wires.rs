//! Everything that packets of one connection go out by and come in from: sockets of the machine's addresses, and relays.
//!
//! Invariant: with relayed candidates alone no socket is open that a peer could reach directly.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::task::{Context, Poll};
use std::time::Instant;

use str0m::Candidate;
use str0m::net::Transmit;
use tokio::io::ReadBuf;
use tokio::net::UdpSocket;

use super::binding::Binding;
use super::host;
use super::relay::{Relay, RelayOutput};

/// A packet is read up to this many bytes.
pub(super) const PACKET: usize = 2_048;

/// At most so many relays are kept.
const MOST_RELAYS: usize = 8;

/// A socket of one of the machine's addresses.
struct HostSocket {
    /// It is bound to this.
    address: SocketAddr,
    socket: UdpSocket,
    /// These STUN servers are asked how it looks from outside.
    bindings: Vec<Binding>,
}

/// The wires of one connection.
#[derive(Default)]
pub(super) struct Wires {
    hosts: Vec<HostSocket>,
    relays: Vec<Relay>,
}

/// What came of opening sockets.
pub(super) struct OpenedHosts {
    /// These are new.
    pub(super) candidates: Vec<Candidate>,
    /// The machine gave no socket for an address that it has, for this reason.
    pub(super) refused: Option<io::Error>,
}

/// What comes in.
pub(super) enum Incoming {
    /// So many bytes of a packet are at the beginning of the buffer.
    Packet {
        /// The peer sent it from here.
        source: SocketAddr,
        /// It came to this address of ours.
        destination: SocketAddr,
        /// It has so many bytes.
        length: usize,
    },
    /// There is another way in.
    Candidate(Candidate),
    /// A relay is gone, and with it the address that it had.
    Gone(SocketAddr),
    /// A wire is gone, or a question went unanswered.
    Nothing,
}

impl Wires {
    /// Opens a socket for every address of the machine that has none.
    pub(super) fn open_hosts(&mut self, towards_server: Option<IpAddr>) -> OpenedHosts {
        let mut opened = OpenedHosts {
            candidates: Vec::new(),
            refused: None,
        };
        for address in host::addresses(towards_server) {
            if self.hosts.iter().any(|host| host.address.ip() == address) {
                continue;
            }
            match open(address) {
                Ok((host, candidate)) => {
                    self.hosts.push(host);
                    opened.candidates.push(candidate);
                }
                // The network changed a moment ago.
                Err(error) if error.kind() == io::ErrorKind::AddrNotAvailable => {}
                Err(error) => opened.refused = Some(error),
            }
        }
        opened
    }

    /// Asks this STUN server how every socket of its family looks from outside.
    pub(super) fn ask(&mut self, server: SocketAddr, now: Instant) {
        for host in &mut self.hosts {
            let is_asked = host.bindings.iter().any(|it| it.server() == server);
            // From the loopback there is no way out, and a server there tells the others nothing new.
            let is_reached = host.address.ip().is_loopback() == server.ip().is_loopback();
            if host.address.is_ipv4() == server.is_ipv4() && is_reached && !is_asked {
                host.bindings.push(Binding::new(server, now));
            }
        }
    }

    /// Takes a relay.
    pub(super) fn add_relay(&mut self, relay: Relay) {
        if self.relays.len() < MOST_RELAYS {
            self.relays.push(relay);
        }
    }

    /// Whether there is a relay, or one is being asked for.
    pub(super) fn has_relay(&self) -> bool {
        !self.relays.is_empty()
    }

    /// Whether anything is still being looked for.
    pub(super) fn is_looking(&self) -> bool {
        self.hosts.iter().any(|host| !host.bindings.is_empty())
            || self.relays.iter().any(|relay| relay.address().is_none())
    }

    /// Sends a packet from the address that it names. What the system does not take at once is lost.
    pub(super) fn send(&mut self, packet: &Transmit) {
        let host = self.hosts.iter().find(|host| host.address == packet.source);
        if let Some(host) = host {
            let _ = host
                .socket
                .try_send_to(&packet.contents, packet.destination);
            return;
        }
        let is_it = |relay: &&mut Relay| relay.address() == Some(packet.source);
        if let Some(relay) = self.relays.iter_mut().find(is_it) {
            relay.send(packet.destination, &packet.contents);
        }
    }

    /// When [`Self::pass`] has something to do next.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let bindings = self.hosts.iter().flat_map(|host| &host.bindings);
        bindings.map(Binding::next_deadline).min()
    }

    /// Says questions again that were not answered.
    pub(super) fn pass(&mut self, now: Instant) {
        for host in &mut self.hosts {
            host.bindings.retain(|binding| !binding.is_over(now));
            for binding in &mut host.bindings {
                if let Some(question) = binding.due(now) {
                    let _ = host.socket.try_send_to(&question, binding.server());
                }
            }
        }
    }

    /// What comes in next.
    pub(super) fn poll(&mut self, context: &mut Context<'_>, buffer: &mut [u8]) -> Poll<Incoming> {
        for host in &mut self.hosts {
            if let Poll::Ready(incoming) = host.poll(context, buffer) {
                return Poll::Ready(incoming);
            }
        }
        let mut index = 0;
        while let Some(relay) = self.relays.get_mut(index) {
            let Poll::Ready(output) = relay.poll(context, buffer) else {
                index += 1;
                continue;
            };
            return Poll::Ready(match output {
                RelayOutput::Allocated(address) => {
                    match Candidate::relayed(address, relay.local(), "udp") {
                        Ok(candidate) => Incoming::Candidate(candidate),
                        Err(_) => Incoming::Nothing,
                    }
                }
                RelayOutput::Received(source, length) => match relay.address() {
                    Some(destination) => Incoming::Packet {
                        source,
                        destination,
                        length,
                    },
                    None => Incoming::Nothing,
                },
                RelayOutput::Ended => {
                    let address = self.relays.remove(index).address();
                    address.map_or(Incoming::Nothing, Incoming::Gone)
                }
            });
        }
        Poll::Pending
    }

    /// Gives back what others keep for us.
    pub(super) fn give_back(&mut self, context: &mut Context<'_>) {
        for relay in &mut self.relays {
            relay.give_back(context);
        }
    }
}

impl HostSocket {
    fn poll(&mut self, context: &mut Context<'_>, buffer: &mut [u8]) -> Poll<Incoming> {
        loop {
            let mut packet = ReadBuf::new(buffer);
            let source = match self.socket.poll_recv_from(context, &mut packet) {
                Poll::Ready(Ok(source)) => source,
                // That an earlier packet found nobody says nothing about the socket.
                Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
                    continue;
                }
                Poll::Ready(Err(_)) | Poll::Pending => return Poll::Pending,
            };
            let mut answers = self.bindings.iter().enumerate();
            let answered = answers.find_map(|(index, binding)| {
                let seen = binding.hear(source, packet.filled())?;
                Some((index, seen))
            });
            let Some((index, seen)) = answered else {
                return Poll::Ready(Incoming::Packet {
                    source,
                    destination: self.address,
                    length: packet.filled().len(),
                });
            };
            self.bindings.remove(index);
            return Poll::Ready(
                match Candidate::server_reflexive(seen, self.address, "udp") {
                    Ok(candidate) if seen != self.address => Incoming::Candidate(candidate),
                    _ => Incoming::Nothing,
                },
            );
        }
    }
}

fn open(address: IpAddr) -> io::Result<(HostSocket, Candidate)> {
    let socket = std::net::UdpSocket::bind(SocketAddr::new(address, 0))?;
    socket.set_nonblocking(true)?;
    let socket = UdpSocket::from_std(socket)?;
    let address = socket.local_addr()?;
    let candidate = Candidate::host(address, "udp").map_err(io::Error::other)?;
    let host = HostSocket {
        address,
        socket,
        bindings: Vec::new(),
    };
    Ok((host, candidate))
}
