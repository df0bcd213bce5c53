//! What a client publishes: a voice and pictures in layers, one packet's worth at a time.

use str0m::media::{Mid, Rid};

use super::sfu_marks::{self, Mark, Picture};

/// A voice has a packet so often, and pictures every second time.
pub(crate) const TICK_MS: u64 = 20;

/// A layer's `rid`, and the sizes of the packets of a frame.
const LAYERS: [(&str, &[usize]); 3] = [("q", &[300]), ("h", &[500]), ("f", &[700, 400])];

/// Which layers a track of pictures has.
pub(crate) fn layers(track: &str) -> &'static [&'static str] {
    match track {
        "camera" => &["q", "h", "f"],
        "screen-video" => &["q", "f"],
        _ => &[],
    }
}

/// A packet to be sent.
#[derive(Debug)]
pub(crate) struct Due {
    pub(crate) mid: Mid,
    pub(crate) rid: Option<Rid>,
    pub(crate) sequence: u64,
    pub(crate) timestamp: u32,
    pub(crate) marker: bool,
    /// How loud it is, where it is sound.
    pub(crate) level: Option<i8>,
    pub(crate) payload: Vec<u8>,
}

/// One stream of what is sent.
#[derive(Debug)]
struct Stream {
    track: &'static str,
    layer: &'static str,
    mid: Mid,
    is_on: bool,
    sequence: u64,
    timestamp: u32,
    frame: u32,
    picture: Picture,
    key_is_wanted: bool,
}

/// All that a client sends.
#[derive(Debug)]
pub(crate) struct Publisher {
    peer: String,
    /// How loud the voice is, in dBov.
    pub(crate) level: i8,
    /// Sound has so many packets at a time.
    pub(crate) at_once: u32,
    ticks: u64,
    streams: Vec<Stream>,
    /// These go out next, whatever they are: the track, the layer and the payload.
    strays: Vec<(&'static str, &'static str, Vec<u8>)>,
}

impl Publisher {
    /// Somebody who sends nothing, until a track is begun.
    pub(crate) fn new(peer: &str) -> Self {
        Self {
            peer: peer.to_owned(),
            level: -25,
            at_once: 1,
            ticks: 0,
            streams: vec![],
            strays: vec![],
        }
    }

    /// A section for a track, with its layers.
    pub(crate) fn add(&mut self, track: &'static str, mid: Mid) {
        let mut names = layers(track);
        if names.is_empty() {
            names = &[""];
        }
        for (number, layer) in (self.streams.len()..).zip(names) {
            // No two streams count from the same numbers.
            let start = u32::try_from(number).unwrap();
            self.streams.push(Stream {
                track,
                layer,
                mid,
                is_on: false,
                sequence: u64::from(1_000 + 700 * start),
                timestamp: u32::MAX - 40_000 * start,
                frame: 0,
                picture: Picture {
                    id: u16::try_from(0x7ff0 - start).unwrap(),
                    tl0: 250,
                    key_index: 30,
                    starts: true,
                    is_key: true,
                },
                key_is_wanted: true,
            });
        }
    }

    /// Sends these layers of a track from now on, and no others; of sound the one that has no name.
    pub(crate) fn send(&mut self, track: &str, layers: &[String]) {
        for stream in self.streams.iter_mut().filter(|it| it.track == track) {
            let is_on = layers.iter().any(|layer| layer == stream.layer);
            stream.key_is_wanted |= is_on && !stream.is_on;
            stream.is_on = is_on;
        }
    }

    /// Which track has this section.
    pub(crate) fn track(&self, mid: Mid) -> Option<&'static str> {
        let stream = self.streams.iter().find(|stream| stream.mid == mid);
        stream.map(|stream| stream.track)
    }

    /// The next frame of that layer can be decoded alone.
    pub(crate) fn want_key(&mut self, mid: Mid, layer: &str) {
        for stream in &mut self.streams {
            stream.key_is_wanted |= stream.mid == mid && stream.layer == layer;
        }
    }

    /// Sends such a payload beside everything else, which is none of its kind.
    pub(crate) fn stray(&mut self, track: &'static str, layer: &'static str, payload: Vec<u8>) {
        self.strays.push((track, layer, payload));
    }

    /// What is to be sent now, a tick after the last time.
    pub(crate) fn tick(&mut self) -> Vec<Due> {
        self.ticks += 1;
        let mut due = vec![];
        for (track, layer, payload) in std::mem::take(&mut self.strays) {
            let mut streams = self.streams.iter_mut();
            let stream = streams.find(|it| it.track == track && it.layer == layer);
            due.extend(stream.map(|stream| stream.stray(payload, self.level)));
        }
        for stream in self.streams.iter_mut().filter(|stream| stream.is_on) {
            if stream.layer.is_empty() {
                due.extend((0..self.at_once).map(|_| stream.say(&self.peer, self.level)));
            } else if self.ticks.is_multiple_of(2) {
                due.extend(stream.show(&self.peer));
            }
        }
        due
    }
}

impl Stream {
    fn mark(&self, peer: &str, part: u8) -> Mark {
        Mark {
            peer: peer.to_owned(),
            track: self.track.to_owned(),
            layer: self.layer.to_owned(),
            frame: self.frame,
            part,
            sent: sfu_marks::now(),
        }
    }

    /// A packet of its own moment with any payload.
    fn stray(&mut self, payload: Vec<u8>, level: i8) -> Due {
        self.timestamp = self.timestamp.wrapping_add(90 * 10);
        self.sequence += 1;
        let is_sound = self.layer.is_empty();
        Due {
            mid: self.mid,
            rid: (!is_sound).then(|| self.layer.into()),
            sequence: self.sequence,
            timestamp: self.timestamp,
            marker: true,
            level: is_sound.then_some(level),
            payload,
        }
    }

    /// The next packet of sound.
    fn say(&mut self, peer: &str, level: i8) -> Due {
        self.frame += 1;
        self.timestamp = self.timestamp.wrapping_add(48 * 20);
        self.sequence += 1;
        Due {
            mid: self.mid,
            rid: None,
            sequence: self.sequence,
            timestamp: self.timestamp,
            marker: false,
            level: Some(level),
            payload: sfu_marks::sound(&self.mark(peer, 0)),
        }
    }

    /// The packets of the next frame.
    fn show(&mut self, peer: &str) -> Vec<Due> {
        let (_, sizes) = LAYERS.iter().find(|(name, _)| *name == self.layer).unwrap();
        let is_key = std::mem::take(&mut self.key_is_wanted);
        self.frame += 1;
        self.timestamp = self.timestamp.wrapping_add(90 * 40);
        self.picture.id = (self.picture.id + 1) & 0x7fff;
        self.picture.tl0 = self.picture.tl0.wrapping_add(1);
        if is_key {
            self.picture.key_index = (self.picture.key_index + 1) & 0x1f;
        }
        let mut due = vec![];
        for (part, bytes) in (0_u8..).zip(*sizes) {
            self.sequence += 1;
            let picture = Picture {
                starts: part == 0,
                is_key: is_key && part == 0,
                ..self.picture
            };
            due.push(Due {
                mid: self.mid,
                rid: Some(self.layer.into()),
                sequence: self.sequence,
                timestamp: self.timestamp,
                marker: usize::from(part) + 1 == sizes.len(),
                level: None,
                payload: sfu_marks::picture(&self.mark(peer, part), picture, *bytes),
            });
        }
        due
    }
}
