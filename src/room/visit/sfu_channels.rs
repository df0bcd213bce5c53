//! What people say to each other where there is an SFU: over which connection it goes, and what messaging hears of a change.
//!
//! Invariant: it belongs to the rules ([`super::sfu_rules`]) and is called by nothing else.

use super::channel_carriers::ChannelTurn;
use super::effect::VisitEffect;
use super::state::Visit;
use super::turn::VisitTurn;
use crate::protocol::PeerId;
use crate::room::channel::Channel;
use crate::room::hub::HubEvent;
use crate::room::messaging::channel::frame::Frame;
use crate::room::messaging::event::MessagingEvent;
use crate::room::messaging::state::Messaging;
use crate::room::path::link::Carrier;

impl Visit {
    /// A channel to somebody opened on a connection.
    pub(super) fn channel_opened(
        &mut self,
        peer: PeerId,
        channel: Channel,
        carrier: Carrier,
        turn: &mut VisitTurn,
    ) {
        let became = self.carriers.opened(&peer, channel, carrier);
        self.tell_of_channel(peer, channel, became, turn);
    }

    /// A channel to somebody closed on a connection.
    pub(super) fn channel_closed(
        &mut self,
        peer: PeerId,
        channel: Channel,
        carrier: Carrier,
        turn: &mut VisitTurn,
    ) {
        let became = self.carriers.closed(&peer, channel, carrier);
        self.tell_of_channel(peer, channel, became, turn);
    }

    /// What opened before the rules came is open directly.
    pub(super) fn note_open_channels(&mut self) {
        let messaging = self.messaging.as_ref();
        for peer in messaging.into_iter().flat_map(Messaging::open_to) {
            if self.carriers.carrier(peer, Channel::Chat).is_none() {
                for channel in Channel::ALL {
                    self.carriers.opened(peer, channel, Carrier::Direct);
                }
            }
        }
    }

    pub(super) fn tell_of_channel(
        &mut self,
        peer: PeerId,
        channel: Channel,
        became: ChannelTurn,
        turn: &mut VisitTurn,
    ) {
        let is_chat = channel == Channel::Chat;
        if matches!(became, ChannelTurn::Closed | ChannelTurn::Replaced) {
            if is_chat {
                turn.effect(VisitEffect::Lost(peer.clone()));
            }
            let peer = peer.clone();
            self.tell_messaging(MessagingEvent::ChannelClosed { peer, channel }, turn);
        }
        if became != ChannelTurn::None {
            self.follow_carrier(&peer, channel, became, turn);
        }
        if matches!(became, ChannelTurn::Opened | ChannelTurn::Replaced) {
            if is_chat {
                turn.effect(VisitEffect::Reached(peer.clone()));
            }
            self.tell_messaging(MessagingEvent::ChannelOpened { peer, channel }, turn);
        }
    }

    /// Says something to somebody, if the channel takes the connection to the SFU; says whether it does.
    pub(super) fn transmit_over_hub(
        &mut self,
        to: &PeerId,
        channel: Channel,
        frame: &Frame,
        turn: &mut VisitTurn,
    ) -> bool {
        if self.carriers.carrier(to, channel) != Some(Carrier::Hub) {
            return false;
        }
        self.say_over_hub(to, channel, frame.clone(), turn);
        true
    }

    pub(super) fn say_over_hub(
        &mut self,
        to: &PeerId,
        channel: Channel,
        frame: Frame,
        turn: &mut VisitTurn,
    ) {
        let transmit = HubEvent::Transmit {
            to: to.clone(),
            channel,
            frame,
        };
        self.hear_hub(transmit, turn);
    }

    /// A channel of a direct path reports; says whether that was all there is to it.
    pub(super) fn hear_direct_channel(
        &mut self,
        event: &MessagingEvent,
        turn: &mut VisitTurn,
    ) -> bool {
        match event {
            MessagingEvent::ChannelOpened { peer, channel } => {
                self.channel_opened(peer.clone(), *channel, Carrier::Direct, turn);
            }
            MessagingEvent::ChannelClosed { peer, channel } => {
                self.note_open_channels();
                self.channel_closed(peer.clone(), *channel, Carrier::Direct, turn);
            }
            // What comes over another connection than the channel takes is late, and is said again.
            MessagingEvent::Frame { peer, channel, .. } => {
                return self.carriers.carrier(peer, *channel) == Some(Carrier::Hub);
            }
            _ => return false,
        }
        true
    }
}
