//! What people send each other beside media, as it is shown: the conversation, reactions, pointers and who records.
//!
//! Invariant: each aspect is a signal of its own, so that a message renders nothing but the chat anew.

use leptos::prelude::*;

use crate::protocol::PeerId;
use crate::room::messaging::chat::ChatEntry;
use crate::room::messaging::live::{Pointer, Reaction};
use crate::room::{Moment, Participant, Switch};

/// The signals of messaging. Only the engine writes them. Cheap to copy.
#[derive(Clone, Copy)]
pub struct MessagingSignals {
    /// The conversation has these entries, oldest first.
    pub entries: RwSignal<Vec<ChatEntry>>,
    /// So many messages came while nobody looked.
    pub unread: RwSignal<usize>,
    /// These reactions float, oldest first.
    pub reactions: RwSignal<Vec<Reaction>>,
    /// These people point at something, each at one place.
    pub pointers: RwSignal<Vec<(PeerId, Pointer)>>,
    /// Pointers are shown and sent while this is on.
    pub pointer_switch: RwSignal<Switch>,
    /// These people record, since then.
    pub recorders: RwSignal<Vec<(Participant, Moment)>>,
}

impl Default for MessagingSignals {
    fn default() -> Self {
        Self {
            entries: RwSignal::new(Vec::new()),
            unread: RwSignal::new(0),
            reactions: RwSignal::new(Vec::new()),
            pointers: RwSignal::new(Vec::new()),
            pointer_switch: RwSignal::new(Switch::On),
            recorders: RwSignal::new(Vec::new()),
        }
    }
}
