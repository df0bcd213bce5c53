//! Who is in a room, for those who stand at its door.

use serde::{Deserialize, Serialize};

use super::display_name::DisplayName;

/// Who is in a room, as the lobby is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendance {
    /// Their names, in order of arrival.
    pub names: Vec<DisplayName>,
    /// How many people fit in.
    pub capacity: u32,
}
