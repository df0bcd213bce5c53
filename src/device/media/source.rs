//! Where media comes from that is sent.

use std::convert::Infallible;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::PathBuf;
use std::str::FromStr;

use super::frame::MediaFrame;
use super::ivf::IvfReader;
use super::ogg_opus::OggOpusReader;
use super::problem::MediaFileError;
use super::synthetic::synthesis::Synthesis;
use crate::room::DeviceKind;

/// A file, what another program writes, or what is made up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MediaSource {
    /// The file with this name; it begins again when it ends.
    File(PathBuf),
    /// Standard input.
    StandardInput,
    /// It is made up; there are no bytes of it to be read.
    Synthetic(Synthesis),
}

impl FromStr for MediaSource {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "-" => Self::StandardInput,
            name => Self::File(name.into()),
        })
    }
}

/// The frames of a source.
pub(crate) enum Frames {
    /// Pictures.
    Pictures(IvfReader<Box<dyn Read + Send>>),
    /// Sound.
    Sound(OggOpusReader<Box<dyn Read + Send>>),
}

impl Frames {
    /// Opens a source of pictures or of sound.
    ///
    /// # Errors
    /// [`MediaFileError`], when there is none or it is of another kind.
    pub(crate) fn open(source: &MediaSource, kind: DeviceKind) -> Result<Self, MediaFileError> {
        let bytes: Box<dyn Read + Send> = match source {
            MediaSource::File(path) => Box::new(BufReader::new(File::open(path)?)),
            MediaSource::StandardInput => Box::new(BufReader::new(io::stdin())),
            MediaSource::Synthetic(_) => return Err(MediaFileError::Empty),
        };
        Ok(match kind {
            DeviceKind::Camera => Self::Pictures(IvfReader::new(bytes)?),
            DeviceKind::Microphone | DeviceKind::Speaker => Self::Sound(OggOpusReader::new(bytes)?),
        })
    }

    /// The next frame; `None` at the end.
    ///
    /// # Errors
    /// [`MediaFileError`], when the source ends in the middle of a frame or cannot be read.
    pub(crate) fn next_frame(&mut self) -> Result<Option<MediaFrame>, MediaFileError> {
        match self {
            Self::Pictures(reader) => reader.next_frame(),
            Self::Sound(reader) => reader.next_frame(),
        }
    }
}

/// Whether a file can be played from its beginning to its end.
///
/// # Errors
/// [`MediaFileError`] says why it cannot; only files are looked at.
pub(crate) fn check(source: &MediaSource, kind: DeviceKind) -> Result<(), MediaFileError> {
    if !matches!(source, MediaSource::File(_)) {
        return Ok(());
    }
    let mut frames = Frames::open(source, kind)?;
    let mut first = None;
    let mut is_longer = false;
    while let Some(frame) = frames.next_frame()? {
        is_longer |= frame.at > *first.get_or_insert(frame.at);
    }
    // What begins again and again needs more than one moment.
    if !is_longer {
        return Err(MediaFileError::Empty);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    use crate::device::media::ivf::IvfWriter;

    #[test]
    fn a_file_in_which_no_time_passes_cannot_be_played() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("still.ivf");
        for (gap, is_good) in [(40, true), (0, false)] {
            let frame = |number| MediaFrame {
                at: Duration::from_millis(gap) * number,
                data: [0x10, 0, 0].as_slice().into(),
            };
            let mut writer = IvfWriter::new(File::create(&path).unwrap(), &frame(0)).unwrap();
            for number in 0..3 {
                writer.write(&frame(number)).unwrap();
            }
            writer.finish().unwrap();
            let checked = check(&MediaSource::File(path.clone()), DeviceKind::Camera);
            assert_eq!(checked.is_ok(), is_good, "{gap} ms");
        }
    }
}
