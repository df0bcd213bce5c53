//! What somebody in a story publishes: a voice, and a camera in two layers.

use str0m::media::{Mid, Rid};

use super::marks::{self, Mark, Picture};
use crate::protocol::sfu::Layer;

/// A voice has a packet so often, in ms, and the camera a frame every fourth time.
pub(super) const TICK_MS: u64 = 20;

/// Each layer's `rid`, and the sizes of the packets of a frame.
pub(super) const LAYERS: [(Layer, &str, &[usize]); 2] = [
    (Layer::Quarter, "q", &[200]),
    (Layer::Full, "f", &[500, 300]),
];

/// A packet to be sent.
pub(super) struct Due {
    pub(super) mid: Mid,
    pub(super) rid: Option<Rid>,
    pub(super) sequence: u64,
    pub(super) timestamp: u32,
    pub(super) marker: bool,
    pub(super) payload: Vec<u8>,
}

/// One stream of what is sent.
struct Stream {
    mid: Mid,
    sequence: u64,
    timestamp: u32,
    frame: u32,
}

struct Camera {
    stream: Stream,
    layer: usize,
    is_wanted: bool,
    picture: Picture,
    key_is_wanted: bool,
}

/// All that somebody sends over one connection.
pub(super) struct Publisher {
    whose: u8,
    connection: u8,
    /// The microphone is on.
    pub(super) speaks: bool,
    /// The camera is on.
    pub(super) shows: bool,
    voice: Option<Stream>,
    cameras: Vec<Camera>,
    ticks: u64,
}

impl Publisher {
    /// Sends nothing until there are sections.
    pub(super) fn new(whose: u8, connection: u8) -> Self {
        Self {
            whose,
            connection,
            speaks: true,
            shows: true,
            voice: None,
            cameras: vec![],
            ticks: 0,
        }
    }

    /// These sections are for the microphone and the camera.
    pub(super) fn begin(&mut self, microphone: Mid, camera: Mid, random: u32) {
        let stream = |mid, place: u32| Stream {
            mid,
            // They roll over within the story, and long after the first have come: else nobody could decrypt what follows.
            sequence: u64::from(65_000 + 200 * place + random % 60),
            timestamp: u32::MAX - 90_000 * (1 + place) - random % 90_000,
            frame: 0,
        };
        self.voice = Some(stream(microphone, 0));
        let cameras = (0..LAYERS.len()).map(|layer| Camera {
            // The smaller one has fewer packets.
            stream: stream(camera, 2 - u32::try_from(layer).unwrap()),
            layer,
            is_wanted: false,
            picture: Picture {
                id: 0x7ff0 + u16::try_from(random % 7).unwrap(),
                tl0: 250,
                key_index: 30,
                starts: true,
                is_key: true,
            },
            key_is_wanted: true,
        });
        self.cameras = cameras.collect();
    }

    /// The SFU wants these layers of the camera.
    pub(super) fn want(&mut self, layers: &[Layer]) {
        for camera in &mut self.cameras {
            let is_wanted = layers.contains(&LAYERS[camera.layer].0);
            camera.key_is_wanted |= is_wanted && !camera.is_wanted;
            camera.is_wanted = is_wanted;
        }
    }

    /// The next frame of that layer can be decoded alone.
    pub(super) fn want_key(&mut self, rid: Option<Rid>) {
        for camera in &mut self.cameras {
            camera.key_is_wanted |= rid.is_none_or(|rid| rid == Rid::from(LAYERS[camera.layer].1));
        }
    }

    /// What is to be sent now, a tick after the last time.
    pub(super) fn tick(&mut self, sent: u32) -> Vec<Due> {
        self.ticks += 1;
        let mark = Mark {
            whose: self.whose,
            connection: self.connection,
            layer: 0,
            frame: 0,
            part: 0,
            sent,
        };
        let mut due = vec![];
        if let Some(voice) = &mut self.voice {
            voice.pass(48 * TICK_MS);
            if self.speaks {
                voice.frame += 1;
                let frame = voice.frame;
                let payload = marks::sound(&Mark { frame, ..mark });
                due.push(voice.packet(None, false, payload));
            }
        }
        if self.ticks.is_multiple_of(4) {
            for camera in &mut self.cameras {
                camera.stream.pass(90 * 4 * TICK_MS);
                if self.shows && camera.is_wanted {
                    camera.show(mark, &mut due);
                }
            }
        }
        due
    }
}

impl Stream {
    fn pass(&mut self, clock_ticks: u64) {
        let passed = u32::try_from(clock_ticks).unwrap();
        self.timestamp = self.timestamp.wrapping_add(passed);
    }

    fn packet(&mut self, rid: Option<Rid>, marker: bool, payload: Vec<u8>) -> Due {
        self.sequence += 1;
        Due {
            mid: self.mid,
            rid,
            sequence: self.sequence,
            timestamp: self.timestamp,
            marker,
            payload,
        }
    }
}

impl Camera {
    /// The packets of the next frame.
    fn show(&mut self, mark: Mark, due: &mut Vec<Due>) {
        let (_, rid, sizes) = LAYERS[self.layer];
        let is_key = std::mem::take(&mut self.key_is_wanted);
        self.stream.frame += 1;
        self.picture.id = (self.picture.id + 1) & 0x7fff;
        self.picture.tl0 = self.picture.tl0.wrapping_add(1);
        if is_key {
            self.picture.key_index = (self.picture.key_index + 1) & 0x1f;
        }
        for (part, bytes) in (0_u8..).zip(sizes) {
            let picture = Picture {
                starts: part == 0,
                is_key: is_key && part == 0,
                ..self.picture
            };
            let mark = Mark {
                layer: u8::try_from(self.layer).unwrap(),
                frame: self.stream.frame,
                part,
                ..mark
            };
            let payload = marks::picture(&mark, picture, *bytes);
            let marker = usize::from(part) + 1 == sizes.len();
            due.push(self.stream.packet(Some(rid.into()), marker, payload));
        }
    }
}
