//! What receivers are told of a stream: how its time stands to the clock of the SFU, and how much was sent (RFC 3550 §6.4.1).
//!
//! Pure. Invariant: a report is followed by who sends it, so that the two make a compound packet.

/// The first octet of a packet with this count; version 2, no padding.
const NO_BLOCKS: u8 = 0x80;
const ONE_CHUNK: u8 = 0x81;
/// Packet types (RFC 3550 §12.1): a report of a sender, and a description of sources.
const SENDER_REPORT: u8 = 200;
const SOURCE_DESCRIPTION: u8 = 202;
/// The words of a sender report without blocks, but for the first one.
const SENDER_REPORT_WORDS: u16 = 6;
/// The item of a source that is its canonical name.
const CNAME: u8 = 1;
/// A canonical name has at most so many bytes.
const MOST_NAME: u8 = u8::MAX;

/// What is reported of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server::sfu) struct SenderReport {
    /// The stream.
    pub(in crate::server::sfu) ssrc: u32,
    /// Now, in NTP's format: seconds since 1900, and 2^-32 of one (RFC 3550 §4).
    pub(in crate::server::sfu) ntp: u64,
    /// The same moment as a timestamp of the stream.
    pub(in crate::server::sfu) rtp: u32,
    /// So many packets were sent, without repeats; wraps.
    pub(in crate::server::sfu) packets: u32,
    /// So many bytes of payload were sent in them; wraps.
    pub(in crate::server::sfu) bytes: u32,
}

/// Appends a report and the canonical name of its sender, which is the same for all streams of one person. A name of more than 255
/// bytes is cut.
pub(in crate::server::sfu) fn write_sender_report(
    report: &SenderReport,
    cname: &str,
    into: &mut Vec<u8>,
) {
    into.extend_from_slice(&[NO_BLOCKS, SENDER_REPORT]);
    into.extend_from_slice(&SENDER_REPORT_WORDS.to_be_bytes());
    into.extend_from_slice(&report.ssrc.to_be_bytes());
    into.extend_from_slice(&report.ntp.to_be_bytes());
    into.extend_from_slice(&report.rtp.to_be_bytes());
    into.extend_from_slice(&report.packets.to_be_bytes());
    into.extend_from_slice(&report.bytes.to_be_bytes());
    write_name(report.ssrc, cname, into);
}

/// Appends a description of a source that has a name only (RFC 3550 §6.5).
fn write_name(ssrc: u32, cname: &str, into: &mut Vec<u8>) {
    let name = &cname[..cname.floor_char_boundary(usize::from(MOST_NAME))];
    let length = u8::try_from(name.len()).unwrap_or(MOST_NAME);
    // The kind and the length of the item, and a zero behind it at least.
    let items = (u16::from(length) + 3).next_multiple_of(4);
    into.extend_from_slice(&[ONE_CHUNK, SOURCE_DESCRIPTION]);
    into.extend_from_slice(&(1 + items / 4).to_be_bytes());
    into.extend_from_slice(&ssrc.to_be_bytes());
    let end = into.len() + usize::from(items);
    into.extend_from_slice(&[CNAME, length]);
    into.extend_from_slice(name.as_bytes());
    into.resize(end, 0);
}

#[cfg(test)]
#[path = "tests/sender_report.rs"]
mod tests;
