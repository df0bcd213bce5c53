//! What the tests are made of: a server to start and stop, WebSocket clients, and plain HTTP.

mod client;
mod device;
mod process;
mod request;
mod secure;
mod turn;

pub(crate) use client::{Client, offer, wait};
pub(crate) use device::{Device, join, program};
pub(crate) use process::{Server, failed_start, raise_file_limit};
pub(crate) use request::{Response, request, request_for, request_over};
pub(crate) use secure::{SecureStream, certificate_pem};
pub(crate) use turn::{Relay, TurnClient, own_address, udp};
