//! Media on its way through: from whoever publishes it to the slots that take it.
//!
//! Invariant: nothing is allocated for a packet besides the datagrams that go out, and its payload is copied into those only.

use std::time::Instant;

use str0m::media::Mid;
use str0m::rtp::RtpPacket;

use super::core::Core;
use super::egress::OutgoingPacket;
use super::keys::MemberId;
use super::member::Source;
use super::picture_packet::PicturePacket;
use crate::protocol::sfu::{Layer, Track};

impl Core {
    /// Passes a packet on.
    pub(super) fn forward(
        &mut self,
        from: MemberId,
        (track, layer): (Track, Layer),
        packet: &RtpPacket,
        now: Instant,
    ) {
        let Some(publisher) = self.members[from].as_mut() else {
            return;
        };
        publisher.liveness.came(now);
        let room = publisher.room;
        let Some(publication) = publisher.publication(track) else {
            return;
        };
        let length = packet.payload.len();
        if let Some(intake) = &mut publication.intake
            && !intake.take(length, now)
        {
            self.figures.refused.add(1);
            return;
        }
        publication.meters[layer.index()].add(length, now);
        if track.is_picture() {
            let Some(session) = publisher.session.as_ref().map(|session| session.id) else {
                return;
            };
            self.forward_picture(
                Source {
                    member: from,
                    track,
                    layer,
                    session,
                },
                packet,
                now,
            );
            return;
        }
        if track == Track::Microphone {
            let Some(room) = self.rooms.get_mut(&room) else {
                return;
            };
            let was_forwarded = room.voices.is_forwarded(from);
            room.voices
                .heard(from, packet.header.ext_vals.audio_level, now);
            if !room.voices.is_forwarded(from) {
                return;
            }
            if !was_forwarded {
                self.look_after_soon(now);
            }
        }
        self.forward_sound((from, track), packet, now);
    }

    fn forward_sound(&mut self, source: (MemberId, Track), packet: &RtpPacket, now: Instant) {
        let mut index = 0;
        while let Some((taker, slot)) = self.taker(source, index) {
            index += 1;
            let Some(member) = self.members[taker].as_mut() else {
                continue;
            };
            let Some(section) = member.sounds.get_mut(slot) else {
                continue;
            };
            let Some(numbers) = section.number(source, packet, now) else {
                continue;
            };
            let mid = section.mid;
            let sound = OutgoingPacket::sound(packet, &numbers);
            self.with_sending(taker, |session, ways| session.write(mid, sound, now, ways));
            self.hasten(taker);
        }
    }

    fn forward_picture(&mut self, source: Source, packet: &RtpPacket, now: Instant) {
        let sequence = *packet.seq_no;
        let header = &packet.header;
        let Some(picture) =
            PicturePacket::read(sequence, header.timestamp, header.marker, &packet.payload)
        else {
            return;
        };
        if let Some(publisher) = self.members[source.member].as_mut()
            && let Some(publication) = publisher.publication(source.track)
        {
            let is_lost = publication.picture_came(source.layer, sequence, now);
            if picture.starts_keyframe {
                publication.keyframe_came(source.layer);
            } else if is_lost {
                self.look_after_soon(now);
            }
        }
        let mut index = 0;
        while let Some((taker, slot)) = self.taker((source.member, source.track), index) {
            index += 1;
            let Some(member) = self.members[taker].as_mut() else {
                continue;
            };
            let Some(section) = member.pictures.get_mut(slot) else {
                continue;
            };
            let Some(numbers) = section.slot.take(source, &picture, now) else {
                continue;
            };
            let mid = section.mid;
            let picture = OutgoingPacket::picture(packet, &picture, &numbers);
            self.with_sending(taker, |session, ways| {
                session.write(mid, picture, now, ways)
            });
            self.hasten(taker);
        }
    }

    /// Gives one of those who take something.
    fn taker(&self, (from, track): (MemberId, Track), index: usize) -> Option<(MemberId, usize)> {
        let publisher = self.members[from].as_ref()?;
        let publication = publisher.publications[track as usize].as_ref()?;
        publication.takers.get(index).copied()
    }

    /// Notes that who takes a section cannot decode it any more.
    pub(super) fn picture_lost(&mut self, taker: MemberId, mid: Mid) {
        let Some(member) = self.members[taker].as_mut() else {
            return;
        };
        let mut sections = member.pictures.iter_mut();
        let Some(section) = sections.find(|section| section.mid == mid) else {
            return;
        };
        self.figures.pictures_lost.add(1);
        section.slot.picture_lost();
        if let Some(source) = section.slot.current() {
            self.need_keyframe(source);
        }
    }

    /// Notes that somebody needs a keyframe, and asks for it as soon as may be.
    pub(super) fn need_keyframe(&mut self, source: Source) {
        if let Some(publisher) = self.members[source.member].as_mut()
            && let Some(publication) = publisher.publication(source.track)
        {
            publication.need_keyframe(source.layer);
        }
    }
}
