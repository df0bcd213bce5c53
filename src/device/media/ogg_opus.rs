//! Opus in Ogg (RFC 7845): packets of sound read from a file and written to one.
//!
//! Invariant: a packet's time is the sum of the durations before it, which the packets themselves say (RFC 6716 section 3.1). A
//! packet that does not end costs no more memory than [`MOST_PAGES`].

use std::io::{self, ErrorKind, Read, Write};
use std::time::Duration;

use ogg::reading::{BasePacketReader, OggReadError, PageParser};
use ogg::writing::{PacketWriteEndInfo, PacketWriter};

use super::frame::{MediaFrame, ticks};
use super::problem::MediaFileError;

/// A page begins with a header of so many bytes.
const PAGE_HEADER: usize = 27;

/// Times are counted in samples of this many each second, whatever was sampled.
const CLOCK: u32 = 48_000;

/// What is written belongs to the stream of this number.
const SERIAL: u32 = 1;

/// A page is ended after so many packets, usually a second of sound: as much may be lost when the program is killed.
const PACKETS_OF_A_PAGE: u32 = 50;

/// A packet goes over at most so many pages, of at most 64 KiB each: the longest there are is a title page with a picture.
const MOST_PAGES: u32 = 256;

/// Reads the packets of a file.
pub(crate) struct OggOpusReader<R> {
    /// The rest of the file comes from here.
    source: R,
    /// Pages become packets here.
    packets: BasePacketReader,
    /// The next packet is played so long after the first.
    at: Duration,
}

impl<R: Read> OggOpusReader<R> {
    /// Reads the two headers.
    ///
    /// # Errors
    /// [`MediaFileError`], when it is no Ogg, or not with Opus.
    pub(crate) fn new(source: R) -> Result<Self, MediaFileError> {
        let mut reader = Self {
            source,
            packets: BasePacketReader::new(),
            at: Duration::ZERO,
        };
        for name in [b"OpusHead".as_slice(), b"OpusTags"] {
            let header = reader.next_packet()?.ok_or(MediaFileError::Empty)?;
            if !header.starts_with(name) {
                return Err(MediaFileError::NotOpus);
            }
        }
        Ok(reader)
    }

    /// Reads the next packet; `None` at the end.
    ///
    /// # Errors
    /// [`MediaFileError`], when the file ends in the middle of a page or cannot be read.
    pub(crate) fn next_frame(&mut self) -> Result<Option<MediaFrame>, MediaFileError> {
        loop {
            let Some(data) = self.next_packet()? else {
                return Ok(None);
            };
            // Another chain of the same file begins with headers of its own.
            if data.is_empty() || data.starts_with(b"Opus") {
                continue;
            }
            let at = self.at;
            self.at += duration(&data);
            return Ok(Some(MediaFrame {
                at,
                data: data.into(),
            }));
        }
    }

    fn next_packet(&mut self) -> Result<Option<Vec<u8>>, MediaFileError> {
        for _ in 0..MOST_PAGES {
            if let Some(packet) = self.packets.read_packet() {
                return Ok(Some(packet.data));
            }
            let mut header = [0; PAGE_HEADER];
            match fill(&mut self.source, &mut header)? {
                0 => return Ok(None),
                PAGE_HEADER => {}
                _ if header.starts_with(b"OggS") => return Err(MediaFileError::CutOff),
                _ => return Err(broken(OggReadError::NoCapturePatternFound)),
            }
            let (mut page, segments) = PageParser::new(header).map_err(broken)?;
            let mut table = vec![0; segments];
            self.require(&mut table)?;
            let mut content = vec![0; page.parse_segments(table)];
            self.require(&mut content)?;
            let page = page.parse_packet_data(content).map_err(broken)?;
            self.packets.push_page(page).map_err(broken)?;
        }
        Err(MediaFileError::Endless)
    }

    fn require(&mut self, bytes: &mut [u8]) -> Result<(), MediaFileError> {
        match fill(&mut self.source, bytes)? {
            length if length == bytes.len() => Ok(()),
            _ => Err(MediaFileError::CutOff),
        }
    }
}

/// Reads as much as there is room for, or as there is.
fn fill(source: &mut impl Read, bytes: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < bytes.len() {
        match source.read(&mut bytes[length..]) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

fn broken(error: OggReadError) -> MediaFileError {
    MediaFileError::NoOgg(error.to_string())
}

/// How long a packet sounds (RFC 6716 section 3.1); nothing that says more than the 120 ms it may is believed.
pub(crate) fn duration(packet: &[u8]) -> Duration {
    let Some(&first) = packet.first() else {
        return Duration::ZERO;
    };
    let configuration = first >> 3;
    let frame_us: u64 = match configuration {
        0..12 => [10_000, 20_000, 40_000, 60_000][usize::from(configuration % 4)],
        12..16 => [10_000, 20_000][usize::from(configuration % 2)],
        _ => [2_500, 5_000, 10_000, 20_000][usize::from(configuration % 4)],
    };
    let frames = match first & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => packet.get(1).map_or(0, |second| u64::from(second & 0x3f)),
    };
    Duration::from_micros((frame_us * frames).min(120_000))
}

/// Writes packets to a file.
pub(crate) struct OggOpusWriter<W: Write> {
    /// The file.
    sink: PacketWriter<'static, W>,
    /// The page under way has so many packets.
    on_page: u32,
    /// The last packet, which is written when it is known whether another follows.
    last: Option<MediaFrame>,
}

impl<W: Write> OggOpusWriter<W> {
    /// Writes the two headers.
    ///
    /// # Errors
    /// The file's.
    pub(crate) fn new(sink: W) -> io::Result<Self> {
        let mut sink = PacketWriter::new(sink);
        let mut head = b"OpusHead".to_vec();
        // Version 1, two channels, nothing to skip, 48 kHz, no gain, one stream.
        head.extend([1, 2, 0, 0]);
        head.extend(CLOCK.to_le_bytes());
        head.extend([0, 0, 0]);
        let mut tags = b"OpusTags".to_vec();
        let vendor = b"Visavis";
        tags.extend((vendor.len() as u32).to_le_bytes());
        tags.extend(vendor);
        tags.extend(0_u32.to_le_bytes());
        for header in [head, tags] {
            sink.write_packet(header, SERIAL, PacketWriteEndInfo::EndPage, 0)?;
        }
        Ok(Self {
            sink,
            on_page: 0,
            last: None,
        })
    }

    /// Writes a packet.
    ///
    /// # Errors
    /// The file's.
    pub(crate) fn write(&mut self, frame: MediaFrame) -> io::Result<()> {
        match self.last.replace(frame) {
            Some(before) => {
                self.on_page = (self.on_page + 1) % PACKETS_OF_A_PAGE;
                if self.on_page > 0 {
                    return self.put(&before, PacketWriteEndInfo::NormalPacket);
                }
                self.put(&before, PacketWriteEndInfo::EndPage)?;
                self.sink.inner_mut().flush()
            }
            None => Ok(()),
        }
    }

    /// Ends the stream, and lets everything reach the disk.
    ///
    /// # Errors
    /// The file's.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        if let Some(last) = self.last.take() {
            self.put(&last, PacketWriteEndInfo::EndStream)?;
        }
        self.sink.inner_mut().flush()
    }

    fn put(&mut self, frame: &MediaFrame, end: PacketWriteEndInfo) -> io::Result<()> {
        let samples = ticks(frame.at + duration(&frame.data), CLOCK);
        self.sink
            .write_packet(frame.data.to_vec(), SERIAL, end, samples)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A packet of 20 ms.
    fn packet(number: u64) -> MediaFrame {
        MediaFrame {
            at: Duration::from_millis(20 * number),
            data: [0xf8, number as u8].as_slice().into(),
        }
    }

    fn file(packets: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut writer = OggOpusWriter::new(&mut bytes).unwrap();
        for number in 0..packets {
            writer.write(packet(number)).unwrap();
        }
        writer.finish().unwrap();
        drop(writer);
        bytes
    }

    fn read(bytes: &[u8]) -> Result<Vec<MediaFrame>, MediaFileError> {
        let mut reader = OggOpusReader::new(bytes)?;
        let mut frames = Vec::new();
        while let Some(frame) = reader.next_frame()? {
            frames.push(frame);
        }
        Ok(frames)
    }

    #[test]
    fn what_was_written_is_read_again_with_its_times() {
        let packets: Vec<MediaFrame> = (0..120).map(packet).collect();
        assert_eq!(read(&file(120)).unwrap(), packets);
        assert_eq!(read(&file(1)).unwrap(), [packet(0)]);
    }

    #[test]
    fn a_packet_says_how_long_it_sounds() {
        for (packet, ms) in [
            (vec![0xf8], 20),
            (vec![0xf9], 40),
            (vec![0x18], 60),
            (vec![0x60], 10),
            (vec![0xfb, 3], 60),
            (vec![0xfb], 0),
            (vec![0x1b, 63], 120),
            (vec![], 0),
        ] {
            assert_eq!(duration(&packet), Duration::from_millis(ms), "{packet:?}");
        }
        assert_eq!(duration(&[0x80]), Duration::from_micros(2_500));
    }

    #[test]
    fn a_file_that_is_none_or_is_cut_off_is_told_from_one_that_ends() {
        let whole = file(3);
        let cut = read(&whole[..whole.len() - 1]);
        assert!(matches!(cut, Err(MediaFileError::CutOff)));
        assert!(matches!(read(b""), Err(MediaFileError::Empty)));
        for text in [&b"x"[..], &[b'x'; 64]] {
            assert!(matches!(read(text), Err(MediaFileError::NoOgg(_))));
        }
        let mut damaged = whole;
        let last = damaged.len() - 1;
        damaged[last] ^= 1;
        assert!(matches!(read(&damaged), Err(MediaFileError::NoOgg(_))));
    }

    #[test]
    fn a_packet_that_does_not_end_is_given_up() {
        let mut bytes = Vec::new();
        let mut writer = PacketWriter::new(&mut bytes);
        let mut header = b"OpusHead".to_vec();
        header.resize(64 * 1024 * (MOST_PAGES as usize + 2), 0);
        writer
            .write_packet(header, 1, PacketWriteEndInfo::EndStream, 0)
            .unwrap();
        drop(writer);
        assert!(matches!(read(&bytes), Err(MediaFileError::Endless)));
    }

    #[test]
    fn other_sound_than_opus_is_refused() {
        let mut bytes = Vec::new();
        let mut writer = PacketWriter::new(&mut bytes);
        let end = PacketWriteEndInfo::EndStream;
        writer
            .write_packet(b"\x01vorbis".to_vec(), 1, end, 0)
            .unwrap();
        drop(writer);
        assert!(matches!(read(&bytes), Err(MediaFileError::NotOpus)));
    }
}
