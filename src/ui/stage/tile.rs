//! One person on the stage.
//!
//! Invariant: the tile, and with it the `<video>`, stays the same element for as long as the person is there; it is moved
//! and sized, never rebuilt.

use leptos::either::Either;
use leptos::html;
use leptos::prelude::*;

use super::failed_connection::FailedConnection;
use super::quality::QualityIcon;
use super::spot::{Spot, is_leading, put};
use super::tile_tools::{TileTools, toggle_pin};
use super::video::Picture;
use crate::protocol::MediaState;
use crate::room::stage::TileId;
use crate::room::stage::speaking::{Speaking, SpeakingDetector};
use crate::room::{Hand, LocalMedia, Participant, RoomState, TrackKind};
use crate::session::Session;
use crate::ui::controls::toggles::is_audio_only;
use crate::ui::kit::avatar::Avatar;
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::kit::sentence::isolated;
use crate::ui::words;
use crate::ui::words::status::{Now, Status, is_paused, tile_status};

/// A tile shows this.
#[derive(Clone, PartialEq)]
struct Portrait {
    /// The participant is called this.
    name: String,
    /// The participant sends this.
    media: MediaState,
    /// Their hand is up or down.
    hand: Hand,
    /// Something is to be said of the way their media takes; `None` when all is well.
    status: Option<Status>,
    /// Their picture has stood still for a while: nobody is shown as they were long ago.
    is_paused: bool,
}

impl Portrait {
    fn of(
        state: &RoomState,
        participant: &Participant,
        media: &LocalMedia,
        now: Now<'_>,
    ) -> Option<Self> {
        let call = state.call()?;
        match participant {
            Participant::Me => Some(Self {
                name: call.name.to_string(),
                media: media.sent(),
                hand: call.hand,
                status: None,
                is_paused: false,
            }),
            Participant::Peer(id) => call.person(id).map(|person| Self {
                name: person.name.to_string(),
                media: person.media,
                hand: person.hand,
                status: tile_status(state, call, person, now),
                is_paused: is_paused(person.paused, TrackKind::Camera, now),
            }),
        }
    }
}

/// Whether somebody speaks.
fn speaking(session: Session, participant: &Participant) -> Memo<bool> {
    let level = session.level(participant);
    let detector = StoredValue::new(SpeakingDetector::default());
    Memo::new(move |_| {
        let (level, now) = (level.get(), session.levels_at());
        let heard = detector.try_update_value(|detector| detector.hear(level, now));
        heard == Some(Speaking::Talking)
    })
}

/// Somebody's face, or their initials, at its spot.
#[component]
pub fn CameraTile(
    /// The tile belongs to this participant.
    participant: Participant,
    /// The tile is moved to this place.
    spot: Memo<Spot>,
) -> impl IntoView {
    let session = Session::expect();
    let tile = NodeRef::<html::Div>::new();
    let whose = participant.clone();
    let portrait = Memo::new(move |last: Option<&Option<Portrait>>| {
        let now = || session.now();
        session
            .state
            .with(|state| {
                session
                    .media
                    .with(|media| Portrait::of(state, &whose, media, &now))
            })
            .or_else(|| last.cloned().flatten())
    });
    let name = Memo::new(move |_| {
        portrait.with(|shown| shown.as_ref().map(|p| p.name.clone()).unwrap_or_default())
    });
    let own = participant == Participant::Me;
    let label = move || match own {
        true => name.with(|name| words::stage::own_tile(name)),
        false => name.get(),
    };
    let muted =
        Memo::new(move |_| portrait.with(|shown| shown.as_ref().is_some_and(|p| !p.media.audio)));
    let raised = Memo::new(move |_| {
        portrait.with(|shown| shown.as_ref().is_some_and(|p| p.hand == Hand::Raised))
    });
    let status = Memo::new(move |_| portrait.with(|shown| shown.as_ref()?.status.clone()));
    let camera = (participant.clone(), TrackKind::Camera);
    let live = Memo::new(move |_| {
        portrait.with(|shown| {
            shown
                .as_ref()
                .is_some_and(|p| p.media.video && !p.is_paused)
        }) && !is_audio_only(session)
            && session
                .streams
                .with(|streams| streams.contains_key(&camera))
    });
    let speaking = speaking(session, &participant);
    let quality = match &participant {
        Participant::Me => None,
        Participant::Peer(peer) => Some(view! { <QualityIcon peer=peer.clone()/> }),
    };
    let id = TileId::Camera(participant.clone());
    let pinned = id.clone();
    let touched = RwSignal::new(false);
    let leading = is_leading(session, id.clone());

    Effect::new(move |_| {
        if let Some(tile) = tile.get() {
            put(&tile, spot.get().place);
        }
    });

    view! {
        <div
            node_ref=tile
            class="tile"
            role="group"
            aria-label=label
            aria-current=own.then_some("true")
            data-leading=move || leading.get().then_some("")
            data-part=move || spot.get().part.name()
            data-touched=move || touched.get().then_some("")
            on:click=move |_| touched.update(|touched| *touched = !*touched)
            on:dblclick=move |_| toggle_pin(session, &pinned)
            data-live=move || live.get().then_some("")
            data-speaking=move || (speaking.get() && !muted.get()).then_some("")
            data-raised=move || raised.get().then_some("")
        >
            <div class="tile-face">
                <Avatar name/>
                <Picture participant=participant.clone() kind=TrackKind::Camera/>
            </div>
            {move || {
                status
                    .get()
                    .map(|status| match status {
                        Status::Passing(words) => {
                            let words = name.with(|name| isolated(&words, &[name]));
                            Either::Left(view! { <p class="tile-status">{words}</p> })
                        }
                        Status::Failed(words, peer) => {
                            let name = name.get();
                            Either::Right(view! { <FailedConnection words name peer/> })
                        }
                    })
            }}
            {move || {
                raised
                    .get()
                    .then(|| {
                        view! {
                            <span class="tile-hand">
                                <IconView icon=Icon::Hand/>
                                <span class="visually-hidden">{words::stage::HAND_RAISED}</span>
                            </span>
                        }
                    })
            }}
            <p class="tile-name">
                {move || {
                    muted
                        .get()
                        .then(|| {
                            view! {
                                <span class="tile-muted">
                                    <IconView icon=Icon::MicrophoneOff/>
                                    <span class="visually-hidden">{words::stage::MUTED}</span>
                                </span>
                            }
                        })
                }}
                {quality}
                <span class="tile-name-text" dir="auto">{move || name.get()}</span>
                {own.then(|| view! { <span class="own-mark">{words::stage::OWN_MARK}</span> })}
            </p>
            <TileTools tile=id name=name.into()/>
        </div>
    }
}
