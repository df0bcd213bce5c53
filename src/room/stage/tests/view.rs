//! Tables for the stage, and what holds for any stage.

use proptest::prelude::*;

use super::*;
use crate::protocol::PeerId;
use crate::room::participant::Participant;
use crate::room::sending::view::{Heard, ViewRequest, ViewSize};
use crate::room::stage::view::{PAGE_TILES, StagePeople};
use crate::room::switch::Switch;

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
fn the_own_share_takes_the_stage_only_when_it_is_chosen() {
    let mut stage = Stage::default();
    stage.set_shares(&[peer(0)]);
    stage.set_shares(&[peer(0), Participant::Me]);
    let people = others(1);
    assert_eq!(view(&stage, &people, None).main, [screen(0)]);
    stage.set_shares(&[Participant::Me]);
    let own = TileId::Screen(Participant::Me);
    let shown = view(&stage, &people, None);
    assert_eq!(shown.main, [own.clone(), ME, camera(0)]);
    stage.choose_share(Participant::Me);
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
fn choosing_a_share_takes_the_pin_out() {
    let mut stage = Stage::default();
    stage.set_shares(&[peer(0), peer(1)]);
    stage.apply(StageAction::TogglePin(camera(1)));
    stage.apply(StageAction::ChooseShare(peer(0)));
    assert!(!stage.is_pinned(&camera(1)));
    assert_eq!(view(&stage, &others(2), None).main, [screen(0)]);
}

#[test]
fn the_layout_to_remember_is_the_one_without_the_pin() {
    let mut stage = Stage::default();
    stage.apply(StageAction::Arrange(Layout::Speaker));
    stage.apply(StageAction::TogglePin(camera(0)));
    assert_eq!(stage.layout(), Layout::Speaker);
    stage.apply(StageAction::Arrange(Layout::Grid));
    assert_eq!(*stage.mode(), LayoutMode::Grid);
}

#[test]
fn a_layout_of_another_version_reads_as_a_grid() {
    let read = |text| serde_json::from_str::<Layout>(text).unwrap();
    assert_eq!(read("\"speaker\""), Layout::Speaker);
    assert_eq!(read("\"carousel\""), Layout::Grid);
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
            screen: ViewSize::Large,
            sound: Heard(true),
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

#[test]
fn of_those_on_other_pages_it_is_counted_how_many_they_are() {
    let mut stage = Stage::default();
    let people = others(49);
    let elsewhere = |stage: &Stage, count: usize| view(stage, &people[..count], None).elsewhere;
    assert_eq!(
        [15, 16, 49].map(|count| elsewhere(&stage, count)),
        [0, 1, 34]
    );
    stage.turn_to(3);
    assert_eq!(
        elsewhere(&stage, 49),
        47,
        "two are on the last of four pages"
    );
    stage.turn_to(0);
    stage.set_mode(LayoutMode::Speaker);
    assert_eq!(
        elsewhere(&stage, 49),
        34,
        "the speaker, oneself and fourteen more"
    );
    stage.set_shares(&[peer(0)]);
    assert_eq!(elsewhere(&stage, 49), 35, "a screen is nobody's face");
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
            let is_shown = |it: &&Participant| shown.tiles().any(|tile| *tile == TileId::Camera((*it).clone()));
            prop_assert_eq!(people.iter().filter(is_shown).count() + shown.elsewhere, count);
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
