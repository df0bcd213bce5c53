//! Whether the server that the page is of has an SFU, so that calls may go through it.
//!
//! Invariant: it is the same when the server renders the page and when the browser takes it over.

use leptos::prelude::*;

/// The server has an SFU, or does not; the page provides it to everything in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HasSfu(pub bool);

impl HasSfu {
    /// Whether the server of the page this is called in has one.
    pub fn expect() -> bool {
        let Self(has_sfu) = expect_context();
        has_sfu
    }
}
