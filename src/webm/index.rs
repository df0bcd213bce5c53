//! Follows a WebM stream and says what a file of it needs.
//!
//! Invariant: of the stream only its head and what an element begins with is held; of its clusters where they are, and of
//! key frames one each second.

use super::cluster::Clusters;
use super::element::{UNKNOWN, big_endian, start, write};
use super::file::{Contents, Finish, KeyFrame};
use super::id::{
    BLOCK_GROUP, CLUSTER, DURATION, EBML, INFO, SEGMENT, SIMPLE_BLOCK, TIMESTAMP, TIMESTAMP_SCALE,
    TRACK_ENTRY, TRACK_NUMBER, TRACK_TYPE, TRACKS, VOID, is_top_level,
};

/// Longest header that is believed, in bytes.
const LONGEST_HEADER: usize = 64 * 1024;

/// Least time between two entries of the index, in ms.
const CUE_EVERY_MS: u64 = 1_000;

/// The flag of a block whose frame needs none before it (RFC 9559 section 10.2).
const KEY_FRAME: u8 = 0x80;

/// Nanoseconds in a tick when the stream does not say (RFC 9559 section 5.1.2.9).
const USUAL_SCALE: u64 = 1_000_000;

/// A tick of a block, by the end of the stream: how long the last frame is taken to last, in ms.
const LAST_FRAME_MS: u64 = 33;

/// Follows a stream as it is written, piece by piece.
#[derive(Clone, Debug, Default)]
pub struct WebmIndex {
    /// What has come but not been understood yet.
    pending: Vec<u8>,
    /// Where `pending` begins, from the start of the stream.
    position: u64,
    /// Content that is of no interest, still to come.
    skipping: u64,
    /// Where the element begins that was understood last, from the start of the stream.
    begun: u64,
    ebml: Vec<u8>,
    info: Vec<u8>,
    tracks: Vec<u8>,
    body: Option<u64>,
    scale: u64,
    cue_track: u64,
    key_frames: Vec<KeyFrame>,
    clusters: Clusters,
    latest: u64,
    first: Option<u64>,
    /// Nothing is indexed any more: this is no stream of the expected kind.
    lost: bool,
}

impl WebmIndex {
    /// Takes the next piece of the stream.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.lost {
            return;
        }
        let skipped =
            usize::try_from(self.skipping).map_or(bytes.len(), |skip| skip.min(bytes.len()));
        self.skipping -= skipped as u64;
        self.position += skipped as u64;
        self.pending
            .extend_from_slice(bytes.get(skipped..).unwrap_or_default());
        while self.skipping == 0 && self.step() {}
    }

    /// Whether it is a WebM stream, as far as its beginning tells.
    pub fn is_webm(&self) -> bool {
        !self.ebml.is_empty()
    }

    /// What makes a file of what has come so far, up to the last element that is there as a whole; `None` when it was no
    /// WebM, or nothing was recorded: the stream is then left as it is.
    pub fn finish(&self) -> Option<Finish> {
        let begin = self.body?;
        if self.lost || self.tracks.is_empty() || self.first.is_none() {
            return None;
        }
        let whole = if self.skipping > 0 {
            self.begun
        } else {
            self.position
        };
        let (resized, end) = self.clusters.until(whole);
        if end <= begin {
            return None;
        }
        let duration_ms = self.milliseconds(self.latest) + LAST_FRAME_MS;
        let there = self.key_frames.partition_point(|frame| frame.cluster < end);
        let contents = Contents {
            ebml: &self.ebml,
            info: &self.info,
            tracks: &self.tracks,
            body: begin..end,
            resized: &resized,
            key_frames: self.key_frames.get(..there).unwrap_or_default(),
            cue_track: self.cue_track.max(1),
            duration: duration_ms as f64 * 1_000_000.0 / self.scale() as f64,
        };
        Some(Finish {
            parts: contents.compose(),
            duration_ms,
        })
    }

    fn scale(&self) -> u64 {
        if self.scale == 0 {
            USUAL_SCALE
        } else {
            self.scale
        }
    }

    fn milliseconds(&self, ticks: u64) -> u64 {
        ticks.saturating_mul(self.scale()) / 1_000_000
    }

    /// Remembers a frame to seek to; of sound, where every frame is one, not all of them.
    fn key_frame(&mut self, frame: KeyFrame) {
        let at = self.milliseconds(frame.time);
        let last = self.key_frames.last();
        if last.is_none_or(|last| at >= self.milliseconds(last.time) + CUE_EVERY_MS) {
            self.key_frames.push(frame);
        }
    }

    /// Understands one element, if all that is needed of it is there.
    fn step(&mut self) -> bool {
        let Some(element) = start(&self.pending) else {
            self.lost = self.pending.len() > LONGEST_HEADER;
            return false;
        };
        let content = |most: usize| {
            let size = usize::try_from(element.size)
                .ok()
                .filter(|size| *size <= most)?;
            self.pending.get(element.length..element.length + size)
        };
        if element.size == UNKNOWN && element.id != SEGMENT && element.id != CLUSTER {
            self.lost = true;
            return false;
        }
        if is_top_level(element.id) && element.id != CLUSTER {
            self.clusters.end(self.position);
        }
        match element.id {
            EBML | INFO | TRACKS => {
                let Some(bytes) = content(LONGEST_HEADER) else {
                    self.lost = element.size > LONGEST_HEADER as u64;
                    return false;
                };
                let bytes = bytes.to_vec();
                match element.id {
                    EBML => write(EBML, &bytes, &mut self.ebml),
                    INFO => self.read_info(&bytes),
                    _ => self.read_tracks(bytes),
                }
                self.advance(element.length as u64 + element.size);
            }
            SEGMENT => self.advance(element.length as u64),
            CLUSTER => {
                self.body.get_or_insert(self.position);
                self.clusters.begin(self.position, element);
                self.advance(element.length as u64);
            }
            TIMESTAMP => {
                let Some(time) = content(8).map(big_endian) else {
                    self.lost = element.size > 8;
                    return false;
                };
                self.clusters.set_time(time);
                self.advance(element.length as u64 + element.size);
            }
            SIMPLE_BLOCK => {
                // The track's number, the time within the cluster, then flags (RFC 9559 section 10.2).
                let Some(head) = self.pending.get(element.length..element.length + 4) else {
                    return false;
                };
                let cluster = self.clusters.block(self.position);
                if let (Some(cluster), [track, high, low, flags]) = (cluster, head) {
                    let offset = i64::from(i16::from_be_bytes([*high, *low]));
                    let time = cluster.time.saturating_add_signed(offset);
                    if flags & KEY_FRAME != 0 && u64::from(track & !0x80) == self.cue_track.max(1) {
                        self.key_frame(KeyFrame {
                            cluster: cluster.position,
                            time,
                        });
                    }
                    self.latest = self.latest.max(time);
                    self.first.get_or_insert(time);
                }
                self.advance(element.length as u64 + element.size);
            }
            BLOCK_GROUP => {
                self.clusters.block(self.position);
                self.advance(element.length as u64 + element.size);
            }
            _ => self.advance(element.length as u64 + element.size),
        }
        true
    }

    /// Leaves these bytes behind, those that have not come yet included.
    fn advance(&mut self, bytes: u64) {
        self.begun = self.position;
        let here = usize::try_from(bytes)
            .map_or(self.pending.len(), |bytes| bytes.min(self.pending.len()));
        self.pending.drain(..here);
        self.position += here as u64;
        self.skipping = bytes - here as u64;
    }

    /// Keeps everything but a duration, which is not known before the end.
    fn read_info(&mut self, mut bytes: &[u8]) {
        while let Some(element) = start(bytes) {
            let Ok(size) = usize::try_from(element.size) else {
                return;
            };
            let Some(content) = bytes.get(element.length..element.length.saturating_add(size))
            else {
                return;
            };
            match element.id {
                DURATION | VOID => {}
                id => {
                    if id == TIMESTAMP_SCALE {
                        self.scale = big_endian(content);
                    }
                    write(id, content, &mut self.info);
                }
            }
            bytes = bytes.get(element.length + size..).unwrap_or_default();
        }
    }

    /// Keeps the tracks as they are, and finds the one to seek by: the picture, else the sound.
    fn read_tracks(&mut self, tracks: Vec<u8>) {
        let mut rest = tracks.as_slice();
        while let Some(entry) = start(rest) {
            let end = usize::try_from(entry.size).map_or(rest.len(), |size| entry.length + size);
            if entry.id == TRACK_ENTRY
                && let Some(content) = rest.get(entry.length..end)
            {
                let (number, kind) = track(content);
                if kind == 1 || self.cue_track == 0 {
                    self.cue_track = number;
                }
            }
            rest = rest.get(end..).unwrap_or_default();
        }
        self.tracks = tracks;
    }
}

/// A track's number and type (1 is a picture).
fn track(mut content: &[u8]) -> (u64, u64) {
    let (mut number, mut kind) = (0, 0);
    while let Some(element) = start(content) {
        let end = usize::try_from(element.size).map_or(content.len(), |size| element.length + size);
        let value = big_endian(
            content
                .get(element.length..end.min(element.length + 8))
                .unwrap_or_default(),
        );
        match element.id {
            TRACK_NUMBER => number = value,
            TRACK_TYPE => kind = value,
            _ => {}
        }
        content = content.get(end..).unwrap_or_default();
    }
    (number, kind)
}
