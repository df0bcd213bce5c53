//! The own camera and microphone: asking for them, holding their tracks, letting go.
//!
//! Invariant: a track is either held here and live, or stopped. What arrives after it was given up is stopped at once,
//! so no light stays on by accident.

use std::task::{Context, Poll};

use futures::StreamExt;
use futures::future::{FutureExt, LocalBoxFuture};
use futures::stream::FuturesUnordered;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, MediaDevices, MediaStreamTrack, Window};

use super::asking::{Outcome, ask, devices_of};
use super::constraints::Choice;
use super::js::{self, HintedTrack};
use super::listener::Listener;
use super::report::{Report, Reporter};
use crate::room::{DeviceId, DeviceKind, MediaCommand, MediaEvent};

/// The devices of this page.
pub(super) struct Captures {
    devices: Option<MediaDevices>,
    microphone: Holder,
    camera: Holder,
    microphone_enabled: bool,
    requests: u32,
    under_way: FuturesUnordered<LocalBoxFuture<'static, Vec<Outcome>>>,
    reporter: Reporter,
    _device_change: Option<Listener>,
}

/// What is held of one source.
#[derive(Default)]
enum Holder {
    #[default]
    Nothing,
    /// The browser was asked, under this number.
    Waiting(u32),
    /// A live track, asked for under this number, and the listener for its end.
    Holding {
        track: MediaStreamTrack,
        number: u32,
        _ended: Listener,
    },
}

impl Captures {
    /// Nothing is asked for yet.
    pub(super) fn new(window: &Window, reporter: Reporter) -> Self {
        let devices = js::property(&window.navigator(), "mediaDevices")
            .map(|devices| devices.unchecked_into::<MediaDevices>());
        let device_change = devices.as_ref().map(|devices| {
            let reporter = reporter.clone();
            Listener::new(devices, "devicechange", move |_: Event| {
                reporter.report(Report::DevicesChanged);
            })
        });
        Self {
            devices,
            microphone: Holder::Nothing,
            camera: Holder::Nothing,
            microphone_enabled: true,
            requests: 0,
            under_way: FuturesUnordered::new(),
            reporter,
            _device_change: device_change,
        }
    }

    /// The live track of this source.
    pub(super) fn track(&self, kind: DeviceKind) -> Option<&MediaStreamTrack> {
        match self.holder(kind)? {
            Holder::Holding { track, .. } => Some(track),
            Holder::Nothing | Holder::Waiting(_) => None,
        }
    }

    /// Performs what the model decided.
    pub(super) fn perform(&mut self, command: MediaCommand) {
        match command {
            MediaCommand::Capture { microphone, camera } => self.capture(microphone, camera),
            MediaCommand::Stop(kind) => self.stop(kind),
            MediaCommand::EnableMicrophone(enabled) => {
                self.microphone_enabled = enabled;
                if let Some(track) = self.track(DeviceKind::Microphone) {
                    track.set_enabled(enabled);
                }
            }
        }
    }

    /// Stops a source; what was asked for and comes later is stopped then.
    pub(super) fn stop(&mut self, kind: DeviceKind) {
        if let Some(holder) = self.holder_mut(kind) {
            if let Holder::Holding { track, .. } = holder {
                track.stop();
            }
            *holder = Holder::Nothing;
        }
    }

    /// Lists the devices again.
    pub(super) fn list(&mut self) {
        let Some(listing) = self
            .devices
            .as_ref()
            .and_then(|devices| devices.enumerate_devices().ok())
        else {
            return;
        };
        let listed = JsFuture::from(listing).map(|listed| match listed {
            Ok(infos) => vec![Outcome::Listed(devices_of(&infos))],
            Err(_) => Vec::new(),
        });
        self.under_way.push(listed.boxed_local());
    }

    /// The next outcomes of what is under way.
    pub(super) fn poll_outcomes(&mut self, context: &mut Context<'_>) -> Poll<Vec<Outcome>> {
        match self.under_way.poll_next_unpin(context) {
            Poll::Ready(Some(outcomes)) => Poll::Ready(outcomes),
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }

    /// Takes an outcome in; what is left of it is for the model.
    pub(super) fn take(&mut self, outcome: Outcome) -> Option<MediaEvent> {
        let (kind, number, result) = match outcome {
            Outcome::Listed(devices) => return Some(MediaEvent::Devices(devices)),
            Outcome::Captured(kind, number, result) => (kind, number, result),
        };
        let awaited = matches!(self.holder(kind), Some(Holder::Waiting(at)) if *at == number);
        match result {
            Ok(track) if awaited => Some(self.hold(kind, number, track)),
            Ok(track) => {
                track.stop();
                None
            }
            Err(problem) if awaited => {
                self.stop(kind);
                Some(MediaEvent::Failed(kind, problem))
            }
            Err(_) => None,
        }
    }

    /// Whether the capture with this number is the one held; if so it is let go, for its track has ended.
    pub(super) fn ended(&mut self, kind: DeviceKind, number: u32) -> bool {
        let current =
            matches!(self.holder(kind), Some(Holder::Holding { number: at, .. }) if *at == number);
        if current {
            self.stop(kind);
        }
        current
    }

    fn hold(&mut self, kind: DeviceKind, number: u32, track: MediaStreamTrack) -> MediaEvent {
        let hint = match kind {
            DeviceKind::Camera => "motion",
            DeviceKind::Microphone | DeviceKind::Speaker => {
                track.set_enabled(self.microphone_enabled);
                "speech"
            }
        };
        track.unchecked_ref::<HintedTrack>().set_content_hint(hint);
        let ended = {
            let reporter = self.reporter.clone();
            Listener::new(&track, "ended", move |_: Event| {
                reporter.report(Report::TrackEnded(kind, number));
            })
        };
        let device = track.get_settings().get_device_id().map(DeviceId);
        if let Some(holder) = self.holder_mut(kind) {
            *holder = Holder::Holding {
                track,
                number,
                _ended: ended,
            };
        }
        MediaEvent::Started(kind, device)
    }

    fn capture(&mut self, microphone: Option<Choice>, camera: Option<Choice>) {
        self.requests = self.requests.wrapping_add(1);
        let number = self.requests;
        // A phone gives one camera at a time: the old one goes before the new one is asked for.
        for (kind, asked) in [
            (DeviceKind::Microphone, microphone.is_some()),
            (DeviceKind::Camera, camera.is_some()),
        ] {
            if asked {
                self.stop(kind);
                if let Some(holder) = self.holder_mut(kind) {
                    *holder = Holder::Waiting(number);
                }
            }
        }
        let devices = self.devices.clone();
        self.under_way
            .push(ask(devices, number, microphone, camera).boxed_local());
    }

    fn holder(&self, kind: DeviceKind) -> Option<&Holder> {
        match kind {
            DeviceKind::Microphone => Some(&self.microphone),
            DeviceKind::Camera => Some(&self.camera),
            DeviceKind::Speaker => None,
        }
    }

    fn holder_mut(&mut self, kind: DeviceKind) -> Option<&mut Holder> {
        match kind {
            DeviceKind::Microphone => Some(&mut self.microphone),
            DeviceKind::Camera => Some(&mut self.camera),
            DeviceKind::Speaker => None,
        }
    }
}

impl Drop for Captures {
    fn drop(&mut self) {
        self.stop(DeviceKind::Microphone);
        self.stop(DeviceKind::Camera);
    }
}
