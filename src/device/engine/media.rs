//! What is sent from files, and what is saved to them.

use std::task::{Context, Poll};

use super::options::Options;
use crate::device::exit::JoinEnd;
use crate::device::media::played::Played;
use crate::device::media::player::Player;
use crate::device::media::recorder::Recorder;
use crate::device::media::source::{self, MediaSource};
use crate::device::words;
use crate::room::DeviceKind;

/// The sources that play, and the recorder.
pub(crate) struct Media {
    pub(super) players: Vec<Player>,
    pub(super) recorder: Option<Recorder>,
}

impl Media {
    /// Looks at every file before anybody hears of the device.
    ///
    /// # Errors
    /// How the visit ends before it begins, when one cannot be played or written.
    pub(super) fn new(options: &Options) -> Result<Self, JoinEnd> {
        for (source, kind) in [
            (&options.video, DeviceKind::Camera),
            (&options.audio, DeviceKind::Microphone),
        ] {
            if let Some(source) = source {
                source::check(source, kind).map_err(|error| {
                    JoinEnd::Invalid(words::unusable_media(&name(source), error))
                })?;
            }
        }
        let recorder = match &options.save {
            None => None,
            Some(folder) => Some(
                Recorder::start(folder.clone())
                    .map_err(|error| JoinEnd::Invalid(words::not_saved(folder, error)))?,
            ),
        };
        Ok(Self {
            players: Vec::new(),
            recorder,
        })
    }

    /// What is played next.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<(DeviceKind, Played)> {
        for player in &mut self.players {
            if let Poll::Ready(Some(played)) = player.played.poll_recv(context) {
                return Poll::Ready((player.kind, played));
            }
        }
        Poll::Pending
    }

    /// Somebody needs a picture that can be decoded without those before it.
    pub(super) fn want_key_frame(&self) {
        for player in &self.players {
            if player.kind == DeviceKind::Camera {
                player.want_key_frame();
            }
        }
    }

    /// Ends what plays, and every file that is written.
    ///
    /// # Errors
    /// What there is to say when something could not be written.
    pub(super) fn finish(&mut self) -> Result<(), String> {
        self.players.clear();
        match self.recorder.take() {
            Some(recorder) => recorder.finish().map_err(|error| error.to_string()),
            None => Ok(()),
        }
    }
}

/// What a source is called in words.
pub(super) fn name(source: &MediaSource) -> String {
    match source {
        MediaSource::File(path) => path.display().to_string(),
        MediaSource::StandardInput => "standard input".to_owned(),
        MediaSource::Synthetic(_) => "what is made up".to_owned(),
    }
}
