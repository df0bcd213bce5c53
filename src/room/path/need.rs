//! What the direct path to somebody is needed for.

use crate::protocol::sfu::{SfuAvailability, SfuTerms, SfuUse};

/// What the direct path to somebody is needed for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Need {
    /// Media and messages take it, or are about to.
    #[default]
    Media,
    /// It stays connected and carries nothing, to be there when the SFU is not.
    Standby,
    /// Content of files takes it, while the SFU carries everything else.
    Files,
    /// It is not needed: the SFU carries everything.
    Nothing,
}

impl Need {
    /// What it is for as long as nothing else is known than the terms of the SFU and how they stand with it: whoever can be reached over
    /// it is, where the room uses it.
    pub(crate) fn at_first(terms: Option<&SfuTerms>, theirs: Option<SfuAvailability>) -> Self {
        let uses_sfu = terms.is_some_and(|terms| terms.r#use == SfuUse::On);
        match theirs {
            Some(theirs) if uses_sfu && theirs.is_reached() => Self::Nothing,
            _ => Self::Media,
        }
    }
}
