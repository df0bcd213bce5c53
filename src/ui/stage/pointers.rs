//! Everyone's pointer on a shared screen, and one's own, which the others see.
//!
//! Positions are those of the picture, not of the tile: bars beside a picture of another shape do not shift them.

use leptos::ev::PointerEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{HtmlElement, HtmlVideoElement};

use crate::protocol::PeerId;
use crate::room::messaging::MessagingAction;
use crate::room::messaging::live::Position;
use crate::room::{Participant, Switch, VisitAction};
use crate::session::Session;
use crate::ui::kit::avatar::hue;
use crate::ui::kit::measure::{Size, decimal, inner_size};

/// Where a picture of this size lies in a frame that shows it whole: left, top, width, height in CSS pixels.
fn picture_in(frame: Size, picture: Size) -> (f64, f64, f64, f64) {
    if picture.width <= 0.0 || picture.height <= 0.0 {
        return (0.0, 0.0, frame.width, frame.height);
    }
    let scale = (frame.width / picture.width).min(frame.height / picture.height);
    let (width, height) = (picture.width * scale, picture.height * scale);
    (
        (frame.width - width) / 2.0,
        (frame.height - height) / 2.0,
        width,
        height,
    )
}

/// The pointers on somebody's screen; lies over its picture.
#[component]
pub fn PointerLayer(
    /// The layer lies over this participant's screen.
    screen: Participant,
) -> impl IntoView {
    let session = Session::expect();
    let layer = NodeRef::<html::Div>::new();
    let frame = inner_size(layer);
    let owner = Memo::new(move |_| match &screen {
        Participant::Peer(id) => Some(id.clone()),
        Participant::Me => session
            .state
            .with(|state| state.call().map(|call| call.me.clone())),
    });
    let picture = move || {
        let video = layer.get_untracked().and_then(|layer| {
            let video = layer.parent_element()?.query_selector("video").ok()??;
            video.dyn_into::<HtmlVideoElement>().ok()
        });
        video.map_or_else(Size::default, |video| Size {
            width: f64::from(video.video_width()),
            height: f64::from(video.video_height()),
        })
    };
    let point = move |event: PointerEvent| {
        if session.messaging.pointer_switch.get_untracked() == Switch::Off {
            return;
        }
        let (left, top, width, height) = picture_in(frame.get_untracked(), picture());
        let (x, y) = (f64::from(event.offset_x()), f64::from(event.offset_y()));
        if let (Some(screen), Some(position)) = (
            owner.get_untracked(),
            Position::new((x - left) / width, (y - top) / height),
        ) {
            session.ask(VisitAction::Messaging(MessagingAction::Point {
                screen,
                position,
            }));
        }
    };
    let shown = Memo::new(move |_| {
        let owner = owner.get();
        session.messaging.pointers.with(|pointers| {
            let here = pointers
                .iter()
                .filter(|(_, pointer)| Some(&pointer.screen) == owner.as_ref());
            here.map(|(peer, _)| peer.clone()).collect::<Vec<_>>()
        })
    });
    let place_of = move |peer: &PeerId| {
        session.messaging.pointers.with(|pointers| {
            let (_, pointer) = pointers.iter().find(|(whose, _)| whose == peer)?;
            let (left, top, width, height) = picture_in(frame.get(), picture());
            let opacity = pointer.opacity(session.now());
            let (x, y) = (pointer.position.x(), pointer.position.y());
            Some((left + x * width, top + y * height, opacity))
        })
    };
    view! {
        <div node_ref=layer class="pointers" aria-hidden="true" on:pointermove=point>
            <For each=move || shown.get() key=Clone::clone let:peer>
                <PointerView peer=peer.clone() place=Signal::derive(move || place_of(&peer))/>
            </For>
        </div>
    }
}

#[component]
fn PointerView(peer: PeerId, place: Signal<Option<(f64, f64, f64)>>) -> impl IntoView {
    let session = Session::expect();
    let name = session.state.with_untracked(|state| {
        let person = state.person(&peer)?;
        Some(person.name.to_string())
    });
    let name = name.unwrap_or_default();
    let colour = hue(&name);
    let pointer = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        let (Some(pointer), Some((x, y, opacity))) = (pointer.get(), place.get()) else {
            return;
        };
        let style = HtmlElement::style(&pointer);
        let transform = ["translate(", &decimal(x), "px, ", &decimal(y), "px)"].concat();
        drop(style.set_property("transform", &transform));
        drop(style.set_property("opacity", &decimal(opacity)));
    });
    view! {
        <div node_ref=pointer class="pointer" data-hue=colour>
            <svg viewBox="0 0 16 16">
                <path d="M1 1l5.2 13.4 2-5.6 5.6-2z"></path>
            </svg>
            <span dir="auto">{name}</span>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(width: f64, height: f64) -> Size {
        Size { width, height }
    }

    #[test]
    fn a_picture_of_another_shape_lies_in_the_middle() {
        let wide = picture_in(size(200.0, 200.0), size(1280.0, 640.0));
        assert_eq!(wide, (0.0, 50.0, 200.0, 100.0));
        let tall = picture_in(size(400.0, 100.0), size(100.0, 200.0));
        assert_eq!(tall, (175.0, 0.0, 50.0, 100.0));
    }

    #[test]
    fn a_picture_not_seen_yet_fills_the_frame() {
        let unknown = picture_in(size(300.0, 200.0), Size::default());
        assert_eq!(unknown, (0.0, 0.0, 300.0, 200.0));
    }
}
