//! Black-box tests: the real binary on a real port, and clients that know nothing but the protocol's document.

mod http;
mod lifecycle;
mod limits;
mod resume;
mod signaling;
mod support;
