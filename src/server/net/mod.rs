//! What is accepted from the network: listeners, streams with or without TLS, and what a proxy says of a client.

pub(crate) mod address_rates;
mod bare_answer;
pub(crate) mod cidr;
pub(crate) mod client_networks;
pub(crate) mod connection_table;
pub(crate) mod datagrams;
pub(crate) mod listener;
pub(crate) mod network_counts;
pub(crate) mod origin;
pub(crate) mod origin_policy;
mod places;
pub(crate) mod proxy;
pub(crate) mod public_urls;
pub(crate) mod reached_at;
mod refusal;
pub(crate) mod stream;
pub(crate) mod tls;
mod transport;
