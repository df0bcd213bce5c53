//! TLS for whatever the server listens on: the operator's certificate, or one the server signs itself.
//!
//! Invariant: every listener with TLS serves the same certificate at the same time, TLS 1.2 or 1.3.

mod certificate;
mod config;
mod error;
mod reload;
mod self_signed;
mod validity;

pub(crate) use certificate::{CertificateFiles, fingerprint};
pub(crate) use config::{Application, Issuer, TlsConfig};
pub use error::TlsError;
pub(crate) use validity::Validity;
