//! The call: what its model wants done, and what a change of it means to the rest of the visit.

use super::catching_up::is_presence;
use super::effect::{Aspect, RecordingCommand, VisitEffect};
use super::kept::KeptFiles;
use super::sfu_event::SfuEvent;
use super::state::Visit;
use super::turn::VisitTurn;
use crate::protocol::{DisplayName, IceTransportPolicy, PeerId, ServerMessage};
use crate::room::attention::gathering::Gathering;
use crate::room::call::address_choice::AddressChoice;
use crate::room::call::change::CallChange;
use crate::room::call::effect::Effect;
use crate::room::call::event::{CallAction, Event};
use crate::room::call::state::Call;
use crate::room::call::turn::Turn;
use crate::room::call::update::update;
use crate::room::channel::Channel;
use crate::room::hub::HubEvent;
use crate::room::media::local::LocalMedia;
use crate::room::member::Member;
use crate::room::messaging::event::{MessagingEntry, MessagingEvent};
use crate::room::messaging::state::Messaging;
use crate::room::notice::Notice;
use crate::room::ordered::OrderedMap;
use crate::room::participant::Participant;
use crate::room::path::address_privacy::AddressPrivacy;
use crate::room::path::command::PeerCommand;
use crate::room::path::id::PathId;
use crate::room::person_name::PersonName;

impl Visit {
    /// Something happened to the call.
    pub(super) fn hear_call(&mut self, event: Event, turn: &mut VisitTurn) {
        if self.tell_sfu(SfuEvent::Call(&event), turn) {
            return;
        }
        let is_presence = is_presence(&event);
        let are_servers = matches!(&event, Event::Server(ServerMessage::IceServers { .. }));
        let mut call_turn = Turn::new(turn.context, self.media.sent());
        call_turn.speech = self.speech();
        update(&mut self.call, event, &mut call_turn);
        let (changes, now) = (&call_turn.changes, turn.context.now);
        if is_presence && self.may_wait(call_turn.is_shown, changes, now) {
            for effect in call_turn.effects {
                self.perform(effect, turn);
            }
            return;
        }
        self.catch_up(turn);
        // The same servers again are the answer to a question.
        let are_others = are_servers && call_turn.is_shown;
        self.take_call_turn(call_turn, turn);
        if are_others {
            self.tell_sfu(SfuEvent::Hub(HubEvent::IceServers), turn);
        }
        self.tell_sfu(SfuEvent::Followed, turn);
    }

    /// Does what a turn of the call wants, and what it means to the rest.
    pub(super) fn take_call_turn(&mut self, call_turn: Turn, turn: &mut VisitTurn) {
        if call_turn.is_shown {
            turn.changed(Aspect::Call);
        }
        for effect in call_turn.effects {
            self.perform(effect, turn);
        }
        for change in call_turn.changes {
            self.follow(change, turn);
        }
    }

    /// The others may learn this computer's address from now on, or may not.
    pub(super) fn set_address_privacy(&mut self, privacy: AddressPrivacy, turn: &mut VisitTurn) {
        self.preferences.address = privacy;
        self.remember(turn);
        if self.follow_address_privacy(turn) {
            self.hear_call(Event::Action(CallAction::FindNewWays), turn);
        }
    }

    fn perform(&mut self, effect: Effect, turn: &mut VisitTurn) {
        match effect {
            Effect::Connect { after_ms } => turn.effect(VisitEffect::Connect { after_ms }),
            Effect::Disconnect => turn.effect(VisitEffect::Disconnect),
            Effect::Send(message) => turn.effect(VisitEffect::Send(message)),
            Effect::GiveUpSeat { room, resume } => {
                turn.effect(VisitEffect::GiveUpSeat { room, resume });
            }
            Effect::Path { path, to, command } => self.command(path, to, command, turn),
            Effect::Notify(notice) => self.tell(notice, turn),
            Effect::ReleaseMedia => self.release_media(turn),
        }
    }

    fn command(&mut self, path: PathId, to: PeerId, command: PeerCommand, turn: &mut VisitTurn) {
        match &command {
            PeerCommand::Open { generation, .. } => {
                if self.connections.close(path).is_some() {
                    self.channels_gone(&to, turn);
                }
                self.warn_of_shown_address(turn);
                self.follow_address_privacy(turn);
                self.connections.open(path, to.clone(), *generation);
                turn.effect(VisitEffect::Path {
                    path,
                    to: to.clone(),
                    command,
                });
                self.steer_to_everyone_connected(turn);
                self.sending.connection_replaced(&to);
                self.steer(turn);
                turn.views_moved = true;
            }
            PeerCommand::Close => {
                turn.effect(VisitEffect::Path {
                    path,
                    to: to.clone(),
                    command,
                });
                if self.connections.close(path).is_some() {
                    self.channels_gone(&to, turn);
                    self.steer_to_everyone_connected(turn);
                }
            }
            _ => turn.effect(VisitEffect::Path { path, to, command }),
        }
    }

    fn channels_gone(&mut self, peer: &PeerId, turn: &mut VisitTurn) {
        for channel in Channel::ALL {
            let peer = peer.clone();
            self.hear_messaging(MessagingEvent::ChannelClosed { peer, channel }, turn);
        }
    }

    /// Says so, before the first connection of a call, when a wish to hide cannot be followed.
    fn warn_of_shown_address(&self, turn: &mut VisitTurn) {
        let choice = self.call.call().map(Call::address_choice);
        if self.connections.is_empty()
            && self.preferences.address == AddressPrivacy::Hidden
            && choice == Some(AddressChoice::NoRelay)
        {
            self.tell_quietly(Notice::AddressNotHidden, turn);
        }
    }

    /// Makes connections use the candidates that the operator and the user allow; says whether those are others than before.
    fn follow_address_privacy(&mut self, turn: &mut VisitTurn) -> bool {
        let wanted = self.preferences.address;
        let policy: IceTransportPolicy = self
            .call
            .call()
            .map(|call| call.ice_transport_policy(wanted))
            .unwrap_or_default();
        let is_other = std::mem::replace(&mut self.ice_transport_policy, policy) != policy;
        if is_other {
            turn.effect(VisitEffect::SetIceTransportPolicy(policy));
        }
        is_other
    }

    pub(super) fn follow(&mut self, change: CallChange, turn: &mut VisitTurn) {
        match change {
            CallChange::Returns => {
                let commands = LocalMedia::acquire(&mut self.media);
                self.command_devices(commands, turn);
            }
            CallChange::Welcomed => {
                self.tell_sfu(SfuEvent::Welcomed, turn);
            }
            CallChange::Entered => {
                self.begin_messaging(turn);
                turn.effect(VisitEffect::KeepAwake(true));
                self.follow_people(turn);
            }
            CallChange::Reseated => {
                if let Some(company) = self.company() {
                    let reseated = MessagingEvent::Reseated {
                        me: company.me,
                        roster: company.others,
                    };
                    self.hear_messaging(reseated, turn);
                }
                self.follow_people(turn);
            }
            CallChange::People => {
                if let Some(company) = self.company() {
                    self.hear_messaging(MessagingEvent::Roster(company.others), turn);
                }
                self.follow_people(turn);
            }
            CallChange::Tiles => self.follow_people(turn),
            CallChange::Screens => self.follow_screens(turn),
            CallChange::Ended => {
                turn.effect(VisitEffect::Recording(RecordingCommand::Stop));
                self.save_all_files(turn);
                self.messaging = None;
                self.tell_sfu(SfuEvent::Hub(HubEvent::Ended), turn);
                self.kept = KeptFiles::default();
                self.gathering = Gathering::default();
                turn.changed(Aspect::Messaging);
                turn.effect(VisitEffect::KeepAwake(false));
                self.follow_people(turn);
            }
        }
    }

    fn follow_people(&mut self, turn: &mut VisitTurn) {
        turn.changed(Aspect::People);
        self.follow_devices(turn);
        self.forget_quality_of_the_unconnected();
        // Looked up once: in a room of hundreds somebody comes many times a second.
        let people = self.call.call().into_iter().flat_map(|call| &call.people);
        let here: OrderedMap<&PeerId, bool> = people
            .map(|person| (&person.id, person.has_tile()))
            .collect();
        let mut ahead = here.ascending();
        self.carriers.keep(|peer| ahead.get(peer).is_some());
        let has_tile = |peer: &PeerId| here.get(peer).is_some_and(|has_tile| *has_tile);
        if self.speaker.forget_all_but(has_tile) {
            turn.changed(Aspect::Speaker);
        }
        self.follow_screens(turn);
    }

    /// Puts the screens that are shared now on the stage, and takes the others from it.
    fn follow_screens(&mut self, turn: &mut VisitTurn) {
        let call = self.call.call();
        let others = call.into_iter().flat_map(|call| &call.people);
        let mine = call.filter(|call| call.told.screen);
        let sharing: Vec<Participant> = others
            .filter(|person| person.media.screen)
            .map(|person| Participant::Peer(person.id.clone()))
            .chain(mine.map(|_| Participant::Me))
            .collect();
        self.stage.set_shares(&sharing);
        turn.changed(Aspect::Stage);
        turn.views_moved = true;
    }

    fn begin_messaging(&mut self, turn: &mut VisitTurn) {
        let Some(company) = self.company() else {
            return;
        };
        self.messaging = Some(Messaging::new(MessagingEntry {
            me: company.me,
            name: company.name,
            roster: company.others,
            page_opened: self.page_opened,
            chance: turn.context.chance,
            now: turn.context.now,
        }));
        turn.changed(Aspect::Messaging);
    }

    /// The people of the call; nothing outside one.
    fn company(&self) -> Option<Company> {
        let call = self.call.call()?;
        let people = call.people.iter();
        Some(Company {
            me: call.me.clone(),
            name: call.given.clone(),
            others: people
                .map(|person| {
                    let name = PersonName {
                        given: person.given.clone(),
                        shown: person.name.clone(),
                    };
                    let kind = person.kind;
                    (person.id.clone(), Member { name, kind })
                })
                .collect(),
        })
    }
}

/// The people of the call, as what they send each other has to know them.
struct Company {
    /// The server knows me by this id.
    me: PeerId,
    /// I gave this name.
    name: DisplayName,
    /// These others are there.
    others: Vec<(PeerId, Member)>,
}

#[cfg(test)]
#[path = "tests/calling.rs"]
mod tests;
