//! Offers.

use std::collections::BTreeSet;
use std::time::Instant;

use super::connection::{OFFER, answer};
use super::description::{OfferShape, Purpose};
use super::offer_text;
use super::session::SessionOutput;
use crate::script::Script;

/// Most changes of an offer.
const CHANGES: usize = 32;

/// Any text as an offer, or the usual one with any changes. What is refused leaves nothing; what is taken keeps the limits, is
/// answered with what it offers and nothing else, and makes the SFU send nothing.
pub fn sfu_offers(data: &[u8]) {
    let offer = match data.split_first() {
        Some((0, text)) => String::from_utf8_lossy(text).into_owned(),
        _ => changed(data),
    };
    let plain = offer_text::plain(&offer);
    assert_eq!(offer_text::plain(&plain), plain, "these words are plain");
    let Ok(shape) = OfferShape::read(&plain) else {
        return;
    };
    check(&shape);
    let now = Instant::now();
    let Ok(mut session) = answer(&offer, now) else {
        return;
    };
    let first = session.answer().to_owned();
    assert_eq!(sections(&first), sections(&plain), "a section for each");
    for codec in codecs(&first) {
        assert!(codecs(&plain).contains(&codec), "{codec} was not offered");
    }
    session.drain(|output| {
        let is_sent = matches!(output, SessionOutput::Packet(_) | SessionOutput::Media(..));
        assert!(!is_sent, "{output:?} after an offer alone");
    });
    // The same again, as of a client that missed the answer and numbers anew.
    if session.renegotiate(shape, &plain, Some(2)).is_ok() {
        assert_eq!(sections(session.answer()), sections(&plain));
    }
}

fn check(shape: &OfferShape) {
    assert!(shape.sections.len() <= 40);
    let mut tracks = BTreeSet::new();
    for section in &shape.sections {
        assert!((1..=16).contains(&section.mid.len()));
        if let Purpose::Sent(track, layers) = &section.purpose {
            assert!(tracks.insert(*track as usize), "{track:?} twice");
            assert!(layers.len() <= 3);
            assert!(track.is_picture() || layers.is_empty());
        }
    }
}

fn sections(description: &str) -> usize {
    let lines = description.lines();
    lines.filter(|line| line.starts_with("m=")).count()
}

/// The names of the codecs, whatever their numbers.
fn codecs(description: &str) -> BTreeSet<String> {
    let formats = description.lines().filter_map(|line| line.strip_prefix("a=rtpmap:"));
    let names = formats.filter_map(|format| format.split(' ').nth(1)?.split('/').next());
    names.map(str::to_ascii_lowercase).collect()
}

/// The usual offer, changed line by line.
fn changed(data: &[u8]) -> String {
    let mut script = Script(data);
    let mut lines: Vec<Vec<u8>> = OFFER.lines().map(|line| line.as_bytes().to_vec()).collect();
    for _ in 0..CHANGES {
        if script.is_over() || lines.is_empty() {
            break;
        }
        let at = usize::from(script.byte()) % lines.len();
        match script.byte() % 6 {
            0 => drop(lines.remove(at)),
            1 => {
                let to = usize::from(script.byte()) % lines.len();
                let line = lines[at].clone();
                lines.insert(to, line);
            }
            2 => {
                let other = usize::from(script.byte()) % lines.len();
                lines.swap(at, other);
            }
            3 => lines[at] = script.bytes().to_vec(),
            4 => lines[at].extend_from_slice(script.bytes()),
            _ => {
                let place = usize::from(script.byte()) % (lines[at].len() + 1);
                lines[at].truncate(place);
                lines[at].extend_from_slice(script.bytes());
            }
        }
    }
    let lines = lines.iter().map(|line| String::from_utf8_lossy(line));
    lines.flat_map(|line| [line.into_owned(), "\r\n".to_owned()]).collect()
}
