//! Who is in a room, for those who stand at its door.

use serde::{Deserialize, Serialize};

use super::display_name::DisplayName;

/// Who is in a room, as the lobby is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendance {
    /// The names of the people, in order of arrival.
    pub names: Vec<DisplayName>,
    /// So many devices are there besides.
    #[serde(default, skip_serializing_if = "is_none")]
    pub devices: u32,
    /// How many people fit in.
    pub capacity: u32,
}

/// Whether there is no need to speak of so many.
fn is_none(count: &u32) -> bool {
    *count == 0
}
