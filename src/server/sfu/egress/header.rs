//! The header of an RTP packet that goes out (RFC 3550 §5.1), with its extensions (RFC 8285).
//!
//! Invariant: what is written has an extension exactly where the receiver gave it an id and there is a value for it, and the
//! whole is a multiple of four octets.

use str0m::rtp::{Extension, ExtensionMap};

/// The version of RTP, in the first octet.
const VERSION: u8 = 0x80;
/// The bit of the first octet that announces padding.
const PADDING: u8 = 0x20;
/// The bit of the first octet that announces extensions.
const EXTENSION: u8 = 0x10;
/// The bit of the second octet that is the marker.
const MARKER: u8 = 0x80;
/// What stands before extensions with headers of one octet (RFC 8285 §4.2).
const ONE_OCTET: [u8; 2] = [0xbe, 0xde];
/// What stands before extensions with headers of two octets (RFC 8285 §4.3).
const TWO_OCTETS: [u8; 2] = [0x10, 0x00];
/// The greatest id that a header of one octet can have.
const MOST_SMALL: u8 = 14;
/// The longest value behind a header of one octet, in octets.
const LONGEST_SMALL: usize = 16;

/// The ids that a receiver gave to the extensions of a section; `None` where it did not ask for one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::server::sfu) struct ExtensionIds {
    /// The name of the section (RFC 9143 §16).
    pub(in crate::server::sfu) mid: Option<u8>,
    /// The transport-wide number (draft-holmer-rmcat-transport-wide-cc-extensions-01).
    pub(in crate::server::sfu) transport: Option<u8>,
    /// How loud a voice is (RFC 6464).
    pub(in crate::server::sfu) level: Option<u8>,
    /// How a picture is to be turned (3GPP TS 26.114).
    pub(in crate::server::sfu) orientation: Option<u8>,
}

impl ExtensionIds {
    /// Takes them from what was negotiated for a section.
    pub(in crate::server::sfu) fn of(map: &ExtensionMap) -> Self {
        Self {
            mid: map.id_of(Extension::RtpMid),
            transport: map.id_of(Extension::TransportSequenceNumber),
            level: map.id_of(Extension::AudioLevel),
            orientation: map.id_of(Extension::VideoOrientation),
        }
    }
}

/// The values of the extensions of a packet.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Extensions<'a> {
    /// The name of the section.
    pub(super) mid: Option<&'a str>,
    /// The lower half of the transport-wide number.
    pub(super) transport: Option<u16>,
    /// The octet of the level: its highest bit says that somebody speaks, the others how many dB below the loudest.
    pub(super) level: Option<u8>,
    /// The octet of the orientation.
    pub(super) orientation: Option<u8>,
}

/// What stands in a header before the extensions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    /// The format.
    pub(super) payload_type: u8,
    /// The marker.
    pub(super) is_marked: bool,
    /// The payload ends with padding.
    pub(super) has_padding: bool,
    /// The lower 16 bits of the sequence number.
    pub(super) sequence: u16,
    /// The timestamp, in ticks of the format's clock.
    pub(super) timestamp: u32,
    /// The stream.
    pub(super) ssrc: u32,
}

impl Header {
    /// Appends the header to a packet.
    pub(super) fn write(&self, ids: &ExtensionIds, values: &Extensions<'_>, packet: &mut Vec<u8>) {
        let [high, low] = self.sequence.to_be_bytes();
        let padding = if self.has_padding { PADDING } else { 0 };
        let marker = if self.is_marked { MARKER } else { 0 };
        let beginning = packet.len();
        packet.extend([VERSION | padding, marker | self.payload_type, high, low]);
        packet.extend(self.timestamp.to_be_bytes());
        packet.extend(self.ssrc.to_be_bytes());
        let number = values.transport.map(u16::to_be_bytes);
        let level = values.level.map(|level| [level]);
        let orientation = values.orientation.map(|orientation| [orientation]);
        let all: [(Option<u8>, Option<&[u8]>); 4] = [
            (ids.mid, values.mid.map(str::as_bytes)),
            (ids.transport, number.as_ref().map(<[u8; 2]>::as_slice)),
            (ids.level, level.as_ref().map(<[u8; 1]>::as_slice)),
            (
                ids.orientation,
                orientation.as_ref().map(<[u8; 1]>::as_slice),
            ),
        ];
        let present = all.iter().filter_map(|(id, value)| (*id).zip(*value));
        if write_extensions(present, packet)
            && let Some(first) = packet.get_mut(beginning)
        {
            *first |= EXTENSION;
        }
    }
}

/// Appends extensions. `false` when there are none.
fn write_extensions<'a>(
    present: impl Iterator<Item = (u8, &'a [u8])> + Clone,
    packet: &mut Vec<u8>,
) -> bool {
    if present.clone().next().is_none() {
        return false;
    }
    let is_small =
        |(id, value): (u8, &[u8])| id <= MOST_SMALL && (1..=LONGEST_SMALL).contains(&value.len());
    let are_small = present.clone().all(is_small);
    packet.extend(if are_small { ONE_OCTET } else { TWO_OCTETS });
    let length = packet.len();
    packet.extend([0, 0]);
    let beginning = packet.len();
    for (id, value) in present {
        let Ok(size) = u8::try_from(value.len()) else {
            continue;
        };
        if are_small {
            packet.push(id << 4 | (size - 1));
        } else {
            packet.extend([id, size]);
        }
        packet.extend_from_slice(value);
    }
    let words = (packet.len() - beginning).div_ceil(4);
    packet.resize(beginning + 4 * words, 0);
    let words = u16::try_from(words).unwrap_or(u16::MAX).to_be_bytes();
    if let Some(place) = packet.get_mut(length..beginning) {
        place.copy_from_slice(&words);
    }
    true
}

/// Gives the lower 16 bits of a number, which are all that a header has of it.
pub(super) fn low(number: u64) -> u16 {
    let [.., high, low] = number.to_be_bytes();
    u16::from_be_bytes([high, low])
}

#[cfg(test)]
#[path = "tests/header.rs"]
mod tests;
