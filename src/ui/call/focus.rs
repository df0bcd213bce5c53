//! Where the focus goes when what had it is closed: back to the button that opened it.
//!
//! Invariant: the focus is moved only when it would else be nowhere.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement};
use send_wrapper::SendWrapper;

use crate::ui::open_panels::SidePanel;

/// The button behind which everything is that has none of its own in the toolbar.
const MORE: &str = ".tool-more";

/// A panel beside the stage was opened just now: when the caller's owner is gone, the focus returns.
pub fn return_from_panel(panel: SidePanel) {
    let in_toolbar = match panel {
        SidePanel::Chat => ".tool-chat",
        SidePanel::People => ".tool-people",
        SidePanel::Connection | SidePanel::Files => MORE,
    };
    return_to(opener(), in_toolbar);
}

/// A dialog was opened just now. Browsers return the focus to what had it, but for a line of a menu, which is closed by then.
pub fn return_from_dialog() {
    return_to(None, MORE);
}

/// What has the focus, with the button of a menu standing for its lines; `None` for what goes away itself.
fn opener() -> Option<HtmlElement> {
    let active = active()?;
    if active.closest(".panel, .toasts").ok()?.is_some() {
        return None;
    }
    let opener = match active.closest("[popover]").ok()? {
        None => active,
        Some(menu) => {
            let button = [
                "[popovertarget=",
                &menu.id(),
                "]:not([popovertargetaction])",
            ]
            .concat();
            document().query_selector(&button).ok()??
        }
    };
    opener.dyn_into().ok()
}

/// The element that has the focus; `None` when none has, or one that is closed, whose focus the browser takes only later.
fn active() -> Option<Element> {
    let document = document();
    let active = document.active_element()?;
    let body: Option<Element> = document.body().map(Into::into);
    let closed = active.closest("dialog:not([open])").ok()?;
    (Some(&active) != body.as_ref() && closed.is_none()).then_some(active)
}

fn return_to(opener: Option<HtmlElement>, otherwise: &'static str) {
    let opener = SendWrapper::new(opener);
    on_cleanup(move || {
        let opener = opener.take();
        // By then what is closed is no longer on the page, and the browser has returned the focus as far as it does.
        request_animation_frame(move || {
            if active().is_none() {
                let opener = opener.filter(|opener| opener.is_connected());
                let target = opener.or_else(|| {
                    let found = document().query_selector(otherwise).ok()??;
                    found.dyn_into().ok()
                });
                if let Some(target) = target {
                    drop(target.focus());
                }
            }
        });
    });
}
