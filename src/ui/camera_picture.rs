//! A `<video>` that shows one track of one participant.
//!
//! Invariant: the element stays the same while it is shown; only its stream changes. It is always muted: voices are
//! played by elements of their own.

use leptos::html;
use leptos::prelude::*;

use crate::room::{Participant, TrackKind};
use crate::session::Session;

/// How much taller or wider than its frame a picture may be before it is shown whole instead of filling the frame.
const TOLERATED_MISMATCH: f64 = 1.9;

/// Shows a participant's track as soon as there is one.
#[component]
pub fn Picture(
    /// Whose.
    participant: Participant,
    /// Which.
    kind: TrackKind,
) -> impl IntoView {
    let session = Session::expect();
    let video = NodeRef::<html::Video>::new();
    let mirrored = participant == Participant::Me && kind == TrackKind::Camera;
    Effect::new(move |_| {
        let Some(video) = video.get() else {
            return;
        };
        let stream = session.stream(&participant, kind);
        if video.src_object() != stream {
            video.set_muted(true);
            video.set_src_object(stream.as_ref());
        }
    });
    let fit = move || {
        let Some(video) = video.get_untracked() else {
            return;
        };
        let picture = f64::from(video.video_width()) / f64::from(video.video_height().max(1));
        let frame = f64::from(video.client_width()) / f64::from(video.client_height().max(1));
        let mismatch = (picture / frame).max(frame / picture);
        let fit = if mismatch > TOLERATED_MISMATCH {
            "contain"
        } else {
            "cover"
        };
        drop(video.set_attribute("data-fit", fit));
    };
    view! {
        <video
            node_ref=video
            class="picture"
            data-mirrored=mirrored.then_some("")
            autoplay
            playsinline
            muted
            prop:muted=true
            on:loadedmetadata=move |_| fit()
            on:resize=move |_| fit()
        ></video>
    }
}
