//! What the model wants of camera and microphone, which are files here, and what arrives to be saved.

use std::sync::Arc;

use super::driver::Engine;
use super::media::name;
use crate::device::connection::report::ConnectionOrder;
use crate::device::exit::JoinEnd;
use crate::device::media::frame::MediaFrame;
use crate::device::media::played::Played;
use crate::device::media::player::Player;
use crate::device::media::recorder::{Loss, RecordedTrack};
use crate::device::media::stint::Stint;
use crate::device::words;
use crate::room::{
    CapturedPictures, DeviceKind, MediaCommand, MediaEvent, MediaProblem, PathId, VisitEvent,
};

/// The pictures of a file are taken to be so many pixels high, and so many a second.
const USUAL_PICTURES: (u32, f64) = (720, 30.0);

impl Engine {
    /// Does something with what is sent: it begins with the wish for it, as a camera would.
    pub(super) fn command_media(&mut self, command: MediaCommand) {
        match command {
            MediaCommand::Capture { microphone, camera } => {
                if microphone.is_some() {
                    self.start(DeviceKind::Microphone);
                }
                if camera.is_some() {
                    self.start(DeviceKind::Camera);
                }
            }
            MediaCommand::Stop(kind) => self.stop(kind),
            MediaCommand::EnableMicrophone(_)
            | MediaCommand::Constrain(_)
            | MediaCommand::Notify(_)
            | MediaCommand::Offer(..) => {}
        }
    }

    fn start(&mut self, kind: DeviceKind) {
        let is_playing = self.media.players.iter().any(|player| player.kind == kind);
        let event = match self.options.source(kind).clone() {
            Some(_) if is_playing => MediaEvent::Started(kind, None),
            Some(source) => match Player::start(source, kind) {
                Ok(player) => {
                    self.media.players.push(player);
                    MediaEvent::Started(kind, None)
                }
                Err(_) => MediaEvent::Failed(kind, MediaProblem::DeviceBusy),
            },
            None => MediaEvent::Failed(kind, MediaProblem::NoDevice),
        };
        self.pending.push_back(VisitEvent::Media(event));
        self.tell_of_pictures();
    }

    fn stop(&mut self, kind: DeviceKind) {
        self.media.players.retain(|player| player.kind != kind);
        self.tell_of_pictures();
    }

    /// Tells the model whether there are pictures to be sent. What is in a file is sent as it is, whatever its size.
    fn tell_of_pictures(&mut self) {
        let mut players = self.media.players.iter();
        let is_playing = players.any(|player| player.kind == DeviceKind::Camera);
        self.pending
            .push_back(VisitEvent::Captured(CapturedPictures {
                camera: is_playing.then_some(USUAL_PICTURES),
                screen: false,
            }));
    }

    /// Takes what a source plays.
    pub(super) fn take_played(&mut self, kind: DeviceKind, played: Played) {
        match played {
            Played::Frame(frame) => {
                let frame = Arc::new(frame);
                let paths: Vec<PathId> = self.connections.keys().copied().collect();
                for path in paths {
                    self.order(path, ConnectionOrder::Play(kind, Arc::clone(&frame)));
                }
            }
            Played::Ended => {
                self.stop(kind);
                *self.options.source(kind) = None;
                self.hand(VisitEvent::Media(MediaEvent::Ended(kind)));
            }
            Played::Broken(error) => {
                let source = self.options.source(kind).as_ref();
                let name = source.map_or_else(String::new, name);
                let words = words::unusable_media(&name, error);
                self.leave();
                self.end = Some(JoinEnd::Invalid(words));
            }
        }
    }

    /// Saves what arrived over a path, unless the same comes over another that is the chosen one.
    pub(super) fn take_media(&mut self, path: PathId, stint: Stint, frame: MediaFrame) {
        let is_there = |path: PathId| self.connections.contains_key(&path);
        if !self.choices.takes(&stint, path, is_there) {
            return;
        }
        let Some(connection) = self.connections.get(&path) else {
            return;
        };
        let track = RecordedTrack {
            stint,
            path,
            generation: connection.generation,
        };
        let recorder = self.media.recorder.as_mut();
        let (code, message) = match recorder.and_then(|it| it.record(track, frame)) {
            Some(Loss::Slow) => ("disk-too-slow", words::DISK_TOO_SLOW),
            Some(Loss::Over) => ("not-saved", words::NOT_SAVED_ANY_MORE),
            None => return,
        };
        self.tell_of_trouble(code, message.to_owned());
    }
}
