//! Any bytes, read as what clients and peers do one after the other.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use stun_types::attribute::{AttributeType, AttributeWrite, RawAttribute};
use stun_types::message::{
    BINDING, Message, MessageWrite, MessageWriteExt, MessageWriteVec, Method,
};
use turn_types::attribute::{
    ChannelNumber, Data, EvenPort, Lifetime, RequestedTransport, XorPeerAddress,
};
use turn_types::message::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, REFRESH, SEND};

use super::model::{Model, NOW};
use crate::script::Script;

/// Most steps of a script.
const STEPS: usize = 64;

/// MESSAGE-INTEGRITY, MESSAGE-INTEGRITY-SHA256 and FINGERPRINT, which are written in ways of their own.
const SIGNATURES: [u16; 3] = [0x0008, 0x001c, 0x8028];

impl Script<'_> {
    fn peer(&mut self) -> SocketAddr {
        let own = Ipv4Addr::new(7, 7, 7, 7);
        match self.byte() % 8 {
            0 => SocketAddr::new([1, 1, 1, 1].into(), 99),
            1 => SocketAddr::new([10, 0, 0, 1].into(), 80),
            2 => SocketAddr::new(own.into(), 40_000 + u16::from(self.byte())),
            3 => SocketAddr::new(own.into(), self.word()),
            4 => SocketAddr::new(own.to_ipv6_mapped().into(), self.word()),
            5 => {
                let octets = [self.byte(), self.byte(), self.byte(), self.byte()];
                SocketAddr::new(octets.into(), self.word())
            }
            6 => {
                let mut segments = [0; 8];
                segments.fill_with(|| self.word());
                SocketAddr::new(Ipv6Addr::from(segments).into(), self.word())
            }
            _ => {
                // Forms that embed an IPv4 address.
                let [a, b, c, d] = [self.byte(), self.byte(), self.byte(), self.byte()];
                let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
                let segments = match self.byte() % 5 {
                    0 => [0, 0, 0, 0, 0, 0, high, low],
                    1 => [0x2002, high, low, 0, 0, 0, 0, 1],
                    2 => [0x64, 0xff9b, 0, 0, 0, 0, high, low],
                    3 => [0x2001, 0, high, low, 0, 0, !high, !low],
                    _ => [0, 0, 0, 0, 0xffff, 0, high, low],
                };
                SocketAddr::new(Ipv6Addr::from(segments).into(), 80)
            }
        }
    }

    fn request(&mut self, model: &Model, now: u64) -> Vec<u8> {
        let who = usize::from(self.byte());
        let method = match self.byte() % 6 {
            0 => ALLOCATE,
            1 => REFRESH,
            2 => CREATE_PERMISSION,
            3 => CHANNEL_BIND,
            4 => BINDING,
            _ => Method::new(self.word() & 0xfff),
        };
        let asked = self.byte();
        let mut bytes = model.signed(who, method, now, |transaction| {
            let mut attributes: Vec<Box<dyn AttributeWrite>> = Vec::new();
            if asked & 1 == 0 && method == ALLOCATE {
                attributes.push(Box::new(RequestedTransport::new(RequestedTransport::UDP)));
            }
            if asked & 2 != 0 {
                let seconds = u32::from(self.word()) * u32::from(self.byte());
                attributes.push(Box::new(Lifetime::new(seconds)));
            }
            if asked & 4 != 0 {
                attributes.push(Box::new(ChannelNumber::new(0x4000 + self.word() % 70)));
            }
            if asked & 8 != 0 {
                for _ in 0..=self.byte() % 4 {
                    attributes.push(Box::new(XorPeerAddress::new(self.peer(), transaction)));
                }
            }
            if asked & 16 != 0 {
                attributes.push(Box::new(EvenPort::new(self.byte() % 2 == 0)));
            }
            if asked & 32 != 0 {
                let (kind, value) = (self.word(), self.bytes().to_vec());
                if !SIGNATURES.contains(&kind) {
                    let kind = AttributeType::new(kind);
                    attributes.push(Box::new(RawAttribute::new_owned(kind, value.into())));
                }
            }
            attributes
        });
        if asked & 64 != 0 {
            let index = usize::from(self.word()) % bytes.len();
            bytes[index] ^= self.byte();
        }
        bytes
    }

    fn indication(&mut self) -> Vec<u8> {
        let mut message = Message::builder_indication(SEND, MessageWriteVec::new());
        let peer = XorPeerAddress::new(self.peer(), message.transaction_id());
        let _ = message.add_attribute(&peer);
        let data = self.bytes();
        let _ = message.add_attribute(&Data::new(data));
        message.finish()
    }
}

/// Plays the script.
pub(super) fn play(bytes: &[u8]) {
    let mut script = Script(bytes);
    let mut model = Model::new();
    let mut now = NOW;
    for _ in 0..STEPS {
        if script.is_over() {
            return;
        }
        let (act, client) = (script.byte(), script.byte());
        match act % 8 {
            0..=2 => {
                let request = script.request(&model, now);
                model.say(client, &request, now);
            }
            3 => {
                let indication = script.indication();
                model.say(client, &indication, now);
            }
            4 => {
                let mut frame = (0x4000 + script.word() % 70).to_be_bytes().to_vec();
                let data = script.bytes();
                frame.extend(u16::try_from(data.len()).unwrap_or(0).to_be_bytes());
                frame.extend(data);
                model.say(client, &frame, now);
            }
            5 => {
                let raw = script.bytes();
                model.say(client, raw, now);
            }
            6 => {
                let peer = script.peer();
                model.hear(client, peer, usize::from(script.byte()), now);
            }
            _ => {
                now += u64::from(script.word()) * 16;
                model.expire(client, now);
            }
        }
    }
}
