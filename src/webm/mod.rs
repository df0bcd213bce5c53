//! WebM as the browser's recorder writes it, read and completed: elements, clusters, the index of a recording and its file.

pub(crate) mod cluster;
pub(crate) mod element;
pub(crate) mod file;
pub(crate) mod id;
pub(crate) mod index;
#[cfg(test)]
mod tests;
