//! Who is in the room, as the server says.
//!
//! Invariant: nobody is listed twice, nobody is me, and there are never more people than the room has seats, whatever
//! the server says.

use super::change::CallChange;
use super::effect::Effect;
use super::namesakes::told_apart;
use super::paths;
use super::paused::PausedPictures;
use super::person::{Person, Presence};
use super::state::Call;
use super::turn::Turn;
use crate::protocol::sfu::{SfuAvailability, SfuTerms};
use crate::protocol::{
    DepartureReason, DisplayName, IceServer, IceTransportPolicy, Limits, MediaState,
    ParticipantKind, PeerId, PeerInfo, ResumeToken, ServerMessage,
};
use crate::room::moment::Moment;
use crate::room::notice::{Notice, Occasion};
use crate::room::ordered::sort_few;
use crate::room::participant::Hand;
use crate::room::path::need::Need;
use crate::room::path::negotiation::state::Negotiation;
use crate::room::person_name::PersonName;

/// A client keeps track of at most so many people, whatever the server claims its capacity to be.
const MOST_PEOPLE: usize = 1_000;

/// Somebody who is away stays listed for this much longer than their seat, in ms. The server's word usually comes
/// first.
const GRACE_MS: u64 = 5_000;

/// A seat is believed to be kept for at most this long, in ms.
const LONGEST_SEAT_MS: u64 = 3_600_000;

/// A `welcome`, taken apart.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    /// The server names me by this id from now on.
    pub(crate) me: PeerId,
    /// The next `join` takes the seat back with this token.
    pub(crate) resume: ResumeToken,
    /// This is the seat that I had before.
    pub(crate) resumed: bool,
    /// Everyone else stands here, in order of arrival.
    pub(crate) people: Vec<PeerInfo>,
    /// Connections to come gather candidates with these.
    pub(crate) ice_servers: Vec<IceServer>,
    /// The operator allows these candidates.
    pub(crate) ice_transport_policy: IceTransportPolicy,
    /// The server allows so much.
    pub(crate) limits: Limits,
    /// The server has restarted: who is missing may still come back.
    pub(crate) recovering: bool,
    /// The SFU can be used on these terms; nothing where there is none, or where we do not speak to it.
    pub(crate) sfu: Option<SfuTerms>,
}

impl Snapshot {
    /// Takes a `welcome` apart; `None` for any other message.
    pub(crate) fn read(message: ServerMessage) -> Option<Self> {
        match message {
            ServerMessage::Welcome {
                peer,
                resume,
                resumed,
                peers,
                ice_servers,
                ice_transport_policy,
                limits,
                recovering,
                sfu,
                ..
            } => Some(Self {
                me: peer,
                resume,
                resumed,
                people: peers,
                ice_servers,
                ice_transport_policy,
                limits,
                recovering,
                sfu,
            }),
            _ => None,
        }
    }
}

/// The negotiation with somebody new begins in one of these ways.
#[derive(Clone, Copy, Debug)]
enum Opening {
    /// I am the newcomer, and offer.
    Offer,
    /// They are the newcomer, and offer.
    Wait,
    /// Either of us may be the newcomer.
    Unclear,
}

/// Enters the people of a first `welcome`: I am the newcomer to all of them.
pub(crate) fn meet_everyone(call: &mut Call, people: Vec<PeerInfo>, turn: &mut Turn) {
    call.earlier_hands = hands_in_order(&people);
    for info in people {
        meet(call, info, Opening::Offer, turn);
    }
    call.name = name_beside(call, call.given.clone(), None).shown;
}

/// Whose hands are up, in the order they went up as the server tells it.
fn hands_in_order(people: &[PeerInfo]) -> Vec<PeerId> {
    let mut hands: Vec<(u32, &PeerId)> = people
        .iter()
        .filter_map(|info| Some((info.hand_place?, &info.peer)))
        .collect();
    sort_few(&mut hands, |(place, _)| *place);
    hands.into_iter().map(|(_, peer)| peer.clone()).collect()
}

fn meet(call: &mut Call, info: PeerInfo, opening: Opening, turn: &mut Turn) -> Option<DisplayName> {
    let seats = usize::try_from(call.limits.room_capacity).unwrap_or(MOST_PEOPLE);
    if info.peer == call.me
        || call.person(&info.peer).is_some()
        || call.people.len() >= seats.clamp(1, MOST_PEOPLE)
    {
        return None;
    }
    let me = match opening {
        Opening::Offer => None,
        Opening::Wait | Opening::Unclear => Some((&call.given, &call.name)),
    };
    let PersonName { given, shown: name } = name_beside(call, given_name(&info)?, me);
    let tie = paths::tie(call, &info.peer);
    let need = Need::at_first(call.sfu.as_ref(), info.sfu);
    let direct = (need != Need::Nothing).then(|| {
        let negotiation = match opening {
            Opening::Offer => Negotiation::offering(tie, turn.now),
            Opening::Wait => Negotiation::waiting(tie),
            Opening::Unclear => Negotiation::unclear(tie, turn.now),
        };
        call.paths.add(negotiation, turn.now)
    });
    turn.change(CallChange::People);
    if info.media.screen {
        turn.change(CallChange::Screens);
    }
    call.people.push(Person {
        id: info.peer,
        given,
        name: name.clone(),
        kind: info.kind,
        media: info.media,
        hand: Hand::from(info.hand),
        presence: if info.away {
            Presence::Away(turn.now)
        } else {
            Presence::Here
        },
        sfu: info.sfu,
        direct,
        need,
        failing: None,
        paused: PausedPictures::default(),
    });
    Some(name)
}

/// Enters somebody who comes while I am there, and tells of them.
fn greet(call: &mut Call, info: PeerInfo, opening: Opening, turn: &mut Turn) {
    let occasion = match info.kind {
        ParticipantKind::Person => Occasion::Came,
        ParticipantKind::Device => Occasion::DeviceCame,
    };
    if let Some(name) = meet(call, info, opening, turn) {
        turn.effect(Effect::Notify(Notice::of(occasion, name)));
    }
}

/// What somebody is called beside those who are there, and beside me if I was there before them.
fn name_beside(
    call: &Call,
    given: DisplayName,
    me: Option<(&DisplayName, &DisplayName)>,
) -> PersonName {
    let people = call.people.iter();
    let others = people.map(|person| (&person.given, &person.name));
    told_apart(given, others.chain(me))
}

/// The name that somebody gave, as it may be shown; where none of it may be, what the server calls them stands for it.
fn given_name(info: &PeerInfo) -> Option<DisplayName> {
    let short: String = info.name.chars().take(32).collect();
    let id: String = info.peer.as_str().chars().take(32).collect();
    [info.name.as_str(), &short, &id]
        .into_iter()
        .find_map(|text| DisplayName::parse(text).ok())
}

/// Merges the snapshot that came with the old seat. Whoever is known keeps the connection; whoever is missing is gone,
/// unless the server has only just restarted and may not have heard from them yet.
pub(crate) fn merge(call: &mut Call, people: Vec<PeerInfo>, recovering: bool, turn: &mut Turn) {
    call.earlier_hands = hands_in_order(&people);
    let missing: Vec<PeerId> = call
        .people
        .iter()
        .filter(|person| people.iter().all(|info| info.peer != person.id))
        .map(|person| person.id.clone())
        .collect();
    for id in missing {
        if recovering {
            set_presence(call, &id, Presence::Away(turn.now));
        } else {
            remove(call, &id, Occasion::Went, turn);
        }
    }
    for info in people {
        if call.person(&info.peer).is_none() {
            greet(call, info, Opening::Unclear, turn);
            continue;
        }
        let presence = match call.person(&info.peer).map(|person| person.presence) {
            Some(Presence::Away(since)) if info.away => Presence::Away(since),
            _ if info.away => Presence::Away(turn.now),
            _ => Presence::Here,
        };
        set_presence(call, &info.peer, presence);
        set_standing(call, &info.peer, info.sfu);
        on_media(call, &info.peer, info.media, turn);
        on_hand(call, &info.peer, Hand::from(info.hand), turn);
    }
}

/// Somebody who is there.
pub(super) fn person_mut<'a>(call: &'a mut Call, id: &PeerId) -> Option<&'a mut Person> {
    call.people.iter_mut().find(|person| person.id == *id)
}

fn set_presence(call: &mut Call, id: &PeerId, presence: Presence) {
    if let Some(person) = person_mut(call, id) {
        person.presence = presence;
    }
}

/// Somebody stands like this with the SFU.
pub(crate) fn set_standing(call: &mut Call, id: &PeerId, sfu: Option<SfuAvailability>) {
    if let Some(person) = person_mut(call, id) {
        person.sfu = sfu;
    }
}

fn remove(call: &mut Call, id: &PeerId, occasion: Occasion, turn: &mut Turn) {
    let Some(index) = call.people.iter().position(|person| person.id == *id) else {
        return;
    };
    paths::close(call, id, turn);
    let person = call.people.remove(index);
    call.earlier_hands.retain(|hand| hand != id);
    turn.change(CallChange::People);
    if person.media.screen {
        turn.change(CallChange::Screens);
    }
    let occasion = match person.kind {
        ParticipantKind::Person => occasion,
        ParticipantKind::Device => Occasion::DeviceWent,
    };
    turn.effect(Effect::Notify(Notice::of(occasion, person.name)));
}

/// Somebody came; or, after a restart of the server, somebody known came back.
pub(crate) fn on_joined(call: &mut Call, info: PeerInfo, turn: &mut Turn) {
    if call.person(&info.peer).is_some() {
        set_standing(call, &info.peer, info.sfu);
        on_media(call, &info.peer, info.media, turn);
        on_back(call, &info.peer, turn);
        return;
    }
    greet(call, info, Opening::Wait, turn);
}

/// Somebody went.
pub(crate) fn on_left(call: &mut Call, id: &PeerId, reason: DepartureReason, turn: &mut Turn) {
    let occasion = match reason {
        DepartureReason::Left => Occasion::Went,
        DepartureReason::Lost => Occasion::Lost,
        DepartureReason::Kicked => Occasion::Removed,
    };
    remove(call, id, occasion, turn);
}

/// Somebody's socket dropped.
pub(crate) fn on_away(call: &mut Call, id: &PeerId, turn: &Turn) {
    set_presence(call, id, Presence::Away(turn.now));
}

/// Somebody's socket is back: what was said meanwhile did not reach them.
pub(crate) fn on_back(call: &mut Call, id: &PeerId, turn: &mut Turn) {
    set_presence(call, id, Presence::Here);
    paths::repeat(call, id, turn);
}

/// Somebody switched something.
pub(crate) fn on_media(call: &mut Call, id: &PeerId, media: MediaState, turn: &mut Turn) {
    let Some(person) = person_mut(call, id) else {
        return;
    };
    let (shared, had_tile) = (person.media.screen, person.has_tile());
    person.media = media;
    if had_tile != person.has_tile() {
        turn.change(CallChange::Tiles);
    }
    if shared != media.screen {
        turn.change(CallChange::Screens);
    }
    if media.screen && !shared {
        let name = person.name.clone();
        turn.effect(Effect::Notify(Notice::of(Occasion::SharesScreen, name)));
    }
}

/// Somebody raised or lowered a hand.
pub(crate) fn on_hand(call: &mut Call, id: &PeerId, hand: Hand, turn: &mut Turn) {
    let Some(person) = person_mut(call, id) else {
        return;
    };
    let raised = hand == Hand::Raised && person.hand == Hand::Lowered;
    person.hand = hand;
    if raised {
        let name = person.name.clone();
        turn.effect(Effect::Notify(Notice::of(Occasion::HandRaised, name)));
    }
}

/// When somebody's seat cannot be kept any more; `None` while they are here.
fn overdue_at(call: &Call, person: &Person) -> Option<Moment> {
    match person.presence {
        Presence::Here => None,
        Presence::Away(since) => {
            let kept = call.limits.seat_kept_ms.min(LONGEST_SEAT_MS);
            Some(since.plus(kept).plus(GRACE_MS))
        }
    }
}

/// When [`drop_overdue`] drops somebody; `None` while everyone is here.
pub(crate) fn next_deadline(call: &Call) -> Option<Moment> {
    let people = call.people.iter();
    people.filter_map(|person| overdue_at(call, person)).min()
}

/// Drops those whose seat cannot be kept any more. The server tells of everyone it knows; this is for those whom a
/// restarted server never heard of.
pub(crate) fn drop_overdue(call: &mut Call, turn: &mut Turn) {
    let overdue: Vec<PeerId> = call
        .people
        .iter()
        .filter(|person| overdue_at(call, person).is_some_and(|due| due <= turn.now))
        .map(|person| person.id.clone())
        .collect();
    for id in overdue {
        remove(call, &id, Occasion::Lost, turn);
    }
}
