//! Tables for the stage, seeded conversations for the speaker.

use proptest::prelude::*;

use super::*;
use crate::protocol::PeerId;
use crate::room::sending::{ViewRequest, ViewSize};
use crate::room::{Moment, Participant, Switch};

fn peer(index: usize) -> Participant {
    Participant::Peer(id(index))
}

fn id(index: usize) -> PeerId {
    PeerId::new(format!("p{index:02}"))
}

fn others(count: usize) -> Vec<Participant> {
    (0..count).map(peer).collect()
}

fn view(stage: &Stage, others: &[Participant], speaker: Option<usize>) -> StageView {
    let speaker = speaker.map(peer);
    stage.view(StagePeople {
        others,
        speaker: speaker.as_ref(),
    })
}

fn camera(index: usize) -> TileId {
    TileId::Camera(peer(index))
}

fn screen(index: usize) -> TileId {
    TileId::Screen(peer(index))
}

const ME: TileId = TileId::Camera(Participant::Me);

#[test]
fn a_grid_shows_everyone_in_order_of_arrival() {
    let view = view(&Stage::default(), &others(3), Some(2));
    assert_eq!(view.main, [ME, camera(0), camera(1), camera(2)]);
    assert_eq!((view.strip.len(), view.page, view.pages), (0, 0, 1));
}

#[test]
fn the_speaker_is_large_and_the_others_keep_their_order() {
    let mut stage = Stage::default();
    stage.set_mode(LayoutMode::Speaker);
    let people = others(3);
    let shown = view(&stage, &people, Some(1));
    assert_eq!(shown.main, [camera(1)]);
    assert_eq!(shown.strip, [ME, camera(0), camera(2)]);
    assert_eq!(view(&stage, &people, None).main, [camera(0)]);
    assert_eq!(view(&stage, &people[..1], Some(2)).main, [camera(0)]);
    assert_eq!(view(&stage, &[], None).main, [ME]);
}

#[test]
fn the_newest_share_takes_the_stage_and_the_others_are_a_click_away() {
    let mut stage = Stage::default();
    let people = others(3);
    stage.set_shares(&[peer(1)]);
    assert_eq!(view(&stage, &people, None).main, [screen(1)]);
    stage.set_shares(&[peer(0), peer(1)]);
    let shown = view(&stage, &people, None);
    assert_eq!(shown.main, [screen(0)]);
    assert_eq!(shown.strip[0], screen(1));
    stage.choose_share(peer(1));
    assert_eq!(view(&stage, &people, None).main, [screen(1)]);
    stage.set_shares(&[peer(0), peer(1), peer(2)]);
    assert_eq!(view(&stage, &people, None).main, [screen(2)]);
    stage.set_shares(&[peer(0)]);
    assert_eq!(view(&stage, &people, None).main, [screen(0)]);
    stage.set_shares(&[]);
    assert_eq!(view(&stage, &people, None).main.len(), 4);
}

#[test]
fn the_own_share_does_not_hide_the_share_of_another() {
    let mut stage = Stage::default();
    stage.set_shares(&[peer(0)]);
    stage.set_shares(&[peer(0), Participant::Me]);
    let people = others(1);
    assert_eq!(view(&stage, &people, None).main, [screen(0)]);
    stage.set_shares(&[Participant::Me]);
    let own = TileId::Screen(Participant::Me);
    assert_eq!(view(&stage, &people, None).main, [own]);
}

#[test]
fn a_pin_holds_against_speakers_and_shares_and_comes_out_again() {
    let mut stage = Stage::default();
    stage.set_mode(LayoutMode::Speaker);
    stage.toggle_pin(camera(2));
    stage.set_shares(&[peer(0)]);
    let people = others(3);
    assert_eq!(view(&stage, &people, Some(1)).main, [camera(2)]);
    assert_eq!(view(&stage, &people[..2], Some(1)).main, [screen(0)]);
    assert_eq!(view(&stage, &people, Some(1)).main, [camera(2)]);
    stage.set_shares(&[]);
    assert_eq!(view(&stage, &people[..2], Some(1)).main, [camera(1)]);
    stage.toggle_pin(camera(1));
    assert_eq!(view(&stage, &people, Some(0)).main, [camera(1)]);
    stage.toggle_pin(camera(1));
    assert_eq!(*stage.mode(), LayoutMode::Speaker);
}

#[test]
fn hiding_the_self_view_leaves_everyone_else() {
    let mut stage = Stage::default();
    stage.set_self_view(Switch::Off);
    assert_eq!(view(&stage, &others(1), None).main, [camera(0)]);
    assert!(view(&stage, &[], None).main.is_empty());
    stage.toggle_pin(ME);
    assert_eq!(view(&stage, &others(1), None).main, [camera(0)]);
}

#[test]
fn more_than_sixteen_tiles_are_paged_and_a_lost_page_is_the_last_one() {
    let mut stage = Stage::default();
    assert_eq!(view(&stage, &others(15), None).pages, 1);
    let people = others(40);
    assert_eq!(view(&stage, &people, None).pages, 3);
    stage.turn_to(1);
    let second = view(&stage, &people, None);
    assert_eq!(
        (second.main[0].clone(), second.main.len()),
        (camera(15), 16)
    );
    stage.turn_to(2);
    assert_eq!(view(&stage, &people, None).main.len(), 9);
    assert_eq!(view(&stage, &others(20), None).page, 1);
    stage.set_shares(&[peer(3)]);
    let shared = view(&stage, &people, None);
    assert_eq!(
        (shared.main.len(), shared.strip.len(), shared.page),
        (1, 11, 2)
    );
}

#[test]
fn people_are_asked_for_what_is_shown_of_them() {
    let mut stage = Stage::default();
    stage.set_shares(&[peer(1)]);
    let people = others(30);
    let shown = view(&stage, &people, None);
    assert_eq!(
        shown.request_to(&peer(1), 900.0, 120.0),
        ViewRequest {
            camera: ViewSize::Thumbnail,
            screen: ViewSize::Large
        }
    );
    assert_eq!(
        shown.request_to(&peer(29), 900.0, 120.0),
        ViewRequest::HIDDEN
    );
}

fn arbitrary_stage() -> impl Strategy<Value = (Stage, usize, Option<usize>)> {
    let mode = (0..6_usize, 0..40_usize);
    let shares = proptest::collection::vec(0..40_usize, 0..5);
    let speaker = proptest::option::of(0..40_usize);
    (
        mode,
        shares,
        any::<bool>(),
        0..5_usize,
        0..40_usize,
        speaker,
    )
        .prop_map(|((mode, index), shares, hidden, page, count, speaker)| {
            let mut stage = Stage::default();
            match mode {
                0 | 1 => {}
                2 | 3 => stage.set_mode(LayoutMode::Speaker),
                4 => stage.toggle_pin(camera(index)),
                _ => stage.toggle_pin(screen(index)),
            }
            let shares: Vec<_> = shares.into_iter().map(peer).collect();
            stage.set_shares(&shares);
            stage.set_self_view(if hidden { Switch::Off } else { Switch::On });
            stage.turn_to(page);
            (stage, count, speaker)
        })
}

proptest! {
    #[test]
    fn all_pages_together_show_every_tile_exactly_once((stage, count, speaker) in arbitrary_stage()) {
        let people = others(count);
        let first = view(&stage, &people, speaker);
        let leads = !first.strip.is_empty();
        let mut seen: Vec<TileId> = Vec::new();
        for page in 0..first.pages {
            let mut stage = stage.clone();
            stage.turn_to(page);
            let shown = view(&stage, &people, speaker);
            prop_assert!(shown.tiles().count() <= PAGE_TILES);
            prop_assert!(!leads || shown.main.len() == 1);
            // What leads is on every page; it counts once.
            if !leads || page == 0 {
                seen.extend(shown.main);
            }
            seen.extend(shown.strip);
        }
        for participant in &people {
            let tiles = seen.iter().filter(|tile| **tile == TileId::Camera(participant.clone()));
            prop_assert_eq!(tiles.count(), 1);
        }
        let own = seen.iter().filter(|tile| **tile == ME).count();
        prop_assert_eq!(own, usize::from(stage.self_view() == Switch::On));
    }

    #[test]
    fn a_newcomer_moves_nobody_in_a_grid(count in 0..60_usize, page in 0..4_usize) {
        let mut stage = Stage::default();
        stage.turn_to(page);
        let before = view(&stage, &others(count), None);
        let after = view(&stage, &others(count + 1), None);
        if after.page == before.page {
            prop_assert!(after.main.starts_with(&before.main));
        }
    }
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> f32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 40) as f32) / (1_u64 << 24) as f32
    }
}

/// A voice: syllables with short gaps. `loudness` is its mean level.
fn voice(random: &mut Random, loudness: f32) -> f32 {
    if random.next() < 0.2 {
        loudness * 0.15
    } else {
        loudness * (0.7 + 0.6 * random.next())
    }
}

#[test]
fn in_a_conversation_the_floor_follows_each_turn_and_only_those() {
    for seed in 0..200 {
        let mut random = Random(seed * 7_919 + 1);
        let people = 2 + (random.next() * 4.0) as usize;
        let mut speaker = ActiveSpeaker::default();
        let (mut now, mut changes, mut turns) = (0, 0, 0);
        let mut talking = usize::MAX;
        let mut shown = None;
        while turns < 12 {
            let next = (random.next() * people as f32) as usize % people;
            if next == talking {
                continue;
            }
            talking = next;
            turns += 1;
            let length = 32 + (random.next() * 60.0) as u64;
            for step in 0..length {
                now += 100;
                let levels: Vec<_> = (0..people)
                    .map(|index| {
                        let cough = random.next() < 0.004;
                        let level = if index == talking {
                            voice(&mut random, 0.2)
                        } else if cough {
                            0.6
                        } else {
                            0.02 * random.next()
                        };
                        (id(index), level)
                    })
                    .collect();
                let named = speaker.hear(Moment(now), &levels).cloned();
                if named != shown {
                    changes += 1;
                    shown = named;
                }
                if step >= 30 {
                    assert_eq!(
                        shown,
                        Some(id(talking)),
                        "seed {seed}, turn {turns}, step {step}"
                    );
                }
            }
            // A pause: nobody says anything, and nothing changes.
            for _ in 0..10 {
                now += 100;
                let levels: Vec<_> = (0..people).map(|index| (id(index), 0.01)).collect();
                assert_eq!(speaker.hear(Moment(now), &levels).cloned(), shown);
            }
        }
        assert!(
            changes <= turns,
            "seed {seed}: {changes} changes in {turns} turns"
        );
    }
}

#[test]
fn two_who_talk_over_each_other_do_not_make_the_stage_flap() {
    for seed in 0..100 {
        let mut random = Random(seed + 99);
        let mut speaker = ActiveSpeaker::default();
        let mut names = Vec::new();
        for step in 0..600 {
            let levels = [
                (id(0), voice(&mut random, 0.2)),
                (id(1), voice(&mut random, 0.21)),
            ];
            names.push(speaker.hear(Moment(step * 100), &levels).cloned());
        }
        let changes = names.windows(2).filter(|pair| pair[0] != pair[1]).count();
        assert!(changes <= 4, "seed {seed}: {changes} changes in a minute");
    }
}

#[test]
fn less_than_four_tenths_of_a_second_takes_nothing_over() {
    let mut speaker = ActiveSpeaker::default();
    let levels = |first, second| [(id(0), first), (id(1), second)];
    for step in 0..40 {
        speaker.hear(Moment(step * 100), &levels(0.2, 0.0));
    }
    assert_eq!(speaker.speaker(), Some(&id(0)));
    speaker.hear(Moment(4_000), &levels(0.0, 0.2));
    for step in 41..50 {
        speaker.hear(Moment(step * 100), &levels(0.0, 0.0));
    }
    assert_eq!(speaker.speaker(), Some(&id(0)));
    for step in 50..60 {
        speaker.hear(Moment(step * 100), &levels(0.0, 0.2));
    }
    assert_eq!(speaker.speaker(), Some(&id(1)));
}

#[test]
fn who_leaves_loses_the_floor_and_nonsense_is_silence() {
    let mut speaker = ActiveSpeaker::default();
    for step in 0..10 {
        speaker.hear(Moment(step * 100), &[(id(0), 0.3), (id(1), f32::NAN)]);
    }
    assert_eq!(speaker.speaker(), Some(&id(0)));
    assert_eq!(speaker.hear(Moment(1_100), &[(id(1), f32::NAN)]), None);
}
