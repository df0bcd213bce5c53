//! What a recording shows and hears: the stage as it is shown here, and every stream there is.

use leptos::prelude::*;

use crate::client::recorder::{HEIGHT, Scene, Sources, WIDTH};
use crate::protocol::MediaState;
use crate::room::stage::{TileId, places};
use crate::room::{Participant, TrackKind};
use crate::session::Session;

/// Between two tiles of the picture, in pixels.
const GAP: f64 = 8.0;

/// The streams there are.
pub(super) fn sources(session: Session) -> Sources {
    session.streams.with_untracked(|streams| {
        streams
            .iter()
            .map(|(key, stream)| (key.clone(), Clone::clone(&**stream)))
            .collect()
    })
}

/// The tiles as the stage shows them, on a picture of another size.
pub(super) fn scene(session: Session) -> Vec<Scene> {
    let (width, height) = (f64::from(WIDTH), f64::from(HEIGHT));
    let own = session.media.with_untracked(|media| media.sent());
    session.stage_view.with_untracked(|view| {
        session.state.with_untracked(|state| {
            let Some(call) = state.call() else {
                return Vec::new();
            };
            let about = |participant: &Participant| -> Option<(String, MediaState)> {
                match participant {
                    Participant::Me => Some((call.name.to_string(), own)),
                    Participant::Peer(id) => {
                        let person = call.person(id)?;
                        Some((person.name.to_string(), person.media))
                    }
                }
            };
            let places = places(view, width, height, GAP, 0);
            let tiles = view.tiles().zip(places);
            tiles
                .filter_map(|(tile, place)| {
                    let (name, media) = about(tile.participant())?;
                    let (kind, live) = match tile {
                        TileId::Camera(_) => (TrackKind::Camera, media.video),
                        TileId::Screen(_) => (TrackKind::ScreenVideo, media.screen),
                    };
                    Some(Scene {
                        participant: tile.participant().clone(),
                        kind,
                        place,
                        initials: name.chars().take(1).collect(),
                        name,
                        live,
                    })
                })
                .collect()
        })
    })
}
