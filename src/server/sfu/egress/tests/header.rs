use super::*;

const HEADER: Header = Header {
    payload_type: 96,
    is_marked: true,
    has_padding: false,
    sequence: 0x1234,
    timestamp: 0xdead_beef,
    ssrc: 0x0102_0304,
};

const IDS: ExtensionIds = ExtensionIds {
    mid: Some(4),
    transport: Some(3),
    level: Some(1),
    orientation: None,
};

fn written(header: &Header, ids: &ExtensionIds, values: &Extensions<'_>) -> Vec<u8> {
    let mut packet = Vec::new();
    header.write(ids, values, &mut packet);
    packet
}

#[test]
fn a_header_without_extensions_has_twelve_octets() {
    let fixed = [
        0x80, 0xe0, 0x12, 0x34, 0xde, 0xad, 0xbe, 0xef, 0x01, 0x02, 0x03, 0x04,
    ];
    let none = Extensions::default();
    assert_eq!(written(&HEADER, &IDS, &none), fixed);
    // The receiver did not ask for it.
    let turned = Extensions {
        orientation: Some(3),
        ..none
    };
    assert_eq!(written(&HEADER, &IDS, &turned), fixed);
}

#[test]
fn extensions_have_headers_of_one_octet_and_are_filled_up() {
    let values = Extensions {
        mid: Some("12"),
        transport: Some(0xa1b2),
        level: Some(0x85),
        orientation: None,
    };
    let packet = written(&HEADER, &IDS, &values);
    assert_eq!(packet[0], 0x90);
    let extensions = [
        0xbe, 0xde, 0x00, 0x02, 0x41, b'1', b'2', 0x31, 0xa1, 0xb2, 0x10, 0x85,
    ];
    assert_eq!(packet[12..], extensions);
    let values = Extensions {
        mid: None,
        level: None,
        ..values
    };
    let packet = written(&HEADER, &IDS, &values);
    assert_eq!(packet[12..], [0xbe, 0xde, 0x00, 0x01, 0x31, 0xa1, 0xb2, 0]);
}

#[test]
fn a_great_id_makes_headers_of_two_octets_of_all() {
    let ids = ExtensionIds {
        orientation: Some(20),
        ..IDS
    };
    let values = Extensions {
        transport: Some(0x0102),
        orientation: Some(1),
        ..Extensions::default()
    };
    let packet = written(&HEADER, &ids, &values);
    let extensions = [0x10, 0x00, 0x00, 0x02, 3, 2, 0x01, 0x02, 20, 1, 1, 0];
    assert_eq!(packet[12..], extensions);
}

#[test]
fn padding_is_announced() {
    let padded = Header {
        has_padding: true,
        is_marked: false,
        ..HEADER
    };
    let packet = written(&padded, &IDS, &Extensions::default());
    assert_eq!(packet[..2], [0xa0, 0x60]);
}
