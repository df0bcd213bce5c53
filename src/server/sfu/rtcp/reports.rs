//! What a compound RTCP packet reports of streams that are sent.
//!
//! Pure. Invariant: what is malformed ends the reading, and what is not understood is passed over.

use std::iter::{self, Take};
use std::slice::Iter;

use super::missing_numbers::MissingNumbers;
use super::packet::Packet;
use super::transport_feedback::TransportFeedback;

/// Packet types (RFC 3550 §12.1, RFC 4585 §6.1): of reports of senders and of receivers, and of feedback on packets and on payloads.
const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const TRANSPORT_FEEDBACK: u8 = 205;
const PAYLOAD_FEEDBACK: u8 = 206;

/// Formats of feedback on packets: a generic NACK (RFC 4585 §6.2.1), and what came of a whole transport
/// (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1).
const NACK: u8 = 1;
const TRANSPORT_WIDE: u8 = 15;

/// Formats of feedback on payloads: a picture loss indication (RFC 4585 §6.3.1), and a full intra request (RFC 5104 §4.3.1).
const PLI: u8 = 1;
const FIR: u8 = 4;

/// A packet begins with the SSRC of who sends it; in a sender report more is said of them (RFC 3550 §6.4.1).
const SENDER: usize = 4;
const SENDER_INFORMATION: usize = 20;

/// A report block, and an entry of a full intra request, have so many bytes.
const BLOCK: usize = 24;
const REQUEST: usize = 8;

/// Something that a receiver reports.
#[derive(Clone, Debug)]
pub(in crate::server::sfu) enum Report<'a> {
    /// Pictures of a stream cannot be decoded: a picture loss indication, or an entry of a full intra request, which may be one that
    /// was read before.
    PictureLost {
        /// The stream.
        ssrc: u32,
    },
    /// Packets of a stream are missing.
    Missing {
        /// The stream.
        ssrc: u32,
        /// Their sequence numbers.
        numbers: MissingNumbers<'a>,
    },
    /// When packets of all streams came.
    Transport(TransportFeedback<'a>),
    /// How a stream is received since the last such report: a report block.
    Reception {
        /// The stream.
        ssrc: u32,
        /// Of the packets so many were lost; 0..1, by 1/256.
        lost: f64,
    },
}

/// Reads the reports of a compound packet in their order. It may begin with any packet (RFC 5506).
pub(in crate::server::sfu) fn reports(compound: &[u8]) -> impl Iterator<Item = Report<'_>> {
    let mut rest = compound;
    let contents = iter::from_fn(move || {
        let (packet, behind) = Packet::split(rest)?;
        rest = behind;
        Content::read(&packet)
    });
    contents.fuse().flatten()
}

/// The reports of a packet that are left.
enum Content<'a> {
    /// Report blocks.
    Blocks(Take<Iter<'a, [u8; BLOCK]>>),
    /// Entries of a full intra request.
    Requests(Iter<'a, [u8; REQUEST]>),
    /// One report, or nothing that is understood.
    Single(Option<Report<'a>>),
}

impl<'a> Content<'a> {
    /// Reads a packet. `None` if it is malformed.
    fn read(packet: &Packet<'a>) -> Option<Self> {
        match (packet.kind, packet.count) {
            (SENDER_REPORT, count) => {
                let (_, blocks) = packet.body.split_at_checked(SENDER + SENDER_INFORMATION)?;
                Self::blocks(blocks, count)
            }
            (RECEIVER_REPORT, count) => {
                let (_, blocks) = packet.body.split_at_checked(SENDER)?;
                Self::blocks(blocks, count)
            }
            (TRANSPORT_FEEDBACK, NACK) => {
                let (ssrc, entries) = feedback(packet)?;
                let numbers = MissingNumbers::read(entries);
                Some(Self::Single(Some(Report::Missing { ssrc, numbers })))
            }
            (TRANSPORT_FEEDBACK, TRANSPORT_WIDE) => {
                let (_, said) = feedback(packet)?;
                let said = TransportFeedback::read(said)?;
                Some(Self::Single(Some(Report::Transport(said))))
            }
            (PAYLOAD_FEEDBACK, PLI) => {
                let (ssrc, _) = feedback(packet)?;
                Some(Self::Single(Some(Report::PictureLost { ssrc })))
            }
            (PAYLOAD_FEEDBACK, FIR) => {
                let (_, entries) = feedback(packet)?;
                Some(Self::Requests(entries.as_chunks().0.iter()))
            }
            _ => Some(Self::Single(None)),
        }
    }

    /// Takes so many report blocks; what follows them is an extension of a profile. `None` if there are fewer.
    fn blocks(bytes: &'a [u8], count: u8) -> Option<Self> {
        let (blocks, _) = bytes.as_chunks();
        let count = usize::from(count);
        (blocks.len() >= count).then(|| Self::Blocks(blocks.iter().take(count)))
    }
}

impl<'a> Iterator for Content<'a> {
    type Item = Report<'a>;

    fn next(&mut self) -> Option<Report<'a>> {
        match self {
            Self::Blocks(blocks) => {
                let [
                    ssrc @ ..,
                    lost,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                ] = blocks.next()?;
                let (ssrc, lost) = (u32::from_be_bytes(*ssrc), f64::from(*lost) / 256.0);
                Some(Report::Reception { ssrc, lost })
            }
            Self::Requests(entries) => {
                let [ssrc @ .., _, _, _, _] = entries.next()?;
                let ssrc = u32::from_be_bytes(*ssrc);
                Some(Report::PictureLost { ssrc })
            }
            Self::Single(report) => report.take(),
        }
    }
}

/// Takes the SSRC of the sender and that of the stream off a feedback packet (RFC 4585 §6.1), and gives the latter.
fn feedback<'a>(packet: &Packet<'a>) -> Option<(u32, &'a [u8])> {
    let (_, rest) = packet.body.split_at_checked(SENDER)?;
    let (ssrc, rest) = rest.split_first_chunk()?;
    Some((u32::from_be_bytes(*ssrc), rest))
}

#[cfg(test)]
#[path = "tests/reports.rs"]
mod tests;
