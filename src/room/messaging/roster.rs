//! Who is in the room: told to every model at once.

use super::event::{Aspect, MessagingNotice};
use super::outbound::Effects;
use super::state::Messaging;
use crate::protocol::PeerId;
use crate::room::member::Member;
use crate::room::messaging::chat::correspondent::ChatOrigin;
use crate::room::messaging::recorders::Recording;
use crate::room::moment::Moment;
use crate::room::ordered::OrderedMap;

impl Messaging {
    pub(crate) fn roster(
        &mut self,
        roster: Vec<(PeerId, Member)>,
        now: Moment,
        effects: &mut Effects,
    ) {
        let here: OrderedMap<&PeerId, ()> = roster.iter().map(|(peer, _)| (peer, ())).collect();
        let mut ahead = here.ascending();
        let gone = self.people.keys().filter(|peer| ahead.get(*peer).is_none());
        let gone: Vec<PeerId> = gone.cloned().collect();
        for peer in gone {
            self.person_left(&peer, now, effects);
        }
        for (peer, member) in roster {
            if self.people.get(&peer) != Some(&member.name.shown) {
                self.person_came(peer, member, ChatOrigin::AfterMe, now);
            }
        }
    }

    pub(crate) fn person_came(
        &mut self,
        peer: PeerId,
        member: Member,
        arrival: ChatOrigin,
        now: Moment,
    ) {
        self.people.insert(peer.clone(), member.name.shown.clone());
        self.transfers.person_came(peer.clone(), member.clone());
        self.conversation
            .person_came(peer, member.name, arrival, now);
    }

    pub(crate) fn person_left(&mut self, peer: &PeerId, now: Moment, effects: &mut Effects) {
        if self.recorders.set(peer, Recording::Off, now)
            && let Some(name) = self.people.get(peer)
        {
            effects.notify(MessagingNotice::RecordingStopped(name.clone()));
            effects.changed(Aspect::Recorders);
        }
        self.people.remove(peer);
        self.chat_open.remove(peer);
        self.guards.retain(|(guarded, _), _| guarded != peer);
        let chat = self.conversation.person_left(peer, now);
        self.chat(chat, effects);
        effects.transfers(self.transfers.person_left(peer, now));
        self.live.channel_closed(peer);
        effects.changed(Aspect::Live);
    }
}
