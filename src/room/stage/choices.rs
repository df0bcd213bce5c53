//! What the user wants of the stage.
//!
//! Invariant: a wish for something that is not there (any more) is kept but has no effect, so that a pinned person who
//! comes back within the same call is pinned again.

use super::tile::TileId;
use crate::room::participant::Participant;
use crate::room::stage::layout::Layout;
use crate::room::switch::Switch;

impl From<Layout> for LayoutMode {
    fn from(layout: Layout) -> Self {
        match layout {
            Layout::Grid => Self::Grid,
            Layout::Speaker => Self::Speaker,
        }
    }
}

/// The user can want this of the stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StageAction {
    /// They want the tiles arranged like this; a pin comes out.
    Arrange(Layout),
    /// They pin this tile, or take the pin out of it.
    TogglePin(TileId),
    /// They want the own camera shown or hidden.
    SetSelfView(Switch),
    /// They turn to this page, counted from 0.
    TurnTo(usize),
    /// They want this person's screen on the stage.
    ChooseShare(Participant),
}

/// Tiles are arranged like this.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LayoutMode {
    /// Everyone has the same size; a shared screen is large all the same.
    #[default]
    Grid,
    /// Whoever speaks is large; a shared screen takes precedence.
    Speaker,
    /// One tile is large, whatever happens.
    Pinned(TileId),
}

/// The user's wishes and the screens that are shared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stage {
    /// Tiles are arranged like this.
    mode: LayoutMode,
    /// The stage returns to this when the pin is taken out.
    mode_before_pin: LayoutMode,
    /// The user sees themselves, or does not.
    self_view: Switch,
    /// The user turned to this page, from 0; there may be fewer by now.
    page: usize,
    /// These people share, in order of beginning.
    shares: Vec<Participant>,
    /// The user chose this share over a newer one.
    chosen_share: Option<Participant>,
}

impl Stage {
    /// The user wants something.
    pub fn apply(&mut self, action: StageAction) {
        match action {
            StageAction::Arrange(layout) => self.set_mode(layout.into()),
            StageAction::TogglePin(tile) => self.toggle_pin(tile),
            StageAction::SetSelfView(shown) => self.set_self_view(shown),
            StageAction::TurnTo(page) => self.turn_to(page),
            StageAction::ChooseShare(participant) => self.choose_share(participant),
        }
    }

    /// How tiles are arranged but for a pin.
    pub fn layout(&self) -> Layout {
        let mode = match &self.mode {
            LayoutMode::Pinned(_) => &self.mode_before_pin,
            unpinned => unpinned,
        };
        match mode {
            LayoutMode::Speaker => Layout::Speaker,
            LayoutMode::Grid | LayoutMode::Pinned(_) => Layout::Grid,
        }
    }

    /// Whether this tile is pinned.
    pub fn is_pinned(&self, tile: &TileId) -> bool {
        matches!(&self.mode, LayoutMode::Pinned(pinned) if pinned == tile)
    }

    /// The current mode.
    pub fn mode(&self) -> &LayoutMode {
        &self.mode
    }

    /// The mode that counts where a pin does not: the pinned one is not there.
    pub(super) fn effective_mode(&self) -> &LayoutMode {
        match self.mode {
            LayoutMode::Pinned(_) => &self.mode_before_pin,
            LayoutMode::Grid | LayoutMode::Speaker => &self.mode,
        }
    }

    /// Whether the own camera is among the tiles.
    pub fn self_view(&self) -> Switch {
        self.self_view
    }

    /// Arrange tiles like this from now on.
    pub fn set_mode(&mut self, mode: LayoutMode) {
        if let (LayoutMode::Pinned(_), before) = (&mode, &self.mode)
            && !matches!(before, LayoutMode::Pinned(_))
        {
            self.mode_before_pin = before.clone();
        }
        self.mode = mode;
        self.page = 0;
    }

    /// Pins this tile, or takes the pin out of it.
    pub fn toggle_pin(&mut self, tile: TileId) {
        let mode = if self.mode == LayoutMode::Pinned(tile.clone()) {
            self.mode_before_pin.clone()
        } else {
            LayoutMode::Pinned(tile)
        };
        self.set_mode(mode);
    }

    /// Shows or hides the own camera.
    pub fn set_self_view(&mut self, shown: Switch) {
        self.self_view = shown;
    }

    /// Turns to this page, counted from 0; a page that is not there is the last one.
    pub fn turn_to(&mut self, page: usize) {
        self.page = page;
    }

    /// The page the user turned to.
    pub(super) fn page(&self) -> usize {
        self.page
    }

    /// Puts this person's shared screen on the stage instead of a newer one; a pin comes out, for it would win.
    pub fn choose_share(&mut self, participant: Participant) {
        if matches!(self.mode, LayoutMode::Pinned(_)) {
            self.mode = self.mode_before_pin.clone();
        }
        self.chosen_share = Some(participant);
    }

    /// These people share now, in any order. A share that just began takes the stage.
    pub fn set_shares(&mut self, sharing: &[Participant]) {
        self.shares.retain(|earlier| sharing.contains(earlier));
        for participant in sharing {
            if !self.shares.contains(participant) {
                self.shares.push(participant.clone());
                self.chosen_share = None;
            }
        }
        if self
            .chosen_share
            .as_ref()
            .is_some_and(|chosen| !self.shares.contains(chosen))
        {
            self.chosen_share = None;
        }
    }

    /// All who share, the one who began last first.
    pub fn shares(&self) -> impl Iterator<Item = &Participant> {
        self.shares.iter().rev()
    }

    /// The shared screen for the stage: the chosen one, else the newest that is not our own. Our own we see anyway, and a
    /// screen that shows itself is a hall of mirrors.
    pub(super) fn leading_share(&self) -> Option<&Participant> {
        self.chosen_share
            .as_ref()
            .or_else(|| self.shares().find(|sharer| **sharer != Participant::Me))
    }
}
