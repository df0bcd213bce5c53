//! The pictures a recording is made of.

use std::collections::HashMap;

use web_sys::MediaStream;

use crate::room::{Participant, TrackKind};

/// The pictures there are, by whose and what.
pub(crate) type Sources = HashMap<(Participant, TrackKind), MediaStream>;
