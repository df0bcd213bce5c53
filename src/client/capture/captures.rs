//! The own camera and microphone: asking for them, holding their tracks, letting go.
//!
//! Invariant: a track is held here and live, or retired and stopped a moment later, once its successor is sent in its
//! place; or stopped. What arrives after it was given up is stopped at once, so no light stays on by accident.

use std::task::{Context, Poll};

use futures::StreamExt;
use futures::future::{FutureExt, LocalBoxFuture};
use futures::stream::FuturesUnordered;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, MediaDevices, MediaStreamTrack, Window};

use super::constraints::{Choice, running_constraints};
use super::get_user_media::{Outcome, ask, devices_of};
use crate::client::browser::js;
use crate::client::browser::js::HintedTrack;
use crate::client::browser::listener::Listener;
use crate::client::browser::timer::Timeout;
use crate::client::report::{Report, Reporter};
use crate::room::media::settings::CaptureSettings;
use crate::room::{DeviceId, DeviceKind, MediaCommand, MediaEvent};

/// So long it takes at most until a track's successor is sent in its place, in ms.
const REPLACED_MS: u64 = 250;

/// The devices of this page.
pub(crate) struct Captures {
    /// Timers are set with this.
    window: Window,
    /// The browser's devices are asked for here; `None` where a page may not ask.
    devices: Option<MediaDevices>,
    /// The microphone is held like this.
    microphone: Holder,
    /// The camera is held like this.
    camera: Holder,
    /// The microphone's tracks are enabled or not: it is muted without being stopped.
    microphone_enabled: bool,
    /// The devices are asked for with these constraints.
    settings: CaptureSettings,
    /// These tracks have a successor and are stopped once it is sent in their place.
    retired: Vec<MediaStreamTrack>,
    /// It ends when what is retired is sent no more.
    retirement: Option<Timeout>,
    /// The last request had this number: answers to earlier ones are told from it.
    requests: u32,
    /// The browser works on these requests.
    under_way: FuturesUnordered<LocalBoxFuture<'static, Vec<Outcome>>>,
    /// The end of a track and a change of devices are reported here.
    reporter: Reporter,
    /// The listener for `devicechange` stays as long as this.
    _device_change: Option<Listener>,
}

/// One source is held like this.
#[derive(Default)]
enum Holder {
    /// The source is neither held nor asked for.
    #[default]
    Nothing,
    /// The browser was asked, under this number.
    Waiting(u32),
    /// A live track is held, and its successor may be asked for.
    Holding {
        /// The track is sent, or is muted.
        track: MediaStreamTrack,
        /// The track was asked for under this number.
        number: u32,
        /// The track's successor is asked for under this number; `None` while it needs none.
        awaited: Option<u32>,
        /// The listener tells when the track ends by itself.
        _ended: Listener,
    },
}

impl Captures {
    /// Nothing is asked for yet.
    pub(crate) fn new(window: &Window, reporter: Reporter) -> Self {
        let devices = js::property(&window.navigator(), "mediaDevices")
            .map(|devices| devices.unchecked_into::<MediaDevices>());
        let device_change = devices.as_ref().map(|devices| {
            let reporter = reporter.clone();
            Listener::new(devices, "devicechange", move |_: Event| {
                reporter.report(Report::DevicesChanged);
            })
        });
        Self {
            window: window.clone(),
            devices,
            microphone: Holder::Nothing,
            camera: Holder::Nothing,
            microphone_enabled: true,
            settings: CaptureSettings::default(),
            retired: Vec::new(),
            retirement: None,
            requests: 0,
            under_way: FuturesUnordered::new(),
            reporter,
            _device_change: device_change,
        }
    }

    /// The live track of this source.
    pub(crate) fn track(&self, kind: DeviceKind) -> Option<&MediaStreamTrack> {
        match self.holder(kind)? {
            Holder::Holding { track, .. } => Some(track),
            Holder::Nothing | Holder::Waiting(_) => None,
        }
    }

    /// Captures like this from the next command on.
    pub(crate) fn configure(&mut self, settings: CaptureSettings) {
        self.settings = settings;
    }

    /// Stops what has a successor, which is sent by now.
    pub(crate) fn stop_retired(&mut self) {
        for track in self.retired.drain(..) {
            track.stop();
        }
    }

    /// Performs what the model decided, as far as it concerns capturing.
    pub(crate) fn perform(&mut self, command: MediaCommand) {
        match command {
            MediaCommand::Capture { microphone, camera } => self.capture(microphone, camera),
            MediaCommand::Stop(kind) => self.stop(kind),
            MediaCommand::EnableMicrophone(enabled) => {
                self.microphone_enabled = enabled;
                if let Some(track) = self.track(DeviceKind::Microphone) {
                    track.set_enabled(enabled);
                }
            }
            MediaCommand::Constrain(kind) => self.constrain(kind),
            MediaCommand::Notify(_) | MediaCommand::Offer(..) => {}
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
    pub(crate) fn list(&mut self) {
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
    pub(crate) fn poll_outcomes(&mut self, context: &mut Context<'_>) -> Poll<Vec<Outcome>> {
        match self.under_way.poll_next_unpin(context) {
            Poll::Ready(Some(outcomes)) => Poll::Ready(outcomes),
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }

    /// Takes an outcome in; what is left of it is for the model.
    pub(crate) fn take(&mut self, outcome: Outcome) -> Option<MediaEvent> {
        let (kind, number, result) = match outcome {
            Outcome::Listed(devices) => return Some(MediaEvent::Devices(devices)),
            Outcome::Unconstrained(kind, number) => {
                let current = matches!(self.holder(kind), Some(Holder::Holding { number: at, .. }) if *at == number);
                return current.then_some(MediaEvent::Unconstrained(kind));
            }
            Outcome::Captured(kind, number, result) => (kind, number, result),
        };
        let awaited = match self.holder(kind) {
            Some(Holder::Waiting(at)) => *at == number,
            Some(Holder::Holding { awaited, .. }) => *awaited == Some(number),
            Some(Holder::Nothing) | None => false,
        };
        match result {
            Ok(track) if awaited => Some(self.hold(kind, number, track)),
            Ok(track) => {
                track.stop();
                None
            }
            Err(problem) if awaited => {
                match self.holder_mut(kind) {
                    Some(Holder::Holding { awaited, .. }) => *awaited = None,
                    Some(holder) => *holder = Holder::Nothing,
                    None => {}
                }
                Some(MediaEvent::Failed(kind, problem))
            }
            Err(_) => None,
        }
    }

    /// Whether the capture with this number is the one held; if so it is let go, for its track has ended.
    pub(crate) fn ended(&mut self, kind: DeviceKind, number: u32) -> bool {
        let successor = match self.holder(kind) {
            Some(Holder::Holding {
                number: at,
                awaited,
                ..
            }) if *at == number => *awaited,
            _ => return false,
        };
        self.stop(kind);
        if let (Some(holder), Some(successor)) = (self.holder_mut(kind), successor) {
            *holder = Holder::Waiting(successor);
        }
        true
    }

    fn constrain(&mut self, kind: DeviceKind) {
        let Some(Holder::Holding { track, number, .. }) = self.holder(kind) else {
            return;
        };
        let (track, number) = (Clone::clone(track), *number);
        let Some(constraints) = running_constraints(&self.settings) else {
            return;
        };
        let constraining = track.apply_constraints_with_constraints(constraints.unchecked_ref());
        let refused = async move {
            let applied = match constraining {
                Ok(constraining) => JsFuture::from(constraining).await,
                Err(exception) => Err(exception),
            };
            match applied {
                Ok(_) => Vec::new(),
                Err(_) => vec![Outcome::Unconstrained(kind, number)],
            }
        };
        self.under_way.push(refused.boxed_local());
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
            let held = std::mem::replace(
                holder,
                Holder::Holding {
                    track,
                    number,
                    awaited: None,
                    _ended: ended,
                },
            );
            if let Holder::Holding { track, .. } = held {
                self.retired.push(track);
                let reporter = self.reporter.clone();
                self.retirement = Some(Timeout::new(&self.window, REPLACED_MS, move || {
                    reporter.report(Report::TracksReplaced);
                }));
            }
        }
        MediaEvent::Started(kind, device)
    }

    fn capture(&mut self, microphone: Option<Choice>, camera: Option<Choice>) {
        self.requests = self.requests.wrapping_add(1);
        let number = self.requests;
        for (kind, asked) in [
            (DeviceKind::Microphone, microphone.is_some()),
            (DeviceKind::Camera, camera.is_some()),
        ] {
            if asked {
                match self.holder_mut(kind) {
                    Some(Holder::Holding { awaited, .. }) => *awaited = Some(number),
                    Some(holder) => *holder = Holder::Waiting(number),
                    None => {}
                }
            }
        }
        let devices = self.devices.clone();
        self.under_way
            .push(ask(devices, self.settings.clone(), number, microphone, camera).boxed_local());
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
        self.stop_retired();
    }
}
