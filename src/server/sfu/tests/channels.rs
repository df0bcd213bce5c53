//! What a person may send, whom it reaches, and when a beat is due.

use proptest::prelude::*;

use super::*;

const TO_ONE: &str = r#"{"to":["P2"]}"#;

fn frame(line: &str, payload: usize) -> Vec<u8> {
    [line.as_bytes(), b"\n", &vec![b'x'; payload]].concat()
}

/// Quotas with every channel open.
fn open(files: u32, now: Instant) -> SenderQuotas {
    let mut quotas = SenderQuotas::full(files, now);
    for channel in Channel::ALL {
        assert!(quotas.opened(channel));
    }
    quotas
}

fn is_admitted(admission: &Admission<'_>) -> bool {
    matches!(admission, Admission::Admitted(_))
}

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

#[test]
fn the_channels_have_the_ids_and_promises_of_the_protocol() {
    let table = [
        (Channel::Chat, 0, "chat", true),
        (Channel::Files, 1, "files", true),
        (Channel::Live, 2, "live", false),
    ];
    for (channel, id, label, is_reliable) in table {
        assert_eq!(channel.stream_id(), id);
        assert_eq!(channel.label(), label);
        assert_eq!(channel.is_reliable(), is_reliable);
        assert_eq!(Channel::ALL[channel.index()], channel);
    }
}

#[test]
fn the_largest_payload_passes_and_one_byte_more_does_not() {
    let now = Instant::now();
    for (channel, is_binary, largest) in [
        (Channel::Chat, false, 65_536),
        (Channel::Chat, true, 65_536),
        (Channel::Files, false, 16_384),
        (Channel::Files, true, 65_536),
        (Channel::Live, false, 1_024),
        (Channel::Live, true, 1_024),
    ] {
        let mut quotas = open(8, now);
        let line = format!("{TO_ONE}{}", " ".repeat(4_000));
        let passing = frame(&line, largest);
        let admission = quotas.admit(channel, is_binary, &passing, now);
        let Admission::Admitted(message) = admission else {
            panic!("{channel:?} {is_binary}: {admission:?}");
        };
        assert_eq!(message.payload.len(), largest);
        assert_eq!(
            quotas.admit(channel, is_binary, &frame(&line, largest + 1), now),
            Admission::Dropped(Refusal::TooLarge)
        );
    }
}

#[test]
fn a_burst_passes_at_once_and_the_rate_after_it() {
    let began = Instant::now();
    for (channel, payload, burst, each_second) in [
        (Channel::Chat, 10, 1_000, 80),
        (Channel::Chat, 32_768, 128, 16),
        (Channel::Files, 10, 1_000, 200),
        (Channel::Files, 16_384, 64, 4),
        (Channel::Live, 10, 60, 40),
        (Channel::Live, 1_024, 60, 40),
    ] {
        let mut quotas = open(8, began);
        let frame = frame("{}", payload);
        let mut passed = 0;
        while is_admitted(&quotas.admit(channel, false, &frame, began)) {
            passed += 1;
        }
        assert_eq!(passed, burst, "{channel:?} {payload}");
        let at_rate = |number: u32| began + Duration::from_secs(1) * number / each_second;
        for number in 1..=each_second * 5 {
            let admission = quotas.admit(channel, false, &frame, at_rate(number) + ms(1));
            assert!(is_admitted(&admission), "{channel:?} {payload} {number}");
        }
    }
}

#[test]
fn a_flood_is_first_dropped_and_then_cut_off_for_good() {
    let now = Instant::now();
    for channel in Channel::ALL {
        let mut quotas = open(8, now);
        let frame = frame("{}", 10);
        let answers: Vec<_> = (0..2_000)
            .map(|_| quotas.admit(channel, false, &frame, now))
            .collect();
        let count = |wanted| answers.iter().filter(|answer| **answer == wanted).count();
        assert_eq!(count(Admission::Dropped(Refusal::TooFast)), 100);
        assert_eq!(count(Admission::Close(Refusal::TooFast)), 1);
        let later = now + Duration::from_secs(3_600);
        assert!(!quotas.opened(channel), "{channel:?}");
        assert_eq!(
            quotas.admit(channel, false, &frame, later),
            Admission::Dropped(Refusal::Closed)
        );
        for other in Channel::ALL.into_iter().filter(|it| *it != channel) {
            assert!(is_admitted(&quotas.admit(other, false, &frame, later)));
        }
    }
}

#[test]
fn a_few_malformed_frames_are_forgiven_and_many_are_not() {
    let began = Instant::now();
    let mut quotas = open(8, began);
    let unended = Refusal::Routing(RoutingError::Unended);
    let mut malformed = |at: Instant| quotas.admit(Channel::Chat, false, b"{}", at);
    for strike in 0..20 {
        let at = began + Duration::from_secs(10) * strike;
        assert_eq!(malformed(at), Admission::Dropped(unended));
    }
    let at = began + Duration::from_secs(200);
    for _ in 0..5 {
        assert_eq!(malformed(at), Admission::Dropped(unended));
    }
    assert_eq!(malformed(at), Admission::Close(unended));
    assert!(!quotas.opened(Channel::Chat));
}

#[test]
fn nothing_passes_on_a_channel_before_it_opens() {
    let now = Instant::now();
    let mut quotas = SenderQuotas::full(8, now);
    let frame = frame("{}", 10);
    for channel in Channel::ALL {
        assert_eq!(
            quotas.admit(channel, false, &frame, now),
            Admission::Dropped(Refusal::Closed)
        );
        assert!(quotas.opened(channel));
        assert!(is_admitted(&quotas.admit(channel, false, &frame, now)));
    }
}

#[test]
fn content_beyond_the_rate_closes_the_channel_until_it_opens_anew() {
    let began = Instant::now();
    let mut quotas = open(8, began);
    let content = frame(TO_ONE, 50_000);
    for _ in 0..20 {
        assert!(is_admitted(&quotas.admit(
            Channel::Files,
            true,
            &content,
            began
        )));
    }
    assert_eq!(
        quotas.admit(Channel::Files, true, &content, began),
        Admission::Close(Refusal::ContentTooFast)
    );
    let later = began + Duration::from_secs(10);
    let control = frame(TO_ONE, 10);
    for (is_binary, frame) in [(true, &content), (false, &control)] {
        assert_eq!(
            quotas.admit(Channel::Files, is_binary, frame, later),
            Admission::Dropped(Refusal::Closed)
        );
    }
    assert!(is_admitted(&quotas.admit(
        Channel::Chat,
        false,
        &control,
        later
    )));
    assert!(quotas.opened(Channel::Files));
    assert!(is_admitted(&quotas.admit(
        Channel::Files,
        true,
        &content,
        later
    )));
}

#[test]
fn a_sender_at_the_operators_rate_is_never_stopped() {
    let began = Instant::now();
    for (files, payload) in [(1, 65_536), (8, 16_384), (8, 65_536), (100, 16_384)] {
        let mut quotas = open(files, began);
        let content = frame(TO_ONE, payload);
        let bytes_per_second = u64::from(files) * 125_000;
        let each = Duration::from_nanos(payload as u64 * 1_000_000_000 / bytes_per_second + 1);
        for number in 0..2_000 {
            let at = began + each * number;
            let admission = quotas.admit(Channel::Files, true, &content, at);
            assert!(is_admitted(&admission), "{files} {payload} {number}");
        }
    }
}

#[test]
fn small_content_is_limited_by_the_number_of_its_frames() {
    let now = Instant::now();
    let mut quotas = open(8, now);
    let content = frame(TO_ONE, 13);
    let admitted = (0..3_000)
        .filter(|_| is_admitted(&quotas.admit(Channel::Files, true, &content, now)))
        .count();
    assert_eq!(admitted, 1_000);
}

#[test]
fn content_goes_to_one_person_and_control_messages_to_many() {
    let now = Instant::now();
    for line in [
        "{}",
        r#"{"to":["P2","P3"]}"#,
        r#"{"to":[]}"#,
        r#"{"except":["P3"]}"#,
    ] {
        let mut quotas = open(8, now);
        assert_eq!(
            quotas.admit(Channel::Files, true, &frame(line, 100), now),
            Admission::Dropped(Refusal::ContentForMany),
            "{line}"
        );
        for (channel, is_binary) in [
            (Channel::Files, false),
            (Channel::Chat, true),
            (Channel::Live, true),
        ] {
            let frame = frame(line, 100);
            let admission = quotas.admit(channel, is_binary, &frame, now);
            assert!(is_admitted(&admission), "{line} {channel:?}");
        }
    }
}

#[test]
fn no_content_passes_where_the_operator_lets_none_through() {
    let now = Instant::now();
    let mut quotas = open(0, now);
    let (content, control) = (frame(TO_ONE, 100), frame(TO_ONE, 10));
    for _ in 0..5 {
        assert_eq!(
            quotas.admit(Channel::Files, true, &content, now),
            Admission::Dropped(Refusal::ContentForbidden)
        );
        assert!(is_admitted(&quotas.admit(
            Channel::Files,
            false,
            &control,
            now
        )));
    }
    assert_eq!(
        quotas.admit(Channel::Files, true, &content, now),
        Admission::Close(Refusal::ContentForbidden)
    );
    assert!(!quotas.opened(Channel::Files));
}

#[test]
fn a_message_reaches_whom_it_is_for_and_never_its_sender() {
    let members: Vec<PeerId> = ["P3", "P1", "P2", "P4"].map(PeerId::new).into();
    let there = || members.iter().zip(0..);
    for (line, sender, wanted) in [
        ("{}", "P1", &[0, 2, 3][..]),
        ("{}", "P9", &[0, 1, 2, 3]),
        (r#"{"to":["P2","P3","gone"]}"#, "P1", &[0, 2]),
        (r#"{"to":["P1"]}"#, "P1", &[]),
        (r#"{"to":["P1","P4"]}"#, "P1", &[3]),
        (r#"{"except":["P3"]}"#, "P1", &[2, 3]),
        (r#"{"to":["P3","P4"],"except":["P3"]}"#, "P1", &[3]),
    ] {
        let message = frame(line, 0);
        let routed = RoutedMessage::parse(&message).unwrap();
        let sender = PeerId::new(sender);
        let reached: Vec<i32> = receivers(there(), &sender, &routed.recipients).collect();
        assert_eq!(reached, wanted, "{line} from {sender}");
    }
}

#[test]
fn a_beat_is_due_when_nothing_came_on_live_for_its_interval() {
    let began = Instant::now();
    let mut beat = Beat::begin(began);
    assert!(!beat.take(began + ms(399)));
    assert!(beat.take(began + ms(400)));
    assert!(!beat.take(began + ms(400)));
    assert_eq!(beat.due_at(), began + ms(800));
    beat.got(began + ms(700));
    assert!(!beat.take(began + ms(1_099)));
    beat.got(began + ms(650));
    assert_eq!(beat.due_at(), began + ms(1_100));
    assert!(beat.take(began + ms(1_350)));
    assert_eq!(beat.due_at(), began + ms(1_750));
}

proptest! {
    #[test]
    fn no_more_passes_than_the_burst_and_the_rate_times_the_time(
        story in proptest::collection::vec((0..3_usize, any::<bool>(), 0..=1_000_usize, 0..50_u64), 1..400),
    ) {
        let began = Instant::now();
        let mut quotas = open(8, began);
        let mut passed = [[0.0_f64; 2]; 4];
        let mut at = began;
        for (channel, is_binary, thousandths, pause) in story {
            at += ms(pause);
            let channel = Channel::ALL[channel];
            let payload = channel.largest_payload(is_binary) * thousandths / 1_000;
            let frame = frame(TO_ONE, payload);
            let admission = quotas.admit(channel, is_binary, &frame, at);
            if let Admission::Admitted(message) = admission {
                let is_content = channel == Channel::Files && is_binary;
                let [frames, bytes] = &mut passed[if is_content { 3 } else { channel.index() }];
                *frames += 1.0;
                *bytes += message.payload.len() as f64;
            } else if admission == Admission::Close(Refusal::ContentTooFast) {
                prop_assert!(quotas.opened(channel));
            }
            let seconds = at.duration_since(began).as_secs_f64();
            let limits = [
                [(1_000.0, 80.0), (4_194_304.0, 524_288.0)],
                [(1_000.0, 200.0), (1_048_576.0, 65_536.0)],
                [(60.0, 40.0), (65_536.0, 40_960.0)],
                [(1_000.0, 261.0), (1_000_000.0, 1_000_000.0)],
            ];
            for (passed, limits) in passed.iter().zip(limits) {
                for (passed, (burst, rate)) in passed.iter().zip(limits) {
                    prop_assert!(*passed <= burst + rate * seconds + 0.001);
                }
            }
        }
    }
}
