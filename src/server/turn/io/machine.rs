//! This machine as a core sees it: where a relay is opened, and which addresses lead back here.
//!
//! Invariant: a relay gets a port of the operator's range, on an address that its client's family has.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;

use super::endpoint::Endpoint;
use super::relay::{Machine, Premises, Relay};
use super::socket::{RelaySocket, ToClient};
use crate::server::secrets::random;
use crate::server::turn::core::five_tuple::{ClientPath, ClientTransport};
use crate::server::turn::core::{Family, Host, NoRelay, Parity};

impl Host for Machine {
    type Relay = Relay;

    fn open_relay(
        &self,
        path: &ClientPath,
        family: Family,
        parity: Parity,
    ) -> Result<(Relay, SocketAddr), NoRelay> {
        let sockets = &self.0;
        let Premises {
            addresses, ports, ..
        } = &sockets.premises;
        let local = addresses.for_relay(path, family).ok_or(NoRelay::Family)?;
        let client = match path.link {
            ClientTransport::Datagram { socket, .. } => {
                let endpoint = sockets.endpoints.get(socket).ok_or(NoRelay::Capacity)?;
                ToClient::Datagrams(Arc::clone(endpoint))
            }
            ClientTransport::Stream { connection, .. } => {
                let stream = sockets.streams.find(connection);
                ToClient::Stream(stream.ok_or(NoRelay::Capacity)?)
            }
        };
        let seed = random::bytes().map_err(|_| NoRelay::Capacity)?;
        let candidates = ports.candidates(u16::from_be_bytes(seed), parity);
        for port in candidates {
            let bound = UdpSocket::bind(SocketAddr::new(local, port));
            let Ok(socket) = bound else { continue };
            let thread = sockets.threads.of(usize::from(port));
            let endpoint = Endpoint::adopt(socket, thread).map_err(|_| NoRelay::Capacity)?;
            let announced = SocketAddr::new(addresses.announced(local), port);
            let socket = RelaySocket {
                endpoint,
                local,
                announced,
            };
            let (neighbours, shared) = (Arc::clone(&sockets.neighbours), sockets.shared.clone());
            let relay = Relay::start(socket, *path, client, neighbours, shared, thread);
            if let ClientTransport::Stream { connection, .. } = path.link {
                sockets.streams.has_relay(connection);
            }
            return Ok((relay, announced));
        }
        Err(NoRelay::Capacity)
    }

    fn is_own(&self, address: IpAddr) -> bool {
        self.0.premises.addresses.is_own(address)
    }
}
