//! What lies over a picture while its stream changes: a `<video>` loses its picture with its stream, and has none until a frame
//! of the new one came.
//!
//! Invariant: the `<video>` that is shown stays the same element, so what floats it, measures it or fills the screen with it
//! goes on; and it loses its picture only under a cover that has one.

use js_sys::{Function, Promise, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use send_wrapper::SendWrapper;
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlVideoElement, MediaStream};

/// A `<video>` has a picture from this state on (HTML section 4.8.11.7, `HAVE_CURRENT_DATA`).
const HAS_PICTURE: u16 = 2;

/// The first frame of a stream is waited for so long at most, in ms, before it is looked whether there is a picture all the same.
const FRAME_WITHIN_MS: i32 = 3_000;

/// A frame that was handed to the page is on the screen after so long, in ms, on slow machines too.
const PAINTED_AFTER_MS: i32 = 100;

/// A second `<video>` that plays the stream to come: on no page until it has a picture, then over the first one until that has
/// one as well. Dropping it takes it away.
struct Cover {
    /// The stream to come is played here.
    video: HtmlVideoElement,
    /// The stream to come.
    stream: MediaStream,
}

impl Drop for Cover {
    fn drop(&mut self) {
        self.video.remove();
        self.video.set_src_object(None);
    }
}

/// Changes the stream of one `<video>` without a moment in which it shows nothing. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct StreamChange(StoredValue<Option<SendWrapper<Cover>>>);

impl StreamChange {
    /// Nothing changes yet.
    pub(super) fn new() -> Self {
        Self(StoredValue::new(None))
    }

    /// Shows this stream in the `<video>`: at once while that shows nothing or nobody can see it, else as soon as there is a
    /// picture of the stream. `dress` makes the cover look like the `<video>`.
    pub(super) fn show(
        self,
        video: &HtmlVideoElement,
        stream: Option<MediaStream>,
        dress: impl FnOnce(&HtmlVideoElement) + 'static,
    ) {
        let is_coming = self.0.with_value(|cover| {
            let coming = cover.as_ref().map(|cover| &cover.stream);
            coming.is_some() && coming == stream.as_ref()
        });
        if is_coming {
            return;
        }
        self.0.set_value(None);
        if video.src_object() == stream {
            return;
        }
        let is_seen = video.owner_document().is_some_and(|page| !page.hidden());
        match stream {
            Some(stream) if is_seen && has_picture(video) => self.lead_over(video, stream, dress),
            stream => {
                video.set_muted(true);
                video.set_src_object(stream.as_ref());
            }
        }
    }

    fn lead_over(
        self,
        video: &HtmlVideoElement,
        stream: MediaStream,
        dress: impl FnOnce(&HtmlVideoElement) + 'static,
    ) {
        let page = video.owner_document().unwrap_or_else(document);
        let Ok(cover) = page.create_element("video") else {
            return;
        };
        let cover: HtmlVideoElement = cover.unchecked_into();
        cover.set_class_name("picture-cover");
        cover.set_muted(true);
        drop(cover.set_attribute("playsinline", ""));
        cover.set_src_object(Some(&stream));
        // It ends with an error when the cover is taken away before.
        let playing = cover.play().map(JsFuture::from);
        self.0.set_value(Some(SendWrapper::new(Cover {
            video: Clone::clone(&cover),
            stream: Clone::clone(&stream),
        })));
        let video: HtmlVideoElement = Clone::clone(video);
        spawn_local(async move {
            // What stands still is more than nothing: the stream may be held back for want of bandwidth.
            loop {
                frame_of(&cover).await;
                if !self.is_by(&cover) {
                    return;
                }
                if has_picture(&cover) {
                    break;
                }
            }
            dress(&cover);
            drop(video.after_with_node_1(&cover));
            painted().await;
            if !self.is_by(&cover) {
                return;
            }
            video.set_src_object(Some(&stream));
            frame_of(&video).await;
            painted().await;
            if self.is_by(&cover) {
                self.0.set_value(None);
            }
            drop(playing);
        });
    }

    /// Whether this cover is still the one that is wanted.
    fn is_by(self, cover: &HtmlVideoElement) -> bool {
        let is_by = |wanted: &Option<SendWrapper<Cover>>| {
            wanted.as_ref().is_some_and(|wanted| wanted.video == *cover)
        };
        self.0.try_with_value(is_by) == Some(true)
    }
}

/// Whether a frame of its stream is there.
fn has_picture(video: &HtmlVideoElement) -> bool {
    video.ready_state() >= HAS_PICTURE
}

/// Waits until a frame is handed to the page (WICG `HTMLVideoElement.requestVideoFrameCallback`), or until there is one where the
/// browser does not tell of each; and for [`FRAME_WITHIN_MS`] at most.
async fn frame_of(video: &HtmlVideoElement) {
    let frame = Promise::new(&mut |resolve, _| {
        let request = Reflect::get(video, &"requestVideoFrameCallback".into());
        match request.and_then(JsCast::dyn_into::<Function>) {
            Ok(request) => drop(request.call1(video, &resolve)),
            Err(_) => drop(video.add_event_listener_with_callback("loadeddata", &resolve)),
        }
        call_after(FRAME_WITHIN_MS, &resolve);
    });
    drop(JsFuture::from(frame).await);
}

/// Waits until a frame that the page was handed is on the screen.
async fn painted() {
    let painted = Promise::new(&mut |resolve, _| call_after(PAINTED_AFTER_MS, &resolve));
    drop(JsFuture::from(painted).await);
}

fn call_after(milliseconds: i32, function: &Function) {
    drop(window().set_timeout_with_callback_and_timeout_and_arguments_0(function, milliseconds));
}
