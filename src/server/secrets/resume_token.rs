//! Resume tokens: the signed right to take a seat back.
//!
//! A token says which seat of which room it is for and how many tokens that seat had before; the seat, or after a
//! restart the highest number presented, decides whether it is still worth something. Invariant: a [`Claim`] was
//! signed with this server's key for exactly the room it is presented in.

use data_encoding::BASE64URL_NOPAD;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::random::{self, NoRandomness, PEER_ID_BYTES};
use crate::protocol::{PeerId, ResumeToken, RoomName};
use crate::server::clock::UnixMillis;

/// The key has so many bytes.
pub(crate) const KEY_BYTES: usize = 32;

/// A token of an earlier run is worth nothing when it is older than this, in ms: seven days.
const LIFETIME_MS: u64 = 7 * 24 * 60 * 60 * 1000;

const VERSION: u8 = 1;
const CONTENT_BYTES: usize = 1 + PEER_ID_BYTES + 8 + 4 + 8 + 4 + 8;
const SIGNATURE_BYTES: usize = 32;

/// Tells the runs of the server apart; random at every start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Boot(u64);

#[cfg(test)]
impl Boot {
    pub(crate) fn numbered(number: u64) -> Self {
        Self(number)
    }
}

/// Tells the tokens of a seat apart. Generations of one seat only grow, over restarts too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// This run signed the token.
    pub(crate) boot: Boot,
    /// The generation is one more than that of the token before.
    pub(crate) generation: u32,
}

/// Orders the people of a room by when they arrived, over restarts too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ArrivalOrder {
    /// They arrived at this time.
    pub(crate) at: UnixMillis,
    /// This tells people apart who came in the same millisecond.
    pub(crate) tie: u32,
}

/// A token says this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claim {
    /// The seat is this peer's.
    pub(crate) peer: PeerId,
    /// They arrived then, which keeps their place among the others.
    pub(crate) arrival: ArrivalOrder,
    /// The token is this one of the seat's.
    pub(crate) stamp: Stamp,
}

/// Signs and checks tokens.
#[derive(Clone)]
pub(crate) struct TokenSigner {
    /// The server's key is in here, ready to sign.
    mac: Hmac<Sha256>,
    /// Tokens of another run than this one are good for seven days at most.
    boot: Boot,
}

impl std::fmt::Debug for TokenSigner {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("TokenSigner(…)")
    }
}

impl TokenSigner {
    /// A signer for a new run of the server.
    ///
    /// # Errors
    /// [`NoRandomness`] when there is none for the run's id.
    pub(crate) fn new(key: &[u8; KEY_BYTES]) -> Result<Self, NoRandomness> {
        let boot = Boot(u64::from_be_bytes(random::bytes()?));
        // HMAC fills a key shorter than its block of 64 bytes up with zeros (RFC 2104).
        let mut block = [0; 64];
        block[..KEY_BYTES].copy_from_slice(key);
        let mac = <Hmac<Sha256> as KeyInit>::new((&block).into());
        Ok(Self { mac, boot })
    }

    /// This run of the server.
    pub(crate) fn boot(&self) -> Boot {
        self.boot
    }

    /// The token of this run's `generation` for a seat. `None` for a peer this server did not name.
    pub(crate) fn sign(
        &self,
        room: &RoomName,
        claim: &Claim,
        now: UnixMillis,
    ) -> Option<ResumeToken> {
        let peer = BASE64URL_NOPAD
            .decode(claim.peer.as_str().as_bytes())
            .ok()?;
        let mut token = Vec::with_capacity(CONTENT_BYTES + SIGNATURE_BYTES);
        token.push(VERSION);
        token.extend(peer);
        token.extend(claim.arrival.at.to_be_bytes());
        token.extend(claim.arrival.tie.to_be_bytes());
        token.extend(claim.stamp.boot.0.to_be_bytes());
        token.extend(claim.stamp.generation.to_be_bytes());
        token.extend(now.to_be_bytes());
        if token.len() != CONTENT_BYTES {
            return None;
        }
        let signature = self.over(room, &token).finalize().into_bytes();
        token.extend(signature);
        Some(ResumeToken::new(BASE64URL_NOPAD.encode(&token)))
    }

    /// What the token says, if this server's key signed it for this room, within its lifetime.
    pub(crate) fn verify(
        &self,
        room: &RoomName,
        token: &ResumeToken,
        now: UnixMillis,
    ) -> Option<Claim> {
        let token = BASE64URL_NOPAD.decode(token.as_str().as_bytes()).ok()?;
        let (content, signature) = token.split_at_checked(CONTENT_BYTES)?;
        self.over(room, content).verify_slice(signature).ok()?;
        let mut reader = Reader(content);
        if reader.take::<1>()? != [VERSION] {
            return None;
        }
        let peer = random::peer_id(reader.take()?);
        let arrival = ArrivalOrder {
            at: u64::from_be_bytes(reader.take()?),
            tie: u32::from_be_bytes(reader.take()?),
        };
        let boot = Boot(u64::from_be_bytes(reader.take()?));
        let generation = u32::from_be_bytes(reader.take()?);
        let signed_at = u64::from_be_bytes(reader.take()?);
        if boot != self.boot && now.saturating_sub(signed_at) > LIFETIME_MS {
            return None;
        }
        Some(Claim {
            peer,
            arrival,
            stamp: Stamp { boot, generation },
        })
    }

    fn over(&self, room: &RoomName, content: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.mac.clone();
        mac.update(b"visavis resume token\0");
        mac.update(content);
        mac.update(room.as_str().as_bytes());
        mac
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: UnixMillis = 1_800_000_000_000;

    fn room(name: &str) -> RoomName {
        RoomName::parse(name).unwrap()
    }

    fn claim(signer: &TokenSigner) -> Claim {
        Claim {
            peer: random::peer_id([7; PEER_ID_BYTES]),
            arrival: ArrivalOrder {
                at: NOW - 5,
                tie: 3,
            },
            stamp: Stamp {
                boot: signer.boot(),
                generation: 9,
            },
        }
    }

    #[test]
    fn a_token_says_what_was_signed() {
        let signer = TokenSigner::new(&[1; KEY_BYTES]).unwrap();
        let token = signer.sign(&room("standup"), &claim(&signer), NOW).unwrap();
        assert_eq!(
            signer.verify(&room("standup"), &token, NOW),
            Some(claim(&signer))
        );
    }

    #[test]
    fn a_token_survives_a_restart_with_the_same_key_only() {
        let earlier = TokenSigner::new(&[1; KEY_BYTES]).unwrap();
        let token = earlier
            .sign(&room("standup"), &claim(&earlier), NOW)
            .unwrap();
        let restarted = TokenSigner::new(&[1; KEY_BYTES]).unwrap();
        assert_ne!(restarted.boot(), earlier.boot());
        assert_eq!(
            restarted.verify(&room("standup"), &token, NOW),
            Some(claim(&earlier))
        );
        let foreign = TokenSigner::new(&[2; KEY_BYTES]).unwrap();
        assert_eq!(foreign.verify(&room("standup"), &token, NOW), None);
    }

    #[test]
    fn a_token_is_bound_to_its_room() {
        let signer = TokenSigner::new(&[1; KEY_BYTES]).unwrap();
        let token = signer.sign(&room("standup"), &claim(&signer), NOW).unwrap();
        assert_eq!(signer.verify(&room("standup2"), &token, NOW), None);
    }

    #[test]
    fn a_token_of_an_earlier_run_does_not_live_for_ever() {
        let earlier = TokenSigner::new(&[1; KEY_BYTES]).unwrap();
        let token = earlier
            .sign(&room("standup"), &claim(&earlier), NOW)
            .unwrap();
        let restarted = TokenSigner::new(&[1; KEY_BYTES]).unwrap();
        assert!(
            restarted
                .verify(&room("standup"), &token, NOW + LIFETIME_MS)
                .is_some()
        );
        assert!(
            restarted
                .verify(&room("standup"), &token, NOW + LIFETIME_MS + 1)
                .is_none()
        );
        assert!(
            earlier
                .verify(&room("standup"), &token, NOW + LIFETIME_MS + 1)
                .is_some()
        );
    }

    proptest! {
        #[test]
        fn a_changed_token_is_worth_nothing(position in 0_usize..(CONTENT_BYTES + SIGNATURE_BYTES), bit in 0_u8..8) {
            let signer = TokenSigner::new(&[1; KEY_BYTES]).unwrap();
            let token = signer.sign(&room("standup"), &claim(&signer), NOW).unwrap();
            let mut raw = BASE64URL_NOPAD.decode(token.as_str().as_bytes()).unwrap();
            raw[position] ^= 1 << bit;
            let changed = ResumeToken::new(BASE64URL_NOPAD.encode(&raw));
            prop_assert_eq!(signer.verify(&room("standup"), &changed, NOW), None);
        }

        #[test]
        fn any_text_is_refused_without_a_panic(text in ".{0,200}") {
            let signer = TokenSigner::new(&[1; KEY_BYTES]).unwrap();
            prop_assert_eq!(signer.verify(&room("standup"), &ResumeToken::new(text), NOW), None);
        }
    }
}
