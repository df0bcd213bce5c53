//! The stage as a pure view model.

use super::choices::{LayoutMode, Stage};
use crate::room::participant::Participant;
use crate::room::sending::view::{Heard, ViewRequest, ViewSize};
use crate::room::stage::tile::TileId;
use crate::room::switch::Switch;

/// One page has at most so many tiles, the large one included.
pub const PAGE_TILES: usize = 16;

/// These people are there.
#[derive(Clone, Copy, Debug)]
pub struct StagePeople<'a> {
    /// Everyone else stands here, in order of arrival.
    pub others: &'a [Participant],
    /// This participant speaks, or did last ([`super::ActiveSpeaker`]).
    pub speaker: Option<&'a Participant>,
}

/// This is to be drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StageView {
    /// These tiles are large: all of the page in a grid, else at most one.
    pub main: Vec<TileId>,
    /// These tiles are small and stand beside it; there are none in a grid.
    pub strip: Vec<TileId>,
    /// This page is shown, counted from 0.
    pub page: usize,
    /// There are so many pages, at least 1.
    pub pages: usize,
    /// So many others are on other pages only: their faces at least, for their screens are tiles of their own.
    pub elsewhere: usize,
}

impl StageView {
    /// All tiles of the page, the large ones first.
    pub fn tiles(&self) -> impl Iterator<Item = &TileId> {
        self.main.iter().chain(&self.strip)
    }

    /// What to ask this person for, given how many device pixels high the tiles of the stage and of the strip are.
    pub fn request_to(
        &self,
        participant: &Participant,
        main_height: f64,
        strip_height: f64,
    ) -> ViewRequest {
        let size = |tile: &TileId| {
            if self.main.contains(tile) {
                ViewSize::for_height(main_height)
            } else if self.strip.contains(tile) {
                ViewSize::for_height(strip_height)
            } else {
                ViewSize::Hidden
            }
        };
        ViewRequest {
            camera: size(&TileId::Camera(participant.clone())),
            screen: size(&TileId::Screen(participant.clone())),
            sound: Heard::default(),
        }
    }
}

impl Stage {
    /// Decides what is shown now.
    pub fn view(&self, people: StagePeople<'_>) -> StageView {
        let tiles = self.tiles(people.others);
        let mut view = match self.leading_tile(&tiles, people) {
            None => grid(tiles, self.page()),
            Some(leading) => beside(leading, tiles, self.page()),
        };
        let is_other = |tile: &&TileId| matches!(tile, TileId::Camera(participant) if *participant != Participant::Me);
        view.elsewhere = people.others.len() - view.tiles().filter(is_other).count();
        view
    }

    /// Every tile there is: shared screens, the newest first, then ourselves, then everyone in order of arrival.
    fn tiles(&self, others: &[Participant]) -> Vec<TileId> {
        let present =
            |sharer: &&Participant| **sharer == Participant::Me || others.contains(*sharer);
        let screens = self.shares().filter(present).cloned().map(TileId::Screen);
        let own = (self.self_view() == Switch::On).then_some(TileId::Camera(Participant::Me));
        let cameras = others.iter().cloned().map(TileId::Camera);
        screens.chain(own).chain(cameras).collect()
    }

    /// The tile that is to be large, if one is.
    fn leading_tile(&self, tiles: &[TileId], people: StagePeople<'_>) -> Option<TileId> {
        if let LayoutMode::Pinned(tile) = self.mode()
            && tiles.contains(tile)
        {
            return Some(tile.clone());
        }
        let share = self.leading_share().cloned().map(TileId::Screen);
        if let Some(share) = share.filter(|share| tiles.contains(share)) {
            return Some(share);
        }
        if *self.effective_mode() != LayoutMode::Speaker {
            return None;
        }
        let is_other = |participant: &&Participant| people.others.contains(*participant);
        let speaker = people.speaker.filter(is_other);
        let speaker = speaker.or_else(|| people.others.first());
        speaker.cloned().map(TileId::Camera)
    }
}

fn grid(tiles: Vec<TileId>, page: usize) -> StageView {
    let (page, pages) = paged(page, tiles.len(), PAGE_TILES);
    StageView {
        main: one_page(tiles, page, PAGE_TILES),
        strip: Vec::new(),
        page,
        pages,
        elsewhere: 0,
    }
}

fn beside(leading: TileId, tiles: Vec<TileId>, page: usize) -> StageView {
    let others: Vec<TileId> = tiles.into_iter().filter(|tile| *tile != leading).collect();
    let (page, pages) = paged(page, others.len(), PAGE_TILES - 1);
    StageView {
        main: vec![leading],
        strip: one_page(others, page, PAGE_TILES - 1),
        page,
        pages,
        elsewhere: 0,
    }
}

fn paged(page: usize, count: usize, on_each: usize) -> (usize, usize) {
    let pages = count.div_ceil(on_each).max(1);
    (page.min(pages - 1), pages)
}

fn one_page(tiles: Vec<TileId>, page: usize, on_each: usize) -> Vec<TileId> {
    tiles
        .into_iter()
        .skip(page * on_each)
        .take(on_each)
        .collect()
}
