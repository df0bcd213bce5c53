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
use crate::room::DeviceKind;

/// A file, or what another program writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MediaSource {
    /// The file with this name; it begins again when it ends.
    File(PathBuf),
    /// Standard input.
    StandardInput,
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
/// [`MediaFileError`] says why it cannot; standard input is not looked at.
pub(crate) fn check(source: &MediaSource, kind: DeviceKind) -> Result<(), MediaFileError> {
    if *source == MediaSource::StandardInput {
        return Ok(());
    }
    let mut frames = Frames::open(source, kind)?;
    let mut count = 0_u64;
    while frames.next_frame()?.is_some() {
        count += 1;
    }
    // What begins again and again needs more than one moment.
    if count < 2 {
        return Err(MediaFileError::Empty);
    }
    Ok(())
}
