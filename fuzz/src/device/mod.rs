//! What a device reads of programs and files.

mod lines;
mod media;

pub use lines::lines;
pub use media::media;
