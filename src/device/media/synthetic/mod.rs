//! Media that is made up: pictures and sound as far as their sizes, their headers and their times go, to measure what arrives.

pub(crate) mod opus;
pub(crate) mod stamp;
pub(crate) mod synthesis;
pub(crate) mod vp8;
