//! The shape of the program, read from its sources: which module may name which, and what may stand where.

#![expect(
    clippy::unwrap_used,
    reason = "a test that meets the unexpected should stop there and say so"
)]

mod circles;
mod directions;
mod documents;
mod floors;
mod imports;
mod source;
mod words;
