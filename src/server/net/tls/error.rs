//! Why there is no TLS, in words that name the file and what to do.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why there is no TLS.
#[derive(Debug, Error)]
pub enum TlsError {
    /// Reading or writing failed.
    #[error("cannot use {path}: {source}", path = path.display())]
    File {
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No certificate in the file.
    #[error("{path} holds no certificate in PEM (-----BEGIN CERTIFICATE-----)", path = .0.display())]
    NoCertificate(PathBuf),
    /// No private key in the file.
    #[error("{path} holds no private key in PEM (-----BEGIN PRIVATE KEY-----)", path = .0.display())]
    NoKey(PathBuf),
    /// A key of a kind that TLS does not sign with.
    #[error("the private key in {path} cannot be used: {source}", path = path.display())]
    UnusableKey {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: rustls::Error,
    },
    /// They are not of one pair.
    #[error("the private key in {key} is not that of the certificate in {certificate}", key = key.display(), certificate = certificate.display())]
    Mismatch {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// The certificate cannot be read.
    #[error("the certificate in {path} is damaged", path = .0.display())]
    Damaged(PathBuf),
    /// No certificate can be made.
    #[error("cannot make a certificate: {0}")]
    Making(#[from] rcgen::Error),
    /// The library refuses its own settings.
    #[error("cannot set up TLS: {0}")]
    Settings(#[from] rustls::Error),
}

impl TlsError {
    /// For an error with this file.
    pub(super) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}
