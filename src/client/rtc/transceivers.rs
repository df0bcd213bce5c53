//! The four transceivers of a connection, one for each [`TrackKind`], and what is attached to them.
//!
//! Invariant: nothing is remembered here; which transceiver is which is read from the connection every time, from
//! their order. So a rollback or an offer with fewer media sections cannot leave a stale picture.

use js_sys::Array;
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MediaStream, MediaStreamTrack, RtcRtpTransceiver, RtcRtpTransceiverDirection};

use crate::client::browser::js;
use crate::client::browser::js::{Connection, Sender};
use crate::room::Section;
use crate::room::hub::LineSample;
use crate::room::ordered::sort_few;
use crate::room::sending::{AudioTarget, SendTargets, VideoTarget};
use crate::room::{PathId, TrackKind, kinds_to_offer};

/// The local track of each kind, in the order of [`TrackKind::ALL`].
#[derive(Clone, Default)]
pub(crate) struct LocalTracks([Option<MediaStreamTrack>; TrackKind::ALL.len()]);

impl LocalTracks {
    /// Sets what is sent as `kind` (`None` sends nothing), and says whether that is a change.
    pub(crate) fn set(&mut self, kind: TrackKind, track: Option<MediaStreamTrack>) -> bool {
        let held = &mut self.0[kind as usize];
        let changed = *held != track;
        *held = track;
        changed
    }

    /// The shorter side of a captured picture in pixels, and its frames each second; `None` while there is none.
    pub(crate) fn picture(&self, kind: TrackKind) -> Option<(u32, f64)> {
        let settings = self.get(kind)?.get_settings();
        let side = |name| js::property(&settings, name).and_then(|side| side.as_f64());
        let lines = side("width")
            .unwrap_or(1280.0)
            .min(side("height").unwrap_or(720.0));
        let rate = side("frameRate").filter(|rate| *rate > 0.0);
        Some((lines as u32, rate.unwrap_or(30.0)))
    }

    /// The same without sound.
    pub(super) fn without_sound(&self) -> Self {
        let mut tracks = self.clone();
        tracks.set(TrackKind::Microphone, None);
        tracks.set(TrackKind::ScreenAudio, None);
        tracks
    }

    /// A stream of this track alone.
    pub(crate) fn stream_of(&self, kind: TrackKind) -> Option<MediaStream> {
        let stream = MediaStream::new().ok()?;
        stream.add_track(self.get(kind)?);
        Some(stream)
    }

    fn get(&self, kind: TrackKind) -> Option<&MediaStreamTrack> {
        self.0[kind as usize].as_ref()
    }
}

/// A transceiver begins like this.
#[derive(Serialize)]
struct TransceiverInit {
    /// Media may go this way.
    direction: &'static str,
}

/// Every transceiver may send and receive from the beginning, so that sending later needs no offer.
const SENDRECV: TransceiverInit = TransceiverInit {
    direction: "sendrecv",
};

/// The transceivers there are, by kind.
pub(super) fn slots(connection: &Connection) -> Vec<(TrackKind, RtcRtpTransceiver)> {
    by_kind(running(connection))
}

/// What these transceivers are for, by their order. Those with a media section come first, in its order (RFC 8829 section 5.10).
pub(super) fn by_kind(transceivers: Vec<RtcRtpTransceiver>) -> Vec<(TrackKind, RtcRtpTransceiver)> {
    let (negotiated, fresh): (Vec<_>, Vec<_>) = transceivers
        .into_iter()
        .partition(|transceiver| transceiver.mid().is_some());
    let mut taken: Vec<(TrackKind, RtcRtpTransceiver)> = Vec::new();
    for transceiver in negotiated.into_iter().chain(fresh) {
        let medium = medium(&transceiver);
        let free = TrackKind::ALL
            .into_iter()
            .find(|kind| kind.medium() == medium && taken.iter().all(|(other, _)| other != kind));
        if let Some(kind) = free {
            taken.push((kind, transceiver));
        }
    }
    sort_few(&mut taken, |(kind, _)| *kind);
    taken
}

/// When something that arrived was last played, in ms since the Epoch; 0 if nothing was within ten seconds. What a browser makes up
/// for what is missing does not count. W3C WebRTC section 5.3 (`RTCRtpReceiver.getSynchronizationSources`).
pub(super) fn last_played(connection: &Connection) -> f64 {
    let sources = running(connection)
        .into_iter()
        .flat_map(|transceiver| transceiver.receiver().get_synchronization_sources());
    let times = sources.filter_map(|source| js::property(&source, "timestamp")?.as_f64());
    times.fold(0.0, f64::max)
}

/// Looks at what sections of a path's connection played last: [`sample`], which comes with the second wasm.
pub(crate) type Sampler = fn(PathId, Vec<(Section, RtcRtpTransceiver)>, f64) -> Vec<LineSample>;

/// What each of these sections of a path's connection played last, at `now` (in ms since the Epoch).
pub(crate) fn sample(
    path: PathId,
    receivers: Vec<(Section, RtcRtpTransceiver)>,
    now: f64,
) -> Vec<LineSample> {
    let mut samples = Vec::new();
    for (section, receiver) in receivers {
        if let Some((rtp_timestamp, age_ms)) = last_timestamp(&receiver, now) {
            samples.push(LineSample {
                path,
                section,
                rtp_timestamp,
                age_ms,
            });
        }
    }
    samples
}

/// The RTP timestamp of what a transceiver played last, and how many ms before `now` that was; `None` if it played nothing within
/// ten seconds.
fn last_timestamp(transceiver: &RtcRtpTransceiver, now: f64) -> Option<(u32, u32)> {
    let sources = transceiver.receiver().get_synchronization_sources();
    // The latest comes first.
    let source = sources.into_iter().next()?;
    let number = |name| js::property(&source, name)?.as_f64();
    let age = now - number("timestamp")?;
    Some((number("rtpTimestamp")? as u32, age as u32))
}

/// Creates the transceivers that are missing, but for those the other side rejected: they were stopped, and asking for them
/// with every offer would change nothing.
///
/// # Errors
/// The browser's exception, when the connection is closed.
pub(super) fn complete(connection: &Connection) -> Result<(), JsValue> {
    let there: Vec<TrackKind> = slots(connection).iter().map(|(kind, _)| *kind).collect();
    let remote = connection.current_remote_description();
    let remote = remote.map_or_else(String::new, |description| description.sdp());
    for kind in kinds_to_offer(&there, &remote) {
        connection.add_transceiver_of_kind(kind.medium(), &js::dictionary(&SENDRECV))?;
    }
    Ok(())
}

/// After an offer was applied: sends on every transceiver it brought. Those of an own offer that was rolled back are not
/// adopted by it (RFC 8829 section 5.10 adopts those of `addTrack` only); they stay behind, silent. To stop them would ask
/// for a negotiation again and again, for nothing ever names them.
pub(super) fn adopt(connection: &Connection) {
    let running = running(connection);
    if running.iter().all(|one| one.mid().is_none()) {
        return;
    }
    for transceiver in running {
        let direction = match transceiver.mid() {
            Some(_) => RtcRtpTransceiverDirection::Sendrecv,
            None => RtcRtpTransceiverDirection::Inactive,
        };
        if transceiver.direction() != direction {
            transceiver.set_direction(direction);
        }
    }
}

/// Whether the connection has transceivers, but none that both sides know.
pub(super) fn are_unknown_to_the_other_side(connection: &Connection) -> bool {
    connection.current_remote_description().is_none() && connection.get_transceivers().length() > 0
}

/// Attaches the local tracks to these senders where they are not attached yet; nothing is renegotiated. The futures are to be awaited.
pub(super) fn attach(
    senders: Vec<(TrackKind, RtcRtpTransceiver)>,
    tracks: &LocalTracks,
) -> Vec<JsFuture> {
    let mut attaching = Vec::new();
    for (kind, transceiver) in senders {
        let sender = transceiver.sender();
        let wanted = tracks.get(kind);
        if sender.track().as_ref() != wanted {
            attaching.push(JsFuture::from(sender.replace_track(wanted)));
        }
    }
    attaching
}

/// Sends as much of each kind as `targets` say. Before the first negotiation there may be nothing to steer yet. A screen
/// rather loses frames than sharpness.
pub(super) fn steer(connection: &Connection, targets: &SendTargets) -> Vec<JsFuture> {
    let slots = slots(connection).into_iter();
    let steered = slots.filter_map(|(kind, transceiver)| {
        let sender: Sender = transceiver.sender().unchecked_into();
        let target = match kind {
            TrackKind::Microphone => Encoding::sound(targets.sound, targets.microphone),
            TrackKind::ScreenAudio => Encoding::sound(targets.sound, targets.screen_audio),
            TrackKind::Camera => Encoding::picture(targets.camera),
            TrackKind::ScreenVideo => Encoding::picture(targets.screen),
        };
        target.apply(&sender, kind)
    });
    steered.collect()
}

/// `RTCRtpEncodingParameters`; what is `None` stays as it is.
struct Encoding {
    /// The sender sends, or nothing is even encoded.
    active: bool,
    /// At most so much is sent, in bits/s.
    max_bitrate: Option<f64>,
    /// The picture is made smaller by this factor, at least 1.
    scale_resolution_down_by: Option<f64>,
    /// At most so many frames are sent each second.
    max_framerate: Option<f64>,
}

impl Encoding {
    fn sound(active: bool, target: AudioTarget) -> Self {
        Self {
            active,
            max_bitrate: Some(f64::from(target.max_bitrate)),
            scale_resolution_down_by: None,
            max_framerate: None,
        }
    }

    fn picture(target: VideoTarget) -> Self {
        match target {
            VideoTarget::Off => Self {
                active: false,
                max_bitrate: None,
                scale_resolution_down_by: None,
                max_framerate: None,
            },
            VideoTarget::On {
                max_bitrate,
                scale_resolution_down_by,
                max_framerate,
            } => Self {
                active: true,
                max_bitrate: Some(f64::from(max_bitrate)),
                scale_resolution_down_by: Some(scale_resolution_down_by),
                max_framerate: Some(max_framerate),
            },
        }
    }

    /// Sets what differs; `None` when nothing does.
    fn apply(&self, sender: &Sender, kind: TrackKind) -> Option<JsFuture> {
        let parameters = sender.parameters().ok()?;
        let encoding: JsValue = parameters.get_encodings()?.get(0);
        if !encoding.is_object() {
            return None;
        }
        let wanted = [
            ("active", Some(JsValue::from_bool(self.active))),
            ("maxBitrate", self.max_bitrate.map(JsValue::from_f64)),
            (
                "scaleResolutionDownBy",
                self.scale_resolution_down_by.map(JsValue::from_f64),
            ),
            ("maxFramerate", self.max_framerate.map(JsValue::from_f64)),
        ];
        let mut changed = false;
        for (name, value) in wanted {
            let Some(value) = value else {
                continue;
            };
            if js::property(&encoding, name).as_ref() != Some(&value) {
                js_sys::Reflect::set(&encoding, &name.into(), &value).ok()?;
                changed = true;
            }
        }
        if !changed {
            return None;
        }
        if kind == TrackKind::ScreenVideo {
            let (name, keep) = ("degradationPreference".into(), "maintain-resolution".into());
            js_sys::Reflect::set(&parameters, &name, &keep).ok()?;
        }
        Some(JsFuture::from(sender.parametrize(&parameters).ok()?))
    }
}

/// The transceivers there are, but those that were stopped.
pub(super) fn running(connection: &Connection) -> Vec<RtcRtpTransceiver> {
    let all: Array = connection.get_transceivers();
    all.iter()
        .map(|one| one.unchecked_into::<RtcRtpTransceiver>())
        .filter(|one| {
            js::property(one, "direction").and_then(|direction| direction.as_string())
                != Some("stopped".to_owned())
        })
        .collect()
}

/// The media type of a transceiver: `audio` or `video`.
pub(super) fn medium(transceiver: &RtcRtpTransceiver) -> String {
    transceiver.receiver().track().kind()
}
