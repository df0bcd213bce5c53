//! What is said in the lobby.

use crate::protocol::{DisplayName, NameError};
use crate::room::{Capture, Environment, LocalMedia, Switch};

pub(crate) const ROOM: &str = "Room";
pub(crate) const JOINING: &str = "Joining…";
pub(crate) const JOINING_SLOWLY: &str = "The server does not answer yet. Trying again…";
pub(crate) const YOUR_NAME: &str = "Your name";

/// Browsers without JavaScript show this, as HTML.
pub(crate) const NO_SCRIPT: &str =
    "<p class=\"problem\">Calls need JavaScript. Switch it on for this page and reload.</p>";

/// Where the own picture would be; nothing while there is one.
pub fn caption(media: &LocalMedia) -> &'static str {
    match media.environment {
        Environment::Insecure | Environment::NoWebRtc => return "No camera on this page",
        Environment::Unknown => return "Getting ready…",
        Environment::Capable => {}
    }
    match (media.camera.switch, &media.camera.capture) {
        (Switch::Off, _) => "Your camera is off",
        (Switch::On, Capture::Live | Capture::Replacing) => "",
        (Switch::On, Capture::Idle) => "Getting ready…",
        (Switch::On, Capture::Requesting) => {
            "Allow your camera and microphone when the browser asks"
        }
        (Switch::On, Capture::Failed(_)) => "No camera picture",
    }
}

/// Why somebody cannot join under what they typed as their name.
pub fn name_problem(error: NameError) -> &'static str {
    match error {
        NameError::Empty => "Type your name, so that the others know who joins.",
        NameError::TooLong => "This is too long: a name has at most 64 characters.",
    }
}

/// Who is inside, for the lobby; devices are counted apart.
pub fn inside(names: &[DisplayName], devices: u32, capacity: u32) -> String {
    let taken = u32::try_from(names.len()).map(|people| people.saturating_add(devices));
    if taken.is_ok_and(|taken| taken >= capacity) {
        return format!("All {capacity} seats are taken at the moment");
    }
    let people = people_inside(names);
    if devices == 0 {
        return people;
    }
    let but = if names.is_empty() {
        ", but for "
    } else {
        ", with "
    };
    let counted = match devices {
        1 => "a device".to_owned(),
        _ => devices.to_string() + " devices",
    };
    people + but + &counted
}

fn people_inside(names: &[DisplayName]) -> String {
    match names {
        [] => "Nobody is inside yet".to_owned(),
        [one] => format!("{one} is inside"),
        [one, other] => format!("{one} and {other} are inside"),
        [one, other, third] => format!("{one}, {other} and {third} are inside"),
        [one, other, rest @ ..] => format!("{one}, {other} and {} more are inside", rest.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lobby_counts_who_is_inside() {
        let names = ["Ada", "Ben", "Cleo", "Dan"].map(|name| DisplayName::parse(name).unwrap());
        assert_eq!(inside(&[], 0, 12), "Nobody is inside yet");
        assert_eq!(inside(&names[..1], 0, 12), "Ada is inside");
        assert_eq!(inside(&names[..3], 0, 12), "Ada, Ben and Cleo are inside");
        assert_eq!(inside(&names, 0, 12), "Ada, Ben and 2 more are inside");
        assert_eq!(inside(&names, 0, 4), "All 4 seats are taken at the moment");
    }

    #[test]
    fn the_lobby_counts_devices_apart_and_their_seats_with_those_of_people() {
        let names = ["Ada", "Ben"].map(|name| DisplayName::parse(name).unwrap());
        for (people, devices, words) in [
            (0, 1, "Nobody is inside yet, but for a device"),
            (0, 3, "Nobody is inside yet, but for 3 devices"),
            (1, 1, "Ada is inside, with a device"),
            (2, 2, "Ada and Ben are inside, with 2 devices"),
            (2, 10, "All 12 seats are taken at the moment"),
        ] {
            assert_eq!(inside(&names[..people], devices, 12), words);
        }
    }
}
