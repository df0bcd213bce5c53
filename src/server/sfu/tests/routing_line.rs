//! How routing lines are read and written.

use proptest::prelude::*;

use super::*;

fn parse(message: &[u8]) -> Result<RoutedMessage<'_>, RoutingError> {
    RoutedMessage::parse(message)
}

/// Those of P1 to P4 whom a routing line includes, by their numbers.
fn included(line: &str) -> Vec<u8> {
    let message = format!("{line}\npayload");
    let routed = parse(message.as_bytes()).unwrap_or_else(|error| panic!("{line}: {error}"));
    assert_eq!(routed.payload, b"payload", "{line}");
    let peer = |number: &u8| PeerId::new(format!("P{number}"));
    let all = 1..=4;
    all.filter(|it| routed.recipients.include(&peer(it)))
        .collect()
}

#[test]
fn a_line_includes_those_it_names_and_nobody_it_excepts() {
    for (line, wanted) in [
        ("{}", &[1, 2, 3, 4][..]),
        (r#"{"to":["P1"]}"#, &[1]),
        (r#"{"to":["P3","P1","P3","nobody"]}"#, &[1, 3]),
        (r#"{"to":[]}"#, &[]),
        (r#"{"except":["P3"]}"#, &[1, 2, 4]),
        (r#"{"except":[]}"#, &[1, 2, 3, 4]),
        (r#"{"to":["P4","P2"],"except":["P4","P1"]}"#, &[2]),
        (r#" { "to" : [ "\u00501" ] } "#, &[1]),
        (
            r#"{"from":"P4","beat":1,"to":["P2"],"later":{"to":["P1"]}}"#,
            &[2],
        ),
    ] {
        assert_eq!(included(line), wanted, "{line}");
    }
}

#[test]
fn a_line_that_is_not_understood_is_for_nobody() {
    for line in [
        "",
        " ",
        "null",
        "[]",
        r#"[["P1"]]"#,
        r#"[null,["P1"]]"#,
        r#""P1""#,
        "{",
        "{}{}",
        r#"{"to":null}"#,
        r#"{"to":"P1"}"#,
        r#"{"to":[1]}"#,
        r#"{"to":[["P1"]]}"#,
        r#"{"to":{"0":"P1"}}"#,
        r#"{"to":["P1"],"to":["P2"]}"#,
        r#"{"except":null}"#,
        r#"{"except":"P3"}"#,
        r#"{"to":["P1"],"except":[3]}"#,
    ] {
        let message = format!("{line}\n{{}}\n");
        let error = parse(message.as_bytes()).unwrap_err();
        assert_eq!(error, RoutingError::Malformed, "{line}");
    }
    let error = parse(b"{\"to\":[\"\xff\"]}\n").unwrap_err();
    assert_eq!(error, RoutingError::Malformed);
}

#[test]
fn the_payload_is_everything_behind_the_first_line_break() {
    for payload in [
        &b""[..],
        b"\n",
        b"{\"to\":[\"P1\"]}\n{}",
        b"\r\n\x00\xff",
        &[b'\n'; 70_000],
    ] {
        let message = [b"{}\n", payload].concat();
        assert_eq!(parse(&message).unwrap().payload, payload);
    }
}

#[test]
fn a_line_has_at_most_its_bytes_and_ends() {
    let padded = |bytes: usize| format!("{{}}{}", " ".repeat(bytes - 2)).into_bytes();
    let longest = padded(ROUTING_LINE_BYTES);
    assert!(parse(&[&longest[..], b"\nx"].concat()).is_ok());
    assert!(parse(&[&longest[..], b"\n"].concat()).is_ok());
    assert_eq!(parse(&longest), Err(RoutingError::Unended));
    let longer = padded(ROUTING_LINE_BYTES + 1);
    assert_eq!(parse(&longer), Err(RoutingError::TooLong));
    assert_eq!(
        parse(&[&longer[..], b"\nx"].concat()),
        Err(RoutingError::TooLong)
    );
    assert_eq!(parse(b""), Err(RoutingError::Unended));
    assert_eq!(parse(b"{}"), Err(RoutingError::Unended));
}

#[test]
fn one_person_is_told_from_many_and_from_everyone() {
    for (line, is_one) in [
        (r#"{"to":["P1"]}"#, true),
        (r#"{"to":["P1","P1"]}"#, true),
        (r#"{"to":["P1","P2"]}"#, false),
        (r#"{"to":[]}"#, false),
        ("{}", false),
        (r#"{"except":["P1"]}"#, false),
    ] {
        let message = format!("{line}\n");
        let routed = parse(message.as_bytes()).unwrap();
        assert_eq!(routed.recipients.is_one(), is_one, "{line}");
    }
}

#[test]
fn receivers_read_from_whom_it_is_and_the_payload_as_it_was() {
    let written = from(&PeerId::new("P1"), b"{\"type\":\"message\"}");
    assert_eq!(&*written, b"{\"from\":\"P1\"}\n{\"type\":\"message\"}");
    assert_eq!(&*beat(), b"{\"beat\":1}");
}

/// What may stand under `to` or `except`: nothing, what belongs there, and what does not.
fn member() -> impl Strategy<Value = Option<serde_json::Value>> {
    let names = proptest::collection::vec("P[1-4]", 0..5);
    let wrong = prop_oneof![
        Just(serde_json::Value::Null),
        Just(serde_json::json!("P1")),
        Just(serde_json::json!(["P1", 2])),
        Just(serde_json::json!({ "P1": true })),
    ];
    prop_oneof![
        2 => Just(None),
        6 => names.prop_map(|names| Some(names.into())),
        1 => wrong.prop_map(Some),
    ]
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(
        message in proptest::collection::vec(any::<u8>(), 0..300),
        open in "[{\\[]{0,3}",
        fill in 0..5_000_usize,
    ) {
        let _ = parse(&message);
        let json = format!("{{\"to\":[\"P1\"],\"x\":{open}{}", " ".repeat(fill));
        let _ = parse(&[json.as_bytes(), &message].concat());
        let deep = [b"{\"x\":".as_slice(), &b"[".repeat(fill), b"\n", &message].concat();
        prop_assert!(parse(&deep).is_err());
    }

    #[test]
    fn a_line_of_any_members_is_refused_or_includes_whom_a_plain_reading_does(
        to in member(),
        except in member(),
    ) {
        let mut line = serde_json::json!({ "later": null });
        for (name, value) in [("to", &to), ("except", &except)] {
            if let Some(value) = value {
                line[name] = value.clone();
            }
        }
        let message = format!("{line}\n");
        let names = |value: &Option<serde_json::Value>| {
            let Some(value) = value else { return Some(None) };
            let texts = value.as_array()?.iter().map(|it| it.as_str().map(str::to_owned));
            texts.collect::<Option<Vec<String>>>().map(Some)
        };
        match (names(&to), names(&except)) {
            (Some(to), Some(except)) => {
                let recipients = parse(message.as_bytes()).unwrap().recipients;
                for peer in ["P1", "P2", "P3"] {
                    let named = |names: &Vec<String>| names.iter().any(|it| it == peer);
                    let wanted = to.as_ref().is_none_or(named) && !except.as_ref().is_some_and(named);
                    prop_assert_eq!(recipients.include(&PeerId::new(peer)), wanted);
                }
            }
            _ => prop_assert_eq!(parse(message.as_bytes()), Err(RoutingError::Malformed)),
        }
    }

    #[test]
    fn whoever_sends_is_named_by_one_line_and_the_payload_follows(
        sender in any::<String>(),
        payload in proptest::collection::vec(any::<u8>(), 0..100),
    ) {
        let written = from(&PeerId::new(sender.clone()), &payload);
        let end = written.iter().position(|byte| *byte == b'\n').unwrap();
        let line: serde_json::Value = serde_json::from_slice(&written[..end]).unwrap();
        prop_assert_eq!(line, serde_json::json!({ "from": sender }));
        prop_assert_eq!(&written[end + 1..], &payload[..]);
    }
}
