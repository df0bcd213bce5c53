//! The media sections of a description: which is for what, and which way media may go in it.
//!
//! Invariant: an offer is never made to offer more than it does; only what is not wanted here is taken out of it.

use crate::room::TrackKind;

/// What media a device sends and takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct MediaWish {
    /// It sends sound.
    pub(crate) sends_sound: bool,
    /// It sends pictures.
    pub(crate) sends_pictures: bool,
    /// It takes what others send.
    pub(crate) receives: bool,
}

/// Which way media may go in a section (RFC 8866 section 6.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    /// From the one who says it.
    pub(crate) out: bool,
    /// To the one who says it.
    pub(crate) back: bool,
}

impl Way {
    fn read(line: &str) -> Option<Self> {
        let (out, back) = match line {
            "a=sendrecv" => (true, true),
            "a=sendonly" => (true, false),
            "a=recvonly" => (false, true),
            "a=inactive" => (false, false),
            _ => return None,
        };
        Some(Self { out, back })
    }

    fn line(self) -> &'static str {
        match (self.out, self.back) {
            (true, true) => "a=sendrecv",
            (true, false) => "a=sendonly",
            (false, true) => "a=recvonly",
            (false, false) => "a=inactive",
        }
    }
}

impl MediaWish {
    /// Which way media may go in the section of this kind, as this side says it. A screen is never shared from here.
    pub(crate) fn way(self, kind: TrackKind) -> Way {
        let out = match kind {
            TrackKind::Microphone => self.sends_sound,
            TrackKind::Camera => self.sends_pictures,
            TrackKind::ScreenAudio | TrackKind::ScreenVideo => false,
        };
        Way {
            out,
            back: self.receives,
        }
    }
}

/// The kinds of the media sections of an answer, with the names of the sections (RFC 5888): the first of a medium that is
/// not rejected is the voice or the camera, the second belongs to the screen.
pub(crate) fn kinds(answer: &str) -> Vec<(TrackKind, String)> {
    let mut taken: Vec<(TrackKind, String)> = Vec::new();
    for section in split(answer) {
        let Some(kind) = free_kind(&taken, section) else {
            continue;
        };
        let name = section.lines().find_map(|line| line.strip_prefix("a=mid:"));
        if let Some(name) = name.filter(|_| !is_rejected(section)) {
            taken.push((kind, name.trim_end().to_owned()));
        }
    }
    taken
}

/// The name of the ICE generation of a description (RFC 8839 section 5.4); `None` when it says none.
pub(crate) fn fragment(description: &str) -> Option<&str> {
    let mut lines = description.lines();
    lines.find_map(|line| line.strip_prefix("a=ice-ufrag:"))
}

/// Whether there is a section for data channels that is not rejected.
pub(crate) fn has_channels(description: &str) -> bool {
    let mut sections = split(description);
    sections.any(|section| section.starts_with("m=application") && !is_rejected(section))
}

/// The offer as if the other side had not offered what is not wanted here.
pub(crate) fn as_wanted(offer: &str, wish: MediaWish) -> String {
    let mut taken: Vec<(TrackKind, String)> = Vec::new();
    let start = begin_of_section(offer).unwrap_or(offer.len());
    let mut wanted = offer[..start].to_owned();
    for section in split(offer) {
        let kind = free_kind(&taken, section).filter(|_| !is_rejected(section));
        // More sections of a medium than a call has are for nothing.
        let mine = match kind {
            Some(kind) => wish.way(kind),
            None => Way {
                out: false,
                back: false,
            },
        };
        if let Some(kind) = kind {
            taken.push((kind, String::new()));
        }
        if section.starts_with("m=application") {
            wanted.push_str(section);
        } else {
            push_with_way(&mut wanted, section, mine);
        }
    }
    wanted
}

/// Adds a section of an offer with what is left of its way where this side wants `mine`.
fn push_with_way(wanted: &mut String, section: &str, mine: Way) {
    let theirs = section.lines().find_map(|line| Way::read(line.trim_end()));
    let theirs = theirs.unwrap_or(Way {
        out: true,
        back: true,
    });
    let left = Way {
        out: theirs.out && mine.back,
        back: theirs.back && mine.out,
    };
    for line in section.split_inclusive('\n') {
        if Way::read(line.trim_end()).is_none() {
            wanted.push_str(line);
        }
    }
    if !wanted.ends_with('\n') {
        wanted.push_str("\r\n");
    }
    wanted.push_str(left.line());
    wanted.push_str("\r\n");
}

/// The first kind of this section's medium that is not taken.
fn free_kind(taken: &[(TrackKind, String)], section: &str) -> Option<TrackKind> {
    let medium = section.strip_prefix("m=")?.split(' ').next()?;
    TrackKind::ALL
        .into_iter()
        .find(|kind| kind.medium() == medium && taken.iter().all(|(other, _)| other != kind))
}

/// Whether a section has port 0, and not only because another section's port is its own too (RFC 9143 section 6).
fn is_rejected(section: &str) -> bool {
    section.split(' ').nth(1) == Some("0")
        && !section
            .lines()
            .any(|line| line.trim_end() == "a=bundle-only")
}

/// The sections of a description, each from its `m=` line to before the next one's.
fn split(description: &str) -> impl Iterator<Item = &str> {
    let mut rest = description;
    std::iter::from_fn(move || {
        let start = begin_of_section(rest)?;
        let section = &rest[start..];
        let end = section.find("\nm=").map_or(section.len(), |at| at + 1);
        rest = &section[end..];
        Some(&section[..end])
    })
}

fn begin_of_section(description: &str) -> Option<usize> {
    if description.starts_with("m=") {
        return Some(0);
    }
    description.find("\nm=").map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::connection::pairing::{EVERYTHING, NOTHING};
    use TrackKind::{Camera, Microphone, ScreenAudio, ScreenVideo};

    fn description(sections: &[(&str, &str)]) -> String {
        let mut text = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n".to_owned();
        for (number, (head, way)) in sections.iter().enumerate() {
            text +=
                &format!("m={head} UDP/TLS/RTP/SAVPF 96\r\na=mid:{number}\r\n{way}a=rtcp-mux\r\n");
        }
        text
    }

    fn ways(text: &str) -> Vec<&str> {
        text.lines()
            .filter(|line| Way::read(line).is_some())
            .collect()
    }

    #[test]
    fn sections_are_told_apart_by_their_order() {
        let text = description(&[
            ("audio 9", ""),
            ("application 9", ""),
            ("video 0", ""),
            ("video 9", ""),
            ("audio 0", "a=bundle-only\r\n"),
            ("audio 9", ""),
        ]);
        let kinds: Vec<(TrackKind, String)> = kinds(&text);
        let expected = [(Microphone, "0"), (Camera, "3"), (ScreenAudio, "4")];
        assert_eq!(kinds, expected.map(|(kind, name)| (kind, name.to_owned())));
        assert!(has_channels(&text));
        assert!(!has_channels(
            &text.replace("application 9", "application 0")
        ));
        assert_eq!(super::kinds(""), []);
    }

    #[test]
    fn of_an_offer_only_what_is_wanted_is_left() {
        let both = "a=sendrecv\r\n";
        let text = description(&[
            ("audio 9", both),
            ("video 9", ""),
            ("audio 9", both),
            ("video 9", "a=sendonly\r\n"),
            ("application 9", ""),
        ]);
        assert_eq!(ways(&as_wanted(&text, NOTHING)), ["a=inactive"; 4]);
        let camera = MediaWish {
            sends_pictures: true,
            ..NOTHING
        };
        let expected = ["a=inactive", "a=recvonly", "a=inactive", "a=inactive"];
        assert_eq!(ways(&as_wanted(&text, camera)), expected);
        let expected = ["a=sendrecv", "a=sendrecv", "a=sendonly", "a=sendonly"];
        assert_eq!(ways(&as_wanted(&text, EVERYTHING)), expected);
    }

    #[test]
    fn nothing_but_the_ways_is_different_in_what_is_left() {
        let text = description(&[("audio 9", "a=sendrecv\r\n"), ("application 9", "")]);
        let left = as_wanted(&text, NOTHING);
        let mut lines: Vec<&str> = left
            .lines()
            .filter(|line| Way::read(line).is_none())
            .collect();
        let mut all: Vec<&str> = text
            .lines()
            .filter(|line| Way::read(line).is_none())
            .collect();
        lines.sort_unstable();
        all.sort_unstable();
        assert_eq!(lines, all);
        assert!(left.starts_with("v=0\r\n"));
        assert_eq!(as_wanted("garbage", NOTHING), "garbage");
    }

    #[test]
    fn a_screen_is_never_sent() {
        let way = |kind| EVERYTHING.way(kind);
        assert!(!way(ScreenVideo).out && !way(ScreenAudio).out);
        assert!(way(Camera).out && way(Camera).back);
    }
}
