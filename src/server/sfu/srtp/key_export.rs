//! Takes the keys out of the library's handshake while the library uses them itself.
//!
//! The library makes the handshake's side by a provider that anybody may replace, on the thread and within the call that builds
//! the connection. A provider is the same for all connections, so the place for a connection's keys is handed to it by the
//! thread. Invariant: that place is seen by the first handshake that is made within [`with_exported_keys`], and by nothing else;
//! everything passes through unchanged, and of the exported bytes no copy is made.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use parking_lot::Mutex;
use str0m::config::{CryptoProvider, DtlsCert, DtlsVersion};
use str0m::crypto::CryptoError;
use str0m::crypto::dtls::{DtlsImplError, DtlsInstance, DtlsOutput, DtlsProvider};
use str0m::crypto::dtls::{ProtocolVersion, SrtpProfile};
use str0m::crypto::from_feature_flags;

use super::cipher::Cipher;
use super::master_key::{Labels, MasterKey};
use super::opener::Opener;
use super::profile::Profile;
use super::sealer::Sealer;

thread_local! {
    /// The keys of the connection that is being built go there.
    static HANDED: Cell<Option<KeyPlace>> = const { Cell::new(None) };
}

/// Where the keys of a connection go.
#[derive(Clone, Default)]
struct KeyPlace(Arc<Mutex<Option<(Sealer, Opener)>>>);

impl KeyPlace {
    /// Keeps what the handshake exported; nothing, if it is not understood. `is_client` is the DTLS role of this side.
    fn keep(&self, exported: &[u8], profile: SrtpProfile, is_client: bool) {
        *self.0.lock() = keys(exported, profile, is_client);
    }
}

/// Makes the keys of a side of what the handshake exported. `None` if the profile is not known or the length is not its own.
fn keys(exported: &[u8], profile: SrtpProfile, is_client: bool) -> Option<(Sealer, Opener)> {
    let profile = Profile::read(profile)?;
    let [client, server] = MasterKey::of_both(exported, profile)?;
    let (own, other) = match is_client {
        true => (client, server),
        false => (server, client),
    };
    let cipher = |master, labels| Cipher::derive(profile, master, labels).ok();
    let sealer = Sealer::new(cipher(&own, Labels::RTP)?, cipher(&own, Labels::RTCP)?);
    Some((sealer, Opener::new(cipher(&other, Labels::RTCP)?)))
}

/// Builds a connection with this provider of cryptography, and gives the way to its keys. `build` makes one connection and uses
/// the provider for nothing else.
pub(in crate::server::sfu) fn with_exported_keys<T>(
    build: impl FnOnce(Arc<CryptoProvider>) -> T,
) -> (T, KeyExport) {
    let place = KeyPlace::default();
    let _handed = Handed::over(place.clone());
    let provider = CryptoProvider {
        dtls_provider: &Exporting,
        ..from_feature_flags()
    };
    (build(Arc::new(provider)), KeyExport { place })
}

/// Keeps a place handed over until it is dropped, however that comes about.
struct Handed {
    /// What was handed over before.
    before: Option<KeyPlace>,
}

impl Handed {
    /// Hands a place over to the next handshake of this thread.
    fn over(place: KeyPlace) -> Self {
        Self {
            before: HANDED.replace(Some(place)),
        }
    }
}

impl Drop for Handed {
    fn drop(&mut self) {
        HANDED.set(self.before.take());
    }
}

/// The way to the keys of a connection.
pub(in crate::server::sfu) struct KeyExport {
    /// They are there when the handshake is over.
    place: KeyPlace,
}

impl KeyExport {
    /// Takes the keys: once, when the library says that the connection stands. Earlier there may be keys already, but it is not
    /// known whose. `None` if there are none (yet, or any more), or the handshake chose a profile that is not known.
    pub(in crate::server::sfu) fn take(&self) -> Option<(Sealer, Opener)> {
        self.place.0.lock().take()
    }
}

impl fmt::Debug for KeyExport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyExport").finish_non_exhaustive()
    }
}

/// Makes handshakes as the library does, and keeps what the first one of a connection exports.
#[derive(Debug)]
struct Exporting;

impl DtlsProvider for Exporting {
    fn generate_certificate(&self) -> Option<DtlsCert> {
        from_feature_flags().dtls_provider.generate_certificate()
    }

    fn new_dtls(
        &self,
        certificate: &DtlsCert,
        now: Instant,
        version: DtlsVersion,
        mtu: Option<usize>,
    ) -> Result<Box<dyn DtlsInstance>, CryptoError> {
        let library = from_feature_flags().dtls_provider;
        let inner = library.new_dtls(certificate, now, version, mtu)?;
        Ok(exporting(inner))
    }

    fn is_test(&self) -> bool {
        from_feature_flags().dtls_provider.is_test()
    }
}

/// Makes a handshake export its keys to the place that is handed over, if one is.
fn exporting(inner: Box<dyn DtlsInstance>) -> Box<dyn DtlsInstance> {
    match HANDED.take() {
        Some(place) => Box::new(Handshake { inner, place }),
        None => inner,
    }
}

/// One side of a handshake, and of the connection that it makes.
struct Handshake {
    /// The library's.
    inner: Box<dyn DtlsInstance>,
    /// The keys go there.
    place: KeyPlace,
}

impl fmt::Debug for Handshake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handshake").finish_non_exhaustive()
    }
}

impl DtlsInstance for Handshake {
    fn set_active(&mut self, active: bool) {
        self.inner.set_active(active);
    }

    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        self.inner.handle_packet(packet)
    }

    fn poll_output<'a>(&mut self, buffer: &'a mut [u8]) -> DtlsOutput<'a> {
        let output = self.inner.poll_output(buffer);
        if let DtlsOutput::KeyingMaterial(exported, profile) = &output {
            let is_client = self.inner.is_active();
            self.place.keep(exported, *profile, is_client);
        }
        output
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        self.inner.handle_timeout(now)
    }

    fn send_application_data(&mut self, data: &[u8]) -> Result<usize, DtlsImplError> {
        self.inner.send_application_data(data)
    }

    fn is_active(&self) -> bool {
        self.inner.is_active()
    }

    fn protocol_version(&self) -> Option<ProtocolVersion> {
        self.inner.protocol_version()
    }

    fn is_closing(&self) -> bool {
        self.inner.is_closing()
    }

    fn is_closed(&self) -> bool {
        self.inner.is_closed()
    }

    fn close(&mut self) -> Result<(), DtlsImplError> {
        self.inner.close()
    }
}

#[cfg(test)]
#[path = "tests/key_export.rs"]
mod tests;
