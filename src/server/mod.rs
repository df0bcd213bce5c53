//! The server: everything that runs outside the browser.

pub mod assets;
