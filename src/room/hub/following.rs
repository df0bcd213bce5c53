//! What follows from where the hub stands: after every event all of it is looked at again, and what is different is told.
//!
//! Invariant: nothing here depends on which event it was.

use super::attached::Attached;
use super::carrier::Footing;
use super::connection::HubConnection;
use super::effect::HubEffect;
use super::event::HubContext;
use super::file_paths::{FileStep, FileTerms};
use super::room_facts::RoomFacts;
use super::shown::Shown;
use crate::protocol::ClientMessage;
use crate::room::moment::Moment;
use crate::room::path::command::SlotCounts;
use crate::room::sending::layers::layers;
use crate::room::sending::target::SendingSettings;

/// So many slots are for sound: six voices and two shared screens.
const VOICES: u8 = 8;

/// So many slots are for pictures; there are more as more are wanted.
const PICTURES: [u8; 3] = [4, 9, 16];

/// Lines are looked at so often while something of it has to be proved, in ms.
const SAMPLED_EVERY_MS: u64 = 100;

/// The connection is kept for so long when it is not used any more, in ms.
const KEPT_MS: u64 = 3_000;

impl Attached {
    /// Looks at everything again, people being shown this large, and tells what is different.
    pub(super) fn follow(
        &mut self,
        shown: &Shown,
        context: HubContext<'_>,
        effects: &mut Vec<HubEffect>,
    ) {
        let now = context.now;
        self.follow_generation(effects);
        self.follow_members(shown, context);
        self.follow_connection(context, effects);
        self.follow_generation(effects);
        self.follow_files(now, effects);
        let room = self.room(context);
        let needs = self.members.needs(room, &self.file_paths, now);
        effects.extend(
            needs
                .into_iter()
                .map(|(peer, need)| HubEffect::Need(peer, need)),
        );
        // When everything is direct that was said before nobody was followed any more.
        if self.follows_members()
            && let Some(watch) = self.watching.wish(&self.members)
        {
            effects.push(HubEffect::Send(ClientMessage::Watch(watch)));
        }
        let strain = self.strain.follow(context.strain, now);
        effects.extend(strain.map(HubEffect::Send));
        self.follow_slots(effects);
        self.follow_choices(effects);
        if !self.is_used() && self.members.are_direct() {
            self.members.clear();
        }
        self.follow_failures(effects);
        self.pausing.follow(&self.members, &self.slots, effects);
        if std::mem::take(&mut self.people_changed) {
            self.channels.follow(&self.people, effects);
        }
        self.steer(context.captured, effects);
        if self.has_to_sample() && self.next_sample <= now {
            self.next_sample = now.plus(SAMPLED_EVERY_MS);
            effects.push(HubEffect::Sample);
        }
    }

    /// Whether it matters what brings what each of them sends: it does until everything is direct.
    fn follows_members(&self) -> bool {
        self.is_used() || !self.members.is_empty()
    }

    fn follow_members(&mut self, shown: &Shown, context: HubContext<'_>) {
        if self.follows_members() {
            let room = self.room(context);
            self.members
                .follow(&self.people, shown, &self.slots, room, context.now);
        }
    }

    /// Begins the connection when it is wanted, and ends it when it has not been for a while.
    fn follow_connection(&mut self, context: HubContext<'_>, effects: &mut Vec<HubEffect>) {
        let now = context.now;
        if self.is_used() || self.members.uses_hub() {
            self.idle_since = None;
            if self.connection.is_none() {
                let shape = SlotCounts {
                    voices: VOICES,
                    pictures: PICTURES[0],
                };
                let mut connection = HubConnection::new(self.path, shape, now);
                effects.extend(connection.begin(context));
                self.connection = Some(connection);
            }
        } else if self.connection.is_some() {
            let since = *self.idle_since.get_or_insert(now);
            if now >= since.plus(KEPT_MS) {
                let connection = self.connection.as_mut();
                effects.extend(connection.and_then(HubConnection::take_back));
                self.close(effects);
                self.idle_since = None;
            }
        }
    }

    /// What the takeovers are told of the room.
    fn room(&self, context: HubContext<'_>) -> RoomFacts {
        RoomFacts {
            sfu_use: self.terms.r#use,
            hub: match &self.connection {
                Some(connection) if connection.is_out_of_reach() => Footing::Impossible,
                Some(connection) if connection.is_connected() => Footing::Connected,
                Some(_) => Footing::Possible,
                None if self.is_used() => Footing::Possible,
                None => Footing::Impossible,
            },
            mesh_capacity: self.mesh_capacity,
            has_standby: self.terms.standby,
            refuses_media: context.refuses_media,
            is_unmuted: context.is_unmuted,
        }
    }

    fn follow_files(&mut self, now: Moment, effects: &mut Vec<HubEffect>) {
        let terms = FileTerms {
            // Where none are kept beside the SFU, nobody is to learn another's address.
            dials: self.terms.standby,
            carries: self.terms.files != Some(0),
            is_reached: self
                .connection
                .as_ref()
                .is_some_and(HubConnection::is_connected),
            most: self.mesh_capacity.saturating_sub(1),
        };
        let steps = self
            .file_paths
            .follow(&self.demands, &self.people, terms, now);
        effects.extend(steps.into_iter().map(|step| match step {
            FileStep::Gate(peer, gate) => HubEffect::Gate(peer, gate),
            FileStep::Leave(peer) => HubEffect::LeaveDirect(peer),
        }));
        for peer in self.renewals.follow(&self.people, now) {
            self.renew(peer, now, effects);
        }
    }

    fn follow_slots(&mut self, effects: &mut Vec<HubEffect>) {
        let carried = self.slots.carried();
        if self.attributed != carried {
            self.attributed.clone_from(&carried);
            effects.push(HubEffect::Attribute(carried));
        }
        if let Some(number) = self.slots.take_unacknowledged() {
            effects.push(HubEffect::Send(ClientMessage::SlotsSeen { number }));
        }
        let wanted = self.watching.pictures();
        let enough = PICTURES
            .into_iter()
            .find(|slots| usize::from(*slots) >= wanted);
        let pictures = enough.unwrap_or(PICTURES[PICTURES.len() - 1]);
        self.with_connection(effects, |connection| connection.grow(pictures));
    }

    fn follow_choices(&mut self, effects: &mut Vec<HubEffect>) {
        let choices = self.members.new_choices(self.path).into_iter();
        effects.extend(choices.map(|(peer, kind, path)| HubEffect::Choose(peer, kind, path)));
        if self.members.are_asked_otherwise() {
            effects.push(HubEffect::AskedOtherwise);
        }
    }

    fn follow_failures(&mut self, effects: &mut Vec<HubEffect>) {
        let failing = self.members.failing();
        let before = std::mem::take(&mut self.failing);
        let over = before
            .iter()
            .filter(|(peer, _)| failing.iter().all(|(id, _)| id != peer));
        effects.extend(over.map(|(peer, _)| HubEffect::Failing(peer.clone(), None)));
        for failure in &failing {
            if !before.contains(failure) {
                effects.push(HubEffect::Failing(failure.0.clone(), Some(failure.1)));
            }
        }
        self.failing = failing;
    }

    /// Sends what is wanted of what is captured.
    fn steer(&mut self, captured: SendingSettings, effects: &mut Vec<HubEffect>) {
        let Some(connection) = &self.connection else {
            // The next one counts its generations anew, and was told nothing.
            self.steered = None;
            return;
        };
        let direct = self.members.count_needed_directly();
        let targets = layers(captured, &self.wanted, direct);
        let steered = Some((connection.generation(), targets));
        if self.steered != steered {
            self.steered = steered;
            effects.push(HubEffect::Steer(targets));
        }
    }

    fn has_to_sample(&self) -> bool {
        self.slots.is_waiting() || self.members.is_proving()
    }

    /// When something is to be done if nothing happens before.
    pub(super) fn next_deadline(&self, context: HubContext<'_>) -> Option<Moment> {
        let connection = self.connection.as_ref();
        [
            connection.and_then(|connection| connection.next_deadline(context)),
            self.members.next_deadline(context.now),
            self.channels.next_deadline(),
            self.file_paths.next_deadline(),
            self.renewals.next_deadline(),
            self.strain.next_deadline(context.strain),
            self.idle_since.map(|since| since.plus(KEPT_MS)),
            self.has_to_sample().then_some(self.next_sample),
        ]
        .into_iter()
        .flatten()
        .min()
    }
}
