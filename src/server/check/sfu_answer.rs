//! What is offered to the SFU to see whether its media port can be reached, and what its answer says for that.
//!
//! Invariant: nothing but a connectivity check follows (RFC 8445 section 7): no keys are agreed on, and no media is sent.

use std::fmt::Write as _;
use std::net::SocketAddr;

use data_encoding::HEXLOWER;
use turn_types::stun::attribute::{AttributeType, RawAttribute, Username};
use turn_types::stun::message::{
    BINDING, IntegrityAlgorithm, Message, MessageClass, MessageIntegrityCredentials, MessageType,
    MessageWrite, MessageWriteExt, MessageWriteVec, ShortTermCredentials, TransactionId,
};

use crate::server::secrets::random::{self, NoRandomness};

/// The priority of our side (RFC 8445 section 16.1), and that it controls.
const PRIORITY: AttributeType = AttributeType::new(0x0024);
const ICE_CONTROLLING: AttributeType = AttributeType::new(0x802a);

/// Any priority will do, for there is one pair at a time.
const ANY_PRIORITY: [u8; 4] = [0x6e, 0, 0, 0xff];

/// An offer of a connection for data alone.
pub(super) struct ProbeOffer {
    /// Our user name fragment.
    ufrag: String,
    /// The description.
    pub(super) sdp: String,
}

impl ProbeOffer {
    /// Makes one with credentials of its own.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub(super) fn new() -> Result<Self, NoRandomness> {
        let ufrag = HEXLOWER.encode(&random::bytes::<4>()?);
        let password = HEXLOWER.encode(&random::bytes::<16>()?);
        // Nobody gets so far as to see the certificate.
        let mut fingerprint = String::new();
        for byte in random::bytes::<32>()? {
            let colon = if fingerprint.is_empty() { "" } else { ":" };
            let _ = write!(fingerprint, "{colon}{byte:02X}");
        }
        let lines = [
            "v=0".to_owned(),
            "o=- 1 1 IN IP4 0.0.0.0".to_owned(),
            "s=-".to_owned(),
            "t=0 0".to_owned(),
            "a=group:BUNDLE 0".to_owned(),
            "m=application 9 UDP/DTLS/SCTP webrtc-datachannel".to_owned(),
            "c=IN IP4 0.0.0.0".to_owned(),
            "a=mid:0".to_owned(),
            format!("a=ice-ufrag:{ufrag}"),
            format!("a=ice-pwd:{password}"),
            format!("a=fingerprint:sha-256 {fingerprint}"),
            "a=setup:actpass".to_owned(),
            "a=sctp-port:5000".to_owned(),
            "a=max-message-size:65664".to_owned(),
            String::new(),
        ];
        let sdp = lines.join("\r\n");
        Ok(Self { ufrag, sdp })
    }
}

/// What the SFU answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SfuAnswer {
    /// It names these addresses of its media port, best first.
    pub(super) places: Vec<SocketAddr>,
    ufrag: String,
    password: String,
}

impl SfuAnswer {
    /// Reads an answer; `None` when it lacks what a check needs.
    pub(super) fn read(sdp: &str) -> Option<Self> {
        let value = |name| sdp.lines().find_map(|line| line.strip_prefix(name));
        let candidates = sdp
            .lines()
            .filter_map(|line| line.strip_prefix("a=candidate:"));
        let mut places: Vec<SocketAddr> = Vec::new();
        for candidate in candidates {
            let fields: Vec<&str> = candidate.split(' ').collect();
            let address = fields.get(4).and_then(|address| address.parse().ok());
            let port = fields.get(5).and_then(|port| port.parse().ok());
            if let (Some(address), Some(port)) = (address, port) {
                let place = SocketAddr::new(address, port);
                if !places.contains(&place) {
                    places.push(place);
                }
            }
        }
        Some(Self {
            places,
            ufrag: value("a=ice-ufrag:")?.trim().to_owned(),
            password: value("a=ice-pwd:")?.trim().to_owned(),
        })
    }

    /// Writes the request that the SFU answers from each of its addresses, if it can be written.
    pub(super) fn request(
        &self,
        offer: &ProbeOffer,
        transaction: TransactionId,
    ) -> Option<Vec<u8>> {
        let kind = MessageType::from_class_method(MessageClass::Request, BINDING);
        let mut message = Message::builder(kind, transaction, MessageWriteVec::new());
        let username = Username::new(&[&self.ufrag, ":", &offer.ufrag].concat()).ok()?;
        message.add_attribute(&username).ok()?;
        for (name, value) in [(PRIORITY, &ANY_PRIORITY[..]), (ICE_CONTROLLING, &[7; 8])] {
            message
                .add_attribute(&RawAttribute::new(name, value))
                .ok()?;
        }
        message
            .add_message_integrity(&self.credentials(), IntegrityAlgorithm::Sha1)
            .ok()?;
        Some(message.finish())
    }

    /// Says whether a packet is the SFU's own answer to the request of this transaction.
    pub(super) fn is_answered_by(&self, packet: &[u8], transaction: TransactionId) -> bool {
        let Ok(message) = Message::from_bytes(packet) else {
            return false;
        };
        message.has_class(MessageClass::Success)
            && message.transaction_id() == transaction
            && message.validate_integrity(&self.credentials()).is_ok()
    }

    fn credentials(&self) -> MessageIntegrityCredentials {
        ShortTermCredentials::new(self.password.clone()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = "v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n\
        a=candidate:1 1 udp 2130706175 203.0.113.9 3480 typ host\r\n\
        a=candidate:2 1 udp 2130706175 2001:db8::9 3480 typ host\r\n\
        a=candidate:1 1 udp 2130706175 203.0.113.9 3480 typ host\r\n\
        a=candidate:garbage\r\n\
        a=ice-ufrag:abcd\r\na=ice-pwd:0123456789abcdef01234567\r\n";

    #[test]
    fn an_answer_says_where_the_media_port_is() {
        let answer = SfuAnswer::read(ANSWER).unwrap();
        let places = ["203.0.113.9:3480", "[2001:db8::9]:3480"].map(|it| it.parse().unwrap());
        assert_eq!(answer.places, places);
        assert_eq!(SfuAnswer::read("v=0\r\na=ice-ufrag:abcd\r\n"), None);
    }

    #[test]
    fn only_whoever_knows_the_password_answers() {
        let answer = SfuAnswer::read(ANSWER).unwrap();
        let transaction = TransactionId::generate();
        let request = answer
            .request(&ProbeOffer::new().unwrap(), transaction)
            .unwrap();
        assert!(
            !answer.is_answered_by(&request, transaction),
            "it is a question"
        );
        let answered = |password: &str| {
            let kind = MessageType::from_class_method(MessageClass::Success, BINDING);
            let mut message = Message::builder(kind, transaction, MessageWriteVec::new());
            let credentials = ShortTermCredentials::new(password.to_owned()).into();
            message
                .add_message_integrity(&credentials, IntegrityAlgorithm::Sha1)
                .unwrap();
            answer.is_answered_by(&message.finish(), transaction)
        };
        assert!(answered("0123456789abcdef01234567"));
        assert!(!answered("another"));
    }
}
