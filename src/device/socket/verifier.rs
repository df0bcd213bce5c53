//! TLS as a client that looks at the certificate and goes on whatever it finds.
//!
//! Invariant: signatures of the handshake are always checked; what is let pass, and reported, is the certificate. However many
//! connections there are, the system's authorities are read and kept once.

use std::sync::Arc;

use parking_lot::Mutex;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use tokio_rustls::TlsConnector;

/// What browsers would think of a certificate.
#[derive(Clone, Debug, Default)]
pub(crate) struct Opinion(Arc<Mutex<Option<Error>>>);

impl Opinion {
    /// Says why they would refuse it, if they would.
    pub(crate) fn objection(&self) -> Option<Error> {
        self.0.lock().clone()
    }

    fn object(&self, error: Error) {
        *self.0.lock() = Some(error);
    }
}

/// Makes a connector, and says where the opinion on the certificate it meets will stand.
///
/// # Errors
/// When the library refuses its own settings.
pub(crate) fn connector() -> Result<(TlsConnector, Opinion), Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    // `None` where the system knows no authority.
    let inner = WebPkiServerVerifier::builder_with_provider(authorities(), Arc::clone(&provider))
        .build()
        .ok();
    let opinion = Opinion::default();
    let verifier = Verifier {
        inner,
        provider: Arc::clone(&provider),
        opinion: opinion.clone(),
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok((TlsConnector::from(Arc::new(config)), opinion))
}

/// The authorities that the system knows. To read them takes longer than a handshake, and they take more memory than all else of a
/// connection; where none could be read, the next connection tries again.
fn authorities() -> Arc<RootCertStore> {
    static KNOWN: Mutex<Option<Arc<RootCertStore>>> = Mutex::new(None);
    let mut known = KNOWN.lock();
    if let Some(roots) = &*known {
        return Arc::clone(roots);
    }
    let mut roots = RootCertStore::empty();
    for certificate in rustls_native_certs::load_native_certs().certs {
        let _ = roots.add(certificate);
    }
    let roots = Arc::new(roots);
    if !roots.is_empty() {
        *known = Some(Arc::clone(&roots));
    }
    roots
}

#[derive(Debug)]
struct Verifier {
    /// This verifier judges as browsers do; `None` where the system knows no authority.
    inner: Option<Arc<WebPkiServerVerifier>>,
    /// Signatures are checked even where nobody vouches for the certificate.
    provider: Arc<CryptoProvider>,
    /// The judgement is written down here instead of ending the handshake.
    opinion: Opinion,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        stapled: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = match &self.inner {
            Some(inner) => inner.verify_server_cert(own, intermediates, name, stapled, now),
            None => Err(Error::General(
                "this system knows no certificate authority".to_owned(),
            )),
        };
        if let Err(error) = verified {
            self.opinion.object(error);
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_have_the_authorities_in_common() {
        let [one, other] = [authorities(), authorities()];
        assert!(one.is_empty() || Arc::ptr_eq(&one, &other));
    }
}
