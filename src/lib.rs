//! Visavis: self-hosted video rooms from one binary.
//!
//! One crate, built twice: `ssr` is the server binary, `hydrate` the wasm in the browser. Dependencies point one way:
//! `protocol ← room ← session ← client ← ui ← app`, and `protocol ← server`; `tests/structure/` keeps it so.

// A Leptos view is one type as deep as the page.
#![recursion_limit = "512"]
#![expect(
    unreachable_pub,
    reason = "inside a private module `pub` says: for the rest of the crate"
)]

mod api;
#[cfg_attr(
    not(feature = "ssr"),
    expect(dead_code, reason = "the server writes the page around it")
)]
mod app;
#[cfg(feature = "hydrate")]
mod client;
#[cfg(feature = "ssr")]
pub mod device;
#[cfg(feature = "ssr")]
mod histogram;
#[cfg_attr(
    not(feature = "ssr"),
    expect(dead_code, reason = "the server forgets buckets that are full")
)]
mod pace;
pub mod protocol;
#[cfg(test)]
mod random;
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, unused_imports, reason = "it runs in the browser")
)]
mod room;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, unused_imports, reason = "it runs in the browser")
)]
mod session;
mod ui;
#[cfg_attr(
    not(any(feature = "hydrate", test)),
    expect(dead_code, reason = "it runs in the browser")
)]
mod webm;

/// Takes over the page the server rendered.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    let window = leptos::prelude::window();
    let path = window.location().pathname().unwrap_or_default();
    let has_sfu = client::has_sfu(&window);
    leptos::mount::hydrate_body(move || {
        app::App(app::AppProps {
            address: ui::page::Address::of(&path),
            has_sfu,
        })
    });
}
