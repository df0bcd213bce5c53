//! Whether we speak to an SFU.

/// Whether we speak to an SFU.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum SfuSpeech {
    /// We do not.
    #[default]
    No,
    /// We could, and the user does not want it.
    Never,
    /// What it takes is being fetched: whoever wants in waits for it a while.
    Soon,
    /// We do.
    Yes,
}

impl SfuSpeech {
    /// The version of the extension that `join` names.
    pub(crate) fn version(self) -> Option<u32> {
        (self == Self::Yes).then_some(1)
    }
}
