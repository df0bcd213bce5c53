//! The hub while the server has an SFU, and what happens to it; what follows from that stands in [`super::following`].
//!
//! Invariant: the connection stands while the room uses the SFU or something still comes over it, and a while longer; the direct
//! paths are needed for exactly what does not.

use super::channels::Channels;
use super::connection::HubConnection;
use super::effect::HubEffect;
use super::event::{FileDemand, HubContext, HubEvent, HubPerson, HubWelcome};
use super::file_paths::FilePaths;
use super::members::Members;
use super::outgoing::Outgoing;
use super::pausing::Pausing;
use super::renewals::Renewals;
use super::sample::LineSample;
use super::slots::Slots;
use super::strain::SaidStrain;
use super::watching::Watching;
use crate::protocol::PeerId;
use crate::protocol::fields::read_text;
use crate::protocol::sfu::{SfuMessage, SfuSend, SfuTerms};
use crate::room::moment::Moment;
use crate::room::participant::TrackKind;
use crate::room::path::id::PathId;
use crate::room::path::link::Carrier;
use crate::room::sending::hub_targets::HubTargets;

/// What there is while the server has an SFU.
#[derive(Clone, Debug)]
pub(super) struct Attached {
    /// It can be used on these terms.
    pub(super) terms: SfuTerms,
    /// The server names us by this id.
    pub(super) me: PeerId,
    /// A connection to it has this name.
    pub(super) path: PathId,
    /// The connection, while there is one or is to be one.
    pub(super) connection: Option<HubConnection>,
    /// What is known of slots and channels is of this connection of the path.
    pub(super) generation: Option<u32>,
    /// The connection has been of no use since then.
    pub(super) idle_since: Option<Moment>,
    /// These people are there.
    pub(super) people: Vec<HubPerson>,
    /// The channels were not told so yet.
    pub(super) people_changed: bool,
    /// So many people reach each other directly at the most.
    pub(super) mesh_capacity: usize,
    /// This brings us what each of them sends, while not everything is direct.
    pub(super) members: Members,
    /// This is watched.
    pub(super) watching: Watching,
    /// The server knows this of what direct connections cost.
    pub(super) strain: SaidStrain,
    /// These are in the slots.
    pub(super) slots: Slots,
    /// The driver was told last that the slots carry these.
    pub(super) attributed: Vec<(String, PeerId, TrackKind)>,
    /// It was told last of whom something does not come over the carrier that is wished for.
    pub(super) failing: Vec<(PeerId, Carrier)>,
    /// It was told last which pictures stand still.
    pub(super) pausing: Pausing,
    /// Lines are looked at next at this moment, while something has to be proved.
    pub(super) next_sample: Moment,
    /// The channels stand here.
    pub(super) channels: Channels,
    /// This waits to be said on the channels.
    pub(super) outgoing: Outgoing,
    /// Content of files flows like this.
    pub(super) demands: Vec<FileDemand>,
    /// Direct paths are wished for it.
    pub(super) file_paths: FilePaths,
    /// These had it begun anew.
    pub(super) renewals: Renewals,
    /// This much of ours is wanted.
    pub(super) wanted: SfuSend,
    /// The connection of a generation was told last to send this.
    pub(super) steered: Option<(u32, HubTargets)>,
}

impl Attached {
    /// There is nothing yet.
    pub(super) fn new(welcome: HubWelcome) -> Self {
        let mut channels = Channels::default();
        channels.set_file_rate(welcome.terms.files);
        Self {
            terms: welcome.terms,
            me: welcome.me,
            path: welcome.path,
            mesh_capacity: welcome.mesh_capacity,
            connection: None,
            generation: None,
            idle_since: None,
            people: Vec::new(),
            people_changed: false,
            members: Members::default(),
            watching: Watching::default(),
            strain: SaidStrain::default(),
            slots: Slots::default(),
            attributed: Vec::new(),
            failing: Vec::new(),
            pausing: Pausing::default(),
            next_sample: Moment(0),
            channels,
            outgoing: Outgoing::default(),
            demands: Vec::new(),
            file_paths: FilePaths::default(),
            renewals: Renewals::default(),
            wanted: SfuSend::default(),
            steered: None,
        }
    }

    /// We are back at the same seat. Another run of the server knows nothing of the connection.
    pub(super) fn come_back(
        &mut self,
        welcome: HubWelcome,
        context: HubContext<'_>,
        effects: &mut Vec<HubEffect>,
    ) {
        let is_same_run = self.terms.run == welcome.terms.run;
        self.terms = welcome.terms;
        self.channels.set_file_rate(self.terms.files);
        self.mesh_capacity = welcome.mesh_capacity;
        self.watching.repeat();
        self.strain.repeat();
        if !is_same_run {
            self.slots.begin_anew();
            self.wanted = SfuSend::default();
        }
        if let Some(connection) = &mut self.connection {
            effects.extend(match is_same_run {
                true => connection.repeat(context),
                false => connection.replace(context),
            });
        }
    }

    /// Lets go of everything.
    pub(super) fn close(&mut self, effects: &mut Vec<HubEffect>) {
        self.channels.reset(effects);
        self.slots.reset();
        if let Some(mut connection) = self.connection.take() {
            effects.extend(connection.close());
        }
    }

    /// Something happened.
    pub(super) fn hear(
        &mut self,
        event: HubEvent,
        context: HubContext<'_>,
        effects: &mut Vec<HubEffect>,
    ) {
        let now = context.now;
        match event {
            HubEvent::Said(text) => self.hear_server(&text),
            HubEvent::People(people) => {
                self.people = people;
                self.people_changed = true;
            }
            HubEvent::Channel(channel, event) => {
                self.channels
                    .hear(channel, event, &self.people, now, effects);
            }
            HubEvent::Transmit { to, channel, frame } => self.outgoing.say(to, channel, frame),
            HubEvent::Files(demands) => self.demands = demands,
            HubEvent::ForgetContent(peer) => {
                self.outgoing.forget_content(&peer);
                self.channels.forget_content(&peer, effects);
            }
            HubEvent::Renewed(peer) => {
                if self.renewals.ask(&peer, now) {
                    self.renew(peer, now, effects);
                }
            }
            HubEvent::Flush => self.channels.flush(&mut self.outgoing, now, effects),
            HubEvent::Sampled(samples) => self.observe(&samples, now),
            HubEvent::Tick => {
                self.members.tick(now);
                self.channels.tick(now, effects);
                self.with_connection(effects, |connection| connection.tick(context));
            }
            HubEvent::Answered { sdp, serial } => self.with_connection(effects, |connection| {
                connection.hear_answer(sdp, serial, context)
            }),
            HubEvent::Refused => {
                self.with_connection(effects, |connection| connection.hear_refusal(context));
            }
            HubEvent::Connection { generation, event } => {
                self.with_connection(effects, |connection| {
                    connection.hear(generation, event, context)
                });
            }
            HubEvent::IceServers => {
                self.with_connection(effects, |it| it.set_ice_servers(context));
            }
            HubEvent::TryAgain => self.with_connection(effects, |connection| {
                connection.try_again(now);
                Vec::new()
            }),
            HubEvent::Welcomed(_) | HubEvent::Ended | HubEvent::Shown(_) | HubEvent::Sending => {}
        }
    }

    /// Lets the connection take a step, if there is one.
    pub(super) fn with_connection(
        &mut self,
        effects: &mut Vec<HubEffect>,
        step: impl FnOnce(&mut HubConnection) -> Vec<HubEffect>,
    ) {
        if let Some(connection) = &mut self.connection {
            effects.extend(step(connection));
        }
    }

    /// What we have of files for somebody begins anew.
    pub(super) fn renew(&mut self, peer: PeerId, now: Moment, effects: &mut Vec<HubEffect>) {
        self.channels.begin_content_anew(&peer, now);
        effects.push(HubEffect::Renew(peer));
    }

    fn hear_server(&mut self, text: &str) {
        match read_text::<SfuMessage>(text) {
            Ok(SfuMessage::Use { r#use, number, .. }) if number > self.terms.number => {
                self.terms.r#use = r#use;
                self.terms.number = number;
            }
            Ok(SfuMessage::Slots(map)) => self.slots.take(map),
            Ok(SfuMessage::Send(wanted)) if wanted.number > self.wanted.number => {
                self.wanted = wanted;
            }
            // How people stand is told with the people.
            Ok(SfuMessage::Use { .. } | SfuMessage::Send(_) | SfuMessage::Peer { .. }) | Err(_) => {
            }
        }
    }

    fn observe(&mut self, samples: &[LineSample], now: Moment) {
        self.slots.observe(samples);
        self.members.observe(samples, &self.slots, now);
    }

    /// What was on the connection before is not on another.
    pub(super) fn follow_generation(&mut self, effects: &mut Vec<HubEffect>) {
        let generation = self.connection.as_ref().map(HubConnection::generation);
        if std::mem::replace(&mut self.generation, generation) != generation {
            self.channels.reset(effects);
            self.slots.reset();
            self.attributed.clear();
            self.members.forget_choices();
        }
    }

    /// Whether the server says something on the connection all the time.
    pub(super) fn is_heard(&self) -> bool {
        self.channels.has_beat()
    }
}
