//! Who hears and sees whom at each moment: never twice, never under another's name, and without a gap where nothing is broken.

use std::collections::BTreeMap;

use super::visitor::name;
use super::world::World;
use crate::protocol::PeerId;
use crate::room::participant::TrackKind;
use crate::room::path::lines::Section;

/// A voice may be missing for so long at a change without trouble, in ms.
const VOICE_GAP_MS: u64 = 60;

/// A picture may stand still for so long at a change without trouble, in ms.
const PICTURE_GAP_MS: u64 = 300;

/// What came for so long would be missed, in ms: a word that got through before it was said who is to bring it is no beginning.
const KNOWN_MS: u64 = 300;

/// In a room of more people nobody's uplink is taken to carry a face beside a screen directly to everybody.
const MOST_FACES: usize = 5;

/// What of a visitor reaches another, so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Missed {
    /// It comes since then.
    comes_since: Option<u64>,
    /// It came for a while, so that it would be missed.
    is_known: bool,
    /// It is missing since then.
    since: Option<u64>,
}

/// The tracks of one visitor as another has them, in the order of [`TrackKind::ALL`].
pub(crate) type Heard = [Missed; 4];

impl Missed {
    /// Notes whether it comes; says for how long it did not, when that is over.
    fn note(&mut self, comes: bool, now: u64) -> Option<u64> {
        if comes {
            let since = *self.comes_since.get_or_insert(now);
            self.is_known |= now - since >= KNOWN_MS;
            return self.since.take().map(|since| now - since);
        }
        self.comes_since = None;
        if self.is_known {
            self.since.get_or_insert(now);
        }
        None
    }

    /// Notes whether it comes, where nobody would miss it.
    fn note_unawaited(&mut self, comes: bool, now: u64) {
        self.since = None;
        match comes {
            true => {
                self.note(true, now);
            }
            false => *self = Self::default(),
        }
    }
}

impl World {
    /// The SFU and the server look at what is overdue.
    pub(crate) fn round(&mut self) {
        if self.server.up {
            self.server.expire(crate::room::moment::Moment(self.now));
            self.deliver();
        }
        for who in 0..self.visitors.len() {
            let paths: Vec<_> = self.visitors[who].ends.keys().copied().collect();
            for path in paths {
                let flows = self.flows(who, path);
                let end = &self.visitors[who].ends[&path];
                let is_connected =
                    end.connection.state == crate::room::path::report::ConnectionState::Connected;
                let is_noticed = end.connection.broken_since.is_none();
                if flows != is_connected && (flows || is_noticed) {
                    let generation = end.connection.generation;
                    self.check(who, path, generation);
                }
            }
        }
        let peers: Vec<PeerId> = self.sfu.guests.iter().map(|it| it.peer.clone()).collect();
        for peer in peers {
            let session = self.sfu.session_mut(&peer);
            if session.is_some_and(|it| it.stands && it.channels == [false; 3]) {
                let passed = self.sfu.open_channels(&peer, self.now);
                self.pass_on(passed);
            }
        }
        let beats = self.sfu.beats(self.now);
        self.pass_on(beats);
        self.stirred = true;
    }

    /// Follows what flows from whom to whom, and what is heard and seen of it.
    pub(crate) fn look_around(&mut self) {
        self.feed_sfu();
        let mut brought = Vec::new();
        for who in 0..self.visitors.len() {
            brought.push(self.brought(who));
        }
        for (who, brought) in brought.into_iter().enumerate() {
            self.note_played(who, &brought);
            self.listen(who, &brought);
        }
    }

    /// What arrives at the SFU, and what it makes of it.
    fn feed_sfu(&mut self) {
        let server = &self.server;
        self.sfu.keep(|peer| server.has_seat(peer));
        for who in 0..self.visitors.len() {
            let visitor = &self.visitors[who];
            let (Some(end), Some(me)) = (visitor.hub(), visitor.me()) else {
                continue;
            };
            let stands = end.has_stood && self.flows(who, end.connection.path);
            let arriving =
                TrackKind::ALL.map(|kind| stands && end.sends(kind) && visitor.captures(kind));
            let identity = end.connection.identity;
            if let Some(session) = self.sfu.session_mut(&me)
                && session.author == identity
            {
                session.stands = stands;
                session.arriving = arriving;
            }
        }
        for guest in &mut self.sfu.guests {
            let owner = self.owners.get(&guest.peer);
            let end = owner.and_then(|who| self.visitors[*who].hub());
            if let Some(session) = &mut guest.session
                && end.is_none_or(|end| end.connection.identity != session.author)
            {
                session.stands = false;
                session.arriving = [false; 4];
            }
        }
        if self.server.up {
            let first = self.first_timestamp;
            self.sfu.settle(self.now, |at| Self::timestamp(first, at));
            self.deliver_of_sfu();
        }
    }

    /// Whose voice or face each section of somebody's connections brings now.
    fn brought(&self, who: usize) -> BTreeMap<(u64, String), (usize, TrackKind)> {
        let mut brought = BTreeMap::new();
        let visitor = &self.visitors[who];
        let Some(me) = visitor.me() else {
            return brought;
        };
        for (path, end) in &visitor.ends {
            if !self.flows(who, *path) {
                continue;
            }
            for section in end.sections() {
                let whose = match &section {
                    Section::Kind(kind) => self.facing(who, *path).and_then(|(other, facing)| {
                        let there = &self.visitors[other];
                        let sends = there.ends[&facing].sends(*kind) && there.captures(*kind);
                        sends.then_some((other, *kind))
                    }),
                    Section::Mid(mid) => self.sfu.carried(&me, mid).and_then(|(peer, track)| {
                        Some((*self.owners.get(&peer)?, TrackKind::ALL[track as usize]))
                    }),
                };
                if let Some(whose) = whose {
                    brought.insert((end.connection.identity, name(&section)), whose);
                }
            }
        }
        brought
    }

    fn note_played(&mut self, who: usize, brought: &BTreeMap<(u64, String), (usize, TrackKind)>) {
        let now = self.now;
        let still = |&(other, kind): &(usize, TrackKind)| {
            kind == TrackKind::ScreenVideo && self.visitors[other].shared.is_still
        };
        let still: Vec<bool> = brought.values().map(still).collect();
        let visitor = &mut self.visitors[who];
        for end in visitor.ends.values_mut() {
            let identity = end.connection.identity;
            let mut sections = brought.keys();
            let is_hub = end.leads_to_sfu();
            if sections.any(|(of, _)| *of == identity) || (is_hub && end.channels[2]) {
                end.arrived = now;
            }
        }
        for (key, played) in &mut visitor.played {
            if played.comes {
                played.last = now;
                played.comes = brought.contains_key(key);
            }
        }
        for (key, is_still) in brought.keys().zip(still) {
            let played = visitor.played.entry(key.clone()).or_default();
            if !played.comes {
                played.comes = true;
                played.since = now;
            }
            played.last = now;
            played.is_still = is_still;
        }
    }

    fn listen(&mut self, who: usize, brought: &BTreeMap<(u64, String), (usize, TrackKind)>) {
        let visitor = &self.visitors[who];
        let mut times = vec![[0; 4]; self.visitors.len()];
        for line in visitor.lines.voices() {
            if line.audible
                && let Some((other, kind)) = brought.get(&line.stream)
            {
                times[*other][*kind as usize] += 1;
            }
        }
        let mut stranger = None;
        for ((owner, shown_as), stream) in visitor.lines.pictures() {
            if let Some((other, kind)) = brought.get(&stream) {
                if self.owners.get(&owner) != Some(other) || shown_as != *kind {
                    stranger = Some((owner, shown_as, *other, *kind));
                }
                times[*other][*kind as usize] = 1;
            }
        }
        if let Some((owner, shown_as, other, kind)) = stranger {
            self.blame(|| format!("{who} sees {kind:?} of {other} as {shown_as:?} of {owner}"));
        }
        for other in (0..self.visitors.len()).filter(|other| *other != who) {
            for kind in TrackKind::ALL {
                self.note_heard((who, other), kind, times[other][kind as usize]);
            }
        }
    }

    /// Somebody has this track of another so many times now.
    fn note_heard(&mut self, (who, other): (usize, usize), kind: TrackKind, times: usize) {
        if times > 1 {
            self.blame(|| format!("{who} has {kind:?} of {other} twice"));
        }
        let there = &self.visitors[other];
        let is_there = self.visitors[who].joined().is_some() && there.joined().is_some();
        let is_sent = is_there && there.captures(kind);
        let is_passed_over = kind == TrackKind::Microphone && self.is_passed_over(other);
        let now = self.now;
        if !is_sent {
            let heard = self.heard.entry((who, other)).or_default();
            heard[kind as usize] = Missed::default();
            return;
        }
        let is_spared = kind == TrackKind::Camera && self.is_spared_beside_screen(other);
        let heard = &mut self.heard.entry((who, other)).or_default()[kind as usize];
        if is_passed_over || is_spared {
            return heard.note_unawaited(times > 0, now);
        }
        let allowed = match kind {
            TrackKind::Microphone | TrackKind::ScreenAudio => VOICE_GAP_MS,
            TrackKind::Camera | TrackKind::ScreenVideo => PICTURE_GAP_MS,
        };
        if let Some(gap) = heard.note(times > 0, now)
            && gap > allowed
            && !self.conditions.trouble
        {
            self.blame(|| format!("{who} did not have {kind:?} of {other} for {gap} ms"));
        }
    }

    /// Whether somebody's uplink carries no face beside their screen directly to so many people, as is reckoned with at first.
    pub(crate) fn is_spared_beside_screen(&self, other: usize) -> bool {
        self.visitors.len() > MOST_FACES && self.visitors[other].captures(TrackKind::ScreenVideo)
    }

    /// Whether the SFU hears somebody, and does not pass them on because others are louder.
    pub(crate) fn is_passed_over(&self, other: usize) -> bool {
        let me = self.visitors[other].me();
        me.is_some_and(|me| self.sfu.voices.passes_over(&me))
    }

    /// Whether somebody has this track of another now.
    pub(crate) fn reaches(&self, who: usize, other: usize, kind: TrackKind) -> bool {
        let heard = self.heard.get(&(who, other)).copied().unwrap_or_default();
        heard[kind as usize].comes_since.is_some()
    }
}
