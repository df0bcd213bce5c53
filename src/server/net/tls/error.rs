//! Why there is no TLS, in words that name the file and what to do.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why there is no TLS.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A file or folder could not be read or written.
    #[error("cannot use {path}: {source}", path = path.display())]
    File {
        /// The error met this file or folder.
        path: PathBuf,
        /// The system said so.
        source: io::Error,
    },
    /// The file holds no certificate.
    #[error("{path} holds no certificate in PEM (-----BEGIN CERTIFICATE-----)", path = .0.display())]
    NoCertificate(PathBuf),
    /// The file holds no private key.
    #[error("{path} holds no private key in PEM (-----BEGIN PRIVATE KEY-----)", path = .0.display())]
    NoKey(PathBuf),
    /// The key is of a kind that TLS does not sign with.
    #[error("the private key in {path} cannot be used: {source}", path = path.display())]
    UnusableKey {
        /// The key stands in this file.
        path: PathBuf,
        /// The library said so.
        source: rustls::Error,
    },
    /// Certificate and key are not of one pair.
    #[error("the private key in {key} is not that of the certificate in {certificate}", key = key.display(), certificate = certificate.display())]
    Mismatch {
        /// The certificate stands in this file.
        certificate: PathBuf,
        /// The key stands in this file.
        key: PathBuf,
    },
    /// The certificate in this file cannot be read.
    #[error("the certificate in {path} is damaged", path = .0.display())]
    Damaged(PathBuf),
    /// The library could make no certificate.
    #[error("cannot make a certificate: {0}")]
    Making(#[from] rcgen::Error),
    /// The library refuses its own settings.
    #[error("cannot set up TLS: {0}")]
    Settings(#[from] rustls::Error),
}

impl TlsError {
    /// Makes an error of the system one about this file.
    pub(super) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}
