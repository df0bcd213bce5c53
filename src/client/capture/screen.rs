//! Capturing the own screen: the browser's picker, the tracks of what was picked, letting go.
//!
//! Invariant: a track is either held here and live, or stopped. What is picked after it was given up is stopped at once.

use std::task::{Context, Poll};

use futures::StreamExt;
use futures::future::{FutureExt, LocalBoxFuture};
use futures::stream::FuturesUnordered;
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, MediaStream, MediaStreamTrack, Window};

use crate::client::browser::clock::Clock;
use crate::client::browser::js;
use crate::client::browser::js::HintedTrack;
use crate::client::browser::listener::Listener;
use crate::client::report::{Report, Reporter};
use crate::room::Moment;
use crate::room::media::screen::{ScreenEvent, ScreenProblem};

/// `DisplayMediaStreamOptions` (W3C Screen Capture section 5.3). What a browser does not know, it ignores.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Options {
    /// The picture is asked for like this.
    video: Video,
    /// The sound is asked for like this.
    audio: Audio,
    /// The user may pick another tab without stopping, in the browser's own bar.
    surface_switching: &'static str,
    /// This very page would show itself in itself.
    self_browser_surface: &'static str,
    /// The browser offers the sound of the whole computer where it can.
    system_audio: &'static str,
}

/// The picture is asked for with these of `MediaTrackConstraints`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Video {
    /// The picture is at most this wide, in pixels.
    width: AtMost,
    /// The picture is at most this high, in pixels.
    height: AtMost,
    /// The picture has at most so many frames each second.
    frame_rate: AtMost,
    /// The pointer is part of the picture.
    cursor: &'static str,
}

/// Sound as it is: what helps a voice spoils music. `restrictOwnAudio` leaves out the voices this page plays, or everyone
/// would hear themselves.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Audio {
    /// The browser's echo cancellation is off.
    echo_cancellation: bool,
    /// The browser's noise suppression is off.
    noise_suppression: bool,
    /// The browser's automatic gain is off.
    auto_gain_control: bool,
    /// What this page plays is left out.
    restrict_own_audio: bool,
}

/// A constraint by an upper bound.
#[derive(Serialize)]
struct AtMost {
    /// More is scaled down.
    max: u32,
}

/// Every picker is opened with these.
const OPTIONS: Options = Options {
    video: Video {
        width: AtMost { max: 1920 },
        height: AtMost { max: 1080 },
        frame_rate: AtMost { max: 30 },
        cursor: "always",
    },
    audio: Audio {
        echo_cancellation: false,
        noise_suppression: false,
        auto_gain_control: false,
        restrict_own_audio: true,
    },
    surface_switching: "include",
    self_browser_surface: "exclude",
    system_audio: "include",
};

/// What a picker ended with.
pub(crate) struct Picked {
    /// The picker had this number.
    number: u32,
    /// The picker was opened then: one that ends at once was ended by no human.
    asked: Moment,
    /// The user picked this, or nothing was picked for this reason.
    result: Result<MediaStream, ScreenProblem>,
}

/// The capture of the own screen.
pub(crate) struct ScreenCapture {
    /// This is the browser's `mediaDevices`; it is `None` where it cannot capture a screen.
    devices: Option<JsValue>,
    /// This is captured; `None` while nothing is.
    held: Option<Held>,
    /// The picker with this number is waited for; `None` while none is.
    awaited: Option<u32>,
    /// The last picker had this number.
    pickers: u32,
    /// These pickers are open.
    under_way: FuturesUnordered<LocalBoxFuture<'static, Picked>>,
    /// The end of what is captured is reported here.
    reporter: Reporter,
}

/// A screen is captured.
struct Held {
    /// The picker had this number, under which the end is reported.
    number: u32,
    /// The picture is sent.
    video: MediaStreamTrack,
    /// The sound is sent, where the browser offers it.
    audio: Option<MediaStreamTrack>,
    /// The listener tells when the capture ends by itself.
    _ended: Listener,
}

impl ScreenCapture {
    /// Nothing is captured yet.
    pub(crate) fn new(window: &Window, reporter: Reporter) -> Self {
        Self {
            devices: js::property(&window.navigator(), "mediaDevices")
                .filter(|devices| js::property(devices, "getDisplayMedia").is_some()),
            held: None,
            awaited: None,
            pickers: 0,
            under_way: FuturesUnordered::new(),
            reporter,
        }
    }

    /// Whether this browser can capture a screen.
    pub(crate) fn is_supported(&self) -> bool {
        self.devices.is_some()
    }

    /// The picture of what is captured.
    pub(crate) fn video(&self) -> Option<&MediaStreamTrack> {
        self.held.as_ref().map(|held| &held.video)
    }

    /// Its sound, where the browser offers it.
    pub(crate) fn audio(&self) -> Option<&MediaStreamTrack> {
        self.held.as_ref()?.audio.as_ref()
    }

    /// Opens the browser's picker. Has to be called within a few seconds of a tap or a key.
    pub(crate) fn choose(&mut self, clock: &Clock) {
        self.pickers = self.pickers.wrapping_add(1);
        let (number, asked) = (self.pickers, clock.now());
        self.awaited = Some(number);
        let asking = self
            .devices
            .as_ref()
            .and_then(|devices| js::call(devices, "getDisplayMedia", &js::dictionary(&OPTIONS)));
        let picked = async move {
            let result = match asking {
                Some(asking) => JsFuture::from(js_sys::Promise::from(asking))
                    .await
                    .map(JsCast::unchecked_into)
                    .map_err(|exception| {
                        ScreenProblem::from_exception_name(&js::exception_name(&exception))
                    }),
                None => Err(ScreenProblem::Failed),
            };
            Picked {
                number,
                asked,
                result,
            }
        };
        self.under_way.push(picked.boxed_local());
    }

    /// What the next picker ended with.
    pub(crate) fn poll_picked(&mut self, context: &mut Context<'_>) -> Poll<Picked> {
        match self.under_way.poll_next_unpin(context) {
            Poll::Ready(Some(picked)) => Poll::Ready(picked),
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }

    /// Takes in what was picked; what is left of it is for the model.
    pub(crate) fn take(&mut self, picked: Picked, now: Moment) -> Option<ScreenEvent> {
        let awaited = self.awaited == Some(picked.number);
        if awaited {
            self.awaited = None;
        }
        match picked.result {
            Ok(stream) => match (awaited, video_of(&stream)) {
                (true, Some(video)) => {
                    self.hold(picked.number, video, &stream);
                    Some(ScreenEvent::Started)
                }
                _ => {
                    stop_all(&stream);
                    None
                }
            },
            Err(problem) => awaited.then(|| ScreenEvent::NotStarted {
                problem,
                after_ms: now.since(picked.asked),
            }),
        }
    }

    /// Stops what is captured; what is picked later is stopped then.
    pub(crate) fn stop(&mut self) {
        self.awaited = None;
        self.let_go();
    }

    /// Whether the capture with this number is the one held; if so it is let go, for its track has ended.
    pub(crate) fn ended(&mut self, number: u32) -> bool {
        let current = self.held.as_ref().is_some_and(|held| held.number == number);
        if current {
            self.let_go();
        }
        current
    }

    fn let_go(&mut self) {
        if let Some(held) = self.held.take() {
            held.video.stop();
            if let Some(audio) = held.audio {
                audio.stop();
            }
        }
    }

    fn hold(&mut self, number: u32, video: MediaStreamTrack, stream: &MediaStream) {
        self.let_go();
        video
            .unchecked_ref::<HintedTrack>()
            .set_content_hint("detail");
        let audio: Option<MediaStreamTrack> = stream.get_audio_tracks().get(0).dyn_into().ok();
        if let Some(audio) = &audio {
            audio
                .unchecked_ref::<HintedTrack>()
                .set_content_hint("music");
        }
        let reporter = self.reporter.clone();
        let ended = Listener::new(&video, "ended", move |_: Event| {
            reporter.report(Report::ScreenEnded(number));
        });
        self.held = Some(Held {
            number,
            video,
            audio,
            _ended: ended,
        });
    }
}

impl Drop for ScreenCapture {
    fn drop(&mut self) {
        self.stop();
    }
}

fn video_of(stream: &MediaStream) -> Option<MediaStreamTrack> {
    stream.get_video_tracks().get(0).dyn_into().ok()
}

fn stop_all(stream: &MediaStream) {
    for track in stream.get_tracks().iter() {
        track.unchecked_into::<MediaStreamTrack>().stop();
    }
}
