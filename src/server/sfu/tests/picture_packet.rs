use proptest::prelude::*;

use super::*;

/// A packet that is a picture of its own, with this number and in this temporal layer.
pub(in crate::server::sfu) fn layered(
    number: u32,
    layer: u8,
    is_sync: bool,
    is_key: bool,
) -> PicturePacket {
    let [.., high, low] = number.to_be_bytes();
    let temporal = layer << 6 | u8::from(is_sync) << 5;
    let header = u8::from(!is_key);
    let payload = [0x90, 0xe0, 0x80 | high, low, low, temporal, header];
    PicturePacket::read(number.into(), number * 3_000, true, &payload).unwrap()
}

fn read(payload: &[u8]) -> Option<PicturePacket> {
    PicturePacket::read(1, 2, false, payload)
}

#[test]
fn every_field_of_a_descriptor_is_read() {
    let packet = read(&[0x90, 0xf0, 0x92, 0x34, 0x55, 0xa7, 0x00]).unwrap();
    let expected = Vp8Facts {
        picture_id: Some(PictureId {
            value: 0x1234,
            is_15_bit: true,
        }),
        tl0: Some(0x55),
        tid: Some(2),
        key_index: Some(7),
        is_sync: true,
    };
    assert_eq!(packet.descriptor, expected);
    assert!(packet.starts_keyframe);
}

#[test]
fn a_descriptor_of_one_octet_has_no_fields() {
    let packet = read(&[0x10, 0x01]).unwrap();
    let expected = Vp8Facts {
        picture_id: None,
        tl0: None,
        tid: None,
        key_index: None,
        is_sync: false,
    };
    assert_eq!(packet.descriptor, expected);
    assert!(!packet.starts_keyframe);
}

#[test]
fn a_key_index_alone_tells_no_temporal_layer() {
    let packet = read(&[0x90, 0x10, 0xe5, 0x00]).unwrap();
    assert_eq!(packet.descriptor.key_index, Some(5));
    assert_eq!(packet.descriptor.tid, None);
    assert!(!packet.descriptor.is_sync);
}

#[test]
fn a_keyframe_starts_with_its_first_partition_and_a_clear_bit() {
    for (payload, starts) in [
        (&[0x10, 0x00][..], true),
        (&[0x10, 0x01], false),
        (&[0x00, 0x00], false),
        (&[0x11, 0x00], false),
        (&[0x90, 0x80, 0x42, 0x00], true),
        (&[0x90, 0x80, 0x80, 0x42, 0x00], true),
        (&[0x90, 0x80, 0x80, 0x42, 0x01], false),
        (&[0x90, 0xe0, 0x80, 0x42, 0x01, 0x00, 0x00], true),
    ] {
        let packet = read(payload).unwrap();
        assert_eq!(packet.starts_keyframe, starts, "{payload:x?}");
    }
}

#[test]
fn a_descriptor_that_is_cut_off_or_contradicts_itself_is_not_read() {
    for payload in [
        &[][..],
        &[0x10],
        &[0x90],
        &[0x90, 0x80],
        &[0x90, 0x80, 0x42],
        &[0x90, 0x80, 0x80, 0x42],
        &[0x90, 0xe0, 0x42, 0x01, 0x00],
        // A number of the lowest temporal layer without a temporal layer.
        &[0x90, 0x40, 0x12, 0x00],
    ] {
        assert!(read(payload).is_none(), "{payload:x?}");
    }
}

#[test]
fn the_patch_has_the_outgoing_numbers_and_no_others() {
    let payload = [0x90, 0xf0, 0x92, 0x34, 0x55, 0xa7, 0x00];
    let rewritten = Rewritten {
        sequence: 1,
        timestamp: 2,
        picture_id: Some(9),
        tl0: Some(8),
        key_index: Some(7),
    };
    let mut copy = payload;
    let patch = read(&payload).unwrap().patch(&rewritten).unwrap();
    patch.apply(&mut copy);
    assert_eq!(copy, [0x90, 0xf0, 0x80, 0x09, 0x08, 0xa7, 0x00]);
    let mut short = [0x90, 0x90, 0x12, 0xff, 0x00];
    let patch = read(&short).unwrap().patch(&Rewritten {
        tl0: None,
        ..rewritten
    });
    patch.unwrap().apply(&mut short);
    assert_eq!(short, [0x90, 0x90, 0x09, 0xe7, 0x00]);
    // There is no place for them.
    assert_eq!(read(&[0x10, 0x00]).unwrap().patch(&rewritten), None);
    let without = Rewritten {
        picture_id: None,
        tl0: None,
        key_index: None,
        ..rewritten
    };
    let nothing = read(&payload).unwrap().patch(&without);
    assert_eq!(nothing, Some(Patch::default()));
}

/// Writes a descriptor as RFC 7741 draws it; the octets that announce others say what is there, and no more.
fn written(first: u8, facts: &Vp8Facts) -> Vec<u8> {
    let mut extension = 0;
    let mut fields = vec![];
    if let Some(id) = facts.picture_id {
        extension |= 0x80;
        if id.is_15_bit {
            fields.extend((id.value | 0x8000).to_be_bytes());
        } else {
            fields.push(u8::try_from(id.value).unwrap());
        }
    }
    if let Some(tl0) = facts.tl0 {
        extension |= 0x40;
        fields.push(tl0);
    }
    if facts.tid.is_some() {
        extension |= 0x20;
    }
    if facts.key_index.is_some() {
        extension |= 0x10;
    }
    if facts.tid.is_some() || facts.key_index.is_some() {
        let sync = u8::from(facts.is_sync) << 5;
        fields.push(facts.tid.unwrap_or(0) << 6 | sync | facts.key_index.unwrap_or(0));
    }
    let mut octets = vec![first | 0x80, extension];
    octets.extend(fields);
    octets
}

fn facts() -> impl Strategy<Value = Vp8Facts> {
    let picture_id = proptest::option::of(any::<(u16, bool)>());
    let temporal = proptest::option::of((0..4_u8, any::<bool>(), any::<Option<u8>>()));
    let key_index = proptest::option::of(0..32_u8);
    (picture_id, temporal, key_index).prop_map(|(picture_id, temporal, key_index)| Vp8Facts {
        picture_id: picture_id.map(|(value, is_15_bit)| PictureId {
            value: value & if is_15_bit { 0x7fff } else { 0x7f },
            is_15_bit,
        }),
        tl0: temporal.and_then(|(_, _, tl0)| tl0),
        tid: temporal.map(|(tid, ..)| tid),
        key_index,
        is_sync: temporal.is_some_and(|(_, is_sync, _)| is_sync),
    })
}

proptest! {
    #[test]
    fn no_bytes_make_the_reading_panic(
        mut payload in proptest::collection::vec(any::<u8>(), 0..16),
        is_extended in any::<bool>(),
    ) {
        if let (Some(first), true) = (payload.first_mut(), is_extended) {
            *first |= 0x80;
        }
        if let Some(packet) = read(&payload) {
            let numbers = packet.numbers();
            let rewritten = Rewritten {
                sequence: numbers.sequence,
                timestamp: numbers.timestamp,
                picture_id: numbers.picture_id.map(|id| id.value),
                tl0: numbers.tl0,
                key_index: numbers.key_index,
            };
            prop_assert!(packet.patch(&rewritten).is_some());
            prop_assert!(payload.len() > 1);
        }
    }

    #[test]
    fn a_patched_payload_says_what_was_patched_in_and_nothing_else_differs(
        facts in facts(),
        numbers in any::<(u16, u8, u8)>(),
    ) {
        let mut payload = written(0x10, &facts);
        payload.extend([0, 1, 2, 3]);
        let packet = read(&payload).unwrap();
        let rewritten = Rewritten {
            sequence: 1,
            timestamp: 2,
            picture_id: facts.picture_id.map(|id| numbers.0 & id.bits()),
            tl0: facts.tl0.map(|_| numbers.1),
            key_index: facts.key_index.map(|_| numbers.2 & 0x1f),
        };
        packet.patch(&rewritten).unwrap().apply(&mut payload);
        let expected = Vp8Facts {
            picture_id: facts.picture_id.zip(rewritten.picture_id).map(|(id, value)| PictureId {
                value,
                ..id
            }),
            tl0: rewritten.tl0,
            key_index: rewritten.key_index,
            ..facts
        };
        let mut whole = written(0x10, &expected);
        whole.extend([0, 1, 2, 3]);
        prop_assert_eq!(payload, whole);
    }

    #[test]
    fn what_is_written_is_read(
        facts in facts(),
        starts_picture in any::<bool>(),
        partition in 0..8_u8,
        header in any::<u8>(),
    ) {
        let first = u8::from(starts_picture) << 4 | partition;
        let mut payload = written(first, &facts);
        prop_assert!(read(&payload).is_none(), "nothing follows");
        payload.push(header);
        let packet = read(&payload).unwrap();
        prop_assert_eq!(packet.descriptor, facts);
        let starts_keyframe = starts_picture && partition == 0 && header & 1 == 0;
        prop_assert_eq!(packet.starts_keyframe, starts_keyframe);
    }
}
