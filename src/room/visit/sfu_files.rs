//! Files where there is an SFU: which connection their content takes, and that both of us agree on it.
//!
//! Responsible for telling the hub's model with whom content flows, and messaging whether it may. Invariant: content and what is said
//! of it take the same connection, and whoever comes to the SFU from a direct path says so first; it belongs to the rules
//! ([`super::sfu_rules`]) and is called by nothing else.

use super::channel_carriers::ChannelTurn;
use super::state::Visit;
use super::turn::VisitTurn;
use crate::protocol::PeerId;
use crate::room::channel::Channel;
use crate::room::hub::{FileDemand, HubEvent, fallback};
use crate::room::messaging::event::MessagingEvent;
use crate::room::messaging::files::gate::ContentGate;
use crate::room::messaging::state::Messaging;
use crate::room::path::link::Carrier;

impl Visit {
    /// Tells the hub with whom content of files flows, where that is different.
    pub(super) fn tell_hub_of_files(&mut self, turn: &mut VisitTurn) {
        if self.hub.path().is_none() {
            return;
        }
        let transfers = self.messaging.as_ref().map(Messaging::transfers);
        let flows = transfers.map_or_else(Vec::new, |transfers| transfers.flows());
        let demands = flows.into_iter().map(|(peer, flow)| FileDemand {
            is_direct: self.takes_direct_path(&peer),
            is_left: self.carriers.is_left(&peer, Channel::Files),
            sends: flow.sends,
            peer,
        });
        let demands: Vec<FileDemand> = demands.collect();
        if !self.hub.knows_files(&demands) {
            self.hear_hub(HubEvent::Files(demands), turn);
        }
    }

    fn takes_direct_path(&self, peer: &PeerId) -> bool {
        self.carriers.carrier(peer, Channel::Files) == Some(Carrier::Direct)
    }

    /// A channel to somebody took another connection, or another took its place, or none is left.
    pub(super) fn follow_carrier(
        &mut self,
        peer: &PeerId,
        channel: Channel,
        became: ChannelTurn,
        turn: &mut VisitTurn,
    ) {
        let is_files = channel == Channel::Files;
        let is_lost = matches!(became, ChannelTurn::Closed | ChannelTurn::Replaced);
        if is_files && is_lost && self.hub.has_content_for(peer) {
            self.hear_hub(HubEvent::ForgetContent(peer.clone()), turn);
        }
        let carrier = self.carriers.carrier(peer, channel);
        if carrier == Some(Carrier::Hub) && self.has_to_say_fallback(peer, channel, became) {
            self.say_over_hub(peer, channel, fallback(), turn);
        }
        if is_files && let Some(carrier) = carrier {
            let gate = match carrier {
                Carrier::Direct => ContentGate::Open,
                Carrier::Hub => self.hub.content_gate(peer),
            };
            self.set_content_gate(peer.clone(), gate, turn);
        }
    }

    /// Whether somebody has to know that what belongs on a channel comes by the SFU from here on, or comes anew.
    fn has_to_say_fallback(&self, peer: &PeerId, channel: Channel, became: ChannelTurn) -> bool {
        match channel {
            Channel::Chat => became == ChannelTurn::Replaced,
            Channel::Files => self.has_files_with(peer),
            // What was said there may be lost.
            Channel::Live => false,
        }
    }

    fn has_files_with(&self, peer: &PeerId) -> bool {
        let messaging = self.messaging.as_ref();
        messaging.is_some_and(|messaging| messaging.transfers().has_open_with(peer))
    }

    /// Content of files may go to somebody by the SFU, or may not.
    pub(super) fn set_content_gate_of_hub(
        &mut self,
        peer: PeerId,
        gate: ContentGate,
        turn: &mut VisitTurn,
    ) {
        // What the direct path takes goes on, unless that is of no use any more.
        if gate == ContentGate::Shut || !self.takes_direct_path(&peer) {
            self.set_content_gate(peer, gate, turn);
        }
    }

    fn set_content_gate(&mut self, peer: PeerId, gate: ContentGate, turn: &mut VisitTurn) {
        self.tell_messaging(MessagingEvent::Gate { peer, gate }, turn);
    }

    /// A channel to somebody does not take the direct path any more, where it may well be open.
    pub(super) fn leave_direct(&mut self, peer: PeerId, channel: Channel, turn: &mut VisitTurn) {
        let became = self.carriers.left(&peer, channel);
        self.tell_of_channel(peer, channel, became, turn);
    }

    /// Somebody says that what belongs on a channel comes by the SFU from now on: so it does from here.
    pub(super) fn hear_fallback(&mut self, peer: PeerId, channel: Channel, turn: &mut VisitTurn) {
        // What was said there may be lost, and a direct connection that works is not left for it.
        if channel == Channel::Live {
            return;
        }
        match self.carriers.carrier(&peer, channel) {
            Some(Carrier::Direct) => self.leave_direct(peer, channel, turn),
            Some(Carrier::Hub) if channel == Channel::Files => {
                self.hear_hub(HubEvent::Renewed(peer), turn);
            }
            Some(Carrier::Hub) | None => {}
        }
    }

    /// Files begin anew over the SFU, unless they have left it meanwhile.
    pub(super) fn renew_files(&mut self, peer: PeerId, turn: &mut VisitTurn) {
        let channel = Channel::Files;
        if self.carriers.carrier(&peer, channel) != Some(Carrier::Hub) {
            return;
        }
        self.hear_hub(HubEvent::ForgetContent(peer.clone()), turn);
        let gone = peer.clone();
        self.tell_messaging(
            MessagingEvent::ChannelClosed {
                peer: gone,
                channel,
            },
            turn,
        );
        self.tell_messaging(MessagingEvent::ChannelOpened { peer, channel }, turn);
    }
}

#[cfg(test)]
#[path = "tests/sfu_files.rs"]
mod tests;
