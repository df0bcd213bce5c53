//! Messaging put together: every model behind a channel, and who may reach it.
//!
//! Responsible for handing every event to the model it concerns. Invariant: what a person sends who is not in the room, or
//! who was cut off from a channel, reaches no model.

use super::application::{ApplicationError, ApplicationMessage, ApplicationRequest};
use super::channel::guard::Guard;
use super::channel::{Allowance, Channel, Reliability, TokenBucket};
use super::chat::conversation::{ChatEffect, Conversation};
use super::chat::correspondent::ChatOrigin;
use super::event::{
    Aspect, MessagingAction, MessagingEffect, MessagingEntry, MessagingEvent, MessagingNotice,
};
use super::files::transfers::Transfers;
use super::frame::ChatFrame;
use super::live::state::Live;
use super::outbound::Effects;
use super::recipients::Recipients;
use super::recorders::{Recorders, Recording};
use crate::protocol::{DisplayName, PeerId};
use crate::room::messaging_error::MessagingError;
use crate::room::moment::Moment;
use crate::room::ordered::{OrderedMap, OrderedSet};
use crate::room::sending::view::ViewRequest;

/// Reliable application messages in a burst, and per second after it.
const APPLICATION_BURST: u32 = 40;
const APPLICATIONS_PER_SECOND: f64 = 20.0;

/// Their bytes in a burst, and per second after it: with the chat beside them they stay below what the guards of others allow.
const APPLICATION_BURST_BYTES: u32 = 1_280 * 1_024;
const APPLICATION_BYTES_PER_SECOND: f64 = 256.0 * 1_024.0;

/// What people send each other in one call beside media, as one participant has it.
#[derive(Clone, Debug)]
pub struct Messaging {
    pub(super) people: OrderedMap<PeerId, DisplayName>,
    pub(super) guards: OrderedMap<(PeerId, Channel), Guard>,
    pub(super) chat_open: OrderedSet<PeerId>,
    pub(super) conversation: Conversation,
    pub(super) transfers: Transfers,
    pub(super) live: Live,
    pub(super) recorders: Recorders,
    pub(super) application_pace: Allowance,
}

impl Messaging {
    /// Begins with the first welcome.
    pub fn new(entry: MessagingEntry) -> Self {
        let now = entry.now;
        let mut messaging = Self {
            people: OrderedMap::new(),
            guards: OrderedMap::new(),
            chat_open: OrderedSet::new(),
            conversation: Conversation::new(entry.me, entry.name, entry.page_opened, entry.chance),
            transfers: Transfers::new(entry.chance),
            live: Live::new(now),
            recorders: Recorders::default(),
            application_pace: Allowance::new(
                TokenBucket::full(APPLICATION_BURST, APPLICATIONS_PER_SECOND, now.0),
                TokenBucket::full(APPLICATION_BURST_BYTES, APPLICATION_BYTES_PER_SECOND, now.0),
            ),
        };
        for (peer, member) in entry.roster {
            messaging.person_came(peer, member, ChatOrigin::BeforeMe, now);
        }
        messaging
    }

    /// What was said.
    pub fn conversation(&self) -> &Conversation {
        &self.conversation
    }

    /// The files.
    pub fn transfers(&self) -> &Transfers {
        &self.transfers
    }

    /// Pointers and reactions.
    pub fn live(&self) -> &Live {
        &self.live
    }

    /// Who records.
    pub fn recorders(&self) -> &Recorders {
        &self.recorders
    }

    /// Everyone to whom the `chat` channel is open.
    pub(in crate::room) fn open_to(&self) -> impl Iterator<Item = &PeerId> {
        self.chat_open.iter()
    }

    /// Tells a person how large they are shown here; nothing while their `chat` channel is closed.
    pub fn tell_view(&self, peer: &PeerId, request: ViewRequest) -> Vec<MessagingEffect> {
        let mut effects = Effects::default();
        if self.chat_open.contains(peer) {
            effects.send(peer, Channel::Chat, ChatFrame::Viewing(request).to_frame());
        }
        effects.0
    }

    /// The earliest moment at which [`MessagingEvent::Tick`] does something if nothing else happens before: it is due at
    /// once when that moment has passed, and never when there is none. Every action and every other event may change it.
    pub fn next_deadline(&self, now: Moment) -> Option<Moment> {
        let deadlines = [
            self.conversation.next_deadline(now),
            self.conversation.revisions_due(),
            self.transfers.next_deadline(),
            self.live.next_deadline(now),
        ];
        deadlines.into_iter().flatten().min()
    }

    /// Does what the user wants.
    ///
    /// # Errors
    /// [`MessagingError`]; nothing changed then.
    pub fn act(
        &mut self,
        action: MessagingAction,
        now: Moment,
    ) -> Result<Vec<MessagingEffect>, MessagingError> {
        let mut effects = Effects::default();
        match action {
            MessagingAction::Say { text, to } => {
                let chat = self
                    .conversation
                    .say(&text, &to, now)
                    .map_err(MessagingError::Message)?;
                self.chat(chat, &mut effects);
            }
            MessagingAction::Attend(attention) => {
                self.conversation.set_attention(attention);
                effects.changed(Aspect::Unread);
            }
            MessagingAction::Offer { files, to } => {
                let offer = self.transfers.offer(files, &to, now);
                effects.transfers(offer.map_err(MessagingError::Offer)?);
                effects.changed(Aspect::Transfers);
            }
            MessagingAction::Accept(key) => effects.transfers(self.transfers.accept(&key, now)),
            MessagingAction::Cancel(key) => effects.transfers(self.transfers.cancel(&key, now)),
            MessagingAction::Dismiss(key) => {
                self.transfers.dismiss(&key);
                effects.changed(Aspect::Transfers);
            }
            MessagingAction::React(emoji) => {
                let reaction = self.live.react(emoji, now);
                effects.live(reaction.map_err(MessagingError::Reaction)?);
            }
            MessagingAction::Point { screen, position } => {
                effects.live(self.live.point(screen, position, now));
            }
            MessagingAction::SetPointers(switch) => {
                self.live.set_pointers(switch);
                effects.changed(Aspect::Live);
            }
            MessagingAction::SetRecording(recording) => self.record(recording, now, &mut effects),
        }
        effects.conversation(self.conversation.take_changes(now));
        Ok(effects.0)
    }

    /// Sends what a program in the page wants sent.
    ///
    /// # Errors
    /// [`ApplicationError`], with words for the program's author; nothing changed then.
    pub fn send(
        &mut self,
        request: ApplicationRequest,
        now: Moment,
    ) -> Result<Vec<MessagingEffect>, ApplicationError> {
        let ApplicationRequest { message, to, .. } = request;
        let mut effects = Effects::default();
        match request.reliability {
            Reliability::UnreliableUnordered => effects.live(self.live.send(message, to, now)?),
            Reliability::ReliableOrdered => {
                self.send_reliably(message, &to, now, &mut effects)?;
            }
        }
        Ok(effects.0)
    }

    /// Takes what happened.
    pub fn handle(&mut self, event: MessagingEvent, now: Moment) -> Vec<MessagingEffect> {
        let mut effects = Effects::default();
        match event {
            MessagingEvent::Roster(roster) => self.roster(roster, now, &mut effects),
            MessagingEvent::Reseated { me, roster } => {
                self.roster(Vec::new(), now, &mut effects);
                self.conversation.reseat(me);
                for (peer, member) in roster {
                    self.person_came(peer, member, ChatOrigin::BeforeMe, now);
                }
            }
            MessagingEvent::ChannelOpened { peer, channel } => {
                self.channel_opened(peer, channel, now, &mut effects);
            }
            MessagingEvent::ChannelClosed { peer, channel } => {
                self.channel_closed(&peer, channel, now, &mut effects);
            }
            MessagingEvent::Frame {
                peer,
                channel,
                frame,
            } => self.frame(&peer, channel, frame, now, &mut effects),
            MessagingEvent::Buffered { peer, bytes } => {
                effects.transfers(self.transfers.buffered(&peer, bytes, now));
            }
            MessagingEvent::Gate { peer, gate } => self.set_gate(&peer, gate, now, &mut effects),
            MessagingEvent::Disk(event) => {
                effects.transfers(self.transfers.disk(event, now));
                effects.changed(Aspect::Transfers);
            }
            MessagingEvent::Tick => {
                let chat = self.conversation.tick(now);
                self.chat(chat, &mut effects);
                effects.transfers(self.transfers.tick(now));
                effects.live(self.live.tick(now));
            }
        }
        effects.conversation(self.conversation.take_changes(now));
        effects.0
    }

    pub(super) fn channel_opened(
        &mut self,
        peer: PeerId,
        channel: Channel,
        now: Moment,
        effects: &mut Effects,
    ) {
        if !self.people.contains_key(&peer) {
            return;
        }
        let guard = self
            .guards
            .get_or_insert_with((peer.clone(), channel), || Guard::new(channel, now));
        if guard.cut_off().is_some() {
            effects
                .0
                .push(MessagingEffect::CloseChannel { peer, channel });
            return;
        }
        match channel {
            Channel::Chat => {
                self.chat_open.insert(peer.clone());
                if self.recorders.mine() == Recording::On {
                    effects.send(&peer, channel, ChatFrame::Recording { on: true }.to_frame());
                }
                let chat = self.conversation.channel_opened(&peer, now);
                self.chat(chat, effects);
            }
            Channel::Files => effects.transfers(self.transfers.channel_opened(&peer, now)),
            Channel::Live => self.live.channel_opened(&peer),
        }
    }

    pub(super) fn channel_closed(
        &mut self,
        peer: &PeerId,
        channel: Channel,
        now: Moment,
        effects: &mut Effects,
    ) {
        match channel {
            Channel::Chat => {
                self.chat_open.remove(peer);
                let chat = self.conversation.channel_closed(peer, now);
                self.chat(chat, effects);
            }
            Channel::Files => {
                self.transfers.channel_closed(peer);
                effects.changed(Aspect::Transfers);
            }
            Channel::Live => {
                self.live.channel_closed(peer);
                effects.changed(Aspect::Live);
            }
        }
    }

    pub(super) fn record(&mut self, recording: Recording, now: Moment, effects: &mut Effects) {
        if !self.recorders.set_mine(recording, now) {
            return;
        }
        let on = recording == Recording::On;
        for peer in self.chat_open.iter() {
            effects.send(peer, Channel::Chat, ChatFrame::Recording { on }.to_frame());
        }
        effects.changed(Aspect::Recorders);
    }

    pub(super) fn send_reliably(
        &mut self,
        message: ApplicationMessage,
        to: &Recipients,
        now: Moment,
        effects: &mut Effects,
    ) -> Result<(), ApplicationError> {
        let frame = ChatFrame::App(message).to_frame();
        ApplicationMessage::check_size(&frame, Reliability::ReliableOrdered)?;
        let people: Vec<&PeerId> = self
            .chat_open
            .iter()
            .filter(|peer| to.includes(peer))
            .collect();
        if people.is_empty() {
            return Err(ApplicationError::NobodyThere);
        }
        if !self.application_pace.take(frame.size(), now.0) {
            return Err(ApplicationError::TooFast);
        }
        for peer in people {
            effects.send(peer, Channel::Chat, frame.clone());
        }
        Ok(())
    }

    pub(super) fn chat(&self, chat: Vec<ChatEffect>, effects: &mut Effects) {
        for effect in chat {
            match effect {
                ChatEffect::Send { to, frame } => {
                    effects.send(&to, Channel::Chat, frame.to_frame());
                }
                ChatEffect::Arrived {
                    from,
                    addressed,
                    text,
                } => {
                    if let Some(name) = self.people.get(&from) {
                        effects.notify(MessagingNotice::Message {
                            from: name.clone(),
                            addressed,
                            text,
                        });
                    }
                    effects.changed(Aspect::Unread);
                }
            }
        }
    }
}

#[cfg(test)]
#[path = "tests/state.rs"]
mod tests;
