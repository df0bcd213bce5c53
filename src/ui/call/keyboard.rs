//! Keys that lead somewhere or close something: arrows within a group of buttons, and Escape for the panel beside the stage.
//!
//! Invariant: a field, a slider and whatever is being composed (IME) keep their keys; a menu and a dialog that are open close
//! before the panel does, which is the browser's.

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement, KeyboardEvent};

use super::arrows::{Arrow, Spot, destination};
use crate::ui::open_panels::Panels;

/// Arrow keys lead from button to button within these.
const GROUPS: &str = "[data-arrows]";

/// Arrow keys change or move something in these.
const FIELDS: &str = "input, textarea, select";

/// These close with Escape before the panel does: a menu, a dialog, and a list of choices that is unfolded.
const ABOVE: [&str; 3] = [":popover-open", "dialog[open]", "select:open"];

/// Says "somebody composes" in browsers that end composing before they tell of the key.
const COMPOSING: u32 = 229;

/// Listens until the caller's owner is gone.
pub fn listen(panels: Panels) {
    let listener = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
        let modified = event.ctrl_key() || event.meta_key() || event.alt_key() || event.shift_key();
        let composed = event.is_composing() || event.key_code() == COMPOSING;
        if modified || composed || event.default_prevented() {
            return;
        }
        let key = event.key();
        if key == "Escape" {
            close(panels);
        } else if let Some(arrow) = Arrow::of(&key) {
            let target = event.target();
            let target = target.and_then(|target| target.dyn_into::<Element>().ok());
            if target.is_some_and(|target| lead(&target, arrow).is_some()) {
                event.prevent_default();
            }
        }
    });
    on_cleanup(move || listener.remove());
}

/// Closes the panel beside the stage, unless something above it is open. What a browser does not know is not open.
fn close(panels: Panels) {
    let document = document();
    let is_open = |one: &str| matches!(document.query_selector(one), Ok(Some(_)));
    if panels.side.with_untracked(Option::is_some) && !ABOVE.into_iter().any(is_open) {
        panels.side.set(None);
    }
}

/// Moves the focus, and says so.
fn lead(target: &Element, arrow: Arrow) -> Option<()> {
    if target.matches(FIELDS).ok()? {
        return None;
    }
    if let Some(menu) = opened_by(target) {
        let buttons = buttons(&menu);
        let entered = match arrow {
            Arrow::Down => buttons.first(),
            Arrow::Up => buttons.last(),
            _ => None,
        };
        return entered?.focus().ok();
    }
    let buttons = buttons(&target.closest(GROUPS).ok()??);
    let at = buttons.iter().position(|button| **button == *target)?;
    let spots: Vec<Spot> = buttons.iter().map(spot).collect();
    buttons.get(destination(&spots, at, arrow)?)?.focus().ok()
}

/// The open menu behind a button.
fn opened_by(button: &Element) -> Option<Element> {
    if button.has_attribute("popovertargetaction") {
        return None;
    }
    let id = button.get_attribute("popovertarget")?;
    let menu = document().get_element_by_id(&id)?;
    menu.matches(":popover-open").ok()?.then_some(menu)
}

/// The buttons of a group that can be pressed, in the order of the document.
fn buttons(group: &Element) -> Vec<HtmlElement> {
    let all = group.get_elements_by_tag_name("button");
    let all = (0..all.length()).filter_map(|index| all.item(index));
    all.filter(|button| !button.has_attribute("disabled"))
        .filter(|button| button.get_bounding_client_rect().width() > 0.0)
        .filter_map(|button| button.dyn_into().ok())
        .collect()
}

fn spot(button: &HtmlElement) -> Spot {
    let place = button.get_bounding_client_rect();
    Spot {
        x: place.left() + place.width() / 2.0,
        y: place.top() + place.height() / 2.0,
        height: place.height(),
    }
}
