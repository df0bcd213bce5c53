//! The listeners that stay for the whole visit: what the browser knows of the page and of the network.

use std::cell::RefCell;

use wasm_bindgen::JsCast;
use web_sys::{Event as DomEvent, EventTarget, Window};

use crate::client::applications;
use crate::client::browser::js;
use crate::client::browser::listener::Listener;
use crate::client::report::{Report, Reporter};

/// Listens to what the browser knows of the network, and to the end of a sleep.
fn network_listeners(window: &Window, reporter: &Reporter) -> Vec<Listener> {
    let listen = |target: &EventTarget, event_type, report: fn() -> Report| {
        let reporter = reporter.clone();
        Listener::new(target, event_type, move |_: DomEvent| {
            reporter.report(report())
        })
    };
    let mut listeners = vec![
        listen(window, "online", || Report::NetworkChanged),
        listen(window, "offline", || Report::SocketDoubted),
    ];
    if let Some(document) = window.document() {
        // W3C Page Lifecycle.
        listeners.push(listen(&document, "resume", || Report::SocketDoubted));
    }
    if let Some(connection) = js::property(&window.navigator(), "connection") {
        let connection: EventTarget = connection.unchecked_into();
        listeners.push(kind_listener(&connection, reporter.clone()));
    }
    listeners
}

/// Reports another kind of network (W3C Network Information `type`). The browser fires `change` also whenever its
/// estimate of the speed moves, which is no news.
fn kind_listener(connection: &EventTarget, reporter: Reporter) -> Listener {
    let kind = |connection: &EventTarget| js::property(connection, "type")?.as_string();
    let known = RefCell::new(kind(connection));
    Listener::new(connection, "change", {
        let connection = connection.clone();
        move |_: DomEvent| {
            let now = kind(&connection);
            if known.replace(now.clone()) != now {
                reporter.report(Report::NetworkChanged);
            }
        }
    })
}

/// The listeners that stay for the whole visit.
pub(super) fn page_listeners(window: &Window, reporter: &Reporter) -> Vec<Listener> {
    let listen = |target: &EventTarget, event_type, report: fn() -> Report| {
        let reporter = reporter.clone();
        Listener::new(target, event_type, move |_: DomEvent| {
            reporter.report(report())
        })
    };
    let mut listeners = vec![
        applications::listen(window, reporter.clone()),
        listen(window, "pagehide", || Report::PageHidden),
        listen(window, "pointerdown", || Report::Gesture),
        listen(window, "keydown", || Report::Gesture),
    ];
    if let Some(document) = window.document() {
        listeners.push(listen(&document, "visibilitychange", || Report::PageShown));
    }
    listeners.extend(network_listeners(window, reporter));
    listeners
}
