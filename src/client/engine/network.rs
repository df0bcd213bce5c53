//! What there is to notice of the network: what the browser says of it, and whether anything still arrives from people.
//!
//! Invariant: at most one count per connection is under way, and none is asked for where nothing is expected.

use std::cell::RefCell;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event as DomEvent, EventTarget, Window};

use super::Engine;
use crate::client::browser::js;
use crate::client::browser::listener::Listener;
use crate::client::report::{Report, Reporter};

impl Engine {
    /// Time passed: counts what arrived on each connection where silence would be trouble, or is.
    pub(super) fn watch_arrivals(&mut self) {
        self.hold_pictures();
        let (session, viewing) = (&self.session, &self.quality.viewing);
        session.state.with_untracked(|state| {
            for person in state.call().into_iter().flat_map(|call| &call.people) {
                let camera = viewing.camera(&person.id);
                if let Some(peer) = self.peers.get_mut(&person.id)
                    && person.is_listened_for(camera)
                {
                    peer.count_arrivals(person.awaited(camera));
                }
            }
        });
    }

    /// Holds back the pictures of connections where nothing arrives.
    pub(super) fn hold_pictures(&mut self) {
        self.session.state.with_untracked(|state| {
            for person in state.call().into_iter().flat_map(|call| &call.people) {
                if let Some(peer) = self.peers.get_mut(&person.id) {
                    peer.hold_pictures(!person.gets_pictures());
                }
            }
        });
    }
}

/// Listens to what the browser knows of the network, and to the end of a sleep.
pub(super) fn listen(window: &Window, reporter: &Reporter) -> Vec<Listener> {
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
