//! How messages on the hub's channels are read and written.

use super::*;
use crate::room::testing::fixture::peer;

fn text(text: &str) -> Frame {
    Frame::Text(text.to_owned())
}

#[test]
fn a_message_says_whom_it_is_for_in_its_first_line() {
    let to = [peer("P1"), peer("P2")];
    assert_eq!(
        write(&to, &text("hello\nyou")),
        [text("{\"to\":[\"P1\",\"P2\"]}\nhello\nyou")]
    );
    assert_eq!(
        write(&to[..1], &Frame::Bytes(vec![0, 10, 255])),
        [Frame::Bytes(b"{\"to\":[\"P1\"]}\n\x00\x0a\xff".to_vec())]
    );
    assert_eq!(write(&[], &text("nobody")), []);
    assert_eq!(hello(), text("{\"to\":[]}\n"));
}

#[test]
fn a_line_is_never_longer_than_the_server_takes_and_nobody_is_left_out() {
    let everyone: Vec<PeerId> = (0..1_000)
        .map(|number| PeerId::new(format!("a-peer-{number:09}")))
        .collect();
    let messages = write(&everyone, &text("hello"));
    let mut named = Vec::new();
    for message in &messages {
        let Frame::Text(message) = message else {
            panic!("text stays text");
        };
        let (line, payload) = message.split_once('\n').unwrap();
        assert!(line.len() <= LINE_BYTES, "{}", line.len());
        assert_eq!(payload, "hello");
        let line: Value = serde_json::from_str(line).unwrap();
        let to = line["to"].as_array().unwrap().clone();
        named.extend(to.into_iter().map(|one| PeerId::new(one.as_str().unwrap())));
    }
    assert_eq!(named, everyone);
    assert_eq!(messages.len(), 5);
}

#[test]
fn what_the_server_says_is_told_apart() {
    let cases = [
        (
            "{\"from\":\"P1\"}\nhello\nyou",
            Some(Routed::From(peer("P1"), text("hello\nyou"))),
        ),
        (
            "{\"from\":\"P1\"}\n",
            Some(Routed::From(peer("P1"), text(""))),
        ),
        ("{\"from\":\"P1\"}", None),
        ("{\"opened\":\"P3\"}", Some(Routed::Opened(peer("P3")))),
        ("{\"ready\":1}", Some(Routed::Ready)),
        ("{\"beat\":1}", Some(Routed::Beat)),
        ("{\"news\":1}", None),
        ("{\"from\":7}\nhello", None),
        ("hello", None),
        ("[]\nhello", None),
        ("", None),
    ];
    for (message, routed) in cases {
        assert_eq!(read(text(message)), routed, "{message}");
    }
    assert_eq!(
        read(Frame::Bytes(b"{\"from\":\"P1\"}\n\x00\x0a".to_vec())),
        Some(Routed::From(peer("P1"), Frame::Bytes(vec![0, 10])))
    );
    assert_eq!(read(Frame::Bytes(vec![1, 2, 3])), None);
    assert_eq!(read(Frame::Bytes(vec![0xff, b'\n'])), None);
}
