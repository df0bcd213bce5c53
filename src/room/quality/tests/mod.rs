//! Reports recorded in a browser, and tables of made-up samples.

pub(crate) mod history;

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::protocol::MediaState;
use crate::protocol::fields::read_text;
use crate::room::participant::TrackKind;
use crate::room::quality::sample::{Path, ReceivedVideo};
use crate::room::quality::score::{Meter, Score, score};

const BOTH: MediaState = MediaState {
    audio: true,
    video: true,
    screen: false,
};

fn recorded(name: &str) -> Report {
    let lists: BTreeMap<String, Vec<serde_json::Value>> =
        serde_json::from_str(include_str!("../recorded/chromium.json")).unwrap();
    Report::from_entries(lists[name].iter().map(ToString::to_string))
}

fn tracks() -> TrackMap {
    TrackMap::new(
        ["0", "1", "2", "3"]
            .map(str::to_owned)
            .into_iter()
            .zip(TrackKind::ALL),
    )
}

fn received(kind: TrackKind, loss: f64, jitter_ms: f64) -> ReceivedTrack {
    ReceivedTrack {
        kind,
        bitrate: Some(40_000.0),
        loss: Some(loss),
        jitter_ms: Some(jitter_ms),
        codec: None,
        concealed: None,
        video: None,
    }
}

fn sample(round_trip_ms: f64, loss: f64, jitter_ms: f64, frames_per_second: f64) -> Sample {
    let video = ReceivedVideo {
        frames_per_second: Some(frames_per_second),
        size: Some(VideoSize {
            width: 1280,
            height: 720,
        }),
        freezes: Some(0.0),
        frozen: Some(0.0),
    };
    Sample {
        path: Path {
            round_trip_ms: Some(round_trip_ms),
            ..Path::default()
        },
        received: vec![
            received(TrackKind::Microphone, loss, jitter_ms),
            ReceivedTrack {
                video: Some(video),
                ..received(TrackKind::Camera, loss, jitter_ms)
            },
        ],
        sent: Vec::new(),
    }
}

fn points(sample: &Sample) -> u8 {
    score(sample, BOTH).unwrap().value()
}

#[test]
fn a_recorded_call_reads_as_it_was() {
    let sample = Sample::between(&recorded("first"), &recorded("second"), &tracks());
    assert_eq!(sample.path.round_trip_ms, Some(2.0));
    assert_eq!(sample.path.local, Some(CandidateKind::Host));
    assert_eq!(sample.path.remote, Some(CandidateKind::Host));
    assert_eq!(sample.path.protocol.as_deref(), Some("udp"));
    assert!(sample.path.available_bitrate.unwrap() > 1_000_000.0);

    let kinds: Vec<_> = sample.received.iter().map(|track| track.kind).collect();
    assert_eq!(kinds, [TrackKind::Microphone, TrackKind::Camera]);
    let voice = sample.received(TrackKind::Microphone).unwrap();
    assert_eq!(voice.codec.as_deref(), Some("opus"));
    assert_eq!((voice.loss, voice.concealed), (Some(0.0), Some(0.0)));
    assert!((20_000.0..60_000.0).contains(&voice.bitrate.unwrap()));
    let face = sample.received(TrackKind::Camera).unwrap();
    assert_eq!(face.codec.as_deref(), Some("VP8"));
    let video = face.video.as_ref().unwrap();
    let small = VideoSize {
        width: 320,
        height: 180,
    };
    assert_eq!(video.size, Some(small));
    assert!((19.0..=21.0).contains(&video.frames_per_second.unwrap()));

    let sent = sample.sent(TrackKind::Camera).unwrap();
    assert_eq!(sent.limitation, LimitationReason::Bandwidth);
    assert_eq!(sent.target_bitrate, Some(600_000.0));
    assert_eq!(sent.loss, Some(0.0));
    assert!(sent.reported_packets.is_some_and(|packets| packets > 0.0));
    assert!(points(&sample) >= 90);
}

#[test]
fn lowered_sending_shows_in_the_recorded_figures() {
    let sample = Sample::between(
        &recorded("limitedFirst"),
        &recorded("limitedSecond"),
        &tracks(),
    );
    let sent = sample.sent(TrackKind::Camera).unwrap();
    assert!(sent.bitrate.unwrap() < 60_000.0);
    let video = sent.video.as_ref().unwrap();
    assert!((9.0..=11.0).contains(&video.frames_per_second.unwrap()));
    assert_eq!(video.size.unwrap().height, 90);
}

#[test]
fn the_first_report_and_counters_that_ran_backwards_give_no_rates() {
    for (earlier, later) in [
        (Report::default(), recorded("first")),
        (recorded("second"), recorded("first")),
    ] {
        let sample = Sample::between(&earlier, &later, &tracks());
        assert_eq!(sample.received_bitrate(), None);
        assert_eq!(sample.sent_bitrate(), None);
        let face = sample.received(TrackKind::Camera).unwrap();
        assert_eq!(face.video.as_ref().unwrap().frames_per_second, None);
    }
}

#[test]
fn what_is_over_stays_in_the_reports_and_no_longer_passes() {
    let report = |bytes: u32, width: u32, at: u32| {
        let common = format!(
            r#""timestamp":{at},"kind":"video","frameWidth":{width},"frameHeight":{width}"#
        );
        Report::from_entries([
            format!(r#"{{"id":"i","type":"inbound-rtp",{common},"bytesReceived":{bytes}}}"#),
            format!(r#"{{"id":"o","type":"outbound-rtp",{common},"bytesSent":{bytes}}}"#),
        ])
    };
    // Bytes in the report before, size of the picture; whether it passes, and whether it has a size.
    for (before, width, passes, has_size) in [
        (100, 640, true, true),
        (200, 640, false, true),
        (100, 0, true, false),
        // Counters that ran backwards tell nothing.
        (300, 640, true, true),
    ] {
        let sample = Sample::between(
            &report(before, width, 1_000),
            &report(200, width, 3_000),
            &tracks(),
        );
        let (theirs, ours) = (&sample.received[0], &sample.sent[0]);
        assert_eq!(
            (theirs.arrives(), ours.is_sent()),
            (passes, passes),
            "{before}"
        );
        let sizes = [
            theirs.video.as_ref().unwrap().size,
            ours.video.as_ref().unwrap().size,
        ];
        assert_eq!(sizes.map(|size| size.is_some()), [has_size; 2], "{width}");
    }
    let first = Sample::between(&Report::default(), &report(200, 640, 3_000), &tracks());
    assert!(first.received[0].arrives() && first.sent[0].is_sent());
}

#[test]
fn without_a_transport_the_pair_that_says_it_is_in_use_counts() {
    let report = Report::from_entries([
        r#"{"id":"a","type":"candidate-pair","timestamp":1,"state":"succeeded","nominated":true,"localCandidateId":"x"}"#,
        r#"{"id":"b","type":"candidate-pair","timestamp":1,"selected":true,"nominated":true,"currentRoundTripTime":0.04,"localCandidateId":"l","remoteCandidateId":"r"}"#,
        r#"{"id":"l","type":"local-candidate","timestamp":1,"candidateType":"relay","protocol":"udp","relayProtocol":"tls"}"#,
        r#"{"id":"r","type":"remote-candidate","timestamp":1,"candidateType":"brand-new"}"#,
    ]);
    let path = Sample::between(&Report::default(), &report, &tracks()).path;
    assert_eq!(path.round_trip_ms, Some(40.0));
    assert_eq!(path.local, Some(CandidateKind::Relay));
    assert_eq!(path.remote, Some(CandidateKind::Unknown));
    assert_eq!(path.protocol.as_deref(), Some("tls"));
}

#[test]
fn scores_follow_what_people_notice() {
    // Round trip ms, loss, jitter ms, frames/s; the range the score must be in.
    for (round_trip, loss, jitter, rate, least, most) in [
        (5.0, 0.0, 1.0, 30.0, 95, 100),
        (120.0, 0.0, 5.0, 30.0, 90, 98),
        (300.0, 0.0, 10.0, 30.0, 80, 95),
        (600.0, 0.0, 10.0, 30.0, 60, 75),
        (1_200.0, 0.0, 10.0, 30.0, 0, 40),
        (50.0, 0.02, 5.0, 30.0, 85, 95),
        (50.0, 0.05, 5.0, 30.0, 70, 85),
        (50.0, 0.10, 5.0, 30.0, 50, 70),
        (50.0, 0.30, 5.0, 30.0, 0, 30),
        (50.0, 0.0, 5.0, 10.0, 70, 80),
        (50.0, 0.0, 5.0, 4.0, 40, 60),
        (50.0, 0.0, 5.0, 0.0, 0, 10),
        (50.0, 0.0, 150.0, 30.0, 60, 80),
    ] {
        let points = points(&sample(round_trip, loss, jitter, rate));
        assert!(
            (least..=most).contains(&points),
            "{round_trip} ms, {loss} lost, jitter {jitter}, {rate} fps: {points}"
        );
    }
}

#[test]
fn what_is_switched_off_is_not_held_against_anyone() {
    let mut still = sample(40.0, 0.0, 5.0, 0.0);
    let sound_only = MediaState {
        video: false,
        ..BOTH
    };
    assert!(points(&still) < 20);
    assert!(score(&still, sound_only).unwrap().value() > 90);
    still.received[0].bitrate = Some(0.0);
    assert_eq!(score(&still, sound_only).unwrap().value(), 0);
    assert!(score(&still, MediaState::default()).unwrap().value() > 90);
    assert_eq!(score(&Sample::default(), BOTH), None);
}

#[test]
fn the_indicator_falls_at_once_and_rises_when_it_lasts() {
    let mut meter = Meter::default();
    let good = score(&sample(20.0, 0.0, 1.0, 30.0), BOTH).unwrap();
    let bad = score(&sample(20.0, 0.4, 1.0, 30.0), BOTH).unwrap();
    assert_eq!(meter.indicator(), None);
    assert_eq!(meter.observe(good), Indicator::Good);
    assert_eq!(meter.observe(bad), Indicator::Poor);
    assert_eq!(meter.observe(good), Indicator::Poor);
    let after: Vec<_> = (0..5).map(|_| meter.observe(good)).collect();
    assert_eq!(after.last(), Some(&Indicator::Good));
    assert!(after.is_sorted());
}

#[test]
fn the_indicator_does_not_flicker_around_a_border() {
    let mut meter = Meter::default();
    let around: Vec<Score> = [0.055, 0.075, 0.06, 0.072]
        .map(|loss| score(&sample(20.0, loss, 1.0, 30.0), BOTH).unwrap())
        .into();
    let (least, most) = (around.iter().min().unwrap(), around.iter().max().unwrap());
    assert!(least.value() < 75 && most.value() > 75, "{around:?}");
    let shown: Vec<_> = around
        .iter()
        .cycle()
        .take(60)
        .map(|score| meter.observe(*score))
        .collect();
    let changes = shown.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert!(changes <= 1, "{changes} changes");
}

proptest! {
    #[test]
    fn any_text_is_read_without_panicking(entries in proptest::collection::vec(".{0,60}", 0..6)) {
        let report = Report::from_entries(&entries);
        let _ = Sample::between(&report, &report, &TrackMap::default());
    }

    #[test]
    fn wild_figures_never_give_a_score_out_of_range(
        bytes in -1e18..1e18f64, lost in -1e9..1e9f64, jitter in -1e3..1e9f64, time in 0.0..1e13f64,
    ) {
        let entry = |bytes: f64, time: f64| format!(
            r#"{{"id":"i","type":"inbound-rtp","timestamp":{time},"kind":"video","bytesReceived":{bytes},"packetsReceived":{bytes},"packetsLost":{lost},"jitter":{jitter},"framesDecoded":{bytes}}}"#
        );
        let sample = Sample::between(
            &Report::from_entries([entry(bytes / 2.0, time / 2.0)]),
            &Report::from_entries([entry(bytes, time)]),
            &TrackMap::default(),
        );
        if let Some(score) = score(&sample, BOTH) {
            prop_assert!(score.value() <= 100);
        }
        for track in &sample.received {
            prop_assert!(track.loss.is_none_or(|loss| (0.0..=1.0).contains(&loss)));
        }
    }

    #[test]
    fn more_trouble_never_scores_better(
        round_trip in 0.0..2_000.0f64, loss in 0.0..1.0f64, jitter in 0.0..500.0f64, rate in 0.0..60.0f64, more in 0.0..0.5f64,
    ) {
        let base = points(&sample(round_trip, loss, jitter, rate));
        prop_assert!(points(&sample(round_trip + more * 1e3, loss, jitter, rate)) <= base);
        prop_assert!(points(&sample(round_trip, (loss + more).min(1.0), jitter, rate)) <= base);
        prop_assert!(points(&sample(round_trip, loss, jitter + more * 100.0, rate)) <= base);
    }
}

#[test]
fn the_entries_that_are_read_are_those_that_are_known() {
    // Known entries need members of theirs; the others are taken with any.
    let is_other = |kind: &str| {
        let text = format!(r#"{{"type":"{kind}"}}"#);
        read_text::<StatsEntry>(&text).is_ok_and(|entry| entry == StatsEntry::Other)
    };
    for kind in [
        "inbound-rtp",
        "outbound-rtp",
        "remote-inbound-rtp",
        "candidate-pair",
        "local-candidate",
        "remote-candidate",
        "codec",
        "transport",
        "media-source",
    ] {
        assert!(StatsEntry::is_read(kind) && !is_other(kind), "{kind}");
    }
    for kind in [
        "certificate",
        "data-channel",
        "peer-connection",
        "remote-outbound-rtp",
        "media-playout",
    ] {
        assert!(!StatsEntry::is_read(kind) && is_other(kind), "{kind}");
    }
}
