use proptest::prelude::*;

use super::super::master_key::Labels;
use super::super::profile::Profile;
use super::super::sealer::tests::{PROFILES, cipher, sealer};
use super::*;

fn opener(profile: Profile, byte: u8) -> Opener {
    Opener::new(cipher(profile, byte, Labels::RTCP))
}

const REPORT: [u8; 16] = [0x81, 206, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

fn sealed(profile: Profile) -> Vec<u8> {
    let mut sealed = REPORT.to_vec();
    sealer(profile, 1).seal_rtcp(&mut sealed).unwrap();
    sealed
}

#[test]
fn what_the_other_side_sealed_is_opened_as_often_as_it_comes() {
    for profile in PROFILES {
        let mut opener = opener(profile, 1);
        let mut plain = vec![1, 2, 3];
        for _ in 0..2 {
            assert!(opener.open_rtcp(&sealed(profile), &mut plain));
            assert_eq!(plain, REPORT);
        }
    }
}

#[test]
fn a_packet_of_which_a_bit_is_another_is_refused() {
    for profile in PROFILES {
        let mut opener = opener(profile, 1);
        let sealed = sealed(profile);
        for bit in 0..sealed.len() * 8 {
            let mut tampered = sealed.clone();
            tampered[bit / 8] ^= 1 << (bit % 8);
            let mut plain = REPORT.to_vec();
            assert!(
                !opener.open_rtcp(&tampered, &mut plain),
                "{profile:?} {bit}"
            );
            assert!(plain.is_empty());
        }
    }
}

#[test]
fn a_packet_that_is_cut_or_too_long_is_refused() {
    for profile in PROFILES {
        let mut opener = opener(profile, 1);
        let mut plain = Vec::new();
        let mut sealed = sealed(profile);
        for length in 0..sealed.len() {
            assert!(!opener.open_rtcp(&sealed[..length], &mut plain));
            assert!(!opener.open_rtcp(&sealed[sealed.len() - length..], &mut plain));
        }
        sealed.push(0);
        assert!(!opener.open_rtcp(&sealed, &mut plain));
    }
}

#[test]
fn what_others_sealed_is_refused() {
    for profile in PROFILES {
        let mut plain = Vec::new();
        assert!(!opener(profile, 2).open_rtcp(&sealed(profile), &mut plain));
        for other in PROFILES.into_iter().filter(|it| *it != profile) {
            assert!(!opener(profile, 1).open_rtcp(&sealed(other), &mut plain));
        }
    }
}

#[test]
fn no_key_is_printed() {
    assert_eq!(
        format!("{:?}", opener(Profile::Galois256, 1)),
        "Opener { .. }"
    );
}

proptest! {
    #[test]
    fn bytes_that_nobody_sealed_are_refused(
        packet in proptest::collection::vec(any::<u8>(), 0..80),
    ) {
        for profile in PROFILES {
            prop_assert!(!opener(profile, 1).open_rtcp(&packet, &mut Vec::new()));
        }
    }

    #[test]
    fn whatever_is_sealed_is_opened(
        report in proptest::collection::vec(any::<u8>(), 8..200),
    ) {
        for profile in PROFILES {
            let mut sealed = report.clone();
            sealer(profile, 1).seal_rtcp(&mut sealed).unwrap();
            let mut plain = Vec::new();
            prop_assert!(opener(profile, 1).open_rtcp(&sealed, &mut plain));
            prop_assert_eq!(&plain, &report);
        }
    }
}
