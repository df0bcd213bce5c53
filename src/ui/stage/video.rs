//! A `<video>` that shows one track of one participant.
//!
//! Invariant: the element stays the same while it is shown; only its stream changes, and while it does the picture stays. It is
//! always muted: voices are played by elements of their own.

use leptos::html;
use leptos::prelude::*;
use web_sys::HtmlVideoElement;

use super::cover::StreamChange;
use crate::room::{Participant, TrackKind};
use crate::session::Session;
use crate::ui::kit::measure::{Size, inner_size};

/// A picture may be this many times taller or wider than its frame before it is shown whole instead of filling the
/// frame.
const TOLERATED_MISMATCH: f64 = 1.9;

/// Whether a picture of this kind fills its frame or is shown whole in it.
fn fit_of(kind: TrackKind, picture: Size, frame: Size) -> &'static str {
    match kind {
        // Nothing of a screen may be cut off.
        TrackKind::ScreenVideo => "contain",
        _ => fit(picture, frame),
    }
}

fn fit(picture: Size, frame: Size) -> &'static str {
    let sides = [picture.width, picture.height, frame.width, frame.height];
    if sides.iter().any(|side| *side <= 0.0) {
        return "cover";
    }
    let stretch = (picture.width / picture.height) / (frame.width / frame.height);
    if stretch.max(1.0 / stretch) > TOLERATED_MISMATCH {
        "contain"
    } else {
        "cover"
    }
}

/// The size of what an element shows.
fn size_of(video: &HtmlVideoElement) -> Size {
    Size {
        width: f64::from(video.video_width()),
        height: f64::from(video.video_height()),
    }
}

/// Shows a participant's track as soon as there is one.
#[component]
pub fn Picture(
    /// The picture is this participant's.
    participant: Participant,
    /// The picture is of the camera or of the screen.
    kind: TrackKind,
) -> impl IntoView {
    let session = Session::expect();
    let video = NodeRef::<html::Video>::new();
    let mirrored = participant == Participant::Me && kind == TrackKind::Camera;
    let frame = inner_size(video);
    let change = StreamChange::new();
    Effect::new(move |_| {
        let Some(video) = video.get() else {
            return;
        };
        let stream = session.picture(&participant, kind);
        change.show(&video, stream, move |cover| {
            let fit = fit_of(kind, size_of(cover), frame.get_untracked());
            drop(cover.set_attribute("data-fit", fit));
            if mirrored {
                drop(cover.set_attribute("data-mirrored", ""));
            }
        });
    });
    let picture = RwSignal::new(Size::default());
    let look = move || {
        if let Some(video) = video.get_untracked() {
            picture.set(size_of(&video));
        }
    };
    let fit = Memo::new(move |_| fit_of(kind, picture.get(), frame.get()));
    view! {
        <video
            node_ref=video
            class="picture"
            data-fit=move || fit.get()
            data-mirrored=mirrored.then_some("")
            autoplay
            playsinline
            muted
            prop:muted=true
            on:loadedmetadata=move |_| look()
            on:resize=move |_| look()
        ></video>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(width: f64, height: f64) -> Size {
        Size { width, height }
    }

    #[test]
    fn a_picture_fills_its_frame_unless_too_much_of_it_would_be_cut_off() {
        let webcam = size(1280.0, 720.0);
        assert_eq!(fit(webcam, size(400.0, 300.0)), "cover");
        assert_eq!(fit(webcam, size(300.0, 300.0)), "cover");
        assert_eq!(fit(webcam, size(300.0, 400.0)), "contain");
        assert_eq!(fit(size(720.0, 1280.0), size(1600.0, 900.0)), "contain");
    }

    #[test]
    fn a_picture_fills_its_frame_while_sizes_are_unknown() {
        assert_eq!(fit(Size::default(), size(400.0, 300.0)), "cover");
        assert_eq!(fit(size(640.0, 480.0), Size::default()), "cover");
    }
}
