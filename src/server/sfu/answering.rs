//! Offers to the SFU, and their answers.
//!
//! Invariant: an offer is answered or refused, with the rule that it breaks; what stood before it stands on when it is refused.

use std::time::Instant;

use str0m::media::Mid;

use super::core::Core;
use super::description::{BrokenRule, OfferShape, Purpose};
use super::handle::Sfu;
use super::keys::MemberId;
use super::letterbox::Offer;
use super::member::{Member, PictureSection, SoundSection};
use super::offer_text;
use super::picture_slot::PictureSlot;
use super::publication::Publication;
use super::rewriting::Rewriter;
use super::session::{Session, SessionId};
use super::session_media::first_number;
use crate::protocol::{ErrorCode, ProtocolError, ServerMessage};

impl Core {
    /// Answers somebody's offer.
    pub(super) fn answer(&mut self, id: MemberId, offer: Offer, now: Instant) {
        let serial = offer.serial;
        match self.accept(id, offer, now) {
            Ok(sdp) => {
                if let Some(member) = self.members[id].as_ref() {
                    member.tell(&ServerMessage::Answer {
                        from: Sfu::peer(),
                        sdp,
                        serial,
                    });
                }
                self.touch(id);
                self.stir(id);
                self.settle(now);
            }
            Err(rule) => self.refuse(id, &rule.to_string()),
        }
    }

    /// Tells somebody that the SFU does not do what they want.
    pub(super) fn refuse(&mut self, id: MemberId, words: &str) {
        if let Some(member) = self.members[id].as_ref() {
            member.tell(&ServerMessage::Error(ProtocolError {
                code: ErrorCode::SfuRefused,
                message: words.to_owned(),
                fatal: false,
            }));
        }
    }

    fn accept(&mut self, id: MemberId, offer: Offer, now: Instant) -> Result<String, BrokenRule> {
        let Offer {
            sdp,
            serial,
            reached,
        } = offer;
        let sdp = offer_text::plain(&sdp);
        let shape = OfferShape::read(&sdp)?;
        let answered = self.with_session(id, |session| {
            if session.shape.fingerprint != shape.fingerprint {
                return None;
            }
            if session.has_answered(serial) {
                return Some(Ok(()));
            }
            Some(session.renegotiate(shape.clone(), &sdp, serial))
        });
        match answered.flatten() {
            Some(renegotiated) => renegotiated?,
            None => {
                let candidates = (self.candidates)(reached);
                let ground = &self.ground;
                self.sessions += 1;
                self.figures.offers.add(1);
                let session = SessionId(self.sessions);
                let opened = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                    Session::open(shape, session, &sdp, serial, ground, &candidates, now)
                }));
                let session = opened.unwrap_or(Err(BrokenRule::Unreadable))?;
                self.end_session(id);
                if let Some(member) = self.members[id].as_mut() {
                    member.session = Some(session);
                }
            }
        }
        let answer = self.with_session(id, |session| {
            let ufrag = session.ufrag();
            (ufrag, session.answer().to_owned())
        });
        let (ufrag, answer) = answer.ok_or(BrokenRule::Unreadable)?;
        self.demux.learn(id, &ufrag, now);
        if let Some(member) = self.members[id].as_mut() {
            lay_out(member, now);
        }
        Ok(answer)
    }
}

/// Gives somebody the publications and slots that their last offer has sections for. Those that were there stay.
fn lay_out(member: &mut Member, now: Instant) {
    let Some(session) = member.session.as_mut() else {
        return;
    };
    let mut sent = [const { None }; 4];
    for section in &session.shape.sections {
        let mid = Mid::from(section.mid.as_str());
        match &section.purpose {
            Purpose::Sent(track, layers) => {
                let before = member.publications[*track as usize].take();
                sent[*track as usize] =
                    Some(before.unwrap_or_else(|| Publication::new(*track, layers, now)));
            }
            Purpose::SoundSlot if !member.sounds.iter().any(|it| it.mid == mid) => {
                member.sounds.push(SoundSection {
                    mid,
                    is_open: true,
                    carries: None,
                    since: now,
                    passed: None,
                    rewriter: Rewriter::new(first_number(), SOUND_CLOCK),
                });
            }
            Purpose::PictureSlot if !member.pictures.iter().any(|it| it.mid == mid) => {
                member.pictures.push(PictureSection {
                    mid,
                    is_open: true,
                    owner: None,
                    since: now,
                    freed: 0,
                    is_paused: false,
                    asked: None,
                    told_from: None,
                    slot: PictureSlot::new(first_number()),
                });
            }
            Purpose::SoundSlot | Purpose::PictureSlot | Purpose::Idle => {}
        }
    }
    member.publications = sent;
    let has = |mid: Mid| {
        let mut sections = session.shape.sections.iter();
        sections.any(|it| {
            Mid::from(it.mid.as_str()) == mid
                && matches!(it.purpose, Purpose::SoundSlot | Purpose::PictureSlot)
        })
    };
    // Sections are only ever added at the end, so that those before keep their places.
    for section in &mut member.sounds {
        section.is_open = has(section.mid);
    }
    for section in &mut member.pictures {
        section.is_open = has(section.mid);
    }
    member.is_dirty = true;
}

/// The clock of Opus, in Hz (RFC 7587).
const SOUND_CLOCK: u32 = 48_000;
