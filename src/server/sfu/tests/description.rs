//! What offers are taken, and how they are read.

use proptest::prelude::*;

use super::*;

fn section(medium: &str, mid: &str, direction: &str, more: &str) -> String {
    let codec = match medium {
        "audio" => "a=rtpmap:111 opus/48000/2\r\n",
        "video" => "a=rtpmap:96 VP8/90000\r\n",
        _ => "",
    };
    format!(
        "m={medium} 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:{mid}\r\na=ice-ufrag:Abcd\r\na=fingerprint:sha-256 AA:BB\r\na={direction}\r\n{codec}{more}"
    )
}

fn offer(sections: &[String]) -> String {
    let mids: Vec<String> = (0..sections.len()).map(|mid| mid.to_string()).collect();
    format!(
        "v=0\r\na=group:BUNDLE {}\r\n{}",
        mids.join(" "),
        sections.concat()
    )
}

fn usual() -> Vec<String> {
    let layers = "a=simulcast:send q;h;~f\r\n";
    vec![
        section("audio", "0", "sendonly", ""),
        section("video", "1", "sendonly", layers),
        section("audio", "2", "sendrecv", ""),
        section("video", "3", "sendonly", "a=simulcast:send q;f\r\n"),
        section("audio", "4", "recvonly", ""),
        section("video", "5", "recvonly", ""),
        section("video", "6", "inactive", ""),
        section("application", "7", "sendrecv", ""),
    ]
}

#[test]
fn sections_are_told_apart_by_their_order_and_direction() {
    let shape = OfferShape::read(&offer(&usual())).expect("it keeps the rules");
    let purposes: Vec<Purpose> = shape.sections.into_iter().map(|it| it.purpose).collect();
    assert_eq!(
        purposes,
        [
            Purpose::Sent(Track::Microphone, vec![]),
            Purpose::Sent(Track::Camera, Layer::ALL.to_vec()),
            Purpose::Sent(Track::ScreenAudio, vec![]),
            Purpose::Sent(Track::ScreenVideo, vec![Layer::Quarter, Layer::Full]),
            Purpose::SoundSlot,
            Purpose::PictureSlot,
            Purpose::Idle,
        ]
    );
    assert!(shape.has_channels);
    assert_eq!(shape.fingerprint, "sha-256 AA:BB");
    assert_eq!(shape.ufrag, "Abcd");
}

#[test]
fn a_certificate_may_be_named_by_other_hash_functions_besides() {
    let others = "a=fingerprint:sha-384 CC:DD\r\na=fingerprint:sha-512 EE:FF\r\n";
    let sdp = offer(&[section("audio", "0", "sendonly", others)]);
    let shape = OfferShape::read(&sdp).unwrap();
    assert_eq!(shape.fingerprint, "sha-256 AA:BB");
    let without = sdp.replace("fingerprint:sha-256", "fingerprint:sha-1");
    assert_eq!(OfferShape::read(&without), Err(BrokenRule::Fingerprints));
}

#[test]
fn each_rule_is_named_when_it_is_broken() {
    let broken = |sections: Vec<String>| OfferShape::read(&offer(&sections));
    let audio = |more: &str| section("audio", "0", "sendonly", more);
    let video = |more: &str| section("video", "0", "sendonly", more);
    let cases = [
        (vec![audio(&"x".repeat(64 * 1024))], BrokenRule::TooLong),
        (
            vec![audio("a=fingerprint:sha-256 CC:DD\r\n")],
            BrokenRule::Fingerprints,
        ),
        (vec![audio("a=ice-ufrag:Efgh\r\n")], BrokenRule::Credentials),
        (vec![audio("").replace("opus", "PCMU")], BrokenRule::NoOpus),
        (vec![video("").replace("VP8", "H264")], BrokenRule::NoVp8),
        (
            vec![video("a=simulcast:send q;h;f;q\r\n")],
            BrokenRule::Layers,
        ),
        (vec![video("a=simulcast:send a\r\n")], BrokenRule::Layers),
        (vec![audio("").replace("a=mid:0", "a=x")], BrokenRule::NoMid),
        (
            vec![audio("").replace("a=mid:0", "a=mid:12345678901234567")],
            BrokenRule::NoMid,
        ),
        (
            vec![audio("").replace("a=mid:0", "a=mid:9")],
            BrokenRule::NotBundled,
        ),
        (
            (0..3)
                .map(|mid| section("audio", &mid.to_string(), "sendonly", ""))
                .collect(),
            BrokenRule::TooManySent,
        ),
        (
            (0..41)
                .map(|mid| section("audio", &mid.to_string(), "recvonly", ""))
                .collect(),
            BrokenRule::TooManySections,
        ),
    ];
    for (sections, rule) in cases {
        assert_eq!(broken(sections), Err(rule));
    }
    assert_eq!(OfferShape::read("v=0\r\n"), Err(BrokenRule::NotBundled));
}

#[test]
fn a_section_that_was_rejected_is_idle_and_need_not_be_bundled() {
    let mut sections = usual();
    sections[5] = sections[5]
        .replace("m=video 9", "m=video 0")
        .replace("a=mid:5", "a=mid:x");
    let shape = OfferShape::read(&offer(&sections)).expect("it keeps the rules");
    assert_eq!(shape.sections[5].purpose, Purpose::Idle);
}

proptest! {
    #[test]
    fn no_text_is_too_strange(lines in prop::collection::vec("[ma]=[a-z:~;, 0-9]{0,40}", 0..60)) {
        let _ = OfferShape::read(&lines.join("\n"));
    }
}
