//! The own recording: what is painted and heard of it, and the order of its pieces.
//!
//! Invariant: one piece is written at a time, in the order in which they were made.

use std::task::{Context, Poll};

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use leptos::prelude::*;
use web_sys::{Blob, MediaStream};

use super::errands::Errands;
use super::own_tracks::OwnTracks;
use super::page::Page;
use crate::client::browser::js;
use crate::client::recorder::{HEIGHT, Pieces, Recorder, RecorderEvent, Sound, Sources, WIDTH};
use crate::client::second_wasm;
use crate::room::media::recording::{
    NextPiece, PieceQueue, Queued, RecordingKind, RecordingProblem,
};
use crate::room::{Moment, RecordingEvent, TrackKind};
use crate::session::recording::RunningRecording;

/// What is under way of recording.
pub(super) struct Recordings {
    /// The state of the recording is shown on the page.
    page: Page,
    /// The pieces lie in this place of the disk.
    pieces: Pieces,
    /// A recording runs; `None` while none does.
    running: Option<ActiveRecording>,
    /// The search for pieces of an earlier visit is under way.
    looking: Option<LocalBoxFuture<'static, bool>>,
}

/// A recording runs, or its last pieces are being written.
struct ActiveRecording {
    /// The browser's recorder makes the pieces.
    recorder: Recorder,
    /// The recording began then.
    since: Moment,
    /// The pieces wait here for the disk.
    queue: PieceQueue<Blob>,
    /// A piece is being written; the next one waits for it.
    writing: Option<LocalBoxFuture<'static, Result<(), RecordingProblem>>>,
    /// So many bytes were written, or are being written.
    bytes: f64,
}

/// What happens to a recording by itself.
pub(super) enum RecordingInput {
    /// Pieces of an earlier visit were found, or none.
    Looked(bool),
    /// The recorder has something.
    Recorder(RecorderEvent),
    /// A piece is on the disk, or could not be written.
    Written(Result<(), RecordingProblem>),
}

impl Recordings {
    /// Nothing is recorded yet; looks for what an earlier visit left behind.
    pub(super) fn new(page: Page) -> Self {
        let pieces = Pieces::new(&page.window);
        let look = pieces.clone();
        Self {
            page,
            pieces,
            running: None,
            looking: Some(async move { look.exist().await }.boxed_local()),
        }
    }

    /// The next input.
    pub(super) fn poll_input(&mut self, context: &mut Context<'_>) -> Poll<RecordingInput> {
        if let Some(looking) = &mut self.looking
            && let Poll::Ready(found) = looking.poll_unpin(context)
        {
            self.looking = None;
            return Poll::Ready(RecordingInput::Looked(found));
        }
        let Some(running) = &mut self.running else {
            return Poll::Pending;
        };
        if let Some(writing) = &mut running.writing
            && let Poll::Ready(result) = writing.poll_unpin(context)
        {
            running.writing = None;
            return Poll::Ready(RecordingInput::Written(result));
        }
        running
            .recorder
            .poll_event(context)
            .map(RecordingInput::Recorder)
    }

    /// Takes an input in, and writes the next piece if it is time; says what the model has to know.
    pub(super) fn take(&mut self, input: RecordingInput) -> Vec<RecordingEvent> {
        let mut events = Vec::new();
        if let RecordingInput::Looked(found) = input {
            events.push(RecordingEvent::Unfinished(found));
        }
        let Some(running) = &mut self.running else {
            return events;
        };
        let mut too_slow = false;
        match input {
            RecordingInput::Looked(_) => {}
            RecordingInput::Recorder(RecorderEvent::Paint) => {
                self.paint();
                return events;
            }
            RecordingInput::Recorder(RecorderEvent::Piece(piece)) => {
                too_slow = running.queue.push(piece) == Queued::Overflows;
            }
            RecordingInput::Recorder(RecorderEvent::Ended) => running.queue.end(),
            RecordingInput::Recorder(RecorderEvent::Overrun) => {
                too_slow = running.queue.lose();
                running.queue.end();
            }
            RecordingInput::Written(result) => {
                if result.is_err() {
                    running.recorder.stop();
                }
                running.queue.wrote(result);
            }
        }
        if too_slow {
            running.recorder.stop();
            events.push(RecordingEvent::TooSlow);
        }
        events.extend(self.write_next_piece());
        events
    }

    /// Begins to record.
    pub(super) fn start(&mut self, kind: RecordingKind, own: &OwnTracks) -> RecordingEvent {
        let able = js::property(&self.page.window, "MediaRecorder").is_some()
            && self.pieces.have_a_place();
        let recorder = if able {
            Recorder::start(&self.page.window, kind).ok()
        } else {
            None
        };
        let Some(recorder) = recorder else {
            return RecordingEvent::Unavailable;
        };
        self.running = Some(ActiveRecording {
            recorder,
            since: self.page.now(),
            queue: PieceQueue::default(),
            writing: None,
            bytes: 0.0,
        });
        self.follow(own);
        self.show();
        self.paint();
        RecordingEvent::Began
    }

    /// Ends the recording, if there is one; it is over once the last piece is written.
    pub(super) fn stop(&self) {
        if let Some(running) = &self.running {
            running.recorder.stop();
        }
    }

    /// Hears whatever is heard now, and the own sounds.
    pub(super) fn follow(&mut self, own: &OwnTracks) {
        let Some(running) = &mut self.running else {
            return;
        };
        let sound = |stream: MediaStream, is_heard| Sound { stream, is_heard };
        let mut sounds: Vec<Sound> = self.page.session.voices.with_untracked(|voices| {
            let owned = voices.iter().filter(|voice| voice.whose.is_some());
            let sounds = owned.map(|voice| sound(Clone::clone(&*voice.stream), voice.audible));
            sounds.collect()
        });
        for kind in [TrackKind::Microphone, TrackKind::ScreenAudio] {
            let own = own.tracks().stream_of(kind);
            sounds.extend(own.map(|stream| sound(stream, true)));
        }
        running.recorder.mix(&sounds);
    }

    /// Paints the next picture, if there is one to paint.
    fn paint(&mut self) {
        let wanted = self.running.as_ref();
        if !wanted.is_some_and(|running| running.recorder.paints()) {
            return;
        }
        let (width, height) = (f64::from(WIDTH), f64::from(HEIGHT));
        let visit = self.page.session.visit;
        let scene = visit.with(|visit| visit.scene(width, height));
        let sources = self.sources();
        if let Some(running) = &mut self.running {
            running.recorder.paint(&scene, &sources);
        }
    }

    /// Hands what was recorded to the browser's downloads; `problem` is why it ended.
    pub(super) fn hand_over(
        &self,
        problem: Option<RecordingProblem>,
    ) -> impl Future<Output = RecordingEvent> + 'static {
        let pieces = self.pieces.clone();
        let room = self.page.window.location().pathname().unwrap_or_default();
        let room = room.rsplit('/').next().unwrap_or_default();
        let day = String::from(js_sys::Date::new_0().to_iso_string());
        let day: String = day.chars().take(16).collect();
        let name = ["visavis-", room, "-", &day.replace(':', "")].concat();
        async move {
            let saved = match second_wasm::parts().await {
                Ok(parts) => (parts.hand_over)(pieces, name).await.is_ok(),
                Err(_) => false,
            };
            RecordingEvent::HandedOver { problem, saved }
        }
    }

    /// Removes what an earlier visit could not finish.
    pub(super) fn discard_unfinished(&self, errands: &Errands) {
        let pieces = self.pieces.clone();
        errands.run_quietly(async move { pieces.discard().await });
    }

    /// The pictures there are.
    fn sources(&self) -> Sources {
        self.page.session.streams.with_untracked(|streams| {
            streams
                .iter()
                .map(|(key, stream)| (key.clone(), Clone::clone(&**stream)))
                .collect()
        })
    }

    /// Shows how much there is.
    fn show(&self) {
        let shown = self.running.as_ref().map(|running| RunningRecording {
            since: running.since,
            bytes: running.bytes as u64,
        });
        self.page.session.recording.running.set(shown);
    }

    /// Writes one piece after the other, and ends when there is none left.
    fn write_next_piece(&mut self) -> Option<RecordingEvent> {
        let running = self.running.as_mut()?;
        match running.queue.next_piece() {
            NextPiece::Wait => None,
            NextPiece::Write(number, piece) => {
                running.bytes += piece.size();
                let pieces = self.pieces.clone();
                let writing = async move { pieces.write(number, &piece).await };
                running.writing = Some(writing.boxed_local());
                self.show();
                None
            }
            NextPiece::Finished { written, problem } => {
                self.running = None;
                self.show();
                Some(RecordingEvent::Ended {
                    is_empty: written == 0,
                    problem,
                })
            }
        }
    }
}
