//! What keeps camera and microphone from working.

use super::problem::Words;
use crate::room::{Capture, Environment, LocalMedia, MediaProblem, Source, Switch};

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
}
