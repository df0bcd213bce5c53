//! What the controller promises.

pub(crate) mod rules;
