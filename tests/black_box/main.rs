//! Black-box tests: the real binary on a real port, and clients that know nothing but the protocol's document.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets the unexpected should stop there and say so"
)]

mod bystanders;
mod check;
mod check_media;
mod device_media;
mod device_sfu;
mod devices;
mod examples;
mod fairness;
mod figures;
mod http;
mod ice;
mod joining;
mod leave;
mod lifecycle;
mod limits;
mod load;
mod proxy;
mod public_url;
mod resume;
mod sfu;
mod sfu_asvs_v17_2;
mod sfu_attacks;
mod sfu_bandwidth;
mod sfu_channels;
mod sfu_mode;
mod sfu_port;
mod sfu_refusals;
mod sfu_relayed;
mod sfu_sessions;
mod sfu_slots;
mod sfu_voices;
mod signaling;
mod support;
mod tls;
mod turn;
mod turn_limits;
