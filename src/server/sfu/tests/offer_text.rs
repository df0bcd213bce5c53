//! Which words of an offer are others than the client's.

use super::*;

#[test]
fn a_section_for_the_bundle_alone_has_the_port_of_the_others_and_a_rejected_one_has_none() {
    let offer = "v=0\r\na=group:BUNDLE 0 1 3\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n\
        m=video 0 UDP/TLS/RTP/SAVPF 0\r\na=mid:1\r\na=bundle-only\r\n\
        m=video 0 UDP/TLS/RTP/SAVPF 0\r\na=mid:2\r\n\
        m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\na=bundle-only\r\na=mid:3\r\n";
    let plain = plain(offer);
    let ports = plain.lines().filter(|line| line.starts_with("m="));
    let ports: Vec<_> = ports.filter_map(|line| line.split(' ').nth(1)).collect();
    assert_eq!(ports, ["9", "9", "0", "9"]);
    assert_eq!(plain.len(), offer.len(), "nothing else is different");
}

#[test]
fn who_leaves_it_to_us_is_spoken_to_first_and_who_does_not_is_as_they_say() {
    let setups = ["actpass", "active", "passive"];
    let setups = setups.map(|setup| plain(&format!("v=0\r\na=setup:{setup}\r\n")));
    let expected = ["passive", "active", "passive"];
    assert_eq!(
        setups,
        expected.map(|setup| format!("v=0\r\na=setup:{setup}\r\n"))
    );
}

#[test]
fn a_text_that_is_no_offer_stays_as_it_is() {
    for text in [
        "",
        "garbage",
        "m=",
        "v=0\nm=\nm= 0 \n",
        "\nm=audio\na=bundle-only",
    ] {
        assert_eq!(plain(text), text);
    }
}
