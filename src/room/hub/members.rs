//! Everybody in the room, with which of the two carriers brings what each of them sends.
//!
//! Responsible for what the takeovers are told, and for what follows from where they stand: whom we hear and see over which
//! connection, what is asked of the direct ones, and what those are needed for. Invariant: there is a takeover for each kind of
//! track of each person, exactly while the room uses the SFU or something still comes over it.

use super::carrier::Footing;
use super::event::HubPerson;
use super::file_paths::FilePaths;
use super::proof::Arrivals;
use super::room_facts::{RoomFacts, facts, is_crowd, missed};
use super::sample::LineSample;
use super::shown::Shown;
use super::slots::Slots;
use super::takeover::{Missed, Takeover};
use crate::protocol::PeerId;
use crate::room::moment::Moment;
use crate::room::participant::TrackKind;
use crate::room::path::id::PathId;
use crate::room::path::lines::Section;
use crate::room::path::link::Carrier;
use crate::room::path::need::Need;
use crate::room::path::state::PathState;
use crate::room::sending::view::{Heard, ViewRequest, ViewSize};

/// A room of up to so many people keeps direct paths beside the SFU, to have them when that dies.
const STANDBY_PEOPLE: usize = 8;

/// The direct paths that a smaller room kept beside the SFU are given up above so many people.
const MOST_STANDBY_PEOPLE: usize = 10;

/// A direct path that is not needed any more is kept for so long, in ms.
const KEPT_MS: u64 = 30_000;

/// One that never stood is kept for no longer than this, in ms: it is for whoever dialled to repair it. If both did, they would dial each
/// other for ever.
const AWAITED_MS: u64 = 12_000;

/// Somebody, and what brings us what they send.
#[derive(Clone, Debug)]
pub(super) struct Member {
    /// They are this one.
    pub(super) person: HubPerson,
    /// They are shown this large.
    pub(super) view: ViewRequest,
    /// That is how they were when this number of changes had been made to how people are shown.
    viewed: u32,
    /// One for each kind of track, in the order of [`TrackKind::ALL`].
    takeovers: [Takeover; 4],
    /// The direct path is needed for this.
    need: Need,
    /// Nothing was asked of the direct path since then.
    idle_since: Option<Moment>,
    /// This direct path was let go, and may be there a moment longer.
    let_go: Option<PathId>,
    /// It was told last that these paths bring what they send, in the same order.
    told: [Option<PathId>; 4],
    /// It was told last for which kinds the direct path is asked; nothing when that was not told yet.
    asked: Option<[bool; 4]>,
}

/// Everybody.
#[derive(Clone, Debug, Default)]
pub(super) struct Members(Vec<Member>);

impl Members {
    /// Whether nobody is there, or everything is direct.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Everybody.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Member> {
        self.0.iter()
    }

    /// Everything is direct from now on.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// These people are there, the room stands like this, and they are shown this large. What each of them sends over a direct path that
    /// stands already is heard and seen over it.
    pub(super) fn follow(
        &mut self,
        people: &[HubPerson],
        shown: &Shown,
        slots: &Slots,
        room: RoomFacts,
        now: Moment,
    ) {
        let is_crowd = is_crowd(people, room);
        let count = people.len() + 1;
        for (place, person) in people.iter().enumerate() {
            let facts = facts(person, room, count);
            let known = self.put_in_place(place, &person.id);
            let view = match &known {
                Some(member) if member.viewed == shown.number() => member.view,
                _ => shown.of(&person.id),
            };
            let missed = TrackKind::ALL.map(|kind| {
                let is_held_back = match kind {
                    TrackKind::Microphone => {
                        is_crowd && person.media.audio && !slots.carries(&person.id, kind)
                    }
                    _ => slots.is_paused(&person.id, kind),
                };
                match room.refuses_media {
                    true => Missed::Nothing,
                    false => missed(person, kind, view, is_held_back),
                }
            });
            if let Some(member) = known {
                (member.view, member.viewed) = (view, shown.number());
                if member.person != *person {
                    member.person = person.clone();
                }
                for (takeover, missed) in member.takeovers.iter_mut().zip(missed) {
                    takeover.follow(facts, missed, now);
                }
            } else {
                let mut missed = missed.into_iter();
                let newcomer = Member {
                    takeovers: TrackKind::ALL.map(|kind| {
                        let missed = missed.next().unwrap_or(Missed::Nothing);
                        match facts.stands(Carrier::Direct) {
                            true => Takeover::on(Carrier::Direct, kind, facts, missed, now),
                            false => Takeover::new(kind, facts, missed, now),
                        }
                    }),
                    need: match person.direct {
                        Some(_) => Need::Media,
                        None => Need::Nothing,
                    },
                    person: person.clone(),
                    view,
                    viewed: shown.number(),
                    idle_since: None,
                    let_go: None,
                    told: [None; 4],
                    asked: None,
                };
                self.0.insert(place, newcomer);
            }
        }
        self.0.truncate(people.len());
    }

    /// Somebody who is known, put into this place; whoever stood there goes to the end at last. In a large room almost everybody
    /// stands where they stood.
    fn put_in_place(&mut self, place: usize, id: &PeerId) -> Option<&mut Member> {
        let mut later = self.0.iter().skip(place);
        let found = place + later.position(|member| member.person.id == *id)?;
        self.0.swap(place, found);
        self.0.get_mut(place)
    }

    /// Takes samples of what arrives.
    pub(super) fn observe(&mut self, samples: &[LineSample], slots: &Slots, now: Moment) {
        for member in &mut self.0 {
            let direct = member.person.direct.map(|(path, _)| path);
            for (kind, takeover) in TrackKind::ALL.into_iter().zip(&mut member.takeovers) {
                if takeover.is_proving() {
                    let arrivals = Arrivals {
                        direct: direct.and_then(|path| directly(samples, path, kind)),
                        hub: slots.age(samples, &member.person.id, kind),
                    };
                    takeover.observe(arrivals, now);
                }
            }
        }
    }

    /// Time passed.
    pub(super) fn tick(&mut self, now: Moment) {
        for takeover in self.0.iter_mut().flat_map(|member| &mut member.takeovers) {
            takeover.tick(now);
        }
    }

    /// Whether lines are to be looked at.
    pub(super) fn is_proving(&self) -> bool {
        let mut all = self.0.iter().flat_map(|member| &member.takeovers);
        all.any(Takeover::is_proving)
    }

    /// Whether anything of anybody is heard or seen over the SFU, or asked of it.
    pub(super) fn uses_hub(&self) -> bool {
        let mut all = self.0.iter().flat_map(|member| &member.takeovers);
        all.any(|takeover| takeover.asks(Carrier::Hub) || takeover.chosen() == Some(Carrier::Hub))
    }

    /// Whether everything of everybody is heard and seen directly, and nothing is asked of the SFU.
    pub(super) fn are_direct(&self) -> bool {
        let mut all = self.0.iter().flat_map(|member| &member.takeovers);
        all.all(|takeover| {
            takeover.chosen() == Some(Carrier::Direct) && !takeover.asks(Carrier::Hub)
        })
    }

    /// Whether direct paths are asked for other kinds of track than when this was called last.
    pub(super) fn are_asked_otherwise(&mut self) -> bool {
        let mut are = false;
        for member in &mut self.0 {
            let asked = Some(TrackKind::ALL.map(|kind| member.asks(Carrier::Direct, kind)));
            are |= std::mem::replace(&mut member.asked, asked) != asked;
        }
        are
    }

    /// To how many people pictures may go directly.
    pub(super) fn count_needed_directly(&self) -> usize {
        let needed = |member: &&Member| member.need == Need::Media;
        self.0.iter().filter(needed).count()
    }

    /// Which path brings which track, where that is another than when this was called last; the SFU's path is `hub`.
    pub(super) fn new_choices(&mut self, hub: PathId) -> Vec<(PeerId, TrackKind, PathId)> {
        let mut choices = Vec::new();
        for member in &mut self.0 {
            let direct = member.person.direct.map(|(path, _)| path);
            let told = TrackKind::ALL.into_iter().zip(&mut member.told);
            for ((kind, told), takeover) in told.zip(&member.takeovers) {
                let path = takeover.chosen().and_then(|carrier| match carrier {
                    Carrier::Hub => Some(hub),
                    Carrier::Direct => direct,
                });
                if std::mem::replace(told, path) != path
                    && let Some(path) = path
                {
                    choices.push((member.person.id.clone(), kind, path));
                }
            }
        }
        choices
    }

    /// All choices are new.
    pub(super) fn forget_choices(&mut self) {
        for member in &mut self.0 {
            member.told = [None; 4];
        }
    }

    /// Of whom something does not come over the carrier that is wished for, however often that is tried, and which carrier that is.
    pub(super) fn failing(&self) -> Vec<(PeerId, Carrier)> {
        let failing = |member: &Member| {
            let carrier = member.takeovers.iter().find_map(Takeover::failing)?;
            Some((member.person.id.clone(), carrier))
        };
        self.0.iter().filter_map(failing).collect()
    }

    /// What the direct paths are needed for where that is different from what it was, and until when one is kept.
    pub(super) fn needs(
        &mut self,
        room: RoomFacts,
        files: &FilePaths,
        now: Moment,
    ) -> Vec<(PeerId, Need)> {
        let count = self.0.len() + 1;
        let mut changes = Vec::new();
        for member in &mut self.0 {
            let need = member.needed(room, files, count, now);
            if std::mem::replace(&mut member.need, need) != need {
                changes.push((member.person.id.clone(), need));
            }
        }
        changes
    }

    /// When a takeover or a path that is kept has something to do.
    pub(super) fn next_deadline(&self, now: Moment) -> Option<Moment> {
        let takeovers = self.0.iter().flat_map(|member| &member.takeovers);
        let idle = self.0.iter().filter(|member| member.need != Need::Nothing);
        let kept = idle.filter_map(Member::kept_until);
        takeovers
            .filter_map(Takeover::next_deadline)
            .chain(kept.filter(|due| *due > now))
            .min()
    }
}

impl Member {
    /// Whether a carrier is asked for a kind of track.
    pub(super) fn asks(&self, carrier: Carrier, kind: TrackKind) -> bool {
        self.takeovers[kind as usize].asks(carrier)
    }

    /// What brings a kind of track now, if anything does.
    pub(super) fn chosen(&self, kind: TrackKind) -> Option<Carrier> {
        self.takeovers[kind as usize].chosen()
    }

    /// What they are asked to send directly, when they are shown this large.
    pub(super) fn asked_directly(&self, view: ViewRequest) -> ViewRequest {
        let of = |kind: TrackKind, size: ViewSize| match self.asks(Carrier::Direct, kind) {
            true => size,
            false => ViewSize::Hidden,
        };
        ViewRequest {
            camera: of(TrackKind::Camera, view.camera),
            screen: of(TrackKind::ScreenVideo, view.screen),
            sound: Heard(
                self.asks(Carrier::Direct, TrackKind::Microphone)
                    || self.asks(Carrier::Direct, TrackKind::ScreenAudio),
            ),
        }
    }

    /// Until when the direct path is kept although nothing is asked of it.
    fn kept_until(&self) -> Option<Moment> {
        let until = self.idle_since?.plus(KEPT_MS);
        Some(match self.person.direct {
            Some((_, PathState::Connecting(since))) => until.min(since.plus(AWAITED_MS)),
            _ => until,
        })
    }

    fn needed(&mut self, room: RoomFacts, files: &FilePaths, count: usize, now: Moment) -> Need {
        let asks = TrackKind::ALL
            .into_iter()
            .any(|kind| self.asks(Carrier::Direct, kind));
        if asks {
            self.idle_since = None;
            return Need::Media;
        }
        let direct = self.person.direct.map(|(path, _)| path);
        // They dialled us: what we do not need is let go of by both of us.
        let is_dialled = self.need == Need::Nothing && direct.is_some() && direct != self.let_go;
        if is_dialled {
            self.idle_since = Some(now);
        }
        self.idle_since.get_or_insert(now);
        let most = match self.need {
            Need::Standby => MOST_STANDBY_PEOPLE,
            Need::Media | Need::Files | Need::Nothing => STANDBY_PEOPLE,
        };
        let has_standby = room.has_standby
            && count <= most
            && self.person.sfu.is_some()
            && room.hub == Footing::Connected
            && !files.has_left(&self.person.id);
        if files.wishes(&self.person.id) && !has_standby {
            self.idle_since = Some(now);
            return Need::Files;
        }
        // The end of one that is only kept is the other's, who was first to let go of it.
        let is_over = self.person.direct.is_some_and(|(_, state)| {
            matches!(state, PathState::Interrupted(_) | PathState::Failed(_))
        });
        let is_there = self.need != Need::Nothing || is_dialled;
        let is_kept = is_there && !is_over && self.kept_until().is_some_and(|until| now < until);
        if has_standby || is_kept {
            return Need::Standby;
        }
        if is_there {
            self.let_go = direct;
        }
        Need::Nothing
    }
}

/// How long ago a direct path brought a kind of track last, in ms.
fn directly(samples: &[LineSample], path: PathId, kind: TrackKind) -> Option<u64> {
    let theirs = samples
        .iter()
        .find(|sample| sample.path == path && sample.section == Section::Kind(kind));
    theirs.map(|sample| sample.age_ms.into())
}
