//! The three channels of the hub: what a person may send on each, to whom it goes, and when silence is broken.
//!
//! Pure: time is an argument. Invariant: what is beyond a person's quota reaches nobody. File content that is leaves no gap:
//! nothing that follows it on the channel passes until that has been opened anew.

use std::time::{Duration, Instant};

use super::routing_line::{Recipients, RoutedMessage, RoutingError};
use crate::pace::{Allowance, TokenBucket};
use crate::protocol::PeerId;

/// So many bytes are a KiB.
const KIB: u32 = 1024;

/// A Mbit are so many bytes.
const BYTES_PER_MBIT: u32 = 125_000;

/// File content has at least so many bytes in a frame, but for the last of a file.
const CONTENT_FRAME_BYTES: u32 = 16 * KIB;

/// So many frames beyond the rate are dropped before a person is cut off from a channel; two a second are forgiven.
const FLOOD_PATIENCE: u32 = 100;

/// So many malformed frames are dropped before a person is cut off from a channel; one is forgiven every 10 s.
const MALFORMED_PATIENCE: u32 = 5;

/// A session that got nothing on `live` for so long is due a beat.
const BEAT_INTERVAL: Duration = Duration::from_millis(400);

/// One of the three negotiated data channels (W3C WebRTC section 6.2), as docs/protocol-data-channels.md lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Channel {
    /// Reliable and ordered: messages.
    Chat,
    /// Reliable and ordered: file transfers, their control messages as text and their content as binary.
    Files,
    /// Unordered and never repeated: what is out of date when it is lost.
    Live,
}

impl Channel {
    /// All of them, in the order of their stream ids.
    pub(super) const ALL: [Self; 3] = [Self::Chat, Self::Files, Self::Live];

    /// Gives `RTCDataChannelInit.id`, 0 to 2.
    pub(super) fn stream_id(self) -> u16 {
        self as u16
    }

    /// Gives `RTCDataChannel.label`.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Files => "files",
            Self::Live => "live",
        }
    }

    /// Says whether everything arrives, in order; otherwise it is `ordered: false, maxRetransmits: 0`.
    pub(super) fn is_reliable(self) -> bool {
        self != Self::Live
    }

    /// Gives its place among [`Channel::ALL`].
    pub(super) fn index(self) -> usize {
        self as usize
    }

    /// Says whether a frame is content of a file: what is binary on `files`.
    fn carries_content(self, is_binary: bool) -> bool {
        self == Self::Files && is_binary
    }

    /// The largest payload, in bytes. Binary ones on the other channels have the size of text: what is inside is between
    /// those who send and receive it.
    fn largest_payload(self, is_binary: bool) -> usize {
        match self {
            Self::Chat => 64 * 1024,
            Self::Files if is_binary => 64 * 1024,
            Self::Files => 16 * 1024,
            Self::Live => 1024,
        }
    }
}

/// Why a frame goes to nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The channel is closed for its sender: it has not been opened since it was, or they are cut off.
    Closed,
    /// Its routing line is not one; counts as malformed.
    Routing(RoutingError),
    /// Its payload is larger than the channel allows; counts as malformed.
    TooLarge,
    /// It is content of a file and names not exactly one receiver, as every transfer has; counts as malformed.
    ContentForMany,
    /// It is content of a file, and the operator lets none through the server; counts as malformed.
    ContentForbidden,
    /// It is content of a file beyond the operator's rate.
    ContentTooFast,
    /// It is beyond the channel's rate.
    TooFast,
}

/// What becomes of a frame that a person sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Admission<'a> {
    /// It is to be passed on.
    Admitted(RoutedMessage<'a>),
    /// It goes to nobody.
    Dropped(Refusal),
    /// It goes to nobody, and the channel it came on is to be closed for its sender.
    Close(Refusal),
}

/// Whether anything may pass on a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gate {
    /// It may.
    Open,
    /// Not before the channel opens.
    Closed,
    /// Never again.
    CutOff,
}

/// What a person may still send on one channel, content of files apart.
#[derive(Clone, Debug)]
struct ChannelQuota {
    gate: Gate,
    allowance: Allowance,
    flood_patience: TokenBucket,
    malformed_patience: TokenBucket,
}

impl ChannelQuota {
    fn full(channel: Channel) -> Self {
        let (frames, bytes) = match channel {
            Channel::Chat => ((1_000, 80), (4 * KIB * KIB, 512 * KIB)),
            Channel::Files => ((1_000, 200), (KIB * KIB, 64 * KIB)),
            Channel::Live => ((60, 40), (64 * KIB, 40 * KIB)),
        };
        Self {
            gate: Gate::Closed,
            allowance: Allowance::new(bucket(frames), bucket(bytes)),
            flood_patience: bucket((FLOOD_PATIENCE, 2)),
            malformed_patience: TokenBucket::full(MALFORMED_PATIENCE, 0.1, 0),
        }
    }

    fn malformed(&mut self, refusal: Refusal, now: u64) -> Admission<'static> {
        if self.malformed_patience.take(1, now) {
            Admission::Dropped(refusal)
        } else {
            self.close(Gate::CutOff, refusal)
        }
    }

    fn too_fast(&mut self, now: u64) -> Admission<'static> {
        if self.flood_patience.take(1, now) {
            Admission::Dropped(Refusal::TooFast)
        } else {
            self.close(Gate::CutOff, Refusal::TooFast)
        }
    }

    fn close(&mut self, gate: Gate, refusal: Refusal) -> Admission<'static> {
        self.gate = gate;
        Admission::Close(refusal)
    }
}

/// A bucket of this burst and so much a second, full when the quotas begin.
fn bucket((burst, per_second): (u32, u32)) -> TokenBucket {
    TokenBucket::full(burst, f64::from(per_second), 0)
}

/// What one person may still send on the channels of the hub, whoever it is for. It belongs to their seat and outlives their
/// sessions: nobody gets a new burst by connecting anew, or comes back to a channel from which they were cut off.
#[derive(Clone, Debug)]
pub(super) struct SenderQuotas {
    /// The buckets' clock shows the milliseconds since then.
    began: Instant,
    /// One for each channel, in the order of [`Channel::ALL`].
    channels: [ChannelQuota; 3],
    /// Content of files takes from this; `None` when the operator lets none through the server.
    content: Option<Allowance>,
}

impl SenderQuotas {
    /// All of them full and every channel closed. `files` is the operator's rate for file content in Mbit/s, of which a
    /// second's worth may come at once (at least 128 KiB); 0 lets none through.
    pub(super) fn full(files: u32, now: Instant) -> Self {
        let content = (files > 0).then(|| {
            let rate = files.saturating_mul(BYTES_PER_MBIT);
            let frames = (1_000, 200_u32.saturating_add(rate / CONTENT_FRAME_BYTES));
            Allowance::new(bucket(frames), bucket((rate.max(128 * KIB), rate)))
        });
        Self {
            began: now,
            channels: Channel::ALL.map(ChannelQuota::full),
            content,
        }
    }

    /// A channel to the person opened, for the first time or anew. False when they are cut off from it: then it is to be
    /// closed.
    #[must_use]
    pub(super) fn opened(&mut self, channel: Channel) -> bool {
        let gate = &mut self.channels[channel.index()].gate;
        if *gate == Gate::Closed {
            *gate = Gate::Open;
        }
        *gate == Gate::Open
    }

    /// Decides about a frame that came from the person: one whole message of the channel, routing line and payload. What
    /// counts is the payload's size, the routing line has a limit of its own. [`Admission::Close`] is said once for each
    /// time a channel is to be closed.
    pub(super) fn admit<'a>(
        &mut self,
        channel: Channel,
        is_binary: bool,
        frame: &'a [u8],
        now: Instant,
    ) -> Admission<'a> {
        let passed = now.saturating_duration_since(self.began).as_millis();
        let now = u64::try_from(passed).unwrap_or(u64::MAX);
        let quota = &mut self.channels[channel.index()];
        if quota.gate != Gate::Open {
            return Admission::Dropped(Refusal::Closed);
        }
        let message = match RoutedMessage::parse(frame) {
            Ok(message) => message,
            Err(error) => return quota.malformed(Refusal::Routing(error), now),
        };
        let size = message.payload.len();
        if size > channel.largest_payload(is_binary) {
            return quota.malformed(Refusal::TooLarge, now);
        }
        if !channel.carries_content(is_binary) {
            return if quota.allowance.take(size, now) {
                Admission::Admitted(message)
            } else {
                quota.too_fast(now)
            };
        }
        let Some(content) = &mut self.content else {
            return quota.malformed(Refusal::ContentForbidden, now);
        };
        if !message.recipients.is_one() {
            quota.malformed(Refusal::ContentForMany, now)
        } else if content.take(size, now) {
            Admission::Admitted(message)
        } else {
            // Dropped, it would be a gap in a file, for which receivers cut the sender off. Their client opens the channel
            // anew, and the transfers go on where they were.
            quota.close(Gate::Closed, Refusal::ContentTooFast)
        }
    }
}

/// Picks those of a room who get a message, in the order in which they are given, each with what is known of them. The
/// sender never does.
pub(super) fn receivers<'a, M>(
    members: impl IntoIterator<Item = (&'a PeerId, M)>,
    sender: &PeerId,
    recipients: &Recipients,
) -> impl Iterator<Item = M> {
    let members = members.into_iter();
    let there = members.filter(move |(peer, _)| *peer != sender && recipients.include(peer));
    there.map(|(_, member)| member)
}

/// When a session is due a beat on `live`, by which its client knows that the way here is whole although nobody speaks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beat {
    /// The session last got something on `live` then, a beat or a frame.
    got: Instant,
}

impl Beat {
    /// Begins when `live` opens; the first beat is due an interval later.
    pub(super) fn begin(now: Instant) -> Self {
        Self { got: now }
    }

    /// The session got a frame on `live`.
    pub(super) fn got(&mut self, now: Instant) {
        self.got = self.got.max(now);
    }

    /// Gives the time from which a beat is due unless the session gets something before.
    pub(super) fn due_at(&self) -> Instant {
        self.got + BEAT_INTERVAL
    }

    /// Says whether a beat is due; then it counts as got, so that no more come when the session takes none.
    #[must_use]
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let is_due = now >= self.due_at();
        if is_due {
            self.got = now;
        }
        is_due
    }
}

#[cfg(test)]
#[path = "tests/channels.rs"]
mod tests;
