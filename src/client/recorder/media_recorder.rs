//! Recording the call in this browser.
//!
//! Responsible for composing the stage and mixing the voices, and for handing the pieces the browser makes of them to the
//! disk, one each second. Invariant: every piece is a closed file of its own before the next is written, so that a crash
//! loses at most the second that was being made.

use std::cell::RefCell;
use std::rc::Rc;
use std::task::{Context, Poll};

use futures::StreamExt;
use futures::channel::mpsc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobEvent, Event, MediaRecorder, MediaRecorderOptions, MediaStream, Window};

use super::canvas::Canvas;
use super::mixer::{Mixer, Sound};
use super::sources::Sources;
use crate::client::browser::listener::Listener;
use crate::client::browser::timer::Interval;
use crate::room::Scene;
use crate::room::media::recording::{PIECES_WAITING, RecordingKind};

/// A frame that needs none before it is recorded so often, in ms (MediaStream Recording, section 2.5).
const KEY_FRAME_EVERY_MS: u32 = 2_000;

/// A piece is this long, in ms.
const PIECE_MS: i32 = 1_000;

/// The picture is painted so often, in ms: 25 frames a second.
const PAINT_MS: u64 = 40;

/// Browsers can write these with pictures; the best comes first.
const PICTURE_TYPES: [&str; 5] = [
    "video/webm;codecs=vp9,opus",
    "video/webm;codecs=vp8,opus",
    "video/webm;codecs=h264,opus",
    "video/mp4;codecs=avc1.42E01E,mp4a.40.2",
    "video/mp4",
];
/// Browsers can write these with sound only; the best comes first.
const SOUND_TYPES: [&str; 3] = [
    "audio/webm;codecs=opus",
    "audio/mp4;codecs=mp4a.40.2",
    "audio/mp4",
];

/// What happens while recording.
pub(crate) enum RecorderEvent {
    /// It is time to paint.
    Paint,
    /// The browser made another piece.
    Piece(Blob),
    /// The browser made its last piece.
    Ended,
    /// More pieces came than anybody took; it ended with the first that was lost.
    Overrun,
}

/// The browser's recorder reports this.
enum Made {
    /// It made another piece.
    Piece(Blob),
    /// It made its last piece.
    Ended,
}

/// A recording that runs. Dropping it stops the browser's recorder; its pieces stay on the disk.
pub(crate) struct Recorder {
    /// The browser's recorder makes the pieces.
    recorder: MediaRecorder,
    /// The pictures are painted here; `None` when only sound is recorded.
    canvas: Option<Canvas>,
    /// The voices and sounds are mixed here.
    mixer: Mixer,
    /// It is time to paint at each beat; `None` when only sound is recorded.
    paints: Option<Interval>,
    /// What the recorder made arrives here; it is `None` once something was lost.
    made: Option<mpsc::Receiver<Made>>,
    /// The listeners stay as long as the recording.
    _listeners: Vec<Listener>,
}

impl Recorder {
    /// Begins.
    ///
    /// # Errors
    /// When the browser cannot record.
    pub(crate) fn start(window: &Window, kind: RecordingKind) -> Result<Self, JsValue> {
        let mixer = Mixer::new()?;
        let stream = MediaStream::new()?;
        for track in mixer.stream().get_audio_tracks().iter() {
            stream.add_track(track.unchecked_ref());
        }
        let canvas = match kind {
            RecordingKind::PictureAndSound => Some(Canvas::new(window)?),
            RecordingKind::SoundOnly => None,
        };
        if let Some(canvas) = &canvas {
            for track in canvas.stream()?.get_video_tracks().iter() {
                stream.add_track(track.unchecked_ref());
            }
        }
        let types: &[&str] = match kind {
            RecordingKind::PictureAndSound => &PICTURE_TYPES,
            RecordingKind::SoundOnly => &SOUND_TYPES,
        };
        let supported = types
            .iter()
            .find(|mime_type| MediaRecorder::is_type_supported(mime_type));
        let options = MediaRecorderOptions::new();
        options.set_audio_bits_per_second(128_000);
        if let Some(mime_type) = supported {
            options.set_mime_type(mime_type);
        }
        if canvas.is_some() {
            options.set_video_bits_per_second(2_500_000);
            // A player can seek only to frames that need none before them.
            js_sys::Reflect::set(
                &options,
                &"videoKeyFrameIntervalDuration".into(),
                &KEY_FRAME_EVERY_MS.into(),
            )?;
        }
        let recorder =
            MediaRecorder::new_with_media_stream_and_media_recorder_options(&stream, &options)?;
        let (sender, made) = mpsc::channel(PIECES_WAITING);
        let listeners = listen(&recorder, sender);
        recorder.start_with_time_slice(PIECE_MS)?;
        Ok(Self {
            paints: canvas.is_some().then(|| Interval::new(window, PAINT_MS)),
            recorder,
            canvas,
            mixer,
            made: Some(made),
            _listeners: listeners,
        })
    }

    /// What happened next.
    pub(crate) fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<RecorderEvent> {
        if let Some(made) = &mut self.made
            && let Poll::Ready(made) = made.poll_next_unpin(context)
        {
            return Poll::Ready(match made {
                Some(Made::Piece(piece)) => RecorderEvent::Piece(piece),
                Some(Made::Ended) => RecorderEvent::Ended,
                None => {
                    self.made = None;
                    RecorderEvent::Overrun
                }
            });
        }
        if let Some(paints) = &mut self.paints
            && paints.poll_next_unpin(context).is_ready()
        {
            return Poll::Ready(RecorderEvent::Paint);
        }
        Poll::Pending
    }

    /// Has these voices and shared sounds from now on.
    pub(crate) fn mix(&mut self, sounds: &[Sound]) {
        self.mixer.follow(sounds);
    }

    /// Whether there is a picture to paint.
    pub(crate) fn paints(&self) -> bool {
        self.canvas.is_some()
    }

    /// Paints the next picture.
    pub(crate) fn paint(&mut self, scene: &[Scene], sources: &Sources) {
        if let Some(canvas) = &mut self.canvas {
            canvas.paint(scene, sources);
        }
    }

    /// Asks the browser for the last piece; `Ended` follows.
    pub(crate) fn stop(&self) {
        drop(self.recorder.stop());
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        drop(self.recorder.stop());
    }
}

fn listen(recorder: &MediaRecorder, sender: mpsc::Sender<Made>) -> Vec<Listener> {
    let sender = Rc::new(RefCell::new(sender));
    let report = move |made| {
        if let Ok(mut sender) = sender.try_borrow_mut() {
            // Nothing may follow what is lost.
            if sender.try_send(made).is_err() {
                sender.close_channel();
            }
        }
    };
    let ended = report.clone();
    let failed = report.clone();
    vec![
        Listener::new(recorder, "dataavailable", move |event: BlobEvent| {
            if let Some(piece) = event.data().filter(|piece| piece.size() > 0.0) {
                report(Made::Piece(piece));
            }
        }),
        Listener::new(recorder, "stop", move |_: Event| ended(Made::Ended)),
        Listener::new(recorder, "error", move |_: Event| failed(Made::Ended)),
    ]
}
