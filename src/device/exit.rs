//! How a device's visit ended, for people and for the program that started it.

use super::words;

/// The visit ended like this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JoinEnd {
    /// The device left because it was told to, or because its program is done.
    Left,
    /// The process was told to end. With a state file the seat is kept.
    Interrupted,
    /// The arguments, the state file or the media cannot be used.
    Invalid(String),
    /// The server does not have the device, or not any more.
    Refused(String),
    /// The server cannot be reached, or stayed away.
    Unreachable(Option<String>),
    /// This machine does not give what is needed.
    Failed(String),
}

impl JoinEnd {
    /// The program ends with this code.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Left | Self::Interrupted => 0,
            Self::Failed(_) => 1,
            Self::Invalid(_) => 2,
            Self::Refused(_) => 3,
            Self::Unreachable(_) => 4,
        }
    }

    /// A stable code for programs.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Interrupted => "interrupted",
            Self::Failed(_) => "failed",
            Self::Invalid(_) => "invalid",
            Self::Refused(_) => "refused",
            Self::Unreachable(_) => "unreachable",
        }
    }

    /// What there is to say of it.
    pub fn words(&self) -> String {
        match self {
            Self::Left => words::LEFT.to_owned(),
            Self::Interrupted => words::INTERRUPTED.to_owned(),
            Self::Failed(words) | Self::Invalid(words) | Self::Refused(words) => words.clone(),
            Self::Unreachable(reason) => words::unreachable(reason.as_deref()),
        }
    }
}
