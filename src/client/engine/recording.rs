//! The recording's side of the engine: what is painted and heard, the order of the pieces, and who is told.

use std::task::{Context, Poll};

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use leptos::prelude::*;
use web_sys::Blob;

use super::Engine;
use crate::client::browser::js;
use crate::client::recorder::{HEIGHT, Pieces, Recorder, RecorderEvent, Scene, Sources, WIDTH};
use crate::client::second_wasm;
use crate::protocol::MediaState;
use crate::room::media::recording::{NextPiece, PieceQueue, Queued, RecordingProblem};
use crate::room::messaging::MessagingAction;
use crate::room::messaging::recorders::Recording;
use crate::room::stage::{TileId, places};
use crate::room::{Moment, Notice, Participant, TrackKind};
use crate::session::recording::{RecordingAction, RecordingKind, RunningRecording};

/// Between two tiles of the picture, in pixels.
const GAP: f64 = 8.0;

/// What is under way of recording.
pub(super) struct Recordings {
    pieces: Pieces,
    running: Option<ActiveRecording>,
    /// Looks for pieces of an earlier visit.
    looking: Option<LocalBoxFuture<'static, bool>>,
}

struct ActiveRecording {
    recorder: Recorder,
    since: Moment,
    queue: PieceQueue<Blob>,
    writing: Option<LocalBoxFuture<'static, Result<(), RecordingProblem>>>,
    bytes: f64,
}

/// What wakes the engine.
pub(super) enum RecordingInput {
    Looked(bool),
    Recorder(RecorderEvent),
    Written(Result<(), RecordingProblem>),
}

impl Recordings {
    pub(super) fn new(pieces: Pieces) -> Self {
        let look = pieces.clone();
        Self {
            pieces,
            running: None,
            looking: Some(async move { look.exist().await }.boxed_local()),
        }
    }

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
}

impl Engine {
    /// Does what the user wants of recording.
    pub(super) fn grant_recording(&mut self, wish: RecordingAction) {
        match wish {
            RecordingAction::Start(kind) => self.start_recording(kind),
            RecordingAction::Stop => self.stop_recording(),
            RecordingAction::SaveUnfinished => {
                self.session.recording.unfinished.set(false);
                self.hand_over(None);
            }
            RecordingAction::DiscardUnfinished => {
                self.session.recording.unfinished.set(false);
                let pieces = self.recordings.pieces.clone();
                let discarding = async move { pieces.discard().await };
                self.errands.push(discarding.map(|()| None).boxed_local());
            }
        }
    }

    pub(super) fn take_recording_input(&mut self, input: RecordingInput) {
        if let RecordingInput::Looked(found) = input {
            self.session.recording.unfinished.set(found);
        }
        let Some(running) = &mut self.recordings.running else {
            return;
        };
        let mut too_slow = false;
        match input {
            RecordingInput::Looked(_) => {}
            RecordingInput::Recorder(RecorderEvent::Paint) => return self.paint_recording(),
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
            self.tell(Notice::RecordingTooSlow);
        }
        self.write_next_piece();
    }

    /// Hears who came, and shows how much there is.
    pub(super) fn follow_recording(&mut self) {
        if self.recordings.running.is_none() {
            return;
        }
        let mut sources = self.recording_sources();
        for kind in [TrackKind::Microphone, TrackKind::ScreenAudio] {
            let own = self.tracks.stream_of(kind);
            sources.extend(own.map(|stream| ((Participant::Me, kind), stream)));
        }
        if let Some(running) = &mut self.recordings.running {
            running.recorder.mix(&sources);
            let shown = RunningRecording {
                since: running.since,
                bytes: running.bytes as u64,
            };
            self.session.recording.running.set(Some(shown));
        }
    }

    /// Ends the recording, if there is one; its file is handed over once the last piece is written.
    pub(super) fn stop_recording(&mut self) {
        if let Some(running) = &self.recordings.running {
            running.recorder.stop();
        }
    }

    fn start_recording(&mut self, kind: RecordingKind) {
        if self.recordings.running.is_some() || self.talk.is_none() {
            return;
        }
        if self.session.recording.unfinished.get_untracked() {
            self.tell(Notice::RecordingUnfinished);
            return;
        }
        let able = js::property(&self.window, "MediaRecorder").is_some()
            && self.recordings.pieces.have_a_place();
        let recorder = if able {
            Recorder::start(&self.window, kind).ok()
        } else {
            None
        };
        let Some(recorder) = recorder else {
            self.tell(Notice::RecordingUnavailable);
            return;
        };
        self.recordings.running = Some(ActiveRecording {
            recorder,
            since: self.clock.now(),
            queue: PieceQueue::default(),
            writing: None,
            bytes: 0.0,
        });
        self.intend_talk(MessagingAction::SetRecording(Recording::On));
        self.follow_recording();
        self.paint_recording();
    }

    /// Writes one piece after the other, and ends when there is none left.
    fn write_next_piece(&mut self) {
        let Some(running) = &mut self.recordings.running else {
            return;
        };
        match running.queue.next_piece() {
            NextPiece::Wait => {}
            NextPiece::Write(number, piece) => {
                running.bytes += piece.size();
                let pieces = self.recordings.pieces.clone();
                let writing = async move { pieces.write(number, &piece).await };
                running.writing = Some(writing.boxed_local());
            }
            NextPiece::Finished { written, problem } => {
                self.recordings.running = None;
                self.session.recording.running.set(None);
                self.intend_talk(MessagingAction::SetRecording(Recording::Off));
                if written > 0 {
                    self.hand_over(problem);
                } else if problem.is_some() {
                    self.tell(Notice::RecordingFailed);
                }
            }
        }
    }

    fn hand_over(&mut self, problem: Option<RecordingProblem>) {
        let pieces = self.recordings.pieces.clone();
        let room = self.window.location().pathname().unwrap_or_default();
        let room = room.rsplit('/').next().unwrap_or_default();
        let day = String::from(js_sys::Date::new_0().to_iso_string());
        let day: String = day.chars().take(16).collect();
        let name = ["visavis-", room, "-", &day.replace(':', "")].concat();
        let handing = async move {
            let handed = match second_wasm::parts().await {
                Ok(parts) => (parts.hand_over)(pieces, name).await,
                Err(_) => Err(RecordingProblem::NoPlace),
            };
            Some(match (problem, handed) {
                (Some(RecordingProblem::Full), _) => Notice::RecordingFull,
                (Some(RecordingProblem::NoPlace), _) | (_, Err(_)) => Notice::RecordingFailed,
                (None | Some(RecordingProblem::TooSlow), Ok(())) => Notice::RecordingSaved,
            })
        };
        self.errands.push(handing.boxed_local());
    }

    fn paint_recording(&mut self) {
        let wanted = self.recordings.running.as_ref();
        if !wanted.is_some_and(|running| running.recorder.paints()) {
            return;
        }
        let scene = self.recording_scene();
        let sources = self.recording_sources();
        if let Some(running) = &mut self.recordings.running {
            running.recorder.paint(&scene, &sources);
        }
    }

    fn recording_sources(&self) -> Sources {
        self.session.streams.with_untracked(|streams| {
            streams
                .iter()
                .map(|(key, stream)| (key.clone(), Clone::clone(&**stream)))
                .collect()
        })
    }

    /// The tiles as the stage shows them, on a picture of another size.
    fn recording_scene(&self) -> Vec<Scene> {
        let (width, height) = (f64::from(WIDTH), f64::from(HEIGHT));
        let own = self.session.media.with_untracked(|media| media.sent());
        self.session.stage_view.with_untracked(|view| {
            self.session.state.with_untracked(|state| {
                let Some(call) = state.call() else {
                    return Vec::new();
                };
                let about = |participant: &Participant| -> Option<(String, MediaState)> {
                    match participant {
                        Participant::Me => Some((call.name.to_string(), own)),
                        Participant::Peer(id) => {
                            let person = call.person(id)?;
                            Some((person.name.to_string(), person.media))
                        }
                    }
                };
                let places = places(view, width, height, GAP, 0);
                let tiles = view.tiles().zip(places);
                tiles
                    .filter_map(|(tile, place)| {
                        let (name, media) = about(tile.participant())?;
                        let (kind, live) = match tile {
                            TileId::Camera(_) => (TrackKind::Camera, media.video),
                            TileId::Screen(_) => (TrackKind::ScreenVideo, media.screen),
                        };
                        Some(Scene {
                            participant: tile.participant().clone(),
                            kind,
                            place,
                            initials: name.chars().take(1).collect(),
                            name,
                            live,
                        })
                    })
                    .collect()
            })
        })
    }
}
