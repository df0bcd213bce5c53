//! What is written on buttons that stand in several places.

pub(crate) const TRY_AGAIN: &str = "Try again";
pub(crate) const DISMISS: &str = "Dismiss";
pub(crate) const CLOSE: &str = "Close";
pub(crate) const CLOSE_PANEL: &str = "Close panel";
pub(crate) const COPY_LINK: &str = "Copy link";
pub(crate) const JOIN: &str = "Join";
pub(crate) const LEAVE: &str = "Leave";
pub(crate) const HOME: &str = "Home";
pub(crate) const CHECK_THE_CONNECTION: &str = "Check the connection";
pub(crate) const SHARE_SOMETHING_ELSE: &str = "Share something else";

// The device that was just connected, in its notice.
pub(crate) const USE: &str = "Use";
