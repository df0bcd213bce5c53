use super::super::master_key::{Labels, MasterKey};
use super::super::profile::Profile;
use super::*;

/// All profiles.
pub(in crate::server::sfu::srtp) const PROFILES: [Profile; 3] =
    [Profile::CounterMode, Profile::Galois128, Profile::Galois256];

/// The keys of a protocol, made of a master key that repeats a byte.
pub(in crate::server::sfu::srtp) fn cipher(profile: Profile, byte: u8, labels: Labels) -> Cipher {
    let key = vec![byte; profile.key_length()];
    let master = MasterKey::new(&key, &[byte; 12]);
    Cipher::derive(profile, &master, labels).unwrap()
}

/// A sealer, made of a master key that repeats a byte.
pub(in crate::server::sfu::srtp) fn sealer(profile: Profile, byte: u8) -> Sealer {
    let cipher = |labels| cipher(profile, byte, labels);
    Sealer::new(cipher(Labels::RTP), cipher(Labels::RTCP))
}

/// A sealer with some key, for those who only want packets to be sealed.
pub(in crate::server::sfu) fn any_sealer() -> Sealer {
    sealer(Profile::Galois128, 1)
}

/// A packet of stream 7 with this sequence number and so many bytes of payload.
fn packet(sequence: u16, payload: usize) -> Vec<u8> {
    let mut packet = vec![0x80, 96];
    packet.extend_from_slice(&sequence.to_be_bytes());
    packet.extend_from_slice(&[0, 0, 0, 1, 0, 0, 0, 7]);
    packet.resize(12 + payload, 0x55);
    packet
}

#[test]
fn the_header_stays_and_the_payload_does_not() {
    for profile in PROFILES {
        let mut sealer = sealer(profile, 1);
        for payload in [0, 1, 15, 16, 17, 1_100] {
            let plain = packet(9, payload);
            let mut sealed = plain.clone();
            sealer.seal_rtp(&mut sealed, 12, 7, 9).unwrap();
            assert_eq!(sealed[..12], plain[..12]);
            let tag = sealed.len() - plain.len();
            assert!((10..=MOST_ADDED).contains(&tag), "{profile:?}");
            assert_eq!(payload == 0, sealed[12..][..payload] == plain[12..]);
        }
    }
}

#[test]
fn a_packet_with_room_behind_it_is_sealed_where_it_lies() {
    for profile in PROFILES {
        let mut sealer = sealer(profile, 1);
        for is_report in [false, true] {
            let mut sealed = Vec::with_capacity(1_112 + MOST_ADDED);
            sealed.extend_from_slice(&packet(9, 1_100));
            let (place, capacity) = (sealed.as_ptr(), sealed.capacity());
            match is_report {
                true => sealer.seal_rtcp(&mut sealed).unwrap(),
                false => sealer.seal_rtp(&mut sealed, 12, 7, 9).unwrap(),
            }
            assert_eq!((sealed.as_ptr(), sealed.capacity()), (place, capacity));
        }
    }
}

#[test]
fn no_two_indices_are_sealed_alike() {
    for profile in PROFILES {
        let mut sealer = sealer(profile, 1);
        let mut seal = |index| {
            let mut sealed = packet(9, 40);
            sealer.seal_rtp(&mut sealed, 12, 7, index).unwrap();
            sealed
        };
        assert_eq!(seal(9), seal(9));
        assert_ne!(seal(9), seal(9 | 1 << 16));
        assert_ne!(seal(9), seal(9 | 1 << 47));
    }
}

#[test]
fn what_is_no_such_packet_is_not_sealed() {
    for profile in PROFILES {
        let mut sealer = sealer(profile, 1);
        let mut refused = |mut packet: Vec<u8>, header, ssrc, index| {
            let sealed = sealer.seal_rtp(&mut packet, header, ssrc, index);
            assert_eq!(sealed, Err(SealError::Malformed));
        };
        refused(Vec::new(), 0, 7, 9);
        refused(packet(9, 20), 11, 7, 9);
        refused(packet(9, 20), 33, 7, 9);
        refused(packet(9, 20), usize::MAX, 7, 9);
        refused(packet(9, 20), 12, 8, 9);
        refused(packet(9, 20), 12, 7, 10);
        for length in 0..8 {
            let mut report = vec![0x80; length];
            assert_eq!(sealer.seal_rtcp(&mut report), Err(SealError::Malformed));
        }
    }
}

#[test]
fn an_index_that_the_keys_do_not_have_is_refused() {
    for profile in PROFILES {
        let mut sealer = sealer(profile, 1);
        let last = (1 << 48) - 1;
        let mut sealed = packet(0xffff, 20);
        assert_eq!(sealer.seal_rtp(&mut sealed, 12, 7, last), Ok(()));
        let mut refused = packet(0, 20);
        let outcome = sealer.seal_rtp(&mut refused, 12, 7, last + 1);
        assert_eq!(outcome, Err(SealError::UsedUp));
    }
}

/// The index that a sealed report has.
fn index(profile: Profile, sealed: &[u8]) -> u32 {
    let behind = if profile == Profile::CounterMode {
        10
    } else {
        0
    };
    let word = sealed[..sealed.len() - behind].last_chunk().unwrap();
    let word = u32::from_be_bytes(*word);
    assert_eq!(word & ENCRYPTED, ENCRYPTED);
    word & !ENCRYPTED
}

#[test]
fn reports_are_counted_where_the_library_does_not_and_to_the_end() {
    for profile in PROFILES {
        let mut sealer = sealer(profile, 1);
        let mut sealed = vec![0x80, 200, 0, 1, 0, 0, 0, 7];
        sealer.seal_rtcp(&mut sealed).unwrap();
        assert_eq!(index(profile, &sealed), 1 << 30);
        let mut sealed = vec![0x80, 200, 0, 1, 0, 0, 0, 7];
        sealer.seal_rtcp(&mut sealed).unwrap();
        assert_eq!(index(profile, &sealed), (1 << 30) + 1);

        sealer.next_report = ENCRYPTED - 1;
        let mut sealed = vec![0x80, 200, 0, 1, 0, 0, 0, 7];
        sealer.seal_rtcp(&mut sealed).unwrap();
        assert_eq!(index(profile, &sealed), ENCRYPTED - 1);
        for _ in 0..2 {
            let mut refused = vec![0x80, 200, 0, 1, 0, 0, 0, 7];
            assert_eq!(sealer.seal_rtcp(&mut refused), Err(SealError::UsedUp));
        }
    }
}

#[test]
fn no_key_is_printed() {
    assert_eq!(
        format!("{:?}", sealer(Profile::Galois256, 1)),
        "Sealer { .. }"
    );
}
