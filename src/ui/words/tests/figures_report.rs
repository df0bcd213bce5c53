//! What is copied reads well, names everybody, and tells no address.

use std::collections::BTreeMap;

use super::people_to_text;
use crate::protocol::MediaState;
use crate::room::quality::score::score;
use crate::room::quality::{History, HistoryPoint, Report, Sample, TrackMap};
use crate::room::{Moment, TrackKind};

const RECORDED: &str = include_str!("../../../room/quality/recorded/chromium.json");

fn recorded(name: &str) -> Report {
    let lists: BTreeMap<String, Vec<serde_json::Value>> = serde_json::from_str(RECORDED).unwrap();
    Report::from_entries(lists[name].iter().map(ToString::to_string))
}

fn filled(count: u64) -> History {
    let mids = ["0", "1", "2", "3"].map(str::to_owned);
    let tracks = TrackMap::new(mids.into_iter().zip(TrackKind::ALL));
    let sample = Sample::between(&recorded("first"), &recorded("second"), &tracks);
    let sending = MediaState {
        audio: true,
        video: true,
        screen: false,
    };
    let mut history = History::default();
    for index in 0..count {
        history.push(HistoryPoint {
            at: Moment(index * 2_000),
            score: score(&sample, sending),
            sample: sample.clone(),
        });
    }
    history
}

#[test]
fn the_text_holds_the_figures_and_no_address() {
    assert!(RECORDED.contains("192.0.2.2") && RECORDED.contains("fd00::2"));
    let text = people_to_text(&[("Ada", &filled(1))]);
    for secret in [
        "192.0.2", "fd00", "42200", "52200", "33123", "VhsdU", "IT01",
    ] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    assert!(text.contains("Path host to host over udp"), "{text}");
    assert!(text.contains("Receiving camera: "), "{text}");
    assert!(text.contains("VP8, 0.0 % lost"), "{text}");
}

#[test]
fn everybody_is_in_the_text_also_those_of_the_same_name() {
    let (one, other, none) = (filled(1), filled(3), History::default());
    let text = people_to_text(&[("Ada", &one), ("Ada", &other), ("\"Bob\"", &none)]);
    assert!(text.starts_with("Ada\nScore "), "{text}");
    assert_eq!(text.matches("\n\nAda\nScore ").count(), 1, "{text}");
    assert!(text.ends_with("\n\n\"Bob\"\nNo figures yet.\n"), "{text}");
    assert_eq!(people_to_text(&[]), "");
}
