//! The own recording: what is painted and heard of it, and the order of its pieces.
//!
//! Invariant: one piece is written at a time, in the order in which they were made.

use std::task::{Context, Poll};

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use leptos::prelude::*;
use web_sys::Blob;

use super::errands::Errands;
use super::own_tracks::OwnTracks;
use super::page::Page;
use super::scene::{scene, sources};
use crate::client::browser::js;
use crate::client::recorder::{Pieces, Recorder, RecorderEvent};
use crate::client::second_wasm;
use crate::room::media::recording::{NextPiece, PieceQueue, Queued, RecordingProblem};
use crate::room::{Moment, Notice, Participant, TrackKind};
use crate::session::recording::{RecordingKind, RunningRecording};

/// What is under way of recording.
pub(super) struct Recordings {
    page: Page,
    pieces: Pieces,
    running: Option<ActiveRecording>,
    /// The search for pieces of an earlier visit is under way.
    looking: Option<LocalBoxFuture<'static, bool>>,
}

struct ActiveRecording {
    recorder: Recorder,
    since: Moment,
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

/// What the driver has to do about an input.
#[derive(Default)]
pub(super) struct RecordingSteps {
    /// The browser makes pieces faster than the disk takes them: the recording is ending, and the user should know.
    pub(super) too_slow: bool,
    /// The last piece is written: the recording is over.
    pub(super) over: Option<EndedRecording>,
}

/// A recording that is over.
pub(super) struct EndedRecording {
    /// Nothing was written, so there is nothing to hand over.
    pub(super) is_empty: bool,
    /// It ended for this, unless the user ended it.
    pub(super) problem: Option<RecordingProblem>,
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

    /// Whether something is recorded now.
    pub(super) fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// Takes an input in, and writes the next piece if it is time.
    pub(super) fn take(&mut self, input: RecordingInput) -> RecordingSteps {
        if let RecordingInput::Looked(found) = input {
            self.page.session.recording.unfinished.set(found);
        }
        let mut steps = RecordingSteps::default();
        let Some(running) = &mut self.running else {
            return steps;
        };
        match input {
            RecordingInput::Looked(_) => {}
            RecordingInput::Recorder(RecorderEvent::Paint) => {
                self.paint();
                return steps;
            }
            RecordingInput::Recorder(RecorderEvent::Piece(piece)) => {
                steps.too_slow = running.queue.push(piece) == Queued::Overflows;
            }
            RecordingInput::Recorder(RecorderEvent::Ended) => running.queue.end(),
            RecordingInput::Recorder(RecorderEvent::Overrun) => {
                steps.too_slow = running.queue.lose();
                running.queue.end();
            }
            RecordingInput::Written(result) => {
                if result.is_err() {
                    running.recorder.stop();
                }
                running.queue.wrote(result);
            }
        }
        if steps.too_slow {
            running.recorder.stop();
        }
        steps.over = self.write_next_piece();
        steps
    }

    /// Begins to record.
    ///
    /// # Errors
    /// What to tell the user, when it cannot begin.
    pub(super) fn start(&mut self, kind: RecordingKind) -> Result<(), Notice> {
        if self.page.session.recording.unfinished.get_untracked() {
            return Err(Notice::RecordingUnfinished);
        }
        let able = js::property(&self.page.window, "MediaRecorder").is_some()
            && self.pieces.have_a_place();
        let recorder = if able {
            Recorder::start(&self.page.window, kind).ok()
        } else {
            None
        };
        self.running = Some(ActiveRecording {
            recorder: recorder.ok_or(Notice::RecordingUnavailable)?,
            since: self.page.now(),
            queue: PieceQueue::default(),
            writing: None,
            bytes: 0.0,
        });
        Ok(())
    }

    /// Ends the recording, if there is one; it is over once the last piece is written.
    pub(super) fn stop(&self) {
        if let Some(running) = &self.running {
            running.recorder.stop();
        }
    }

    /// Hears who came, and shows how much there is.
    pub(super) fn follow(&mut self, own: &OwnTracks) {
        if self.running.is_none() {
            return;
        }
        let mut sources = sources(self.page.session);
        for kind in [TrackKind::Microphone, TrackKind::ScreenAudio] {
            let own = own.tracks().stream_of(kind);
            sources.extend(own.map(|stream| ((Participant::Me, kind), stream)));
        }
        if let Some(running) = &mut self.running {
            running.recorder.mix(&sources);
            let shown = RunningRecording {
                since: running.since,
                bytes: running.bytes as u64,
            };
            self.page.session.recording.running.set(Some(shown));
        }
    }

    /// Paints the next picture, if there is one to paint.
    pub(super) fn paint(&mut self) {
        let wanted = self.running.as_ref();
        if !wanted.is_some_and(|running| running.recorder.paints()) {
            return;
        }
        let scene = scene(self.page.session);
        let sources = sources(self.page.session);
        if let Some(running) = &mut self.running {
            running.recorder.paint(&scene, &sources);
        }
    }

    /// Hands what was recorded to the browser's downloads; `problem` is why it ended.
    pub(super) fn hand_over(&self, problem: Option<RecordingProblem>, errands: &Errands) {
        let pieces = self.pieces.clone();
        let room = self.page.window.location().pathname().unwrap_or_default();
        let room = room.rsplit('/').next().unwrap_or_default();
        let day = String::from(js_sys::Date::new_0().to_iso_string());
        let day: String = day.chars().take(16).collect();
        let name = ["visavis-", room, "-", &day.replace(':', "")].concat();
        errands.run(async move {
            let handed = match second_wasm::parts().await {
                Ok(parts) => (parts.hand_over)(pieces, name).await,
                Err(_) => Err(RecordingProblem::NoPlace),
            };
            Some(match (problem, handed) {
                (Some(RecordingProblem::Full), _) => Notice::RecordingFull,
                (Some(RecordingProblem::NoPlace), _) | (_, Err(_)) => Notice::RecordingFailed,
                (None | Some(RecordingProblem::TooSlow), Ok(())) => Notice::RecordingSaved,
            })
        });
    }

    /// Hands over what an earlier visit could not finish.
    pub(super) fn save_unfinished(&self, errands: &Errands) {
        self.page.session.recording.unfinished.set(false);
        self.hand_over(None, errands);
    }

    /// Removes what an earlier visit could not finish.
    pub(super) fn discard_unfinished(&self, errands: &Errands) {
        self.page.session.recording.unfinished.set(false);
        let pieces = self.pieces.clone();
        errands.run_quietly(async move { pieces.discard().await });
    }

    /// Writes one piece after the other, and ends when there is none left.
    fn write_next_piece(&mut self) -> Option<EndedRecording> {
        let running = self.running.as_mut()?;
        match running.queue.next_piece() {
            NextPiece::Wait => None,
            NextPiece::Write(number, piece) => {
                running.bytes += piece.size();
                let pieces = self.pieces.clone();
                let writing = async move { pieces.write(number, &piece).await };
                running.writing = Some(writing.boxed_local());
                None
            }
            NextPiece::Finished { written, problem } => {
                self.running = None;
                self.page.session.recording.running.set(None);
                Some(EndedRecording {
                    is_empty: written == 0,
                    problem,
                })
            }
        }
    }
}
