//! A certificate and its key, read from the operator's files.
//!
//! Invariant: a [`Certificate`] that exists can be served: key and certificate are of one pair, and the chain's first
//! certificate has been read.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::InconsistentKeys;
use rustls::crypto::aws_lc_rs::sign::any_supported_type;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use sha2::{Digest, Sha256};

use super::error::TlsError;
use super::validity::Validity;
use crate::server::regular_file;

/// Where a certificate chain and its key stand, in PEM. They may be in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CertificateFiles {
    /// This file has the chain, the server's own certificate first.
    pub(crate) certificate: PathBuf,
    /// This file has the private key.
    pub(crate) key: PathBuf,
}

/// A certificate that can be served.
#[derive(Clone, Debug)]
pub(crate) struct Certificate {
    /// Chain and key are in the shape that rustls serves.
    pub(super) certified: Arc<CertifiedKey>,
    /// Browsers take the certificate within this span.
    pub(crate) validity: Validity,
}

impl CertificateFiles {
    /// Reads both.
    ///
    /// # Errors
    /// [`TlsError`] names the file and what is wrong with it.
    pub(crate) fn read(&self) -> Result<Certificate, TlsError> {
        let chain = chain(&self.certificate)?;
        let pem = regular_file::read(&self.key).map_err(TlsError::file(&self.key))?;
        let key =
            PrivateKeyDer::from_pem_slice(&pem).map_err(|_| TlsError::NoKey(self.key.clone()))?;
        let key = any_supported_type(&key).map_err(|source| TlsError::UnusableKey {
            path: self.key.clone(),
            source,
        })?;
        let damaged = || TlsError::Damaged(self.certificate.clone());
        let validity = chain
            .first()
            .and_then(|first| Validity::of(first))
            .ok_or_else(damaged)?;
        let certified = CertifiedKey::new(chain, key);
        match certified.keys_match() {
            Ok(()) | Err(rustls::Error::InconsistentKeys(InconsistentKeys::Unknown)) => {}
            Err(rustls::Error::InconsistentKeys(_)) => {
                return Err(TlsError::Mismatch {
                    certificate: self.certificate.clone(),
                    key: self.key.clone(),
                });
            }
            Err(_) => return Err(damaged()),
        }
        Ok(Certificate {
            certified: Arc::new(certified),
            validity,
        })
    }
}

fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let pem = regular_file::read(path).map_err(TlsError::file(path))?;
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, _>>()
        .map_err(|_| TlsError::NoCertificate(path.to_owned()))?;
    if chain.is_empty() {
        return Err(TlsError::NoCertificate(path.to_owned()));
    }
    Ok(chain)
}

impl Certificate {
    /// Gives the SHA-256 digest of the certificate as browsers show it: pairs of hexadecimal digits.
    pub(crate) fn fingerprint(&self) -> String {
        let own = self.certified.cert.first();
        own.map(|own| fingerprint(own)).unwrap_or_default()
    }
}

/// Gives the SHA-256 digest of a certificate in DER as browsers show it: pairs of hexadecimal digits with colons
/// between them.
pub(crate) fn fingerprint(certificate: &[u8]) -> String {
    let pairs: Vec<String> = Sha256::digest(certificate)
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect();
    pairs.join(":")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn pair() -> (String, String) {
        let made = rcgen::generate_simple_self_signed(vec!["example.org".to_owned()]).unwrap();
        (made.cert.pem(), made.signing_key.serialize_pem())
    }

    fn written(folder: &Path, certificate: &str, key: &str) -> CertificateFiles {
        let files = CertificateFiles {
            certificate: folder.join("cert.pem"),
            key: folder.join("key.pem"),
        };
        fs::write(&files.certificate, certificate).unwrap();
        fs::write(&files.key, key).unwrap();
        files
    }

    #[test]
    fn a_pair_is_read_from_two_files_or_from_one() {
        let folder = tempfile::tempdir().unwrap();
        let (certificate, key) = pair();
        let two = written(folder.path(), &certificate, &key).read().unwrap();
        let both = format!("{certificate}{key}");
        let one = written(folder.path(), &both, &both).read().unwrap();
        assert_eq!(two.fingerprint(), one.fingerprint());
        assert_eq!(two.fingerprint().len(), 95);
    }

    #[test]
    fn each_mistake_has_its_own_words() {
        let folder = tempfile::tempdir().unwrap();
        let (certificate, key) = pair();
        let (_, other) = pair();
        for (certificate, key, words) in [
            ("", key.as_str(), "holds no certificate"),
            (key.as_str(), key.as_str(), "holds no certificate"),
            (certificate.as_str(), "", "holds no private key"),
            (
                certificate.as_str(),
                certificate.as_str(),
                "holds no private key",
            ),
            (certificate.as_str(), other.as_str(), "is not that of"),
            (
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                key.as_str(),
                "is damaged",
            ),
        ] {
            let error = written(folder.path(), certificate, key).read().unwrap_err();
            assert!(error.to_string().contains(words), "{error} / {words}");
        }
        let nowhere = CertificateFiles {
            certificate: folder.path().join("nowhere.pem"),
            key: folder.path().join("key.pem"),
        };
        let error = nowhere.read().unwrap_err().to_string();
        assert!(error.contains("nowhere.pem"), "{error}");
    }
}
