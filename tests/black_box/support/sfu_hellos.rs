//! The first words of a DTLS handshake, which are in the clear: what a side would agree on, and what the other chose.

use std::ops::Range;

/// The header of a record, and that of a message of the handshake.
const RECORD: usize = 13;
const HANDSHAKE: usize = 12;

/// A version and 32 random bytes.
const VERSION_AND_RANDOM: usize = 34;

/// The extension that names profiles of SRTP (RFC 5764).
const USE_SRTP: u16 = 14;

/// Suites that encrypt nothing, or in ways that were broken, and profiles of SRTP that encrypt nothing.
const WEAK_SUITES: [u16; 6] = [0x0001, 0x0005, 0x002f, 0xc006, 0xc007, 0xc008];
const WEAK_PROFILES: [u16; 2] = [0x0005, 0x0006];

/// Who says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speaker {
    Client,
    Server,
}

/// What a side says first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hello {
    pub(crate) speaker: Speaker,
    /// The suites it would take, or the one it chose.
    pub(crate) suites: Vec<u16>,
    /// The same of profiles of SRTP.
    pub(crate) profiles: Vec<u16>,
}

/// Where that stands in a datagram.
struct Places {
    speaker: Speaker,
    suites: Range<usize>,
    profiles: Range<usize>,
}

impl Hello {
    /// Reads a datagram that begins with such words.
    pub(crate) fn read(datagram: &[u8]) -> Option<Self> {
        let Places {
            speaker,
            suites,
            profiles,
        } = Places::find(datagram)?;
        let words = |place: Range<usize>| {
            let words = datagram[place].chunks_exact(2);
            words.map(|it| u16::from_be_bytes([it[0], it[1]])).collect()
        };
        Some(Self {
            speaker,
            suites: words(suites),
            profiles: words(profiles),
        })
    }
}

impl Places {
    fn find(datagram: &[u8]) -> Option<Self> {
        if datagram.first() != Some(&22) {
            return None;
        }
        let speaker = match datagram.get(RECORD)? {
            1 => Speaker::Client,
            2 => Speaker::Server,
            _ => return None,
        };
        let byte = |at: usize| datagram.get(at).map(|byte| usize::from(*byte));
        let word = |at: usize| Some(byte(at)? << 8 | byte(at + 1)?);
        let mut at = RECORD + HANDSHAKE + VERSION_AND_RANDOM;
        at += 1 + byte(at)?;
        let suites = match speaker {
            Speaker::Client => {
                at += 1 + byte(at)?;
                let start = at + 2;
                let suites = start..start + word(at)?;
                at = suites.end + 1 + byte(suites.end)?;
                suites
            }
            Speaker::Server => {
                let suites = at..at + 2;
                at += 3;
                suites
            }
        };
        let end = (at + 2 + word(at)?).min(datagram.len());
        at += 2;
        let mut profiles = 0..0;
        while at + 4 <= end {
            let (kind, length) = (word(at)?, word(at + 2)?);
            if kind == usize::from(USE_SRTP) {
                profiles = at + 6..at + 6 + word(at + 4)?;
            }
            at += 4 + length;
        }
        Some(Self {
            speaker,
            suites,
            profiles,
        })
    }
}

/// Whether it is DTLS, by its first byte (RFC 7983).
pub(crate) fn is_dtls(datagram: &[u8]) -> bool {
    (20..64).contains(&datagram[0])
}

/// The same first words, but of somebody who knows only weak suites, or only profiles that encrypt nothing.
pub(crate) fn weakened(datagram: &[u8], what: fn(&mut Hello)) -> Vec<u8> {
    let mut hello = Hello::read(datagram).expect("first words");
    let places = Places::find(datagram).expect("first words");
    what(&mut hello);
    let mut weak = datagram.to_vec();
    for (place, words) in [
        (places.suites, hello.suites),
        (places.profiles, hello.profiles),
    ] {
        let words: Vec<u8> = words.into_iter().flat_map(u16::to_be_bytes).collect();
        weak[place].copy_from_slice(&words);
    }
    weak
}

impl Hello {
    /// Knows only weak suites.
    pub(crate) fn forget_suites(&mut self) {
        for (suite, weak) in self.suites.iter_mut().zip(WEAK_SUITES.into_iter().cycle()) {
            *suite = weak;
        }
    }

    /// Knows only weak profiles.
    pub(crate) fn forget_profiles(&mut self) {
        let weak = WEAK_PROFILES.into_iter().cycle();
        for (profile, weak) in self.profiles.iter_mut().zip(weak) {
            *profile = weak;
        }
    }
}
