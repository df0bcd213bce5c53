use super::super::master_key::tests::hex;
use super::*;

/// RFC 3711 appendix B.2: the first blocks of the key stream, and some of the last.
#[test]
fn the_key_stream_is_that_of_the_rfc() {
    let key = hex("2B7E151628AED2A6ABF7158809CF4F3C");
    let salt = hex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD");
    let (key, salt) = (key.try_into().unwrap(), salt.try_into().unwrap());
    let mode = CounterMode::new(&key, &salt, &[0; AUTHENTICATION_BYTES]).unwrap();
    let mut stream = vec![0; 0xff02 * 16];
    mode.encrypt(&mut stream, Stamp { ssrc: 0, index: 0 })
        .unwrap();
    let first = hex("E03EAD0935C95E80E166B16DD92B4EB4
        D23513162B02D0F72A43A2FE4A5F97AB
        41E95B3BB0A2E8DD477901E4FCA894C0");
    assert_eq!(&stream[..48], first);
    let last = hex("EC8CDF7398607CB0F2D21675EA9EA1E4
        362B7C3C6773516318A077D7FC5073AE
        6A2CC3787889374FBEB4C81B17BA6C44");
    assert_eq!(&stream[0xfeff * 16..], last);
}

/// The keys of RFC 3711 appendix B.3.
fn mode(labels: Labels) -> CounterMode {
    let key = hex("E1F97A0D3E018BE0D64FA32C06DE4139");
    let master = MasterKey::new(&key, &hex("0EC675AD498AFEEBB6960B3AABE6"));
    CounterMode::derive(&master, labels).unwrap()
}

/// The packets by which libsrtp validates itself.
#[test]
fn packets_are_sealed_as_others_seal_them() {
    let mut packet = hex("800f1234 decafbad cafebabe abababab abababab abababab abababab");
    let stamp = Stamp {
        ssrc: 0xcafe_babe,
        index: 0x1234,
    };
    mode(Labels::RTP).seal_rtp(&mut packet, 12, stamp).unwrap();
    let expected = hex(
        "800f1234 decafbad cafebabe 4e55dc4c e79978d8 8ca4d215 949d2402
        b78d6acc 99ea179b 8dbb",
    );
    assert_eq!(packet, expected);

    let plain = hex("81c8000b cafebabe abababab abababab abababab abababab");
    let mut report = plain.clone();
    let stamp = Stamp {
        ssrc: 0xcafe_babe,
        index: 1,
    };
    let mode = mode(Labels::RTCP);
    mode.seal_rtcp(&mut report, stamp, ENCRYPTED | 1).unwrap();
    let expected = hex(
        "81c8000b cafebabe 7128035b e487b9bd bef89041 f977a5a8 80000001
        993e08cd 54d6c123 0798",
    );
    assert_eq!(report, expected);
    let mut opened = Vec::new();
    mode.open_rtcp(&report, &mut opened).unwrap();
    assert_eq!(opened, plain);
}

#[test]
fn the_rollovers_are_part_of_what_is_authentic() {
    let mode = mode(Labels::RTP);
    let sealed = |index| {
        let mut packet = vec![0x80; 12];
        mode.seal_rtp(&mut packet, 12, Stamp { ssrc: 1, index })
            .unwrap();
        packet
    };
    assert_ne!(sealed(5), sealed(5 | 1 << 16));
    assert_ne!(sealed(5), sealed(5 | 1 << 47));
}

#[test]
fn a_report_that_is_only_authentic_is_opened_as_it_lies() {
    let mode = mode(Labels::RTCP);
    let plain = hex("81c90001 cafebabe 00112233");
    let mut packet = plain.clone();
    packet.extend_from_slice(&[0, 0, 0, 9]);
    packet.extend_from_slice(&mode.tag(&packet, &[]));
    let mut opened = Vec::new();
    mode.open_rtcp(&packet, &mut opened).unwrap();
    assert_eq!(opened, plain);
}
