//! What an offer to the SFU has to be like, and which of its sections is what.
//!
//! Pure, and read before the library sees the offer. Invariant: an [`OfferShape`] that exists keeps the limits of the protocol.

use thiserror::Error;

use crate::protocol::sfu::{Layer, Track};

/// An offer has at most so many bytes.
const BYTES: usize = 64 * 1024;

/// An offer has at most so many sections.
const SECTIONS: usize = 40;

/// A section's name has at most so many bytes, as the header extension that bears it does.
const MID_BYTES: usize = 16;

/// A picture is sent in at most so many layers.
const LAYERS: usize = 3;

/// A rule that an offer breaks, in words for whoever writes a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(super) enum BrokenRule {
    /// It is too long.
    #[error("The description is longer than 64 KiB.")]
    TooLong,
    /// There are too many sections.
    #[error("The description has more than 40 sections.")]
    TooManySections,
    /// The sections are not bundled.
    #[error("The sections are not bundled (RFC 9143).")]
    NotBundled,
    /// There is no fingerprint of SHA-256, or there are several.
    #[error("The description does not have exactly one fingerprint of SHA-256 (RFC 8122).")]
    Fingerprints,
    /// There are no ICE credentials, or several.
    #[error("The description does not have exactly one ice-ufrag (RFC 8839).")]
    Credentials,
    /// A section of audio offers no Opus.
    #[error("A section of audio does not offer Opus.")]
    NoOpus,
    /// A section of video offers no VP8.
    #[error("A section of video does not offer VP8.")]
    NoVp8,
    /// A picture is sent in too many layers, or in layers of other names.
    #[error("A picture is sent in up to three layers, whose rid is q, h or f.")]
    Layers,
    /// More is sent than a person has.
    #[error("More than two sections of a kind are sent.")]
    TooManySent,
    /// A section has no name, or too long a one.
    #[error("A section has no mid of 1 to 16 characters (RFC 9143).")]
    NoMid,
    /// The library does not understand it.
    #[error("The description cannot be understood.")]
    Unreadable,
}

/// A section of media.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Section {
    /// It is called so.
    pub(super) mid: String,
    /// It is used for this.
    pub(super) purpose: Purpose,
}

/// What a section is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The client sends this in it, in these layers; none are named where it is sent in one.
    Sent(Track, Vec<Layer>),
    /// The client takes somebody's sound in it.
    SoundSlot,
    /// The client takes somebody's picture in it.
    PictureSlot,
    /// Nothing flows in it.
    Idle,
}

/// What an offer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OfferShape {
    /// The client proves with this that the connection is its own; another one is another connection.
    pub(super) fingerprint: String,
    /// The client's ICE user name fragment; another one is an ICE restart.
    pub(super) ufrag: String,
    /// The sections of media, in order.
    pub(super) sections: Vec<Section>,
    /// There is a section for data channels.
    pub(super) has_channels: bool,
}

/// The direction of a section, as the client says it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Both,
    Sends,
    Takes,
    Neither,
}

/// A section as it is read.
struct Draft<'a> {
    medium: &'a str,
    is_rejected: bool,
    mid: Option<&'a str>,
    direction: Direction,
    rids: Vec<&'a str>,
    codecs: Vec<&'a str>,
}

impl OfferShape {
    /// Reads an offer.
    ///
    /// # Errors
    /// [`BrokenRule`], the first that it breaks.
    pub(super) fn read(sdp: &str) -> Result<Self, BrokenRule> {
        if sdp.len() > BYTES {
            return Err(BrokenRule::TooLong);
        }
        let mut drafts: Vec<Draft<'_>> = Vec::new();
        let (mut fingerprint, mut ufrag, mut bundle) = (None, None, None);
        for line in sdp.lines() {
            if let Some(section) = line.strip_prefix("m=") {
                if drafts.len() == SECTIONS {
                    return Err(BrokenRule::TooManySections);
                }
                drafts.push(Draft::begin(section));
            } else if let Some(value) = line.strip_prefix("a=fingerprint:") {
                // The same certificate may be named by further hash functions (RFC 8122 section 5); this one everybody has.
                if value
                    .split(' ')
                    .next()
                    .is_some_and(|it| it.eq_ignore_ascii_case("sha-256"))
                {
                    one(&mut fingerprint, value).map_err(|()| BrokenRule::Fingerprints)?;
                }
            } else if let Some(value) = line.strip_prefix("a=ice-ufrag:") {
                one(&mut ufrag, value).map_err(|()| BrokenRule::Credentials)?;
            } else if let Some(mids) = line.strip_prefix("a=group:BUNDLE") {
                bundle = Some(mids.split_ascii_whitespace().collect::<Vec<_>>());
            } else if let Some(draft) = drafts.last_mut() {
                draft.read(line);
            }
        }
        let bundle = bundle.ok_or(BrokenRule::NotBundled)?;
        let mut shape = Self {
            fingerprint: fingerprint.ok_or(BrokenRule::Fingerprints)?.to_owned(),
            ufrag: ufrag.ok_or(BrokenRule::Credentials)?.to_owned(),
            sections: Vec::new(),
            has_channels: false,
        };
        let (mut sounds, mut pictures) = (0, 0);
        for draft in drafts {
            let mid = draft.mid.filter(|mid| (1..=MID_BYTES).contains(&mid.len()));
            let mid = mid.ok_or(BrokenRule::NoMid)?;
            if !draft.is_rejected && !bundle.contains(&mid) {
                return Err(BrokenRule::NotBundled);
            }
            if draft.medium == "application" {
                shape.has_channels |= !draft.is_rejected;
                continue;
            }
            let sent = match draft.medium {
                "audio" => &mut sounds,
                _ => &mut pictures,
            };
            let purpose = draft.purpose(sent)?;
            shape.sections.push(Section {
                mid: mid.to_owned(),
                purpose,
            });
        }
        Ok(shape)
    }
}

/// Takes a value that may be said often, but always in the same words.
fn one<'a>(known: &mut Option<&'a str>, value: &'a str) -> Result<(), ()> {
    let value = value.trim();
    match known {
        Some(known) if *known != value => Err(()),
        _ => {
            *known = Some(value);
            Ok(())
        }
    }
}

impl<'a> Draft<'a> {
    fn begin(section: &'a str) -> Self {
        let mut words = section.split(' ');
        let medium = words.next().unwrap_or_default();
        Self {
            medium,
            is_rejected: words.next() == Some("0"),
            mid: None,
            direction: Direction::Both,
            rids: Vec::new(),
            codecs: Vec::new(),
        }
    }

    fn read(&mut self, line: &'a str) {
        match line.trim_end() {
            "a=sendrecv" => self.direction = Direction::Both,
            "a=sendonly" => self.direction = Direction::Sends,
            "a=recvonly" => self.direction = Direction::Takes,
            "a=inactive" => self.direction = Direction::Neither,
            line => {
                if let Some(mid) = line.strip_prefix("a=mid:") {
                    self.mid = Some(mid);
                } else if let Some(format) = line.strip_prefix("a=rtpmap:") {
                    let codec = format.split(' ').nth(1).and_then(|it| it.split('/').next());
                    self.codecs.extend(codec);
                } else if let Some(layers) = line.strip_prefix("a=simulcast:send ") {
                    let layers = layers.split(' ').next().unwrap_or_default();
                    // An alternative would be another format of the same layer; a tilde says that it begins paused.
                    let names = layers.split([';', ',']);
                    self.rids = names.map(|name| name.trim_start_matches('~')).collect();
                }
            }
        }
    }

    fn offers(&self, codec: &str) -> bool {
        self.codecs.iter().any(|it| it.eq_ignore_ascii_case(codec))
    }

    /// Says what the section is for. `sent` counts the sections of its medium that are sent.
    fn purpose(&self, sent: &mut usize) -> Result<Purpose, BrokenRule> {
        let is_sound = self.medium == "audio";
        if self.is_rejected || self.direction == Direction::Neither {
            return Ok(Purpose::Idle);
        }
        if is_sound && !self.offers("opus") {
            return Err(BrokenRule::NoOpus);
        }
        if !is_sound && !self.offers("VP8") {
            return Err(BrokenRule::NoVp8);
        }
        if self.direction == Direction::Takes {
            return Ok(if is_sound {
                Purpose::SoundSlot
            } else {
                Purpose::PictureSlot
            });
        }
        *sent += 1;
        let track = match (is_sound, *sent) {
            (true, 1) => Track::Microphone,
            (true, 2) => Track::ScreenAudio,
            (false, 1) => Track::Camera,
            (false, 2) => Track::ScreenVideo,
            _ => return Err(BrokenRule::TooManySent),
        };
        if self.rids.len() > LAYERS || is_sound && !self.rids.is_empty() {
            return Err(BrokenRule::Layers);
        }
        let layer = |name: &&str| Layer::ALL.into_iter().find(|layer| layer.rid() == *name);
        let layers: Option<Vec<Layer>> = self.rids.iter().map(layer).collect();
        Ok(Purpose::Sent(track, layers.ok_or(BrokenRule::Layers)?))
    }
}

#[cfg(test)]
#[path = "tests/description.rs"]
mod tests;
