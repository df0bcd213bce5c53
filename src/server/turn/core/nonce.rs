//! Nonces that need no memory: a time, signed together with the address it was given to.
//!
//! Invariant: a nonce is accepted for [`LIFETIME_MS`] after it was given out, from that address only.

use std::net::IpAddr;

use data_encoding::BASE64URL_NOPAD;

use crate::server::clock::UnixMillis;
use crate::server::secrets::turn_credentials::Secret;

/// A nonce is accepted for this long, in ms; then the client is given another.
const LIFETIME_MS: u64 = 60 * 60 * 1000;

const TIME_BYTES: usize = 4;
const SIGNATURE_BYTES: usize = 8;

/// A nonce has so many characters.
#[cfg(test)]
const CHARACTERS: usize = (TIME_BYTES + SIGNATURE_BYTES) * 4 / 3;

/// Makes and checks nonces.
#[derive(Clone, Debug)]
pub(crate) struct Nonces(Secret);

impl Nonces {
    pub(crate) fn new(secret: Secret) -> Self {
        Self(secret)
    }

    /// A nonce for the address.
    pub(crate) fn issue(&self, address: IpAddr, now: UnixMillis) -> String {
        let seconds = u32::try_from(now / 1000).unwrap_or(u32::MAX).to_be_bytes();
        let mut bytes = [0; TIME_BYTES + SIGNATURE_BYTES];
        bytes[..TIME_BYTES].copy_from_slice(&seconds);
        bytes[TIME_BYTES..].copy_from_slice(&self.signature(seconds, address));
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// Whether the nonce was given to the address, not long ago.
    pub(crate) fn accepts(&self, nonce: &str, address: IpAddr, now: UnixMillis) -> bool {
        let Ok(bytes) = BASE64URL_NOPAD.decode(nonce.as_bytes()) else {
            return false;
        };
        let Some((seconds, signature)) = bytes.split_first_chunk::<TIME_BYTES>() else {
            return false;
        };
        let given = u64::from(u32::from_be_bytes(*seconds)) * 1000;
        signature == self.signature(*seconds, address) && given <= now && now - given < LIFETIME_MS
    }

    fn signature(&self, seconds: [u8; TIME_BYTES], address: IpAddr) -> [u8; SIGNATURE_BYTES] {
        let address = match address {
            IpAddr::V4(address) => address.to_ipv6_mapped(),
            IpAddr::V6(address) => address,
        };
        self.0.sign(&[b"nonce\0", &seconds, &address.octets()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = 1_800_000_000_000;

    #[test]
    fn a_nonce_is_worth_something_for_an_hour_to_one_address() {
        let nonces = Nonces::new(Secret::shared("north"));
        let (ada, eve) = ("1.2.3.4".parse().unwrap(), "1.2.3.5".parse().unwrap());
        let nonce = nonces.issue(ada, NOW);
        assert_eq!(nonce.len(), CHARACTERS);
        assert!(nonces.accepts(&nonce, ada, NOW + LIFETIME_MS - 1));
        assert!(!nonces.accepts(&nonce, ada, NOW + LIFETIME_MS));
        assert!(!nonces.accepts(&nonce, ada, NOW - 1000));
        assert!(!nonces.accepts(&nonce, eve, NOW));
        assert!(!Nonces::new(Secret::shared("south")).accepts(&nonce, ada, NOW));
    }

    #[test]
    fn no_other_text_is_a_nonce() {
        let nonces = Nonces::new(Secret::shared("north"));
        for text in [
            "",
            "a",
            "AAAAAAAAAAAAAAAA",
            "obMatJos2AAAZZZZ2AAAZZZZ",
            "€€€€",
        ] {
            assert!(
                !nonces.accepts(text, "1.2.3.4".parse().unwrap(), NOW),
                "{text}"
            );
        }
    }
}
