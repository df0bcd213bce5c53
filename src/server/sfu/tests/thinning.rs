use proptest::prelude::*;

use super::*;
use crate::server::sfu::picture_packet::tests::layered as packet;

/// Three temporal layers, as browsers order them; the first is a keyframe.
fn of_three_layers(picture: u32) -> PicturePacket {
    let (layer, is_sync) = match picture % 4 {
        0 => (0, false),
        1 => (2, true),
        2 => (1, true),
        _ => (2, false),
    };
    packet(picture, layer, is_sync, picture == 0)
}

/// The pictures that are not left out.
fn kept(thinning: &mut Thinning, pictures: std::ops::Range<u32>) -> Vec<u32> {
    let kept = pictures.filter(|it| !thinning.leaves_out(&of_three_layers(*it)));
    kept.collect()
}

#[test]
fn half_of_the_pictures_are_left_out_and_come_again_where_they_can_be_entered() {
    let mut thinning = Thinning::default();
    assert_eq!(kept(&mut thinning, 0..4), [0, 1, 2, 3]);
    thinning.want(true);
    assert_eq!(kept(&mut thinning, 4..12), [4, 6, 8, 10]);
    thinning.want(false);
    // The picture 11 builds on 9, which was left out, or may: 13 does not.
    assert_eq!(
        kept(&mut thinning, 12..20),
        [12, 13, 14, 15, 16, 17, 18, 19]
    );
}

#[test]
fn a_layer_that_was_interrupted_waits_for_a_picture_that_builds_on_none_of_its_own() {
    let mut thinning = Thinning::default();
    assert_eq!(kept(&mut thinning, 0..4), [0, 1, 2, 3]);
    thinning.want(true);
    assert_eq!(kept(&mut thinning, 4..6), [4]);
    thinning.want(false);
    assert_eq!(kept(&mut thinning, 6..8), [6], "7 builds on 5");
    assert_eq!(kept(&mut thinning, 8..10), [8, 9]);
}

#[test]
fn with_two_layers_every_second_picture_is_left_out() {
    let mut thinning = Thinning::default();
    thinning.want(true);
    let of_two = |it: u32| packet(it, u8::from(it % 2 == 1), it % 4 == 1, it == 0);
    let kept: Vec<u32> = (0..8)
        .filter(|it| !thinning.leaves_out(&of_two(*it)))
        .collect();
    assert_eq!(kept, [0, 2, 4, 6]);
}

#[test]
fn without_temporal_layers_nothing_is_left_out() {
    let mut thinning = Thinning::default();
    thinning.want(true);
    let plain = PicturePacket::read(1, 3_000, true, &[0x10, 0x01, 0x02]).unwrap();
    assert!(!thinning.leaves_out(&plain));
    let lowest = (0..9).map(|picture| packet(picture, 0, false, picture == 0));
    assert!(lowest.into_iter().all(|it| !thinning.leaves_out(&it)));
}

#[test]
fn a_keyframe_lets_everything_pass_again() {
    let mut thinning = Thinning::default();
    thinning.want(true);
    assert_eq!(kept(&mut thinning, 0..4), [0, 2]);
    thinning.want(false);
    assert!(!thinning.leaves_out(&packet(4, 0, false, true)));
    assert!(!thinning.leaves_out(&packet(5, 2, false, false)));
}

#[test]
fn another_source_begins_with_its_own_layers() {
    let mut thinning = Thinning::default();
    thinning.want(true);
    assert_eq!(kept(&mut thinning, 0..4), [0, 2]);
    thinning.begin();
    assert!(!thinning.leaves_out(&packet(100, 0, false, true)));
    assert!(thinning.leaves_out(&packet(101, 1, true, false)));
    assert!(!thinning.leaves_out(&packet(102, 0, false, false)));
}

proptest! {
    /// Whatever is wanted when, and however packets are shuffled: each picture that is kept builds on pictures that are kept,
    /// and all packets of a picture are treated alike.
    #[test]
    fn what_is_kept_can_be_decoded(
        wishes in prop::collection::vec(any::<bool>(), 60),
        packets in prop::collection::vec(1..4_usize, 60),
    ) {
        let mut thinning = Thinning::default();
        let mut kept = vec![];
        for (picture, (is_wanted, packets)) in (0..).zip(wishes.iter().zip(&packets)) {
            let it = of_three_layers(picture);
            let mut left_out = vec![];
            for part in 0..*packets {
                thinning.want(*is_wanted ^ (part == 1));
                left_out.push(thinning.leaves_out(&it));
            }
            prop_assert!(left_out.iter().all(|it| *it == left_out[0]));
            kept.push(!left_out[0]);
        }
        for picture in 0..kept.len() {
            // As libvpx has it: each builds on the last of the lowest layer; the second top one of four on the middle one too.
            let base = picture - picture % 4;
            let needs: &[usize] = match picture % 4 {
                0 if picture == 0 => &[],
                0 => &[picture - 4],
                1 | 2 => &[base],
                _ => &[base + 2, base + 1],
            };
            if kept[picture] {
                prop_assert!(needs.iter().all(|it| kept[*it]), "{} of {:?}", picture, kept);
            }
        }
    }
}
