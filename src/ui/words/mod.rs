//! Every sentence about something that happened or went wrong, in one place. Pure.
//!
//! Invariant: whatever failed, the words say what it is and what to do about it.

pub mod figures;
pub mod files;
pub mod path_failure;
pub mod status;

use std::borrow::Cow;

use crate::protocol::{DisplayName, ErrorCode, RoomName, RoomNameError};
use crate::room::messaging::channel::Channel;
use crate::room::messaging::chat::Addressed;
use crate::room::{
    Capture, DepartureCause, DeviceKind, Environment, InvitationError, JoinProblem, LocalMedia,
    MediaProblem, Notice, Source, Switch,
};

/// Words about a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// What it is.
    pub title: Cow<'static, str>,
    /// What to do.
    pub text: Cow<'static, str>,
    /// Whether asking the browser again may help.
    pub way_on: WayOn,
}

/// What the user can press.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayOn {
    /// Nothing here; the text says what to do elsewhere.
    Elsewhere,
    /// "Try again".
    Retry,
}

impl Words {
    fn retry(title: &'static str, text: &'static str) -> Self {
        Self {
            title: title.into(),
            text: text.into(),
            way_on: WayOn::Retry,
        }
    }

    fn elsewhere(title: &'static str, text: &'static str) -> Self {
        Self {
            title: title.into(),
            text: text.into(),
            way_on: WayOn::Elsewhere,
        }
    }
}

/// What keeps the own camera and microphone from working, if anything; one entry when it is the same for both.
pub fn media_problems(media: &LocalMedia) -> Vec<Words> {
    match media.environment {
        Environment::Insecure => {
            return vec![Words::elsewhere(
                "This address is not secure",
                "Browsers allow cameras, microphones and calls only on HTTPS or on localhost. Ask whoever runs this server to set up HTTPS, then open the https:// link.",
            )];
        }
        Environment::NoWebRtc => {
            return vec![Words::elsewhere(
                "This browser cannot make calls",
                "It has no WebRTC, or it is switched off. Use a current Chrome, Edge, Firefox or Safari.",
            )];
        }
        Environment::Unknown | Environment::Capable => {}
    }
    match (problem(&media.microphone), problem(&media.camera)) {
        (None, None) => Vec::new(),
        (Some(one), Some(other)) if one == other => vec![both(one)],
        (microphone, camera) => [microphone.map(of_microphone), camera.map(of_camera)]
            .into_iter()
            .flatten()
            .collect(),
    }
}

fn problem(source: &Source) -> Option<MediaProblem> {
    match (source.switch, &source.capture) {
        (Switch::On, Capture::Failed(problem)) => Some(*problem),
        _ => None,
    }
}

fn both(problem: MediaProblem) -> Words {
    match problem {
        MediaProblem::PermissionDenied => Words::retry(
            "Camera and microphone are blocked",
            "To be seen and heard, open the site settings beside the address, allow both, and try again. You can also join just to watch and listen.",
        ),
        MediaProblem::NoDevice => Words::retry(
            "No camera or microphone found",
            "Connect one and try again, or join just to watch and listen.",
        ),
        MediaProblem::DeviceBusy => Words::retry(
            "Camera and microphone are in use",
            "Another program seems to hold them. Close it and try again.",
        ),
        MediaProblem::Unsuitable => Words::retry(
            "Camera and microphone did not start",
            "They cannot do what was asked. Choose other devices, or try again.",
        ),
        MediaProblem::Unplugged => Words::retry(
            "Camera and microphone were disconnected",
            "Connect them again, or choose other devices.",
        ),
        MediaProblem::Unavailable => Words::retry(
            "Camera and microphone are not available here",
            "The browser does not let this page use them. If it is shown inside another page, open it in a tab of its own.",
        ),
    }
}

fn of_microphone(problem: MediaProblem) -> Words {
    match problem {
        MediaProblem::PermissionDenied => Words::retry(
            "Your microphone is blocked",
            "To be heard, open the site settings beside the address, allow the microphone, and try again.",
        ),
        MediaProblem::NoDevice => Words::retry(
            "No microphone found",
            "Connect one and try again. Until then, others cannot hear you.",
        ),
        MediaProblem::DeviceBusy => Words::retry(
            "Your microphone is in use",
            "Another program seems to hold it. Close it and try again.",
        ),
        MediaProblem::Unsuitable => Words::retry(
            "Your microphone did not start",
            "It cannot do what was asked. Choose another one, or try again.",
        ),
        MediaProblem::Unplugged => Words::retry(
            "Your microphone was disconnected",
            "Connect it again, or choose another one.",
        ),
        MediaProblem::Unavailable => Words::retry(
            "The microphone is not available here",
            "The browser does not let this page use it. If it is shown inside another page, open it in a tab of its own.",
        ),
    }
}

fn of_camera(problem: MediaProblem) -> Words {
    match problem {
        MediaProblem::PermissionDenied => Words::retry(
            "Your camera is blocked",
            "To be seen, open the site settings beside the address, allow the camera, and try again.",
        ),
        MediaProblem::NoDevice => Words::retry(
            "No camera found",
            "Connect one and try again. Until then, others see your initials.",
        ),
        MediaProblem::DeviceBusy => Words::retry(
            "Your camera is in use",
            "Another program seems to hold it. Close it and try again.",
        ),
        MediaProblem::Unsuitable => Words::retry(
            "Your camera did not start",
            "It cannot do what was asked. Choose another one, or try again.",
        ),
        MediaProblem::Unplugged => Words::retry(
            "Your camera was disconnected",
            "Connect it again, or choose another one.",
        ),
        MediaProblem::Unavailable => Words::retry(
            "The camera is not available here",
            "The browser does not let this page use it. If it is shown inside another page, open it in a tab of its own.",
        ),
    }
}

/// Why joining did not work.
pub fn join_problem(problem: &JoinProblem) -> Words {
    match problem {
        JoinProblem::Unreachable => Words::elsewhere(
            "The server cannot be reached",
            "Check your internet connection and press Join again. If others cannot get in either, the server may be down.",
        ),
        JoinProblem::Refused(code, said) => refusal(*code, said),
    }
}

fn refusal(code: ErrorCode, said: &str) -> Words {
    match code {
        ErrorCode::RoomFull => Words::elsewhere(
            "This room is full",
            "Wait until somebody leaves and press Join again, or start another room.",
        ),
        ErrorCode::BadName => Words::elsewhere(
            "The server does not accept this name",
            "Use 1 to 64 ordinary characters.",
        ),
        ErrorCode::BadRoom => Words::elsewhere(
            "This cannot be the name of a room",
            "Check the link, or start a room of your own.",
        ),
        ErrorCode::ShuttingDown => Words::elsewhere(
            "The server is restarting or full",
            "Press Join again in a moment.",
        ),
        ErrorCode::Unauthorized => Words::elsewhere(
            "You may not enter this room",
            "Ask whoever invited you for a fresh link.",
        ),
        ErrorCode::RateLimited => Words::elsewhere(
            "That was too fast for the server",
            "Wait a few seconds and press Join again.",
        ),
        ErrorCode::BadMessage
        | ErrorCode::NotJoined
        | ErrorCode::AlreadyJoined
        | ErrorCode::UnknownPeer
        | ErrorCode::TooLarge
        | ErrorCode::Unknown => Words {
            title: "The server refused".into(),
            text: format!("It says: {said}. Reload the page and try again.").into(),
            way_on: WayOn::Elsewhere,
        },
    }
}

/// Why the call is over.
pub fn departure(cause: &DepartureCause) -> Words {
    match cause {
        DepartureCause::Left => Words::elsewhere(
            "You left the room",
            "Your camera and microphone are off. The room stays open for the others.",
        ),
        DepartureCause::Removed => Words::elsewhere(
            "You were removed from the room",
            "If you think this was a mistake, talk to the others before you come back.",
        ),
        DepartureCause::ContinuedElsewhere => Words::elsewhere(
            "The call goes on elsewhere",
            "You took it over in another tab or on another device.",
        ),
        DepartureCause::ServerGone => Words::elsewhere(
            "The server stayed away",
            "It could not be reached for a long time. Check your internet connection, then rejoin.",
        ),
        DepartureCause::Refused(code, said) => refusal(*code, said),
    }
}

/// The word on the button of a notice that offers something: a device that was just connected.
pub const NOTICE_ACTION: &str = "Use";

/// What a notice says.
pub fn notice(notice: &Notice) -> Cow<'static, str> {
    match notice {
        Notice::Came(name) => format!("{name} joined").into(),
        Notice::Went(name) => format!("{name} left").into(),
        Notice::Lost(name) => format!("{name} lost the connection").into(),
        Notice::Unreachable(name) => format!(
            "No way to {name}’s computer was found. If this goes on, one of your networks may block calls"
        )
        .into(),
        Notice::Removed(name) => format!("{name} was removed").into(),
        Notice::HandRaised(name) => format!("{name} raised a hand").into(),
        Notice::Copied => "Copied".into(),
        Notice::NotCopied => "The browser did not let us copy".into(),
        Notice::Said(name, Addressed::Everyone) => format!("New message from {name}").into(),
        Notice::Said(name, Addressed::Direct) => format!("{name} wrote to you alone").into(),
        Notice::RecordingSaved => "Your recording is in your downloads".into(),
        Notice::RecordingFull => {
            "No space left. What was recorded until now is in your downloads".into()
        }
        Notice::RecordingTooSlow => {
            "Your disk is too slow for this recording, so it ends here. What there is gets saved".into()
        }
        Notice::RecordingFailed => "The recording could not be saved whole".into(),
        Notice::RecordingUnavailable => "This browser cannot record".into(),
        Notice::RecordingUnfinished => {
            "Save or discard the recording that was interrupted first".into()
        }
        Notice::RecordingStarted(name) => format!("{name} is recording this call").into(),
        Notice::RecordingStopped(name) => format!("{name} stopped recording").into(),
        Notice::SharesScreen(name) => format!("{name} shares their screen").into(),
        Notice::ScreenNotAllowed => {
            "Nothing is shared. If you wanted to, allow this page and your browser to record the screen.".into()
        }
        Notice::ScreenFailed => {
            "That could not be shared. Try another window or the whole screen.".into()
        }
        Notice::BackOnline => "You are back online".into(),
        Notice::Refused(said) => said.clone().into(),
        Notice::MicrophoneLost => {
            "Your microphone stopped. Choose another one in the settings.".into()
        }
        Notice::CameraLost => "Your camera stopped. Choose another one in the settings.".into(),
        Notice::CutOff(name, channel) => {
            let what = match channel {
                Channel::Chat => "Messages",
                Channel::Files => "Files",
                Channel::Live => "Reactions and pointers",
            };
            format!("{what} from {name} are blocked: what came was not in order").into()
        }
        Notice::FellBack(DeviceKind::Microphone) => {
            "Your microphone is gone. The default one is used now.".into()
        }
        Notice::FellBack(DeviceKind::Camera) => {
            "Your camera is gone. The default one is used now.".into()
        }
        Notice::FellBack(DeviceKind::Speaker) => {
            "Your speaker is gone. The default one is used now.".into()
        }
        Notice::NotUsable(DeviceKind::Camera) => "That camera could not be started.".into(),
        Notice::NotUsable(DeviceKind::Microphone) => "That microphone could not be started.".into(),
        Notice::NotUsable(DeviceKind::Speaker) => "That speaker could not be used.".into(),
        Notice::InUseAgain(device) => format!("{device} is back and in use again").into(),
        Notice::NewDevice(device) => format!("{device} was connected").into(),
        Notice::SpeakingWhileMuted => "You are muted. Nobody hears you.".into(),
        Notice::AddressNotHidden => {
            "This server has no relay, so your address is not hidden here.".into()
        }
        Notice::LinkCopied => "Link copied".into(),
        Notice::LinkNotCopied => {
            "The link could not be copied. Copy it from the address bar.".into()
        }
    }
}

/// What a room may be called, told to somebody who tried another name.
pub fn room_name_rule(error: RoomNameError) -> &'static str {
    match error {
        RoomNameError::Length => {
            "A room name has 3 to 64 characters: letters from a to z, digits and hyphens."
        }
        RoomNameError::Character => {
            "A room name has only small letters from a to z, digits and hyphens, 3 to 64 of them."
        }
    }
}

/// The valid name nearest to what was typed, if there is one.
pub fn corrected_room_name(typed: &str) -> Option<String> {
    let mut corrected = String::with_capacity(typed.len());
    for character in typed.chars() {
        match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' => corrected.push(character.to_ascii_lowercase()),
            'ä' | 'à' | 'á' | 'â' | 'ã' | 'å' | 'À'..='Å' => corrected.push('a'),
            'è'..='ë' | 'È'..='Ë' => corrected.push('e'),
            'ì'..='ï' | 'Ì'..='Ï' => corrected.push('i'),
            'ò'..='ö' | 'ø' | 'Ò'..='Ö' | 'Ø' => corrected.push('o'),
            'ù'..='ü' | 'Ù'..='Ü' => corrected.push('u'),
            'ç' | 'Ç' => corrected.push('c'),
            'ñ' | 'Ñ' => corrected.push('n'),
            'ß' | 'ẞ' => corrected.push_str("ss"),
            _ if corrected.ends_with('-') || corrected.is_empty() => {}
            _ => corrected.push('-'),
        }
    }
    let shortened: String = corrected.chars().take(64).collect();
    let shortened = shortened.trim_end_matches('-');
    (shortened != typed)
        .then(|| RoomName::parse(shortened).ok())
        .flatten()
        .map(|room| room.to_string())
}

/// Why what was typed leads to no room.
pub fn invitation_problem(error: InvitationError) -> Cow<'static, str> {
    match error {
        InvitationError::Name(error) => room_name_rule(error).into(),
        InvitationError::Empty | InvitationError::NotARoom => error.to_string().into(),
    }
}

/// Who is inside, for the lobby.
pub fn inside(names: &[DisplayName], capacity: u32) -> String {
    if u32::try_from(names.len()).is_ok_and(|count| count >= capacity) {
        return format!("All {capacity} seats are taken at the moment");
    }
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

    const PROBLEMS: [MediaProblem; 6] = [
        MediaProblem::PermissionDenied,
        MediaProblem::NoDevice,
        MediaProblem::DeviceBusy,
        MediaProblem::Unsuitable,
        MediaProblem::Unplugged,
        MediaProblem::Unavailable,
    ];

    fn media(microphone: Capture, camera: Capture) -> LocalMedia {
        let mut media = LocalMedia {
            environment: Environment::Capable,
            ..LocalMedia::default()
        };
        media.microphone.capture = microphone;
        media.camera.capture = camera;
        media
    }

    #[test]
    fn every_media_problem_has_words_of_its_own() {
        let mut titles: Vec<_> = PROBLEMS
            .iter()
            .flat_map(|problem| [both(*problem), of_microphone(*problem), of_camera(*problem)])
            .map(|words| words.title)
            .collect();
        let count = titles.len();
        titles.sort();
        titles.dedup();
        assert_eq!(titles.len(), count);
    }

    #[test]
    fn the_same_problem_of_both_devices_is_told_once() {
        let denied = Capture::Failed(MediaProblem::PermissionDenied);
        assert_eq!(media_problems(&media(denied.clone(), denied)).len(), 1);
        let mixed = media(
            Capture::Failed(MediaProblem::NoDevice),
            Capture::Failed(MediaProblem::DeviceBusy),
        );
        assert_eq!(media_problems(&mixed).len(), 2);
        assert!(media_problems(&media(Capture::Live, Capture::Idle)).is_empty());
    }

    #[test]
    fn what_the_user_switched_off_is_no_problem() {
        let mut media = media(
            Capture::Live,
            Capture::Failed(MediaProblem::PermissionDenied),
        );
        media.camera.switch = Switch::Off;
        assert!(media_problems(&media).is_empty());
    }

    #[test]
    fn an_insecure_page_hides_the_problems_that_follow_from_it() {
        let mut media = media(
            Capture::Failed(MediaProblem::Unavailable),
            Capture::Failed(MediaProblem::Unavailable),
        );
        media.environment = Environment::Insecure;
        let words = media_problems(&media);
        assert_eq!(words.len(), 1);
        assert!(words[0].text.contains("HTTPS"));
    }

    #[test]
    fn a_wrong_room_name_is_corrected_when_something_is_left_of_it() {
        for (typed, corrected) in [
            ("Team Standup", Some("team-standup")),
            ("Café_Zürich!", Some("cafe-zurich")),
            ("--a--b--c", Some("a-b-c")),
            ("ab", None),
            ("???", None),
        ] {
            assert_eq!(corrected_room_name(typed).as_deref(), corrected, "{typed}");
        }
        assert_eq!(
            corrected_room_name(&"a".repeat(80)).map(|name| name.len()),
            Some(64)
        );
    }

    #[test]
    fn the_lobby_counts_who_is_inside() {
        let names = ["Ada", "Ben", "Cleo", "Dan"].map(|name| DisplayName::parse(name).unwrap());
        assert_eq!(inside(&[], 12), "Nobody is inside yet");
        assert_eq!(inside(&names[..1], 12), "Ada is inside");
        assert_eq!(inside(&names[..3], 12), "Ada, Ben and Cleo are inside");
        assert_eq!(inside(&names, 12), "Ada, Ben and 2 more are inside");
        assert_eq!(inside(&names, 4), "All 4 seats are taken at the moment");
    }
}
