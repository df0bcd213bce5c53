//! Packets of pictures, and the slot that passes them on.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::picture_packet::PicturePacket;
use super::picture_slot::{PictureSlot, Whose};
use crate::script::Script;

/// Most steps of a script.
const STEPS: usize = 200;

/// A person's layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Source {
    person: u8,
    layer: u8,
}

impl Whose for Source {
    type Person = u8;

    fn person(&self) -> u8 {
        self.person
    }
}

/// Any packets of several people in any order, while a slot changes hands. What goes out is numbered once, has a place for every
/// number that it gets, begins with a keyframe after every change of hands, and not before the receiver knows of that.
pub fn sfu_pictures(data: &[u8]) {
    let mut script = Script(data);
    let mut slot: PictureSlot<Source> = PictureSlot::new(script.word());
    let mut now = Instant::now();
    let mut newest = [[1_000_u64; 3]; 3];
    let (mut sent, mut came) = (BTreeSet::new(), BTreeSet::new());
    let (mut map, mut seen, mut gate) = (1_u32, 0, 0);
    let mut named: Option<u8> = None;
    for _ in 0..STEPS {
        if script.is_over() {
            break;
        }
        let (act, whose) = (script.byte(), script.byte());
        let source = Source {
            person: whose % 3,
            layer: whose / 3 % 3,
        };
        match act % 8 {
            0 => {
                slot.want(Some(source), map);
                if named.is_some_and(|named| named != source.person) {
                    gate = map;
                }
                named = Some(source.person);
            }
            1 => {
                slot.want(None, map);
                map += 1;
            }
            2 => {
                let number = map.saturating_sub(u32::from(whose % 3));
                seen = number.max(seen);
                slot.seen(number);
            }
            3 => {
                now += Duration::from_millis(u64::from(whose) * 8);
                let _ = (slot.keyframe_wanted(now), slot.given_up(now));
            }
            4 => slot.thin(whose % 2 == 0),
            5 => match whose % 2 {
                0 => slot.drop_current(),
                _ => slot.picture_lost(),
            },
            _ => {
                let last = &mut newest[usize::from(source.person)][usize::from(source.layer)];
                let jump = u64::from(script.byte());
                let sequence = match jump {
                    // Late, a gap, a long gap, or the next one.
                    0..40 => last.saturating_sub(jump),
                    40..80 => *last + jump - 38,
                    80..84 => *last + 500 * jump,
                    _ => *last + 1,
                };
                // The library drops what comes twice.
                if !came.insert((source.person, source.layer, sequence)) {
                    continue;
                }
                *last = sequence.max(*last);
                let timestamp = u32::from(script.word()) * 750;
                let payload = script.bytes();
                let before = slot.current();
                let packet = PicturePacket::read(sequence, timestamp, act & 0x80 != 0, payload);
                let Some(packet) = packet else { continue };
                let Some(rewritten) = slot.take(source, &packet, now) else {
                    continue;
                };
                assert!(sent.insert(rewritten.sequence), "{rewritten:?} twice");
                assert!(packet.patch(&rewritten).is_some(), "{packet:?}");
                let is_wide = packet.descriptor.picture_id.is_some_and(|it| it.is_15_bit);
                let most = if is_wide { 0x7fff } else { 0x7f };
                assert!(rewritten.picture_id.is_none_or(|id| id <= most));
                assert!(rewritten.key_index.is_none_or(|index| index < 32));
                if before != Some(source) {
                    assert!(packet.starts_keyframe, "{before:?}, then {source:?}");
                }
                assert!(seen >= gate, "the receiver takes it for somebody else");
            }
        }
    }
}
