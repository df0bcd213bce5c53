//! A small window above all others with whoever speaks, or the shared screen, and the most needed buttons.
//!
//! Where the browser has Document Picture-in-Picture, an element of this page moves into that window, and moves home when
//! the window closes; elsewhere the browser floats the one `<video>`. Invariant: the window is open only while
//! [`Panels::floating`] says so, and never outlives the call.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::closure::Closure;
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::{Document, Element, EventTarget, HtmlVideoElement, Window};
use send_wrapper::SendWrapper;
use wasm_bindgen_futures::JsFuture;

use crate::room::stage::TileId;
use crate::room::{CallAction, Participant};
use crate::session::Session;
use crate::ui::controls::toggles::{CameraToggle, MicrophoneToggle};
use crate::ui::kit::avatar::Avatar;
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::open_panels::Panels;
use crate::ui::stage::spot::{leading_tile, track_of};
use crate::ui::stage::video::Picture;
use crate::ui::words;

/// The window has this size at first, in CSS pixels; the browser remembers how the user changed it.
const SIZE: (f64, f64) = (360.0, 260.0);

/// The browser can float one of these.
enum Support {
    /// A window with a document can float (WICG Document Picture-in-Picture).
    Document(JsValue),
    /// One video can float (W3C Picture-in-Picture).
    Video,
}

fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    js_sys::Reflect::get(object, &name.into())
        .ok()
        .filter(JsValue::is_truthy)
}

fn support() -> Option<Support> {
    property(&window(), "documentPictureInPicture")
        .map(Support::Document)
        .or_else(|| property(&document(), "pictureInPictureEnabled").map(|_| Support::Video))
}

fn call(object: &JsValue, method: &str, argument: &JsValue) -> Option<JsFuture> {
    let method: js_sys::Function = property(object, method)?.dyn_into().ok()?;
    let promise = method.call1(object, argument).ok()?;
    Some(JsFuture::from(js_sys::Promise::from(promise)))
}

/// Whether this browser can float anything.
pub fn is_supported() -> bool {
    support().is_some()
}

/// This floats now. Dropping it closes it.
struct Floating {
    /// Calling this closes what floats.
    close: Box<dyn Fn()>,
    /// The end of floating is heard on this target.
    target: EventTarget,
    /// The target fires an event of this type when what floats was closed.
    event_type: &'static str,
    /// The browser calls this then, so it is kept as long as the listener.
    closed: Closure<dyn FnMut()>,
}

impl Floating {
    fn new(
        target: EventTarget,
        event_type: &'static str,
        close: impl Fn() + 'static,
        closed: impl FnMut() + 'static,
    ) -> Self {
        let closed = Closure::<dyn FnMut()>::new(closed);
        // Fails only for a callback that is no function.
        drop(target.add_event_listener_with_callback(event_type, closed.as_ref().unchecked_ref()));
        Self {
            close: Box::new(close),
            target,
            event_type,
            closed,
        }
    }
}

impl Drop for Floating {
    fn drop(&mut self) {
        drop(self.target.remove_event_listener_with_callback(
            self.event_type,
            self.closed.as_ref().unchecked_ref(),
        ));
        (self.close)();
    }
}

/// Opens the window and moves `content` into it. `None` when the browser refuses.
async fn open_window(api: JsValue, content: Element, open: RwSignal<bool>) -> Option<Floating> {
    let size = js_sys::Object::new();
    for (name, value) in [("width", SIZE.0), ("height", SIZE.1)] {
        js_sys::Reflect::set(&size, &name.into(), &value.into()).ok()?;
    }
    let window: Window = call(&api, "requestWindow", &size)?
        .await
        .ok()?
        .unchecked_into();
    let home = content.parent_element()?;
    dress(&window.document()?, &content)?;
    let close = {
        let window = window.clone();
        move || {
            drop(home.append_child(&content));
            drop(window.close());
        }
    };
    let closed = move || {
        open.try_set(false);
    };
    Some(Floating::new(window.into(), "pagehide", close, closed))
}

/// Gives the new document our style sheet and icons, and the content.
fn dress(into: &Document, content: &Element) -> Option<()> {
    let page = document();
    let style = page.query_selector("link[rel=stylesheet]").ok()??;
    let copy: Element = style.clone_node_with_deep(false).ok()?.unchecked_into();
    let address = property(&style, "href")?.as_string()?;
    copy.set_attribute("href", &address).ok()?;
    into.query_selector("head")
        .ok()??
        .append_child(&copy)
        .ok()?;
    let body = into.query_selector("body").ok()??;
    let icons = page.query_selector("symbol").ok()??.closest("div").ok()??;
    body.append_child(&icons.clone_node_with_deep(true).ok()?)
        .ok()?;
    body.append_child(content).ok()?;
    into.set_title(&page.title());
    Some(())
}

/// Floats the one video that matters most. `None` when there is none, or the browser refuses.
async fn open_video(open: RwSignal<bool>) -> Option<Floating> {
    let video = document()
        .query_selector(".tile[data-leading] video")
        .ok()??;
    call(&video, "requestPictureInPicture", &JsValue::UNDEFINED)?
        .await
        .ok()?;
    let close = || {
        drop(call(
            &document(),
            "exitPictureInPicture",
            &JsValue::UNDEFINED,
        ));
    };
    let closed = move || {
        open.try_set(false);
    };
    let video: HtmlVideoElement = video.unchecked_into();
    Some(Floating::new(
        video.into(),
        "leavepictureinpicture",
        close,
        closed,
    ))
}

/// Opens and closes the window as [`Panels::floating`] says.
#[component]
pub fn PictureInPicture(
    /// These tell whether the small window is wanted, and learn when the user closed it.
    panels: Panels,
) -> impl IntoView {
    let open = panels.floating;
    let content = NodeRef::<html::Div>::new();
    let floating = StoredValue::new(None::<SendWrapper<Floating>>);
    Effect::new(move |_| {
        let content = content.get_untracked();
        if !open.get() {
            floating.set_value(None);
            return;
        }
        let (Some(content), Some(support)) = (content, support()) else {
            return;
        };
        spawn_local(async move {
            let opened = match support {
                Support::Document(api) => open_window(api, content.into(), open).await,
                Support::Video => open_video(open).await,
            };
            let refused = opened.is_none();
            // The call may be over by now, or the user may have changed their mind: then it closes at once.
            if open.try_get_untracked() == Some(true) {
                floating.try_set_value(opened.map(SendWrapper::new));
            }
            if refused {
                open.try_set(false);
            }
        });
    });
    view! {
        <div hidden>
            <div class="floating" node_ref=content>
                {move || open.get().then(|| view! { <Content/> })}
            </div>
        </div>
    }
}

/// Whose tile it is, in words.
fn caption(session: Session, tile: &TileId) -> String {
    let name = session.state.with(|state| {
        let call = state.call()?;
        match tile.participant() {
            Participant::Me => Some(call.name.to_string()),
            Participant::Peer(id) => call.person(id).map(|person| person.name.to_string()),
        }
    });
    name.unwrap_or_default()
}

#[component]
fn Content() -> impl IntoView {
    let session = Session::expect();
    let tile = Memo::new(move |_| leading_tile(session));
    let name = Memo::new(move |_| caption(session, &tile.get()));
    let live = Memo::new(move |_| {
        let tile = tile.get();
        let own = session.media.with(|media| media.sent());
        session.state.with(|state| {
            let media = match tile.participant() {
                Participant::Me => Some(own),
                Participant::Peer(id) => state.person(id).map(|person| person.media),
            };
            media.is_some_and(|media| match tile {
                TileId::Camera(_) => media.video,
                TileId::Screen(_) => media.screen,
            })
        })
    });
    view! {
        <div class="floating-face" data-live=move || live.get().then_some("")>
            <Avatar name/>
            {move || {
                let tile = tile.get();
                view! { <Picture participant=tile.participant().clone() kind=track_of(&tile)/> }
            }}
            <p class="tile-name">
                <span class="tile-name-text" dir="auto">{move || name.get()}</span>
            </p>
        </div>
        <div class="floating-controls">
            <MicrophoneToggle/>
            <CameraToggle/>
            <button
                type="button"
                class="leave"
                aria-label=words::buttons::LEAVE
                on:click=move |_| session.act(CallAction::Leave)
            >
                <IconView icon=Icon::HangUp/>
            </button>
        </div>
    }
}
