//! What listeners need for TLS: a certificate that may change while they run, and what is spoken inside.

use std::path::Path;
use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::server::ServerConfig;
use tokio_rustls::TlsAcceptor;

use super::certificate::{Certificate, CertificateFiles};
use super::error::TlsError;
use super::reload::CurrentCertificate;
use super::self_signed;

/// Who vouches for the certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Issuer {
    /// Somebody vouches whom browsers know, as far as we can tell.
    Authority,
    /// The server signed it itself, and browsers warn.
    Ourselves,
}

/// What is spoken inside (RFC 7301).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Application {
    /// HTTP/1.1 is spoken.
    Http,
    /// TURN is spoken (RFC 7443); clients that negotiate nothing are served as well.
    Turn,
}

impl Application {
    fn names(self) -> Vec<Vec<u8>> {
        match self {
            Self::Http => vec![b"http/1.1".to_vec()],
            Self::Turn => vec![b"stun.turn".to_vec(), b"stun.nat-discovery".to_vec()],
        }
    }
}

/// The server's TLS. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct TlsConfig {
    /// Every listener serves what stands here, also after the files have changed.
    current: Arc<CurrentCertificate>,
    /// The issuer decides what is said at the start, and whether browsers are told to insist on HTTPS.
    issuer: Issuer,
}

impl TlsConfig {
    /// Serves the operator's certificate.
    ///
    /// # Errors
    /// [`TlsError`] names the file and what is wrong with it.
    pub(crate) fn from_files(files: CertificateFiles) -> Result<Self, TlsError> {
        Self::new(files, Issuer::Authority)
    }

    /// Serves a certificate of our own, kept in the folder.
    ///
    /// # Errors
    /// [`TlsError`] names the file and what is wrong with it.
    pub(crate) fn self_signed(folder: &Path, names: Vec<String>) -> Result<Self, TlsError> {
        let files = self_signed::load_or_create(folder, names)?;
        Self::new(files, Issuer::Ourselves)
    }

    fn new(files: CertificateFiles, issuer: Issuer) -> Result<Self, TlsError> {
        Ok(Self {
            current: Arc::new(CurrentCertificate::read(files)?),
            issuer,
        })
    }

    /// Says who vouches for it.
    pub(crate) fn issuer(&self) -> Issuer {
        self.issuer
    }

    /// Gives what is served now.
    pub(crate) fn certificate(&self) -> Certificate {
        self.current.served()
    }

    /// Follows changes of the files; run it once, for as long as the server runs.
    pub(crate) fn follow(&self) -> impl Future<Output = ()> + Send + 'static {
        Arc::clone(&self.current).follow()
    }

    /// Makes TLS connections of accepted ones.
    ///
    /// # Errors
    /// When the library refuses its own settings.
    pub(crate) fn acceptor(&self, application: Application) -> Result<TlsAcceptor, TlsError> {
        let resolver = Arc::clone(&self.current);
        let mut config =
            ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_safe_default_protocol_versions()?
                .with_no_client_auth()
                .with_cert_resolver(resolver);
        config.alpn_protocols = application.names();
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}
