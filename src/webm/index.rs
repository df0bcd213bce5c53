//! Follows a WebM stream and says what a file of it needs.

use super::element::{UNKNOWN, big_endian, start, write, write_id, write_number, write_start};

const EBML: u32 = 0x1A45_DFA3;
const SEGMENT: u32 = 0x1853_8067;
const SEEK_HEAD: u32 = 0x114D_9B74;
const SEEK: u32 = 0x4DBB;
const SEEK_ID: u32 = 0x53AB;
const SEEK_POSITION: u32 = 0x53AC;
const INFO: u32 = 0x1549_A966;
const TIMESTAMP_SCALE: u32 = 0x002A_D7B1;
const DURATION: u32 = 0x4489;
const TRACKS: u32 = 0x1654_AE6B;
const TRACK_ENTRY: u32 = 0xAE;
const TRACK_NUMBER: u32 = 0xD7;
const TRACK_TYPE: u32 = 0x83;
const CLUSTER: u32 = 0x1F43_B675;
const TIMESTAMP: u32 = 0xE7;
const SIMPLE_BLOCK: u32 = 0xA3;
const BLOCK_GROUP: u32 = 0xA0;
const CUES: u32 = 0x1C53_BB6B;
const CUE_POINT: u32 = 0xBB;
const CUE_TIME: u32 = 0xB3;
const CUE_TRACK_POSITIONS: u32 = 0xB7;
const CUE_TRACK: u32 = 0xF7;
const CUE_CLUSTER_POSITION: u32 = 0xF1;
const VOID: u32 = 0xEC;

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

/// What makes a file of the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finish {
    /// Stands before the stream.
    pub header: Vec<u8>,
    /// So many bytes of the stream are left out at its beginning: its own header.
    pub skip: u64,
    /// Stands behind the stream.
    pub trailer: Vec<u8>,
    /// How long it is, in ms.
    pub duration_ms: u64,
}

#[derive(Clone, Copy, Debug)]
struct Cluster {
    /// From the start of the stream, in bytes.
    position: u64,
    /// In ticks.
    time: u64,
}

/// A frame that can be shown without any before it.
#[derive(Clone, Copy, Debug)]
struct KeyFrame {
    /// Of the cluster it is in, from the start of the stream, in bytes.
    cluster: u64,
    /// In ticks.
    time: u64,
}

/// Follows a stream as it is written, piece by piece.
#[derive(Clone, Debug, Default)]
pub struct WebmIndex {
    /// What has come but not been understood yet.
    pending: Vec<u8>,
    /// Where `pending` begins, from the start of the stream.
    position: u64,
    /// Content that is of no interest, still to come.
    skipping: u64,
    ebml: Vec<u8>,
    info: Vec<u8>,
    tracks: Vec<u8>,
    body: Option<u64>,
    scale: u64,
    cue_track: u64,
    key_frames: Vec<KeyFrame>,
    cluster: Option<Cluster>,
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

    /// What makes a file of what has come so far; `None` when it was no WebM, which is then left as it is.
    pub fn finish(&self) -> Option<Finish> {
        let skip = self.body?;
        if self.tracks.is_empty() || self.first.is_none() {
            return None;
        }
        let duration_ms = self.milliseconds(self.latest) + LAST_FRAME_MS;
        let duration = duration_ms as f64 * 1_000_000.0 / self.scale() as f64;
        let mut info = self.info.clone();
        write(DURATION, &duration.to_be_bytes(), &mut info);

        let body_bytes = self.position + self.pending.len() as u64 - skip;
        // Every number has a fixed width, so the layout is known before the positions are.
        let seek_bytes = Self::seek_head(0, 0, 0).len() as u64;
        let info_at = seek_bytes;
        let tracks_at = info_at + 12 + info.len() as u64;
        let clusters_at = tracks_at + 12 + self.tracks.len() as u64;
        let cues_at = clusters_at + body_bytes;
        let cues = self.cues(clusters_at, skip);

        let mut header = self.ebml.clone();
        write_start(SEGMENT, cues_at + cues.len() as u64, &mut header);
        header.extend(Self::seek_head(info_at, tracks_at, cues_at));
        write(INFO, &info, &mut header);
        write(TRACKS, &self.tracks, &mut header);
        Some(Finish {
            header,
            skip,
            trailer: cues,
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

    fn seek_head(info: u64, tracks: u64, cues: u64) -> Vec<u8> {
        let mut entries = Vec::new();
        for (id, position) in [(INFO, info), (TRACKS, tracks), (CUES, cues)] {
            let mut name = Vec::new();
            write_id(id, &mut name);
            let mut entry = Vec::new();
            write(SEEK_ID, &name, &mut entry);
            write_number(SEEK_POSITION, position, &mut entry);
            write(SEEK, &entry, &mut entries);
        }
        let mut head = Vec::new();
        write(SEEK_HEAD, &entries, &mut head);
        head
    }

    fn cues(&self, clusters_at: u64, skip: u64) -> Vec<u8> {
        let mut points = Vec::new();
        for frame in &self.key_frames {
            let mut place = Vec::new();
            write_number(CUE_TRACK, self.cue_track.max(1), &mut place);
            write_number(
                CUE_CLUSTER_POSITION,
                clusters_at + frame.cluster - skip,
                &mut place,
            );
            let mut point = Vec::new();
            write_number(CUE_TIME, frame.time, &mut point);
            write(CUE_TRACK_POSITIONS, &place, &mut point);
            write(CUE_POINT, &point, &mut points);
        }
        let mut cues = Vec::new();
        write(CUES, &points, &mut cues);
        cues
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
                self.cluster = Some(Cluster {
                    position: self.position,
                    time: 0,
                });
                self.advance(element.length as u64);
            }
            TIMESTAMP => {
                let Some(time) = content(8).map(big_endian) else {
                    return false;
                };
                if let Some(cluster) = &mut self.cluster {
                    cluster.time = time;
                }
                self.advance(element.length as u64 + element.size);
            }
            SIMPLE_BLOCK => {
                // The track's number, the time within the cluster, then flags (RFC 9559 section 10.2).
                let Some(head) = self.pending.get(element.length..element.length + 4) else {
                    return false;
                };
                if let (Some(cluster), [track, high, low, flags]) = (self.cluster, head) {
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
            SEEK_HEAD | CUES | VOID | BLOCK_GROUP if element.size != UNKNOWN => {
                self.advance(element.length as u64 + element.size);
            }
            _ if element.size == UNKNOWN => {
                self.lost = true;
                return false;
            }
            _ => self.advance(element.length as u64 + element.size),
        }
        true
    }

    /// Leaves these bytes behind, those that have not come yet included.
    fn advance(&mut self, bytes: u64) {
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
