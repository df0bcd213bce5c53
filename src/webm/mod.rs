//! WebM as the browser's recorder writes it, read and completed: elements, and the index of a recording.

pub(crate) mod element;
pub(crate) mod index;
#[cfg(test)]
mod tests;
