//! Visavis: self-hosted video rooms from one binary.
//!
//! One crate, built twice: `ssr` is the server binary, `hydrate` the wasm in the browser. Dependencies point one way:
//! `protocol ← room ← session ← client ← ui ← app`, and `protocol ← server`; `tests/structure/` keeps it so.

// A Leptos view is one type as deep as the page.
#![recursion_limit = "512"]

pub mod api;
pub mod app;
#[cfg(feature = "hydrate")]
pub mod client;
mod pace;
pub mod protocol;
pub mod room;
#[cfg(feature = "ssr")]
pub mod server;
pub mod session;
pub mod ui;
mod webm;

/// Takes over the page the server rendered.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    let path = leptos::prelude::window()
        .location()
        .pathname()
        .unwrap_or_default();
    leptos::mount::hydrate_body(move || {
        app::App(app::AppProps {
            address: ui::page::Address::of(&path),
        })
    });
}
