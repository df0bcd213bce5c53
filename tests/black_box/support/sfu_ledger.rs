//! Every packet that came to a client, and what has to be true of them whatever a test is about.

use std::collections::{BTreeMap, HashSet};

use str0m::rtp::RtpPacket;

use super::sfu_marks::{self, Mark, Picture};

/// A packet that came over a slot.
#[derive(Clone, Debug)]
pub(crate) struct Packet {
    /// The `mid` of the slot.
    pub(crate) slot: String,
    /// The sequence number, without its rolling over.
    pub(crate) sequence: u64,
    /// The RTP timestamp.
    pub(crate) timestamp: u32,
    /// It is the last of its frame.
    pub(crate) marker: bool,
    /// How loud it is said to be (RFC 6464).
    pub(crate) level: Option<i8>,
    /// What it says about itself.
    pub(crate) mark: Mark,
    /// What the payload's descriptor says, where it is of a picture.
    pub(crate) picture: Option<Picture>,
}

impl Packet {
    /// What came over this slot; `None` where it says nothing about itself.
    pub(crate) fn read(slot: &str, is_sound: bool, packet: &RtpPacket) -> Option<Self> {
        let (mark, picture) = if is_sound {
            (sfu_marks::read_sound(&packet.payload)?, None)
        } else {
            let (mark, picture) = sfu_marks::read_picture(&packet.payload)?;
            (mark, Some(picture))
        };
        Some(Self {
            slot: slot.to_owned(),
            sequence: *packet.seq_no,
            timestamp: packet.header.timestamp,
            marker: packet.header.marker,
            level: packet.header.ext_vals.audio_level,
            mark,
            picture,
        })
    }

    /// Whether it is of this person's camera.
    pub(crate) fn shows(&self, peer: &str) -> bool {
        self.mark.peer == peer && self.mark.track == "camera"
    }

    /// Whether it is of this person's microphone.
    pub(crate) fn says(&self, peer: &str) -> bool {
        self.mark.peer == peer && self.mark.track == "microphone"
    }
}

/// What came to a client over its slots.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    slots: BTreeMap<String, Vec<Packet>>,
    /// Every slot, person and track that a map has named together.
    named: HashSet<(String, String, String)>,
}

impl Ledger {
    pub(crate) fn enter(&mut self, packet: Packet) {
        let packets = self.slots.entry(packet.slot.clone()).or_default();
        packets.push(packet);
    }

    pub(crate) fn name(&mut self, slot: &str, peer: &str, track: &str) {
        let named = [slot, peer, track].map(str::to_owned);
        self.named.insert(named.into());
    }

    /// All packets, in the order in which they came over each slot.
    pub(crate) fn packets(&self) -> impl Iterator<Item = &Packet> {
        self.slots.values().flatten()
    }

    /// The frames of somebody's voice that were sent at that moment or later, in their order.
    pub(crate) fn words(&self, peer: &str, from: u64) -> Vec<u32> {
        let words = self.packets().filter(|packet| packet.says(peer));
        let words = words.filter(|packet| packet.mark.sent >= from);
        let mut words: Vec<u32> = words.map(|packet| packet.mark.frame).collect();
        words.sort_unstable();
        words
    }

    /// Everything is begun anew: numbers of a new connection have nothing to do with those of an old one.
    pub(crate) fn clear(&mut self) {
        self.slots.clear();
    }

    /// Says stop unless what came could be decoded by anybody, and was all under its name.
    pub(crate) fn check(&self) {
        let mut seen = HashSet::new();
        for (slot, packets) in &self.slots {
            let mut packets: Vec<&Packet> = packets.iter().collect();
            packets.sort_by_key(|packet| packet.sequence);
            if let Some(picture) = packets.first().and_then(|first| first.picture) {
                assert!(picture.is_key, "the first on {slot}: {:?}", packets[0]);
            }
            for packet in &packets {
                let Mark { peer, track, .. } = &packet.mark;
                let named = [slot, peer, track].map(Clone::clone);
                assert!(
                    self.named.contains(&named.into()),
                    "a slot that does not carry them: {packet:?}"
                );
                assert!(seen.insert(packet.mark.clone()), "twice: {packet:?}");
            }
            for pair in packets.windows(2) {
                check_next(pair[0], pair[1]);
            }
        }
    }
}

/// One packet after the other on one slot.
fn check_next(before: &Packet, after: &Packet) {
    let both = || format!("{before:?}\n{after:?}");
    assert_eq!(after.sequence, before.sequence + 1, "a gap: {}", both());
    let (Some(earlier), Some(later)) = (before.picture, after.picture) else {
        // Sound changes hands without a word, and its time goes on.
        assert_passes(before, after);
        return;
    };
    if after.timestamp == before.timestamp {
        assert!(!before.marker && !later.starts, "{}", both());
        assert_eq!((later.id, later.tl0), (earlier.id, earlier.tl0));
        assert_eq!(after.mark.frame, before.mark.frame, "{}", both());
        assert_eq!(after.mark.part, before.mark.part + 1, "{}", both());
        return;
    }
    assert_passes(before, after);
    assert!(later.starts, "half a frame: {}", both());
    assert_eq!(later.id, (earlier.id + 1) & 0x7fff, "{}", both());
    assert_eq!(later.tl0, earlier.tl0.wrapping_add(1), "{}", both());
    let source = |packet: &Packet| {
        let Mark {
            peer, track, layer, ..
        } = packet.mark.clone();
        (peer, track, layer)
    };
    if source(before) == source(after) {
        let goes_on = after.mark.frame == before.mark.frame + 1;
        assert!(goes_on || later.is_key, "frames are missing: {}", both());
    } else {
        assert!(later.is_key, "nobody can decode that: {}", both());
    }
}

/// Time goes on between them, by no more than a minute.
fn assert_passes(before: &Packet, after: &Packet) {
    let passed = after.timestamp.wrapping_sub(before.timestamp);
    let is_forward = (1..60 * 90_000).contains(&passed);
    assert!(is_forward, "{before:?}\n{after:?}");
}
