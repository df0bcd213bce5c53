//! What people say on the channels of the hub.

use std::time::{Duration, Instant};

use super::channel_queue::{ChannelQueue, Frame, Queued};
use super::channels::{Admission, Channel, SenderQuotas, receivers};
use super::routing_line::{RoutedMessage, from};
use crate::protocol::PeerId;
use crate::script::Script;

/// Most steps of a script.
const STEPS: usize = 100;

/// Any message, and any sequence of messages of one person. Who gets one is named by it; what they get is what was said, behind
/// the sender's name; and what is beyond the quotas goes to nobody.
pub fn sfu_messages(data: &[u8]) {
    let (sender, other) = (PeerId::new("the-sender"), PeerId::new("the-other"));
    if let Ok(message) = RoutedMessage::parse(data) {
        check(&message, data, &sender, &other);
    }
    let mut script = Script(data);
    let mut now = Instant::now();
    let files = u32::from(script.byte() % 3) * 8;
    let mut quotas = SenderQuotas::full(files, now);
    let mut queue = ChannelQueue::default();
    let mut is_open = [false; 3];
    for _ in 0..STEPS {
        if script.is_over() {
            break;
        }
        let act = script.byte();
        let channel = Channel::ALL[usize::from(act / 8) % 3];
        match act % 8 {
            0 => {
                if quotas.opened(channel) {
                    queue.opened(channel);
                    is_open[channel.index()] = true;
                }
            }
            1 => now += Duration::from_millis(script.word().into()),
            _ => {
                let is_binary = act & 0x80 != 0;
                let mut said = script.bytes().to_vec();
                // As long as it gets, with few bytes of the script.
                said.resize(said.len() + usize::from(script.word()) * 2, b' ');
                match quotas.admit(channel, is_binary, &said, now) {
                    Admission::Admitted(message) => {
                        assert!(is_open[channel.index()], "{channel:?} was not opened");
                        assert!(message.payload.len() <= 64 * 1024);
                        check(&message, &said, &sender, &other);
                        let frame = Frame::from(&sender, channel, is_binary, message.payload);
                        if let Queued::Close(closed) = queue.push(frame) {
                            queue.closed(closed);
                        }
                    }
                    Admission::Dropped(_) => {}
                    Admission::Close(_) => is_open[channel.index()] = false,
                }
            }
        }
    }
}

fn check(message: &RoutedMessage<'_>, whole: &[u8], sender: &PeerId, other: &PeerId) {
    assert!(whole.ends_with(message.payload));
    let line = whole.len() - message.payload.len();
    assert!(line <= 4 * 1024 + 1 && whole[line - 1] == b'\n');
    let members = [(sender, 0), (other, 1)];
    let there: Vec<i32> = receivers(members, sender, &message.recipients).collect();
    assert!(!there.contains(&0), "nobody hears themselves");
    let passed = from(sender, message.payload);
    let end = passed.iter().position(|byte| *byte == b'\n').expect("a line");
    let line: serde_json::Value = serde_json::from_slice(&passed[..end]).expect("JSON");
    assert_eq!(line["from"], sender.as_str());
    assert_eq!(&passed[end + 1..], message.payload);
}
