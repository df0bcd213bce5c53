//! Randomness from the operating system, and the identifiers made of it.

use data_encoding::BASE64URL_NOPAD;

use crate::protocol::{PeerId, RoomName};

/// A peer's id has so many bytes.
pub(crate) const PEER_ID_BYTES: usize = 12;

/// Room names are made of letters and digits that are not mistaken for each other: no 0/o, 1/i/l, u/v.
const ALPHABET: &[u8; 30] = b"23456789abcdefghjkmnpqrstvwxyz";

/// Groups of a made-up room name, and symbols in each: 20 symbols of log2(30) bits are 98 bits.
const GROUPS: usize = 5;
const GROUP_SYMBOLS: usize = 4;

/// The system gave no random numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gives no random numbers")]
pub struct NoRandomness;

/// Draws random bytes, fit for keys.
///
/// # Errors
/// [`NoRandomness`] when the system has none to give.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// Writes a peer's id as it stands on the wire.
pub(crate) fn peer_id(bytes: [u8; PEER_ID_BYTES]) -> PeerId {
    PeerId::new(BASE64URL_NOPAD.encode(&bytes))
}

/// Makes up a room name nobody can guess (98 bits), as `k7fm-3qxd-92bw-hnrt-6cyp`.
///
/// # Errors
/// [`NoRandomness`] when the system has none to give.
pub(crate) fn room_name() -> Result<RoomName, NoRandomness> {
    // 240 is the largest multiple of 30 in a byte: what lies above would favour the first symbols.
    let mut symbols = Vec::with_capacity(GROUPS * GROUP_SYMBOLS);
    while symbols.len() < GROUPS * GROUP_SYMBOLS {
        let fair = bytes::<32>()?.into_iter().filter(|byte| *byte < 240);
        symbols.extend(fair.map(|byte| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()])));
    }
    let groups: Vec<String> = symbols
        .chunks(GROUP_SYMBOLS)
        .take(GROUPS)
        .map(|group| group.iter().collect())
        .collect();
    RoomName::parse(&groups.join("-")).map_err(|_| NoRandomness)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashSet};

    use super::*;

    #[test]
    fn room_names_are_readable_groups() {
        let name = room_name().unwrap();
        let groups: Vec<&str> = name.as_str().split('-').collect();
        assert_eq!(groups.len(), GROUPS);
        assert!(groups.iter().all(|group| group.len() == GROUP_SYMBOLS));
        assert!(!name.as_str().contains(['0', 'o', '1', 'i', 'l', 'u']));
    }

    #[test]
    fn room_names_do_not_repeat() {
        let names: HashSet<RoomName> = (0..1000).map(|_| room_name().unwrap()).collect();
        assert_eq!(names.len(), 1000);
    }

    #[test]
    fn every_symbol_is_equally_likely() {
        let mut counts: BTreeMap<char, u32> = BTreeMap::new();
        for _ in 0..3000 {
            for symbol in room_name()
                .unwrap()
                .as_str()
                .chars()
                .filter(|symbol| *symbol != '-')
            {
                *counts.entry(symbol).or_default() += 1;
            }
        }
        assert_eq!(counts.len(), ALPHABET.len());
        assert!(
            counts.values().all(|count| (1750..2250).contains(count)),
            "{counts:?}"
        );
    }
}
