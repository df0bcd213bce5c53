//! The file that is made of a stream: a header that says how long it is, its clusters, and an index behind them.
//!
//! Invariant: every element of the file says how long it is, and nothing of the stream is copied but what has to be written
//! anew.

use std::ops::Range;

use super::cluster::Resized;
use super::element::{write, write_id, write_number, write_start};
use super::id::{
    CLUSTER, CUE_CLUSTER_POSITION, CUE_POINT, CUE_TIME, CUE_TRACK, CUE_TRACK_POSITIONS, CUES,
    DURATION, INFO, SEEK, SEEK_HEAD, SEEK_ID, SEEK_POSITION, SEGMENT, TRACKS,
};

/// The start of an element with an id of four bytes, as it is written here, in bytes.
const START_BYTES: u64 = 12;

/// What makes a file of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finish {
    /// The file is these, one after the other.
    pub parts: Vec<Part>,
    /// How long it is, in ms.
    pub duration_ms: u64,
}

/// A part of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// These bytes.
    Made(Vec<u8>),
    /// The bytes of the stream between these positions.
    Kept(Range<u64>),
}

/// A frame that can be shown without any before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeyFrame {
    /// The cluster it is in begins there, from the start of the stream, in bytes.
    pub(super) cluster: u64,
    /// Its time, in ticks.
    pub(super) time: u64,
}

/// What a stream is made of.
pub(super) struct Contents<'a> {
    /// The head of the document, whole.
    pub(super) ebml: &'a [u8],
    /// The content of the information, without a duration.
    pub(super) info: &'a [u8],
    /// The content of the tracks.
    pub(super) tracks: &'a [u8],
    /// The clusters stand here in the stream.
    pub(super) body: Range<u64>,
    /// The starts of these are written anew; they stand in the order of the stream.
    pub(super) resized: &'a [Resized],
    /// These frames can be sought.
    pub(super) key_frames: &'a [KeyFrame],
    /// They are of this track.
    pub(super) cue_track: u64,
    /// How long it is, in ticks.
    pub(super) duration: f64,
}

impl Contents<'_> {
    /// The parts of the file.
    pub(super) fn compose(&self) -> Vec<Part> {
        let mut info = self.info.to_vec();
        write(DURATION, &self.duration.to_be_bytes(), &mut info);

        // Every number has a fixed width, so the layout is known before the positions are.
        let placement = Placement::of(self.body.start, self.resized);
        let seek_bytes = seek_head(0, 0, 0).len() as u64;
        let info_at = seek_bytes;
        let tracks_at = info_at + START_BYTES + info.len() as u64;
        let clusters_at = tracks_at + START_BYTES + self.tracks.len() as u64;
        let cues_at = clusters_at + placement.place(self.body.end);
        let cues = self.cues(clusters_at, &placement);

        let mut header = self.ebml.to_vec();
        write_start(SEGMENT, cues_at + cues.len() as u64, &mut header);
        header.extend(seek_head(info_at, tracks_at, cues_at));
        write(INFO, &info, &mut header);
        write(TRACKS, self.tracks, &mut header);

        let mut parts = vec![Part::Made(header)];
        let mut here = self.body.start;
        for cluster in self.resized {
            parts.extend(kept(here..cluster.position));
            let mut start = Vec::new();
            write_start(CLUSTER, cluster.content_bytes, &mut start);
            parts.push(Part::Made(start));
            here = cluster.position + cluster.start_bytes;
        }
        parts.extend(kept(here..self.body.end));
        parts.push(Part::Made(cues));
        parts
    }

    fn cues(&self, clusters_at: u64, placement: &Placement<'_>) -> Vec<u8> {
        let mut points = Vec::new();
        for frame in self.key_frames {
            let mut place = Vec::new();
            write_number(CUE_TRACK, self.cue_track, &mut place);
            write_number(
                CUE_CLUSTER_POSITION,
                clusters_at + placement.place(frame.cluster),
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
}

/// Where in the file's clusters stands what stands in the stream's.
struct Placement<'a> {
    /// The first cluster begins there, from the start of the stream, in bytes.
    begin: u64,
    resized: &'a [Resized],
    /// All before the so-manyth of them are so many bytes longer in the file; one more than there are.
    growth: Vec<u64>,
}

impl<'a> Placement<'a> {
    fn of(begin: u64, resized: &'a [Resized]) -> Self {
        let mut grown = 0;
        let mut growth = vec![grown];
        growth.extend(resized.iter().map(|cluster| {
            grown += START_BYTES.saturating_sub(cluster.start_bytes);
            grown
        }));
        Self {
            begin,
            resized,
            growth,
        }
    }

    /// From the beginning of the first cluster, in bytes.
    fn place(&self, position: u64) -> u64 {
        let before = self
            .resized
            .partition_point(|cluster| cluster.position < position);
        let grown = self.growth.get(before).copied().unwrap_or_default();
        position - self.begin + grown
    }
}

fn kept(range: Range<u64>) -> Option<Part> {
    (!range.is_empty()).then_some(Part::Kept(range))
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
