//! What a recording shows: the stage as it is shown here, on a picture of another size.

use super::state::Visit;
use crate::protocol::{DisplayName, MediaState};
use crate::room::participant::{Participant, TrackKind};
use crate::room::stage::grid::Place;
use crate::room::stage::places::places;
use crate::room::stage::tile::TileId;

/// Two tiles of the picture stand this far apart, in pixels.
const GAP: f64 = 8.0;

/// One tile to paint.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// The tile is this participant's.
    pub participant: Participant,
    /// It shows a camera or a screen.
    pub kind: TrackKind,
    /// It is painted here.
    pub place: Place,
    /// This name is written on it.
    pub name: String,
    /// These stand in its middle while there is no picture.
    pub initials: String,
    /// A picture is sent, and is painted once it arrives.
    pub live: bool,
}

impl Visit {
    /// The tiles of a picture of this size, in pixels; none outside a call.
    pub fn scene(&self, width: f64, height: f64) -> Vec<Scene> {
        let view = self.stage_view();
        let places = places(&view, width, height, GAP, 0);
        let tiles = view.tiles().zip(places);
        tiles
            .filter_map(|(tile, place)| {
                let (name, media) = self.shown_as(tile.participant())?;
                let (kind, live) = match tile {
                    TileId::Camera(_) => (TrackKind::Camera, media.video),
                    TileId::Screen(_) => (TrackKind::ScreenVideo, media.screen),
                };
                Some(Scene {
                    participant: tile.participant().clone(),
                    kind,
                    place,
                    name: name.to_string(),
                    initials: name.as_str().chars().take(1).collect(),
                    live,
                })
            })
            .collect()
    }

    fn shown_as(&self, participant: &Participant) -> Option<(&DisplayName, MediaState)> {
        let call = self.call.call()?;
        Some(match participant {
            Participant::Me => (&call.name, self.media.sent()),
            Participant::Peer(id) => {
                let person = call.person(id)?;
                (&person.name, person.media)
            }
        })
    }
}

#[cfg(test)]
#[path = "tests/scene.rs"]
mod tests;
