//! What the tests are made of: a server to start and stop, WebSocket clients, and plain HTTP.

mod client;
mod device;
mod process;
mod request;
mod secure;
mod sfu_channels;
mod sfu_client;
mod sfu_hellos;
mod sfu_ledger;
mod sfu_line;
mod sfu_marks;
mod sfu_media;
mod sfu_news;
mod sfu_offers;
mod sfu_publisher;
mod sfu_relayed;
mod turn;
mod turn_signature;

pub(crate) use client::{Client, offer, wait};
pub(crate) use device::{Device, join, program};
pub(crate) use process::{Server, failed_start, raise_file_limit};
pub(crate) use request::{Response, request, request_for, request_over};
pub(crate) use secure::{SecureStream, certificate_pem};
pub(crate) use sfu_channels::{ChannelNews, Said, by_client};
pub(crate) use sfu_client::{SfuClient, sfu_server};
pub(crate) use sfu_hellos::{Hello, Speaker, is_dtls, weakened};
pub(crate) use sfu_ledger::Packet;
pub(crate) use sfu_line::Over;
pub(crate) use sfu_marks::{after, now};
pub(crate) use sfu_media::{Media, MediaHandle, MediaNews, Watcher};
pub(crate) use sfu_news::News;
pub(crate) use turn::{Relay, TurnClient, own_address, udp};
