//! Somebody with a seat in a room of the SFU: what they publish, and what is passed on to them.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use str0m::media::Mid;
use str0m::rtp::RtpPacket;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::allocation::Allocator;
use super::channel_queue::ChannelQueue;
use super::channels::{Beat, SenderQuotas};
use super::keys::{MemberId, RoomKey, SeatKey};
use super::listeners::{Client, Hearing};
use super::liveness::Liveness;
use super::picture_slot::{PictureSlot, Whose};
use super::policing::Intake;
use super::publication::Publication;
use super::rewriting::{Numbers, Rewriter, Rewritten};
use super::session::{Session, SessionId};
use crate::protocol::sfu::{Layer, SfuAvailability, SfuSend, SlotMap, Track, Watch};
use crate::protocol::{MediaState, PeerId};

/// Sound that was not passed on for so long has paused.
const PAUSE: Duration = Duration::from_millis(200);

/// What can be passed on in a slot: a layer of somebody's picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Source {
    /// Theirs.
    pub(super) member: MemberId,
    /// Their face or their screen.
    pub(super) track: Track,
    /// In this size.
    pub(super) layer: Layer,
    /// It comes over this session of theirs. Another one numbers anew.
    pub(super) session: SessionId,
}

impl Whose for Source {
    // A member's place is given to others; a session's number is not.
    type Person = (SessionId, Track);

    fn person(&self) -> Self::Person {
        (self.session, self.track)
    }
}

/// A member.
pub(super) struct Member {
    /// The seat is called so outside.
    pub(super) seat: SeatKey,
    /// They are in this room.
    pub(super) room: RoomKey,
    /// The others call them so.
    pub(super) peer: PeerId,
    /// They are written to here.
    pub(super) client: Arc<dyn Client>,
    /// The room is told whether the SFU hears them.
    pub(super) hearing: Arc<dyn Hearing>,
    /// The room was last told this.
    pub(super) told: Option<SfuAvailability>,
    /// They say that they send this.
    pub(super) media: MediaState,
    /// Their connection, if they have one.
    pub(super) session: Option<Session>,
    /// What they send, in the order of [`Track::ALL`].
    pub(super) publications: [Option<Publication>; 4],
    /// Whether it comes, as far as it is expected.
    pub(super) liveness: Liveness,
    /// Others' sound goes to them in these.
    pub(super) sounds: Vec<SoundSection>,
    /// Others' pictures go to them in these.
    pub(super) pictures: Vec<PictureSection>,
    /// They may send so much more.
    pub(super) intake: Intake,
    /// They want to see this.
    pub(super) watch: Watch,
    /// They take the sound of these another way.
    pub(super) unheard: HashSet<PeerId>,
    /// Their line is shared among the pictures by this.
    pub(super) allocator: Allocator<(MemberId, Track)>,
    /// They may still say so much on the channels.
    pub(super) quotas: SenderQuotas,
    /// This waits to be written to them on the channels.
    pub(super) queue: ChannelQueue,
    /// When they are due a beat, while they have `live`.
    pub(super) beat: Option<Beat>,
    /// They were last told these slots.
    pub(super) map: SlotMap,
    /// They came back over another socket, and were not told again what of theirs is wanted.
    pub(super) is_send_due: bool,
    /// They came back over another socket, and were not told their slots again.
    pub(super) is_map_due: bool,
    /// They were last told to send this.
    pub(super) send: SfuSend,
    /// Something changed that decides what they are sent.
    pub(super) is_dirty: bool,
    /// Their slots carry something that they were not told.
    pub(super) are_slots_new: bool,
    /// Something was done to the session, whose outputs were not taken yet.
    pub(super) is_touched: bool,
}

/// A section in which somebody's sound goes out.
pub(super) struct SoundSection {
    /// The section is called so.
    pub(super) mid: Mid,
    /// The last offer has it.
    pub(super) is_open: bool,
    /// It carries this, also while it is silent.
    pub(super) carries: Option<(MemberId, Track)>,
    /// It was given to that then.
    pub(super) since: Instant,
    /// Something was last passed on then.
    pub(super) passed: Option<Instant>,
    /// What goes out is numbered by this.
    pub(super) rewriter: Rewriter<(MemberId, Track)>,
}

impl SoundSection {
    /// Numbers a packet that is passed on. After a pause the numbers go on without a gap: nothing was lost.
    pub(super) fn number(
        &mut self,
        source: (MemberId, Track),
        packet: &RtpPacket,
        now: Instant,
    ) -> Option<Rewritten> {
        let is_after_pause = self.passed.is_none_or(|passed| passed + PAUSE < now);
        if self.carries != Some(source) {
            return None;
        }
        if is_after_pause {
            self.rewriter.begin(source);
        }
        let numbers = Numbers {
            sequence: *packet.seq_no,
            timestamp: packet.header.timestamp,
            picture_id: None,
            tl0: None,
            key_index: None,
        };
        let numbers = self.rewriter.rewrite(source, &numbers, now)?;
        self.passed = Some(now);
        Some(numbers)
    }

    /// Gives the section to somebody's sound, or to nobody's.
    pub(super) fn give(&mut self, source: Option<(MemberId, Track)>, now: Instant) {
        self.carries = source;
        self.since = now;
        self.passed = None;
    }
}

/// A section in which somebody's picture goes out.
pub(super) struct PictureSection {
    /// The section is called so.
    pub(super) mid: Mid,
    /// The last offer has it.
    pub(super) is_open: bool,
    /// It is this one's.
    pub(super) owner: Option<(MemberId, Track)>,
    /// It was given to that, or was given up, then.
    pub(super) since: Instant,
    /// The receiver was told that it is nobody's with this map, or that it is somebody else's.
    pub(super) freed: u32,
    /// There is no bandwidth for it.
    pub(super) is_paused: bool,
    /// This layer is wanted, and not sent by whom it is of.
    pub(super) asked: Option<Layer>,
    /// The receiver was told that its person begins with this timestamp.
    pub(super) told_from: Option<u32>,
    /// What goes out, and when it may change.
    pub(super) slot: PictureSlot<Source>,
}

impl PictureSection {
    /// Takes the section from whom it is of. The map with this number says so.
    pub(super) fn free(&mut self, number: u32, now: Instant) {
        self.owner = None;
        self.since = now;
        self.freed = number;
        self.is_paused = false;
        self.asked = None;
        self.slot.want(None, number);
    }
}

impl Member {
    /// Writes to them.
    pub(super) fn tell(&self, message: &impl serde::Serialize) {
        match serde_json::to_string(message) {
            Ok(text) => self.client.tell(Utf8Bytes::from(text)),
            Err(error) => tracing::error!(%error, "a message could not be written as JSON"),
        }
    }

    /// Gives what they send of a kind, if they do.
    pub(super) fn publication(&mut self, track: Track) -> Option<&mut Publication> {
        self.publications[track as usize].as_mut()
    }

    /// Says whether they send this at the moment, as they say themselves.
    pub(super) fn says_to_send(&self, track: Track) -> bool {
        match track {
            Track::Microphone => self.media.audio,
            Track::Camera => self.media.video,
            Track::ScreenAudio | Track::ScreenVideo => self.media.screen,
        }
    }

    /// Says whether media has to come from them: they say that they send it, and were told that it is wanted. A screen that
    /// stands still is sent too seldom to be waited for.
    pub(super) fn is_expected_to_send(&self) -> bool {
        let sends =
            |track: Track| self.says_to_send(track) && self.publications[track as usize].is_some();
        let speaks = sends(Track::Microphone) && self.send.sound;
        let shows = sends(Track::Camera) && !self.send.camera.is_empty();
        self.is_connected() && (speaks || shows)
    }

    /// Says whether their voice may be passed on.
    pub(super) fn speaks(&self) -> bool {
        self.is_connected() && self.media.audio
    }

    /// Says whether their slots carry something that they were not told.
    pub(super) fn has_new_slots(&self) -> bool {
        let mut pictures = self.pictures.iter();
        self.are_slots_new || pictures.any(|it| it.told_from != it.slot.first_timestamp())
    }

    /// Says whether any of their slots carries anybody.
    pub(super) fn carries_anybody(&self) -> bool {
        self.sounds.iter().any(|it| it.carries.is_some())
            || self.pictures.iter().any(|it| it.owner.is_some())
    }

    /// Says whether a connection of theirs stands.
    pub(super) fn is_connected(&self) -> bool {
        self.session.as_ref().is_some_and(|it| it.is_connected)
    }
}
