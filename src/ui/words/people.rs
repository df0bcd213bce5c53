//! What the list of people says, and the choice of one of them.

pub(crate) const COPY_INVITE_LINK: &str = "Copy invite link";
pub(crate) const SEARCH: &str = "Search people";
pub(crate) const NOBODY_FOUND: &str = "Nobody here is called that.";
pub(crate) const SHARING: &str = "Sharing their screen";

// To whom something goes.
pub(crate) const SEND_TO: &str = "Send to";
pub(crate) const EVERYONE: &str = "Everyone";

/// The badge of a microphone.
pub(crate) const fn microphone(on: bool) -> &'static str {
    if on { "Microphone on" } else { "Muted" }
}

/// The badge of a camera.
pub(crate) const fn camera(on: bool) -> &'static str {
    if on { "Camera on" } else { "Camera off" }
}

/// The button that pins somebody, or lets them go.
pub(crate) fn pin(pinned: bool, name: &str) -> String {
    if pinned {
        format!("Unpin {name} on the stage")
    } else {
        format!("Pin {name} on the stage")
    }
}

/// The slider of somebody's volume.
pub(crate) fn volume_of(name: &str) -> String {
    format!("Volume of {name}")
}

/// How loud somebody is played, in percent.
pub(crate) fn volume(percent: u8) -> String {
    match percent {
        0 => "Silent".to_owned(),
        percent => format!("{percent} %"),
    }
}
