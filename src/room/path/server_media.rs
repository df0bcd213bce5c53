//! Whether the own media may go through the server.

use serde::Serialize;

/// The user lets the server pass their media on, or does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServerMedia {
    /// It may, where a call goes through it.
    #[default]
    Allowed,
    /// It never may: everybody is reached directly, or not at all.
    Never,
}
