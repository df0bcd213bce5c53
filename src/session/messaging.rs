//! What is shown of the talk beside media: the conversation, reactions, pointers and who records.
//!
//! Each aspect is a signal of its own, so that a message renders nothing but the chat anew.

use leptos::prelude::*;

use crate::protocol::PeerId;
use crate::room::messaging::chat::ChatEntry;
use crate::room::messaging::live::{Pointer, Reaction};
use crate::room::{Moment, Participant, Switch};

/// The signals of the talk. Written by the engine alone. Cheap to copy.
#[derive(Clone, Copy)]
pub struct MessagingSignals {
    /// The conversation, oldest first.
    pub entries: RwSignal<Vec<ChatEntry>>,
    /// How many messages came while nobody looked.
    pub unread: RwSignal<usize>,
    /// The reactions that float, oldest first.
    pub reactions: RwSignal<Vec<Reaction>>,
    /// Whose pointer is where.
    pub pointers: RwSignal<Vec<(PeerId, Pointer)>>,
    /// Whether pointers are shown and sent.
    pub pointer_switch: RwSignal<Switch>,
    /// Who records, and since when.
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
