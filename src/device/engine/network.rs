//! The seam to the network: sockets to servers and connections to people are opened here.
//!
//! Invariant: whatever is opened only reports, and is told what to do through a bounded queue; so a test can put anything else in
//! its place.

use tokio::sync::mpsc;

use super::options::Options;
use crate::device::connection::handle::Connection;
use crate::device::connection::report::ConnectionReport;
use crate::device::connection::task::ConnectionSetup;
use crate::device::socket::signaling::{Socket, SocketReport};

/// What opens sockets and connections.
pub(crate) trait Network {
    /// Opens the socket with this number.
    fn socket(&self, options: &Options, number: u32, reports: mpsc::Sender<SocketReport>)
    -> Socket;

    /// Opens a connection.
    fn connection(
        &self,
        setup: ConnectionSetup,
        reports: mpsc::Sender<ConnectionReport>,
    ) -> Connection;
}

/// The network there is.
pub(crate) struct Internet;

impl Network for Internet {
    fn socket(
        &self,
        options: &Options,
        number: u32,
        reports: mpsc::Sender<SocketReport>,
    ) -> Socket {
        Socket::open(options.address.clone(), options.trust, number, reports)
    }

    fn connection(
        &self,
        setup: ConnectionSetup,
        reports: mpsc::Sender<ConnectionReport>,
    ) -> Connection {
        Connection::open(setup, reports)
    }
}
