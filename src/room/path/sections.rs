//! Which sections a connection lacks that are to be offered.
//!
//! Invariant: what the other side rejected is not offered to it again on the same connection.

use crate::room::participant::TrackKind;

/// The kinds whose sections a connection is still to offer, in their order: those that are not among `there`, without as
/// many of each medium as the other side has rejected (RFC 8829 section 5.3.1) in `remote`, its last description. Which of
/// a medium's sections they are makes no difference: it is their order that says what each is for.
pub fn kinds_to_offer(there: &[TrackKind], remote: &str) -> Vec<TrackKind> {
    let mut rejected = rejected_media(remote);
    let mut missing = TrackKind::ALL.to_vec();
    missing.retain(|kind| !there.contains(kind));
    missing.retain(|kind| {
        let is_left_alone = rejected.iter().position(|medium| *medium == kind.medium());
        is_left_alone.map(|one| rejected.swap_remove(one)).is_none()
    });
    missing
}

/// The lines of a description. Some clients take either character for the end of one.
pub(crate) fn lines(sdp: &str) -> impl Iterator<Item = &str> {
    sdp.split(['\r', '\n']).map(str::trim_end)
}

/// The media of the sections that a description rejects, one for each. Those whose port is 0 only because another section's
/// is theirs as well (RFC 9143 section 6) are not among them.
fn rejected_media(sdp: &str) -> Vec<&str> {
    let mut rejected = Vec::new();
    let mut is_rejected = false;
    for line in lines(sdp) {
        if let Some(section) = line.strip_prefix("m=") {
            let mut words = section.split(' ');
            let (medium, port) = (words.next(), words.next());
            is_rejected = port == Some("0");
            rejected.extend(medium.filter(|_| is_rejected));
        } else if is_rejected && line == "a=bundle-only" {
            is_rejected = false;
            rejected.pop();
        }
    }
    rejected
}

#[cfg(test)]
mod tests {
    use super::*;
    use TrackKind::{Camera, Microphone, ScreenAudio, ScreenVideo};

    /// A description of these sections.
    fn sdp(sections: &[&str]) -> String {
        let line = |section: &&str| format!("m={section} UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n");
        let lines: String = sections.iter().map(line).collect();
        ["v=0\r\n", &lines].concat()
    }

    #[test]
    fn what_was_never_offered_is_missing() {
        assert_eq!(kinds_to_offer(&[], ""), TrackKind::ALL);
        assert_eq!(kinds_to_offer(&TrackKind::ALL, ""), []);
        let one_of_each = sdp(&["audio 9", "video 9", "application 9"]);
        assert_eq!(
            kinds_to_offer(&[Microphone, Camera], &one_of_each),
            [ScreenAudio, ScreenVideo]
        );
    }

    #[test]
    fn what_was_rejected_is_left_alone() {
        let sound_alone = sdp(&["audio 9", "video 0", "audio 9", "video 0"]);
        assert_eq!(kinds_to_offer(&[Microphone, ScreenAudio], &sound_alone), []);
        // Whichever of the two was rejected, the other one is the camera now.
        let one_picture = sdp(&["audio 9", "video 0", "audio 9", "video 9"]);
        let there = [Microphone, ScreenAudio, Camera];
        assert_eq!(kinds_to_offer(&there, &one_picture), []);
        let none = sdp(&["audio 0", "video 0", "audio 0", "video 0"]);
        assert_eq!(kinds_to_offer(&[], &none), []);
    }

    #[test]
    fn what_was_neither_offered_nor_rejected_is_missing_all_the_same() {
        let one_rejected = sdp(&["audio 9", "video 0"]);
        assert_eq!(
            kinds_to_offer(&[Microphone], &one_rejected).len(),
            2,
            "one of sound, one of pictures"
        );
        let data_alone = sdp(&["application 0"]);
        assert_eq!(kinds_to_offer(&[], &data_alone), TrackKind::ALL);
    }

    #[test]
    fn a_section_that_shares_the_port_of_another_is_not_rejected() {
        let firefox = sdp(&["audio 9", "video 0", "audio 0"]).replace("mid:0", "bundle-only");
        assert_eq!(rejected_media(&firefox), Vec::<&str>::new());
        let mixed = "m=audio 0 x\na=bundle-only\nm=video 0 x\nm=audio 9 x\na=bundle-only\n";
        assert_eq!(rejected_media(mixed), ["video"]);
    }
}
