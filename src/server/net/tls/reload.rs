//! Serves the certificate of the moment, and notices when its files change.
//!
//! Invariant: there is always a usable certificate. Files that cannot be used leave the old one in place, and are
//! complained about once per change.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use std::{fmt, fs};

use parking_lot::RwLock;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::time::{MissedTickBehavior, interval};

use super::certificate::{Certificate, CertificateFiles};
use super::error::TlsError;

/// The files are looked at this often. Links are followed, as those who renew certificates often swap a link.
const EVERY: Duration = Duration::from_secs(2);

/// A warning is logged when fewer days than this are left.
const SOON_DAYS: i64 = 7;

/// The certificate of the moment.
pub(super) struct CurrentCertificate {
    /// These files are looked at again and again.
    files: CertificateFiles,
    /// The files were like this when they were read for the first time: what differs is read again.
    first: [Mark; 2],
    /// Handshakes from now on get this certificate.
    served: RwLock<Certificate>,
}

/// What shows that a file was changed: when, how long it is, and which file the name leads to.
type Mark = Option<(SystemTime, u64, u64)>;

impl fmt::Debug for CurrentCertificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "CurrentCertificate({:?})", self.files)
    }
}

impl ResolvesServerCert for CurrentCertificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.served().certified)
    }
}

impl CurrentCertificate {
    /// Reads the files for the first time.
    ///
    /// # Errors
    /// [`TlsError`] names the file and what is wrong with it.
    pub(crate) fn read(files: CertificateFiles) -> Result<Self, TlsError> {
        let first = marks(&files);
        let certificate = files.read()?;
        warn_if_old(&certificate);
        Ok(Self {
            files,
            first,
            served: RwLock::new(certificate),
        })
    }

    /// Gives what is served now.
    pub(super) fn served(&self) -> Certificate {
        self.served.read().clone()
    }

    /// Looks at the files again and again, for ever.
    pub(super) async fn follow(self: Arc<Self>) {
        let mut seen = self.first;
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let marks = marks(&self.files);
            if marks == seen {
                continue;
            }
            seen = marks;
            match self.files.read() {
                Ok(certificate) => {
                    let days_left = certificate.validity.days_left(SystemTime::now());
                    tracing::info!(days_left, "the certificate was read again");
                    warn_if_old(&certificate);
                    *self.served.write() = certificate;
                }
                Err(error) => {
                    tracing::error!(%error, "the new certificate cannot be used; the old one stays");
                }
            }
        }
    }
}

fn marks(files: &CertificateFiles) -> [Mark; 2] {
    [mark(&files.certificate), mark(&files.key)]
}

fn mark(path: &Path) -> Mark {
    let metadata = fs::metadata(path).ok()?;
    #[cfg(unix)]
    let inode = std::os::unix::fs::MetadataExt::ino(&metadata);
    #[cfg(not(unix))]
    let inode = 0;
    Some((metadata.modified().ok()?, metadata.len(), inode))
}

fn warn_if_old(certificate: &Certificate) {
    let days_left = certificate.validity.days_left(SystemTime::now());
    if days_left < 0 {
        tracing::warn!("the certificate has expired: browsers will refuse it");
    } else if days_left < SOON_DAYS {
        tracing::warn!(days_left, "the certificate expires soon");
    }
}
