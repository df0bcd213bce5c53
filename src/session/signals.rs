//! The signals of a visit, and the way to ask for actions.
//!
//! Invariant: what changes ten times a second has a signal for each tile, outside the state, so that it renders nothing else.

use std::collections::HashMap;

use futures::channel::mpsc;
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use web_sys::MediaStream;

use super::action::{Action, Actions};
use super::files::FileSignals;
use super::messaging::MessagingSignals;
use super::notices::{ShownNotice, take_in};
use super::recording::RecordingSignals;
use super::time::ShownTime;
use super::visit::{SharedVisit, VisitPart};
use crate::protocol::PeerId;
use crate::room::call::hands::{order_of_hands, raised_hands};
use crate::room::connection_test::Check;
use crate::room::dashboard::Board;
use crate::room::stage::{Stage, StageView};
use crate::room::visit::PeopleQuality;
use crate::room::{
    CallAction, LocalMedia, Moment, Notice, Participant, Preferences, RoomState, TrackKind, Visit,
    VisitAction, VoiceLine,
};

/// At most so many actions wait for the engine; more than a person can ask for. A further one is dropped.
const ACTIONS_WAITING: usize = 256;

/// Everyone is played this loud unless the user says otherwise, in percent.
pub const FULL_VOLUME: u8 = 100;

/// A line of sound, with the stream that is played of it.
pub type Voice = VoiceLine<SendWrapper<MediaStream>>;

/// The pictures there are, by whose and what they are.
type Streams = HashMap<(Participant, TrackKind), SendWrapper<MediaStream>>;

/// Whether the browser lets the voices be heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sound {
    /// It does, as far as we know.
    #[default]
    Allowed,
    /// It wants a tap first.
    Blocked,
}

/// One participant's visit to one room, as the ui sees it. Cheap to copy: all of it are signals.
#[derive(Clone, Copy)]
pub struct Session {
    /// The model is looked at here; only the engine changes it.
    pub visit: SharedVisit,
    /// The participant is in the lobby, in the call or gone from it.
    pub state: VisitPart<RoomState>,
    /// It holds the own camera, microphone and screen, with what is wrong with them.
    pub media: VisitPart<LocalMedia>,
    /// This browser remembers these from visit to visit.
    pub preferences: VisitPart<Preferences>,
    /// The user arranges the stage like this, and these people share a screen.
    pub stage: VisitPart<Stage>,
    /// Devices tell these values, and have these controls.
    pub board: VisitPart<Board>,
    /// Everyone's media arrives this well.
    pub quality: VisitPart<PeopleQuality>,
    /// These pictures are there to be shown, the own ones among them. Only the engine writes it.
    pub streams: RwSignal<Streams>,
    /// Each of these lines has an element that plays it all the time. Only the engine writes it.
    pub voices: RwSignal<Vec<Voice>>,
    /// One of the others speaks, or did last. Only the engine writes it.
    pub speaker: RwSignal<Option<PeerId>>,
    /// The stage shows these tiles. It changes only when they do, whatever else happens in the call.
    pub stage_view: Memo<StageView>,
    /// Files that are sent and received have a row here, each with a signal of its own.
    pub files: FileSignals,
    /// Chat, reactions and pointers arrive here, and so does who records.
    pub messaging: MessagingSignals,
    /// The check of the connection has found this so far. Only the check writes it.
    pub check: RwSignal<Check>,
    /// The own recording runs, or an earlier one waits to be saved.
    pub recording: RecordingSignals,
    /// The clock that is shown goes on here.
    pub time: ShownTime,
    /// The browser lets voices be heard, or waits for a tap. The ui's audio elements write it.
    pub sound: RwSignal<Sound>,
    /// These notices are shown now, oldest first.
    pub notices: RwSignal<Vec<ShownNotice>>,
    /// These people have their hand up, in the order of raising. The order is kept only while somebody reads it.
    pub hands: Memo<Vec<Participant>>,
    /// People who are played less loud than the rest have an entry.
    volumes: RwSignal<HashMap<PeerId, u8>>,
    /// A signal of each participant whose level was asked for; made with the first question.
    levels: StoredValue<HashMap<Participant, ArcRwSignal<f32>>>,
    /// The levels are of this moment.
    levels_at: StoredValue<Moment>,
    /// Actions reach the engine through this.
    actions: StoredValue<mpsc::Sender<Action>>,
    /// Notices are numbered, so that the same one told twice is shown twice.
    notices_so_far: StoredValue<u64>,
}

impl Session {
    /// A session in the lobby, and the end from which the engine takes what is asked.
    pub fn new() -> (Self, Actions) {
        let (sender, receiver) = mpsc::channel(ACTIONS_WAITING);
        let visit = SharedVisit::default();
        let state = visit.part(Visit::call);
        let stage = visit.part(Visit::stage);
        let speaker = RwSignal::new(None);
        let session = Self {
            visit,
            state,
            media: visit.part(Visit::media),
            preferences: visit.part(Visit::preferences),
            board: visit.part(Visit::board),
            quality: visit.part(Visit::quality),
            streams: RwSignal::new(Streams::new()),
            voices: RwSignal::new(Vec::new()),
            stage,
            speaker,
            stage_view: Memo::new(move |_| {
                state.track();
                stage.track();
                speaker.track();
                visit.with(Visit::stage_view)
            }),
            files: FileSignals::default(),
            messaging: MessagingSignals::default(),
            check: RwSignal::new(Check::default()),
            recording: RecordingSignals::default(),
            time: ShownTime::default(),
            levels_at: StoredValue::new(Moment::default()),
            sound: RwSignal::new(Sound::default()),
            notices: RwSignal::new(Vec::new()),
            hands: Memo::new(move |before: Option<&Vec<Participant>>| {
                let raised = state.with(|state| state.call().map_or_else(Vec::new, raised_hands));
                order_of_hands(before.map_or(&[], Vec::as_slice), &raised)
            }),
            volumes: RwSignal::new(HashMap::new()),
            levels: StoredValue::new(HashMap::new()),
            actions: StoredValue::new(sender),
            notices_so_far: StoredValue::new(0),
        };
        (session, receiver)
    }

    /// The session of the page this is called in.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Asks the engine for something.
    pub fn ask(&self, action: impl Into<Action>) {
        let action = action.into();
        self.actions
            .update_value(|actions| drop(actions.try_send(action)));
    }

    /// Asks the engine for something of the call.
    pub fn act(&self, action: CallAction) {
        self.ask(VisitAction::Call(action));
    }

    /// Now, tracked: whoever asks is asked again four times a second. To be asked only while the answer matters.
    pub fn now(&self) -> Moment {
        let (now, stands) = self.time.look();
        if stands {
            self.ask(Action::ShowTime);
        }
        now
    }

    /// The moment that the levels are of, untracked.
    pub fn levels_at(&self) -> Moment {
        self.levels_at.get_value()
    }

    /// The levels that are set next are of this moment. Only the engine says so.
    pub fn levels_are_of(&self, now: Moment) {
        self.levels_at.set_value(now);
    }

    /// Shows a notice, as [`take_in`] has room for it.
    pub fn notify(&self, notice: Notice) {
        self.show(notice, None);
    }

    /// Shows a notice with a button, in the same way.
    pub fn offer(&self, notice: Notice, action: VisitAction) {
        self.show(notice, Some(action.into()));
    }

    fn show(&self, notice: Notice, action: Option<Action>) {
        let id = self.notices_so_far.with_value(|count| count + 1);
        self.notices_so_far.set_value(id);
        let shown = ShownNotice { id, notice, action };
        self.notices.update(|notices| take_in(notices, shown));
    }

    /// Takes a notice away.
    pub fn dismiss(&self, id: u64) {
        self.notices
            .update(|notices| notices.retain(|shown| shown.id != id));
    }

    /// Takes the notices of messages away: who looks at the chat sees them there.
    pub fn dismiss_messages(&self) {
        self.notices.maybe_update(|notices| {
            let before = notices.len();
            notices.retain(|shown| !shown.is_message());
            notices.len() != before
        });
    }

    /// The picture of this participant and kind, if there is one now; tracked. Not a copy: `MediaStream::clone` is the
    /// browser's method, which duplicates the tracks and keeps a camera on.
    pub fn picture(&self, participant: &Participant, kind: TrackKind) -> Option<MediaStream> {
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

    /// Nobody hears this participant any more.
    pub fn silence(&self, participant: &Participant) {
        let level = self
            .levels
            .with_value(|levels| levels.get(participant).cloned());
        if let Some(level) = level {
            level.set(0.0);
        }
    }

    /// Lets go of the levels and volumes of everyone but me and these people.
    pub fn forget_all_but(&self, people: &[PeerId]) {
        self.levels.update_value(|levels| {
            levels.retain(|whose, _| match whose {
                Participant::Me => true,
                Participant::Peer(id) => people.contains(id),
            });
        });
        self.volumes
            .update_untracked(|volumes| volumes.retain(|id, _| people.contains(id)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_gone_has_no_level_and_no_volume_of_their_own() {
        let owner = Owner::new();
        owner.set();
        let (session, _actions) = Session::new();
        for number in 0..1_000 {
            let id = PeerId::new(number.to_string());
            let stranger = Participant::Peer(id.clone());
            session.level(&stranger).set(0.5);
            session.set_volume(id.clone(), 10);
            session.forget_all_but(&[]);
            session.silence(&stranger);
            assert_eq!(untrack(|| session.volume(&id)), FULL_VOLUME);
        }
        let _me = session.level(&Participant::Me);
        session.forget_all_but(&[]);
        assert_eq!(session.levels.with_value(HashMap::len), 1);
    }
}
