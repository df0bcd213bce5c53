//! The seam between the ui and whatever drives the room.
//!
//! The ui reads the signals and sends wishes; the engine performs wishes and writes the signals. Neither names the
//! other. On the server nobody takes the wishes, and everything keeps its default, which is a lobby.

pub mod check;
pub mod files;
pub mod messaging;
pub mod quality;
pub mod recording;

use std::collections::HashMap;

use futures::channel::mpsc;
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use web_sys::MediaStream;

use crate::protocol::PeerId;
use crate::room::call::hands::{order_of_hands, raised_hands};
use crate::room::connection_test::Check;
use crate::room::media::screen::ScreenAction;
use crate::room::messaging::MessagingAction;
use crate::room::sending::DataMode;
use crate::room::stage::{Stage, StageAction, StagePeople, StageView};
use crate::room::{
    AddressPrivacy, CallAction, LocalMedia, MediaAction, Moment, Notice, Participant, Preferences,
    RoomState, Switch, TrackKind,
};

use check::ConnectionTestAction;
use files::{FileAction, FileSignals};
use messaging::MessagingSignals;
use quality::QualitySignals;
use recording::{RecordingAction, RecordingSignals};

/// Most wishes that wait for the engine; more than a person can make. A further one is dropped.
const WISHES_WAITING: usize = 256;

/// How loud everyone is played unless the user says otherwise, in percent.
pub const FULL_VOLUME: u8 = 100;

/// Most notices shown at once; an older one makes room.
const NOTICES_SHOWN: usize = 4;

/// What the user asks of the engine.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Of the room.
    Room(CallAction),
    /// Of the own camera and microphone.
    Media(MediaAction),
    /// Of the own screen.
    Screen(ScreenAction),
    /// Of the stage.
    Stage(StageAction),
    /// Of files.
    Files(FileAction),
    /// Of chat, reactions and pointers.
    Talk(MessagingAction),
    /// Of recording.
    Record(RecordingAction),
    /// Be this sparing with data.
    SetData(DataMode),
    /// Of the check of the connection.
    Check(ConnectionTestAction),
    /// Copy this text to the clipboard.
    CopyText(String),
    /// Remember this name for the next visit.
    RememberName(String),
    /// Whether the others may learn this computer's address.
    SetAddressPrivacy(AddressPrivacy),
    /// Let the voices be heard, from within a tap (the browser's autoplay policy).
    AllowSound,
    /// Play a sound on the chosen speaker.
    TestSpeaker,
    /// Hear coming, going, messages and hands, or not.
    SetSounds(Switch),
    /// Copy the room's link to the clipboard.
    CopyLink,
}

/// The receiving end of the wishes.
pub type Actions = mpsc::Receiver<Action>;

/// The streams there are, by whose and what they are.
pub type Streams = HashMap<(Participant, TrackKind), SendWrapper<MediaStream>>;

/// Whether the browser lets the voices be heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sound {
    /// As far as we know.
    #[default]
    Allowed,
    /// It wants a tap first.
    Blocked,
}

/// What a notice offers to do.
#[derive(Clone, Debug, PartialEq)]
pub struct NoticeAction {
    /// The word on its button.
    pub label: &'static str,
    /// What a press asks for; the notice goes with it.
    pub wish: Action,
}

/// A notice while it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownNotice {
    /// Tells two notices of the same words apart.
    pub id: u64,
    /// What it says.
    pub notice: Notice,
    /// What it offers.
    pub action: Option<NoticeAction>,
}

/// One participant's visit to one room, as the ui sees it. Cheap to copy: all of it are signals.
#[derive(Clone, Copy)]
pub struct Session {
    /// Where the participant stands. Written by the engine alone.
    pub state: RwSignal<RoomState>,
    /// The own camera and microphone. Written by the engine alone.
    pub media: RwSignal<LocalMedia>,
    /// What was remembered. Written by the engine alone.
    pub preferences: RwSignal<Preferences>,
    /// The streams to show and play. Written by the engine alone.
    pub streams: RwSignal<Streams>,
    /// What the user wants of the stage, and who shares a screen. Written by the engine alone.
    pub stage: RwSignal<Stage>,
    /// Who of the others speaks, or did last. Written by the engine alone.
    pub speaker: RwSignal<Option<PeerId>>,
    /// What the stage shows; changes only when that does.
    pub stage_view: Memo<StageView>,
    /// The files that are sent and received.
    pub files: FileSignals,
    /// Chat, reactions, pointers, and who records.
    pub talk: MessagingSignals,
    /// How well everyone's media arrives.
    pub quality: QualitySignals,
    /// The check of the connection. Written by the check alone.
    pub check: RwSignal<Check>,
    /// The own recording.
    pub recording: RecordingSignals,
    /// The engine's clock, renewed with every tick (4 per second), for texts such as "for 12 s".
    pub now: RwSignal<Moment>,
    /// Whether voices can be heard. Written by the ui's audio elements.
    pub sound: RwSignal<Sound>,
    /// What is told in passing.
    pub notices: RwSignal<Vec<ShownNotice>>,
    /// Who has their hand up, in the order of raising; kept up only while somebody reads it.
    pub hands: Memo<Vec<Participant>>,
    volumes: RwSignal<HashMap<PeerId, u8>>,
    levels: StoredValue<HashMap<Participant, ArcRwSignal<f32>>>,
    wishes: StoredValue<mpsc::Sender<Action>>,
    notices_so_far: StoredValue<u64>,
}

impl Session {
    /// A session in the lobby, and the end from which the engine takes the wishes.
    pub fn new() -> (Self, Actions) {
        let (sender, receiver) = mpsc::channel(WISHES_WAITING);
        let state = RwSignal::new(RoomState::default());
        let stage = RwSignal::new(Stage::default());
        let speaker = RwSignal::new(None);
        let session = Self {
            state,
            media: RwSignal::new(LocalMedia::default()),
            preferences: RwSignal::new(Preferences::default()),
            streams: RwSignal::new(Streams::new()),
            stage,
            speaker,
            stage_view: Memo::new(move |_| stage_view(state, stage, speaker)),
            files: FileSignals::default(),
            talk: MessagingSignals::default(),
            quality: QualitySignals::default(),
            check: RwSignal::new(Check::default()),
            recording: RecordingSignals::default(),
            now: RwSignal::new(Moment::default()),
            sound: RwSignal::new(Sound::default()),
            notices: RwSignal::new(Vec::new()),
            hands: Memo::new(move |before: Option<&Vec<Participant>>| {
                let raised = state.with(|state| state.call().map_or_else(Vec::new, raised_hands));
                order_of_hands(before.map_or(&[], Vec::as_slice), &raised)
            }),
            volumes: RwSignal::new(HashMap::new()),
            levels: StoredValue::new(HashMap::new()),
            wishes: StoredValue::new(sender),
            notices_so_far: StoredValue::new(0),
        };
        (session, receiver)
    }

    /// The session of the page this is called in.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Asks the engine for something.
    pub fn wish(&self, wish: Action) {
        self.wishes
            .update_value(|wishes| drop(wishes.try_send(wish)));
    }

    /// Asks the engine for something of the room.
    pub fn intend(&self, intent: CallAction) {
        self.wish(Action::Room(intent));
    }

    /// Shows a notice; the oldest makes room when there are many.
    pub fn notify(&self, notice: Notice) {
        self.show(notice, None);
    }

    /// Shows a notice with a button; the oldest makes room when there are many.
    pub fn offer(&self, notice: Notice, action: NoticeAction) {
        self.show(notice, Some(action));
    }

    fn show(&self, notice: Notice, action: Option<NoticeAction>) {
        let id = self.notices_so_far.with_value(|count| count + 1);
        self.notices_so_far.set_value(id);
        self.notices.update(|notices| {
            if notices.len() == NOTICES_SHOWN {
                notices.remove(0);
            }
            notices.push(ShownNotice { id, notice, action });
        });
    }

    /// Takes a notice away.
    pub fn dismiss(&self, id: u64) {
        self.notices
            .update(|notices| notices.retain(|shown| shown.id != id));
    }

    /// The stream of this participant and kind, if there is one now; tracked. Not a copy: `MediaStream::clone` is the
    /// browser's method, which duplicates the tracks and keeps a camera on.
    pub fn stream(&self, participant: &Participant, kind: TrackKind) -> Option<MediaStream> {
        let key = (participant.clone(), kind);
        self.streams
            .with(|streams| streams.get(&key).map(|stream| Clone::clone(&**stream)))
    }

    /// How loud a participant is right now, `0.0..=1.0` (root mean square), renewed about ten times a second. One signal a tile, outside
    /// [`RoomState`], so that a level never makes the room render anew.
    pub fn level(&self, participant: &Participant) -> ArcRwSignal<f32> {
        if let Some(level) = self
            .levels
            .with_value(|levels| levels.get(participant).cloned())
        {
            return level;
        }
        let level = ArcRwSignal::new(0.0);
        self.levels.update_value(|levels| {
            levels.insert(participant.clone(), level.clone());
        });
        level
    }

    /// How loud somebody is played, `0..=100`; tracked.
    pub fn volume(&self, peer: &PeerId) -> u8 {
        self.volumes
            .with(|volumes| volumes.get(peer).copied().unwrap_or(FULL_VOLUME))
    }

    /// Plays somebody as loud as this, `0..=100`, for the rest of the visit.
    pub fn set_volume(&self, peer: PeerId, volume: u8) {
        self.volumes.update(|volumes| {
            volumes.insert(peer, volume.min(FULL_VOLUME));
        });
    }

    /// Lets go of the level of somebody who left.
    pub fn forget_level(&self, participant: &Participant) {
        self.levels.update_value(|levels| {
            levels.remove(participant);
        });
    }
}

fn stage_view(
    state: RwSignal<RoomState>,
    stage: RwSignal<Stage>,
    speaker: RwSignal<Option<PeerId>>,
) -> StageView {
    let others: Vec<Participant> = state.with(|state| {
        let people = state.call().into_iter().flat_map(|call| &call.people);
        people
            .map(|person| Participant::Peer(person.id.clone()))
            .collect()
    });
    let speaker = speaker.get().map(Participant::Peer);
    stage.with(|stage| {
        stage.view(StagePeople {
            others: &others,
            speaker: speaker.as_ref(),
        })
    })
}
