//! What may be wrong with media that is to be sent.

use std::io;

use thiserror::Error;

/// Media cannot be read.
#[derive(Debug, Error)]
pub(crate) enum MediaFileError {
    /// The system cannot read it.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It is no IVF.
    #[error("it is no IVF file")]
    NoIvf,
    /// It is IVF of another codec than VP8.
    #[error(
        "its pictures are {0} and not VP8; `ffmpeg -i INPUT -c:v libvpx OUTPUT.ivf` makes VP8 of them"
    )]
    NotVp8(String),
    /// It is no Ogg.
    #[error("it is no Ogg file: {0}")]
    NoOgg(String),
    /// It is Ogg without Opus.
    #[error("its sound is not Opus; `ffmpeg -i INPUT -c:a libopus OUTPUT.ogg` makes Opus of it")]
    NotOpus,
    /// It ends in the middle of a frame.
    #[error("it ends in the middle of a frame")]
    CutOff,
    /// A packet of it does not end.
    #[error("one of its packets does not end")]
    Endless,
    /// It has nothing to play.
    #[error("there is nothing in it to play")]
    Empty,
    /// A frame is larger than any that can be sent.
    #[error("one of its frames has {0} bytes, which is more than can be sent")]
    TooLarge(u32),
}
