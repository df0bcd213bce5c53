//! IVF, the plainest container of pictures: a header of 32 bytes, then frames with their sizes and times.
//!
//! Invariant: whatever a file says of itself, no more than [`LARGEST_FRAME`] bytes are taken in at once.

use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::time::Duration;

use super::frame::{MediaFrame, ticks};
use super::problem::MediaFileError;

/// A file begins with a header of so many bytes.
const HEADER: usize = 32;

/// A frame begins with a header of so many bytes.
const FRAME_HEADER: usize = 12;

/// A frame has at most so many bytes.
pub(crate) const LARGEST_FRAME: u32 = 4 * 1024 * 1024;

/// Times are written in units of this many each second, those of RTP for pictures.
const CLOCK: u32 = 90_000;

/// The number of frames stands here in the header.
const FRAMES_AT: u64 = 24;

/// Reads the frames of a file of VP8.
pub(crate) struct IvfReader<R> {
    /// The rest of the file comes from here.
    source: R,
    /// A unit of time is `scale / rate` seconds.
    rate: u32,
    scale: u32,
}

impl<R: Read> IvfReader<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// [`MediaFileError`], when it is none or of another codec.
    pub(crate) fn new(mut source: R) -> Result<Self, MediaFileError> {
        let mut header = [0; HEADER];
        source
            .read_exact(&mut header)
            .map_err(|error| match error.kind() {
                ErrorKind::UnexpectedEof => MediaFileError::NoIvf,
                _ => error.into(),
            })?;
        if &header[..4] != b"DKIF" {
            return Err(MediaFileError::NoIvf);
        }
        let codec = &header[8..12];
        if codec != b"VP80" {
            let codec = String::from_utf8_lossy(codec);
            return Err(MediaFileError::NotVp8(codec.trim_end().to_owned()));
        }
        let (rate, scale) = (number(&header, 16), number(&header, 20));
        if rate == 0 || scale == 0 {
            return Err(MediaFileError::NoIvf);
        }
        // Some writers make the header longer.
        let length = usize::from(u16::from_le_bytes([header[6], header[7]]));
        let rest = length.saturating_sub(HEADER) as u64;
        io::copy(&mut source.by_ref().take(rest), &mut io::sink())?;
        Ok(Self {
            source,
            rate,
            scale,
        })
    }

    /// Reads the next frame; `None` at the end.
    ///
    /// # Errors
    /// [`MediaFileError`], when the file ends in the middle of a frame or cannot be read.
    pub(crate) fn next_frame(&mut self) -> Result<Option<MediaFrame>, MediaFileError> {
        let mut header = Vec::with_capacity(FRAME_HEADER);
        self.source
            .by_ref()
            .take(FRAME_HEADER as u64)
            .read_to_end(&mut header)?;
        if header.is_empty() {
            return Ok(None);
        }
        if header.len() < FRAME_HEADER {
            return Err(MediaFileError::CutOff);
        }
        let size = number(&header, 0);
        if size > LARGEST_FRAME {
            return Err(MediaFileError::TooLarge(size));
        }
        let time = u64::from(number(&header, 8)) << 32 | u64::from(number(&header, 4));
        let mut data = Vec::new();
        self.source
            .by_ref()
            .take(u64::from(size))
            .read_to_end(&mut data)?;
        if data.len() as u64 != u64::from(size) {
            return Err(MediaFileError::CutOff);
        }
        let nanos =
            u128::from(time) * u128::from(self.scale) * 1_000_000_000 / u128::from(self.rate);
        Ok(Some(MediaFrame {
            at: Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)),
            data: data.into(),
        }))
    }
}

/// The number of four bytes, the least first, that stands here; 0 beyond the end.
fn number(bytes: &[u8], at: usize) -> u32 {
    let four = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
    four.map_or(0, u32::from_le_bytes)
}

/// Writes frames of VP8 to a file.
pub(crate) struct IvfWriter<W: Write + Seek> {
    /// The file.
    sink: W,
    /// So many frames were written.
    frames: u32,
}

impl<W: Write + Seek> IvfWriter<W> {
    /// Writes the header. Width and height are those of the first picture, which is to be a key frame.
    ///
    /// # Errors
    /// The file's.
    pub(crate) fn new(mut sink: W, first: &MediaFrame) -> io::Result<Self> {
        let (width, height) = vp8_dimensions(&first.data).unwrap_or((0, 0));
        let mut header = Vec::with_capacity(HEADER);
        header.extend(b"DKIF");
        header.extend(0_u16.to_le_bytes());
        header.extend((HEADER as u16).to_le_bytes());
        header.extend(b"VP80");
        header.extend(width.to_le_bytes());
        header.extend(height.to_le_bytes());
        header.extend(CLOCK.to_le_bytes());
        header.extend(1_u32.to_le_bytes());
        header.extend([0; 8]);
        sink.write_all(&header)?;
        Ok(Self { sink, frames: 0 })
    }

    /// Writes a frame.
    ///
    /// # Errors
    /// The file's.
    pub(crate) fn write(&mut self, frame: &MediaFrame) -> io::Result<()> {
        let size = u32::try_from(frame.data.len()).map_err(io::Error::other)?;
        let time = ticks(frame.at, CLOCK);
        self.sink.write_all(&size.to_le_bytes())?;
        self.sink.write_all(&time.to_le_bytes())?;
        self.sink.write_all(&frame.data)?;
        self.frames = self.frames.saturating_add(1);
        Ok(())
    }

    /// Says in the header how many frames there are, and lets everything reach the disk.
    ///
    /// # Errors
    /// The file's.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        let end = self.sink.stream_position()?;
        self.sink.seek(SeekFrom::Start(FRAMES_AT))?;
        self.sink.write_all(&self.frames.to_le_bytes())?;
        self.sink.seek(SeekFrom::Start(end))?;
        self.sink.flush()
    }
}

/// Width and height in pixels of a key frame of VP8 (RFC 6386 section 9.1).
fn vp8_dimensions(frame: &[u8]) -> Option<(u16, u16)> {
    let start = frame.get(3..10)?;
    let pixels = |low: u8, high: u8| u16::from_le_bytes([low, high]) & 0x3fff;
    (frame[0] & 1 == 0 && start[..3] == [0x9d, 0x01, 0x2a])
        .then(|| (pixels(start[3], start[4]), pixels(start[5], start[6])))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn key_frame() -> MediaFrame {
        MediaFrame {
            at: Duration::ZERO,
            data: [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x42, 0xe0, 0x01, 7]
                .as_slice()
                .into(),
        }
    }

    fn file(frames: &[MediaFrame]) -> Vec<u8> {
        let mut writer = IvfWriter::new(Cursor::new(Vec::new()), &frames[0]).unwrap();
        for frame in frames {
            writer.write(frame).unwrap();
        }
        writer.finish().unwrap();
        writer.sink.into_inner()
    }

    fn read(bytes: &[u8]) -> Result<Vec<MediaFrame>, MediaFileError> {
        let mut reader = IvfReader::new(bytes)?;
        let mut frames = Vec::new();
        while let Some(frame) = reader.next_frame()? {
            frames.push(frame);
        }
        Ok(frames)
    }

    #[test]
    fn what_was_written_is_read_again_with_its_times_and_its_size_in_pixels() {
        let second = MediaFrame {
            at: Duration::from_millis(40),
            data: [1, 2, 3].as_slice().into(),
        };
        let frames = [key_frame(), second];
        let bytes = file(&frames);
        assert_eq!(number(&bytes, 24), 2, "the header counts them");
        assert_eq!(
            bytes[12..16],
            [0x80, 0x02, 0xe0, 0x01],
            "640 × 480, without the scaling bits"
        );
        assert_eq!(read(&bytes).unwrap(), frames);
        assert!(frames[0].is_vp8_key_frame() && !frames[1].is_vp8_key_frame());
    }

    #[test]
    fn a_file_that_is_none_or_is_cut_off_is_told_from_one_that_ends() {
        let whole = file(&[key_frame()]);
        for end in 0..whole.len() {
            let read = read(&whole[..end]);
            match end {
                ..32 => assert!(matches!(read, Err(MediaFileError::NoIvf)), "{end}"),
                32 => assert!(matches!(read.as_deref(), Ok([])), "{end}"),
                _ => assert!(matches!(read, Err(MediaFileError::CutOff)), "{end}"),
            }
        }
        let mut other = whole.clone();
        other[8..12].copy_from_slice(b"VP90");
        assert!(matches!(read(&other), Err(MediaFileError::NotVp8(codec)) if codec == "VP90"));
        let mut huge = whole;
        huge[32..36].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(matches!(
            read(&huge),
            Err(MediaFileError::TooLarge(u32::MAX))
        ));
        assert!(matches!(read(b"<html>"), Err(MediaFileError::NoIvf)));
    }

    #[test]
    fn a_clock_that_does_not_go_is_refused() {
        let mut bytes = file(&[key_frame()]);
        bytes[16..20].fill(0);
        assert!(matches!(read(&bytes), Err(MediaFileError::NoIvf)));
    }
}
