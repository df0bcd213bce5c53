//! How tiles are arranged, as the user chose it and as it is remembered.

use serde::{Deserialize, Serialize};

/// How tiles are arranged as long as nothing is pinned; remembered from visit to visit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// Whoever speaks is large.
    Speaker,
    /// Everyone has the same size.
    #[default]
    #[serde(other)]
    Grid,
}
