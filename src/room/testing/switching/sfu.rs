//! A simulated SFU: who has a connection to it, who is in whose slots, and what is wanted of whom (docs/protocol.md, "The SFU").

use std::collections::VecDeque;

use super::end::mids;
use super::slots::Place;
use super::voices::Voices;
use crate::protocol::sfu::{
    Layer, PictureWish, SfuAvailability, SfuFault, SfuMessage, SfuReason, SfuSend, SfuTerms,
    SfuUse, Track, ViewedSize, Watch,
};
use crate::protocol::{ClientMessage, MediaState, PeerId, ServerMessage};
use crate::room::channel::Channel;
use crate::room::messaging::channel::frame::Frame;
use crate::room::path::command::SlotCounts;
use crate::room::testing::simulation::connection::Description;

/// Whoever sends nothing of what is wanted for so long is not heard any more, in ms.
const UNHEARD_AFTER_MS: u64 = 800;

/// What nobody wants any more is asked for so much longer, in ms.
const WANTED_MS: u64 = 3_000;

/// A connection on which nothing comes is given up after so long, in ms.
const GIVEN_UP_AFTER_MS: u64 = 15_000;

/// A connection of somebody to it.
pub(crate) struct Session {
    /// The connection at their end.
    pub(crate) author: u64,
    /// This end.
    pub(crate) identity: u64,
    /// The ICE credentials of both ends that go together: theirs, and those of the answer.
    pub(crate) fragments: Vec<(u64, u64)>,
    /// The slots there are, and who is in them.
    pub(crate) places: Vec<Place>,
    /// Something comes over it.
    pub(crate) stands: bool,
    /// Something came over it last at this time.
    pub(crate) stood_at: u64,
    /// The channels are open at this end, in the order of [`Channel::ALL`].
    pub(crate) channels: [bool; 3],
    /// Something was said on `live` last at this time.
    pub(crate) live_at: u64,
    /// These tracks of theirs come now, in the order of [`Track::ALL`].
    pub(crate) arriving: [bool; 4],
    /// Any of it came last at this time.
    pub(crate) heard_at: u64,
    /// These frames are on their way to this end.
    pub(crate) coming: VecDeque<(Channel, Frame)>,
    /// What is wanted of them was told first at this time.
    pub(crate) wanted_since: u64,
}

/// Somebody who has a seat.
pub(crate) struct Guest {
    pub(crate) peer: PeerId,
    pub(crate) media: MediaState,
    speaks: bool,
    spoke: bool,
    fault: bool,
    /// The others were told this.
    pub(crate) standing: Option<SfuAvailability>,
    pub(crate) session: Option<Session>,
    pub(crate) watch: Watch,
    /// The last map had this number, and was acknowledged up to that.
    pub(crate) map_number: u32,
    pub(crate) seen: u32,
    pub(crate) map: Vec<crate::protocol::sfu::Slot>,
    send: SfuSend,
    /// Sound, the layers of the camera and the screen were wanted last at these times.
    wanted_at: [Option<u64>; 5],
}

/// The SFU, and what the server says of it.
pub(crate) struct Sfu {
    run: u32,
    pub(crate) r#use: SfuUse,
    number: u32,
    standby: bool,
    /// So many bit/s of content of files are taken of each person.
    files: Option<u64>,
    pub(crate) guests: Vec<Guest>,
    pub(crate) outbox: Vec<(PeerId, SfuMessage)>,
    /// These voices are passed on.
    pub(crate) voices: Voices,
}

impl Guest {
    fn stands(&self) -> Option<SfuAvailability> {
        if !self.speaks {
            return self.spoke.then_some(SfuAvailability::Unable);
        }
        if self.fault {
            return Some(SfuAvailability::Unable);
        }
        let session = self.session.as_ref().filter(|session| session.stands);
        let is_heard = session.is_some_and(|session| {
            let wanted = (self.send.sound && self.media.audio)
                || (!self.send.camera.is_empty() && self.media.video);
            let since = session.heard_at.max(session.wanted_since);
            !wanted || session.stood_at <= since + UNHEARD_AFTER_MS
        });
        Some(match is_heard {
            true => SfuAvailability::Ready,
            false => SfuAvailability::Able,
        })
    }

    /// Whether their voice may be passed on, and whether it comes.
    pub(crate) fn speaks_up(&self) -> Option<bool> {
        let session = self.session.as_ref().filter(|session| session.stands)?;
        (self.media.audio).then_some(session.arriving[Track::Microphone as usize])
    }

    /// Whether something of theirs can be passed on.
    pub(crate) fn publishes(&self, track: Track) -> bool {
        self.standing == Some(SfuAvailability::Ready)
            && match track {
                Track::Microphone => self.media.audio,
                Track::Camera => self.media.video,
                Track::ScreenAudio | Track::ScreenVideo => self.media.screen,
            }
    }
}

impl Sfu {
    pub(crate) fn new(r#use: SfuUse, standby: bool, files: Option<u64>) -> Self {
        Self {
            run: 1,
            r#use,
            number: 1,
            standby,
            files,
            guests: Vec::new(),
            outbox: Vec::new(),
            voices: Voices::default(),
        }
    }

    /// Another run begins, which knows nobody.
    pub(crate) fn restart(&mut self, r#use: SfuUse) {
        self.run += 1;
        self.r#use = r#use;
        self.number = 1;
        self.guests.clear();
        self.outbox.clear();
        self.voices = Voices::default();
    }

    pub(crate) fn guest(&self, peer: &PeerId) -> Option<&Guest> {
        self.guests.iter().find(|guest| guest.peer == *peer)
    }

    pub(crate) fn guest_mut(&mut self, peer: &PeerId) -> Option<&mut Guest> {
        self.guests.iter_mut().find(|guest| guest.peer == *peer)
    }

    pub(crate) fn session_mut(&mut self, peer: &PeerId) -> Option<&mut Session> {
        self.guest_mut(peer)?.session.as_mut()
    }

    pub(crate) fn speaks(&self, peer: &PeerId) -> bool {
        self.guest(peer).is_some_and(|guest| guest.speaks)
    }

    /// The room goes through it from now on, or does not any more.
    pub(crate) fn decide(&mut self, r#use: SfuUse) {
        self.r#use = r#use;
        self.number += 1;
        let message = SfuMessage::Use {
            r#use,
            number: self.number,
            why: SfuReason::Operator,
        };
        self.tell_all_but(None, &message);
    }

    fn tell_all_but(&mut self, peer: Option<&PeerId>, message: &SfuMessage) {
        for guest in &self.guests {
            if guest.speaks && Some(&guest.peer) != peer {
                self.outbox.push((guest.peer.clone(), message.clone()));
            }
        }
    }

    /// Somebody takes a seat, or takes it back over another socket.
    pub(crate) fn seat(&mut self, peer: &PeerId, speaks: bool, media: MediaState) {
        if self.guest(peer).is_none() {
            self.guests.push(Guest {
                peer: peer.clone(),
                media,
                speaks,
                spoke: speaks,
                fault: false,
                standing: None,
                session: None,
                watch: Watch::default(),
                map_number: 0,
                seen: 0,
                map: Vec::new(),
                send: SfuSend::default(),
                wanted_at: [None; 5],
            });
            if let Some(guest) = self.guest_mut(peer) {
                guest.standing = guest.stands();
            }
            return;
        }
        let Some(guest) = self.guest_mut(peer) else {
            return;
        };
        guest.speaks = speaks;
        guest.spoke |= speaks;
        guest.fault = false;
        guest.watch.number = 0;
        let mut again = Vec::new();
        if !guest.map.is_empty() {
            guest.map_number += 1;
            again.push(SfuMessage::Slots(guest.slot_map()));
        }
        if guest.send.sound || !guest.send.camera.is_empty() {
            guest.send.number += 1;
            again.push(SfuMessage::Send(guest.send.clone()));
        }
        let to = |message| (peer.clone(), message);
        self.outbox.extend(again.into_iter().map(to));
    }

    /// Only these have seats.
    pub(crate) fn keep(&mut self, has_seat: impl Fn(&PeerId) -> bool) {
        self.guests.retain(|guest| has_seat(&guest.peer));
    }

    /// Adds to a message of the server what it says of the SFU to those who speak to it.
    pub(crate) fn complete(&self, to: &PeerId, message: &mut ServerMessage) {
        if !self.speaks(to) {
            return;
        }
        let standing = |peer: &PeerId| self.guest(peer).and_then(|guest| guest.standing);
        match message {
            ServerMessage::Welcome {
                peers, sfu, limits, ..
            } => {
                limits.mesh_capacity = Some(12);
                for info in peers {
                    info.sfu = standing(&info.peer);
                }
                *sfu = Some(SfuTerms {
                    peer: PeerId::new(SfuTerms::PEER),
                    run: format!("run-{}", self.run),
                    r#use: self.r#use,
                    number: self.number,
                    standby: self.standby,
                    files: self.files,
                });
            }
            ServerMessage::PeerJoined { peer, sfu, .. } => *sfu = standing(peer),
            _ => {}
        }
    }

    /// Somebody says something that concerns the SFU, beside offers.
    pub(crate) fn hear(&mut self, from: &PeerId, message: ClientMessage) {
        let Some(guest) = self.guest_mut(from).filter(|guest| guest.speaks) else {
            return;
        };
        match message {
            ClientMessage::Watch(watch) if watch.number > guest.watch.number => guest.watch = watch,
            ClientMessage::SlotsSeen { number } => guest.seen = guest.seen.max(number),
            ClientMessage::SfuState(fault) => guest.fault = fault != SfuFault::Able,
            ClientMessage::Media(media) => guest.media = media,
            _ => {}
        }
    }

    /// Takes an offer of somebody for so many slots; says who answers it, and whether new credentials are to be made.
    pub(crate) fn take_offer(
        &mut self,
        from: &PeerId,
        offer: Description,
        slots: SlotCounts,
        now: u64,
        mut fresh: impl FnMut() -> u64,
    ) -> Option<(u64, u64)> {
        let guest = self.guest_mut(from).filter(|guest| guest.speaks)?;
        let known = guest.session.as_ref();
        if known.is_none_or(|session| session.author != offer.author) {
            guest.session = Some(Session {
                author: offer.author,
                identity: fresh(),
                fragments: Vec::new(),
                places: Vec::new(),
                stands: false,
                stood_at: now,
                channels: [false; 3],
                live_at: now,
                arriving: [false; 4],
                heard_at: now,
                coming: VecDeque::new(),
                wanted_since: now,
            });
            guest.map.clear();
        }
        let session = guest.session.as_mut()?;
        for mid in mids(slots) {
            if session.places.iter().all(|place| place.mid != mid) {
                session.places.push(Place::free(mid));
            }
        }
        let known = session.fragments.iter();
        let mut known = known.filter(|(theirs, _)| *theirs == offer.fragment);
        let own = match known.next() {
            Some((_, own)) => *own,
            None => {
                let own = fresh();
                session.fragments.push((offer.fragment, own));
                own
            }
        };
        Some((session.identity, own))
    }

    /// Looks at everything again, and tells what is different.
    pub(crate) fn settle(&mut self, now: u64, timestamp: impl Fn(u64) -> u32) {
        for guest in &mut self.guests {
            if let Some(session) = &mut guest.session {
                if session.stands {
                    session.stood_at = now;
                }
                if session.arriving != [false; 4] {
                    session.heard_at = now;
                }
                if now > session.stood_at + GIVEN_UP_AFTER_MS {
                    guest.session = None;
                    guest.map.clear();
                }
            }
        }
        let mut changes = Vec::new();
        for guest in &mut self.guests {
            let standing = guest.stands();
            if std::mem::replace(&mut guest.standing, standing) != standing
                && let Some(sfu) = standing
            {
                changes.push((guest.peer.clone(), sfu));
            }
        }
        for (peer, sfu) in changes {
            let message = SfuMessage::Peer {
                peer: peer.clone(),
                sfu,
            };
            self.tell_all_but(Some(&peer), &message);
        }
        self.voices.follow(&self.guests, now);
        self.assign(now, timestamp);
        self.want(now);
    }

    /// Tells everybody what of theirs anybody wants.
    fn want(&mut self, now: u64) {
        let mut wishes: Vec<(PeerId, [bool; 5])> = Vec::new();
        for guest in &self.guests {
            wishes.push((guest.peer.clone(), self.wished(&guest.peer)));
        }
        for (peer, wished) in wishes {
            let Some(guest) = self.guest_mut(&peer) else {
                continue;
            };
            let Some(session) = guest.session.as_mut().filter(|session| session.stands) else {
                continue;
            };
            for (wanted_at, is_wished) in guest.wanted_at.iter_mut().zip(wished) {
                if is_wished {
                    *wanted_at = Some(now);
                }
            }
            let wanted = guest
                .wanted_at
                .map(|at| at.is_some_and(|at| now <= at + WANTED_MS));
            let layers = Layer::ALL.into_iter().zip(&wanted[1..4]);
            let camera = layers.filter_map(|(layer, is_wanted)| is_wanted.then_some(layer));
            let screen = match wanted[4] {
                true => vec![Layer::Quarter, Layer::Full],
                false => Vec::new(),
            };
            let send = SfuSend {
                number: guest.send.number,
                camera: camera.collect(),
                screen,
                sound: wanted[0],
            };
            if send != guest.send {
                let was_wanted = guest.send.sound || !guest.send.camera.is_empty();
                if !was_wanted {
                    session.wanted_since = now;
                }
                guest.send = send;
                guest.send.number += 1;
                let message = SfuMessage::Send(guest.send.clone());
                self.outbox.push((peer, message));
            }
        }
    }

    /// Whether anybody wants the sound, each layer of the camera, and the screen of somebody. A voice that is not among the loudest has to
    /// be heard to become one of them.
    fn wished(&self, peer: &PeerId) -> [bool; 5] {
        let mut wished = [self.voices.is_choice(), false, false, false, false];
        for other in self.guests.iter().filter(|other| other.peer != *peer) {
            if other.session.as_ref().is_none_or(|session| !session.stands) {
                continue;
            }
            wished[0] |= !other.watch.unheard.contains(peer);
            let mut pictures = other.watch.pictures.iter();
            if let Some(PictureWish { camera, screen, .. }) =
                pictures.find(|wish| wish.peer == *peer)
            {
                for (place, is_wished) in wished[1..4].iter_mut().enumerate() {
                    *is_wished |= *camera as usize > place;
                }
                wished[4] |= *screen != ViewedSize::Hidden;
            }
        }
        wished
    }
}
