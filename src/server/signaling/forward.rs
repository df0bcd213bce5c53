//! Offers, answers and candidates on their way through: checked, and re-addressed without being taken apart.
//!
//! A session description is text of several KiB that the server has no use for. It is checked to be a JSON string and
//! copied as it stands. Invariant: what goes out parses as the [`crate::protocol::ServerMessage`] it claims to be, its
//! `from` is the server's, and nothing of the sender's message goes out but the fields the protocol names.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::protocol::{ClientMessage, IceCandidate, PeerId};
use crate::server::rooms::RelayKind;

/// What a client said.
#[derive(Debug)]
pub(super) enum Inbound<'a> {
    /// The message is to be passed on.
    Relay(Forwarded<'a>),
    /// The message is for the server.
    Own(ClientMessage),
}

/// A message to another client, checked.
#[derive(Debug)]
pub(super) struct Forwarded<'a> {
    /// The message goes to this peer.
    pub(super) target: Cow<'a, str>,
    /// The rest is passed on as it came, in its own bytes.
    content: Content<'a>,
}

#[derive(Debug)]
enum Content<'a> {
    Description {
        kind: &'static str,
        sdp: &'a RawValue,
        serial: Option<u32>,
    },
    Candidate(&'a RawValue),
}

/// A message whose target is the SFU.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ToSfu {
    /// An offer, taken out of its JSON.
    Offer {
        /// The session description.
        sdp: String,
        /// Its sender numbered it so.
        serial: Option<u32>,
    },
    /// An answer.
    Answer,
    /// A candidate, or the end of them.
    Candidate,
}

/// The text is no message of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// Every field a relayed message may have; serde ignores the others, `from` among them.
#[derive(Deserialize)]
struct Envelope<'a> {
    /// The type tells which of the other fields have to be there.
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    /// Only a message for another client has a target.
    #[serde(default, borrow)]
    target: Option<Text<'a>>,
    /// An offer or an answer has a session description.
    #[serde(default, borrow)]
    sdp: Option<&'a RawValue>,
    /// An offer or an answer may say which of its sender's it is.
    #[serde(default, borrow)]
    serial: Option<&'a RawValue>,
    /// A candidate, or `null` for the end of candidates, is passed on unread.
    #[serde(default, borrow, deserialize_with = "present")]
    candidate: Option<&'a RawValue>,
}

/// A text that is borrowed where it can be, which serde does not do for a bare `Option<Cow>`.
#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// Tells `"candidate": null`, the end of candidates, from no candidate at all.
fn present<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

/// Reads a text frame.
///
/// # Errors
/// [`Malformed`] when it is not JSON, of no known type, or lacks a field.
pub(crate) fn parse(text: &str) -> Result<Inbound<'_>, Malformed> {
    if let Ok(envelope) = serde_json::from_str::<Envelope<'_>>(text)
        && let Some(relay) = envelope.into_relay()?
    {
        return Ok(Inbound::Relay(relay));
    }
    match serde_json::from_str(text).map_err(|_| Malformed)? {
        ClientMessage::Offer { .. }
        | ClientMessage::Answer { .. }
        | ClientMessage::IceCandidate { .. } => Err(Malformed),
        message => Ok(Inbound::Own(message)),
    }
}

impl<'a> Envelope<'a> {
    /// Takes the message apart; `None` when it is one for the server itself.
    fn into_relay(self) -> Result<Option<Forwarded<'a>>, Malformed> {
        let content = match self.kind.as_ref() {
            "offer" => Content::Description {
                kind: "offer",
                sdp: string(self.sdp)?,
                serial: serial(self.serial)?,
            },
            "answer" => Content::Description {
                kind: "answer",
                sdp: string(self.sdp)?,
                serial: serial(self.serial)?,
            },
            "ice-candidate" => Content::Candidate(candidate(self.candidate)?),
            _ => return Ok(None),
        };
        let Text(target) = self.target.ok_or(Malformed)?;
        Ok(Some(Forwarded { target, content }))
    }
}

fn serial(raw: Option<&RawValue>) -> Result<Option<u32>, Malformed> {
    raw.map(|raw| serde_json::from_str(raw.get()).map_err(|_| Malformed))
        .transpose()
}

fn string(raw: Option<&RawValue>) -> Result<&RawValue, Malformed> {
    let raw = raw.ok_or(Malformed)?;
    let text = raw.get();
    if !text.starts_with('"') {
        return Err(Malformed);
    }
    readable::<String>(raw)
}

/// Texts that are skipped over are not looked at whether their \u escapes make characters, which a reader may insist on.
fn readable<T: serde::de::DeserializeOwned>(raw: &RawValue) -> Result<&RawValue, Malformed> {
    let text = raw.get();
    if text.contains("\\u") && serde_json::from_str::<T>(text).is_err() {
        return Err(Malformed);
    }
    Ok(raw)
}

fn candidate(raw: Option<&RawValue>) -> Result<&RawValue, Malformed> {
    let raw = raw.ok_or(Malformed)?;
    serde_json::from_str::<Option<IceCandidate>>(raw.get()).map_err(|_| Malformed)?;
    readable::<serde_json::Value>(raw)
}

impl Forwarded<'_> {
    /// Says how the message counts toward its target.
    pub(super) fn kind(&self) -> RelayKind {
        match self.content {
            Content::Description { .. } => RelayKind::Description,
            Content::Candidate(_) => RelayKind::Candidate,
        }
    }

    /// Reads the message for the SFU, which has a use for what is inside an offer.
    ///
    /// # Errors
    /// [`Malformed`] when the description is no text.
    pub(super) fn to_sfu(&self) -> Result<ToSfu, Malformed> {
        match &self.content {
            Content::Description {
                kind: "offer",
                sdp,
                serial,
            } => Ok(ToSfu::Offer {
                sdp: serde_json::from_str(sdp.get()).map_err(|_| Malformed)?,
                serial: *serial,
            }),
            Content::Description { .. } => Ok(ToSfu::Answer),
            Content::Candidate(_) => Ok(ToSfu::Candidate),
        }
    }

    /// Writes the message as its target gets it.
    pub(crate) fn render(&self, from: &PeerId) -> Utf8Bytes {
        let from = from.as_str();
        let text = match &self.content {
            Content::Description { kind, sdp, serial } => {
                let sdp = sdp.get();
                let mut text = String::with_capacity(sdp.len() + from.len() + 64);
                text.extend([
                    r#"{"type":""#,
                    kind,
                    r#"","from":""#,
                    from,
                    r#"","sdp":"#,
                    sdp,
                ]);
                if let Some(serial) = serial {
                    text.push_str(r#","serial":"#);
                    text.push_str(&serial.to_string());
                }
                text
            }
            Content::Candidate(candidate) => {
                let candidate = candidate.get();
                let mut text = String::with_capacity(candidate.len() + from.len() + 64);
                text.extend([
                    r#"{"type":"ice-candidate","from":""#,
                    from,
                    r#"","candidate":"#,
                    candidate,
                ]);
                text
            }
        };
        (text + "}").into()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::ServerMessage;

    fn relayed(text: &str) -> ServerMessage {
        match parse(text) {
            Ok(Inbound::Relay(relay)) => {
                serde_json::from_str(&relay.render(&PeerId::new("sender")))
                    .expect("it parses as a server message")
            }
            other => panic!("{text} gave {other:?}"),
        }
    }

    #[test]
    fn a_candidate_with_half_a_character_in_a_field_that_nobody_knows_is_not_passed_on() {
        let message = |text: &str| {
            format!(
                r#"{{"type":"ice-candidate","target":"p2","candidate":{{"candidate":"","new":["{text}"]}}}}"#
            )
        };
        assert!(matches!(
            parse(&message(r"\ud83d\ude00")),
            Ok(Inbound::Relay(_))
        ));
        assert!(matches!(parse(&message(r"\udad0")), Err(Malformed)));
    }

    #[test]
    fn a_description_arrives_as_it_was_sent_under_the_servers_from() {
        assert_eq!(
            relayed(
                r#"{"type":"offer","target":"b","sdp":"v=0\r\n\u00e9","serial":7,"from":"forged","x":1}"#
            ),
            ServerMessage::Offer {
                from: PeerId::new("sender"),
                sdp: "v=0\r\né".into(),
                serial: Some(7)
            },
        );
        assert_eq!(
            relayed(r#"{"sdp":"","target":"b","type":"answer"}"#),
            ServerMessage::Answer {
                from: PeerId::new("sender"),
                sdp: String::new(),
                serial: None
            },
        );
    }

    #[test]
    fn of_what_the_sfu_is_told_only_offers_are_taken_apart() {
        let told = |text: &str| match parse(text) {
            Ok(Inbound::Relay(relay)) => relay.to_sfu(),
            other => panic!("{text} gave {other:?}"),
        };
        let offer = r#"{"type":"offer","target":"sfu","sdp":"v=0\r\n\u00e9","serial":7}"#;
        let expected = ToSfu::Offer {
            sdp: "v=0\r\né".into(),
            serial: Some(7),
        };
        assert_eq!(told(offer), Ok(expected));
        let answer = r#"{"type":"answer","target":"sfu","sdp":"v=0"}"#;
        assert_eq!(told(answer), Ok(ToSfu::Answer));
        let candidate = r#"{"type":"ice-candidate","target":"sfu","candidate":null}"#;
        assert_eq!(told(candidate), Ok(ToSfu::Candidate));
    }

    #[test]
    fn candidates_and_their_end_pass() {
        let ServerMessage::IceCandidate {
            candidate: Some(candidate),
            ..
        } = relayed(
            r#"{"type":"ice-candidate","target":"b","candidate":{"candidate":"candidate:1","sdpMid":"0","sdpMLineIndex":0,"usernameFragment":null}}"#,
        )
        else {
            panic!("no candidate");
        };
        assert_eq!(candidate.candidate, "candidate:1");
        assert_eq!(
            relayed(r#"{"type":"ice-candidate","target":"b","candidate":null}"#),
            ServerMessage::IceCandidate {
                from: PeerId::new("sender"),
                candidate: None
            },
        );
    }

    #[test]
    fn the_type_may_stand_anywhere() {
        let padding = "x".repeat(200);
        relayed(&format!(
            r#"{{"padding":"{padding}","target":"b","sdp":"s","type":"offer"}}"#
        ));
        relayed(&format!(
            r#"{{"type2":"hand","padding":"{padding}","target":"b","sdp":"s","type":"offer"}}"#
        ));
        relayed(&format!(
            r#"{{"sdp":"\"type\"{padding}","target":"b","type":"offer"}}"#
        ));
        relayed(r#"{"type":"o\u0066fer","target":"b","sdp":"s"}"#);
    }

    #[test]
    fn messages_for_the_server_are_parsed() {
        for text in [
            r#"{"type":"hand","raised":true}"#,
            r#"{"raised":true,"type":"hand"}"#,
            r#"{"raised":true,"x":"                                                                  ","type":"hand"}"#,
            r#"{"type":"hand","raised":true,"x":"\"offer\""}"#,
        ] {
            assert!(
                matches!(
                    parse(text),
                    Ok(Inbound::Own(ClientMessage::Hand { raised: true }))
                ),
                "{text}"
            );
        }
        assert!(matches!(
            parse(r#"{"type":"leave"}"#),
            Ok(Inbound::Own(ClientMessage::Leave))
        ));
    }

    #[test]
    fn everything_else_is_malformed() {
        for text in [
            "",
            "nonsense",
            "[]",
            "null",
            "{}",
            r#"{"type":7}"#,
            r#"{"type":"dance"}"#,
            r#"{"type":"offer"}"#,
            r#"{"type":"offer","target":"b"}"#,
            r#"{"type":"offer","sdp":"s"}"#,
            r#"{"type":"offer","target":7,"sdp":"s"}"#,
            r#"{"type":"offer","target":"b","sdp":{}}"#,
            r#"{"type":"offer","target":"b","sdp":null}"#,
            r#"{"type":"offer","target":"b","sdp":"s","serial":"7"}"#,
            r#"{"type":"offer","target":"b","sdp":"s","serial":-1}"#,
            r#"{"type":"offer","target":"b","sdp":"\ud800"}"#,
            r#"{"type":"offer","target":"b","sdp":"s"} trailing"#,
            r#"{"type":"ice-candidate","target":"b"}"#,
            r#"{"type":"ice-candidate","target":"b","candidate":"text"}"#,
            r#"{"type":"ice-candidate","target":"b","candidate":{"sdpMid":7}}"#,
            r#"{"type":"ice-candidate","target":"b","candidate":{"sdpMLineIndex":-1}}"#,
            r#"{"type":"join","room":"abc"}"#,
            r#"{"type":"hand"}"#,
            r#"{"type":"media","audio":true}"#,
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_description_survives(sdp in any::<String>(), serial in any::<Option<u32>>()) {
            let sent = ClientMessage::Offer { target: PeerId::new("b"), sdp: sdp.clone(), serial };
            let text = serde_json::to_string(&sent).unwrap();
            prop_assert_eq!(relayed(&text), ServerMessage::Offer { from: PeerId::new("sender"), sdp, serial });
        }

        #[test]
        fn any_text_is_handled_without_a_panic(text in any::<String>()) {
            let _ = parse(&text);
        }

        #[test]
        fn what_goes_out_always_parses(sdp in r#"("(\\u[0-9a-fd]{4}|[a-z"\\ ]|\\n){0,20}")"#) {
            let text = format!(r#"{{"type":"offer","target":"b","sdp":{sdp}}}"#);
            if let Ok(Inbound::Relay(relay)) = parse(&text) {
                prop_assert!(serde_json::from_str::<ServerMessage>(&relay.render(&PeerId::new("s"))).is_ok());
            }
        }
    }
}
