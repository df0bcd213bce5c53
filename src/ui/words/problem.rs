//! What any problem is told as: what it is, and what to do about it.

use std::borrow::Cow;

/// A problem is told in these words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// It says what is wrong.
    pub title: Cow<'static, str>,
    /// It says what to do about it.
    pub text: Cow<'static, str>,
    /// Asking again may help, or nothing here does.
    pub way_on: WayOn,
}

/// The user can press this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayOn {
    /// Nothing here helps; the text says what to do elsewhere.
    Elsewhere,
    /// "Try again" may help.
    Retry,
}

impl Words {
    /// Asking again may help.
    pub(super) fn retry(title: &'static str, text: &'static str) -> Self {
        Self {
            title: title.into(),
            text: text.into(),
            way_on: WayOn::Retry,
        }
    }

    /// What helps is done elsewhere.
    pub(super) fn elsewhere(title: &'static str, text: &'static str) -> Self {
        Self {
            title: title.into(),
            text: text.into(),
            way_on: WayOn::Elsewhere,
        }
    }
}
