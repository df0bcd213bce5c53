//! The wasm that takes over the page: nothing but the feature `hydrate` of Visavis, linked.

pub use visavis::hydrate;
