//! What arrives, written to files by a thread of its own: pictures as IVF, sound as Ogg.
//!
//! Invariant: a disk that is too slow costs frames, and one that takes nothing more ends the recording; either is said once, and
//! never costs the call. A file of pictures begins with one that can be decoded alone. Names are made of the ids of people and
//! nothing else, so that nobody chooses where is written.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use super::frame::MediaFrame;
use super::ivf::IvfWriter;
use super::ogg_opus::OggOpusWriter;
use super::stint::Stint;
use crate::protocol::PeerId;
use crate::room::{PathId, TrackKind};

/// At most so many frames wait for the disk.
const WAITING: usize = 512;

/// At most so many files are open at a time.
const MOST_FILES: usize = 256;

/// A track as it arrives over one connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RecordedTrack {
    /// It is this one, and times begin anew with each of the connection.
    pub(crate) stint: Stint,
    /// It comes over this path, and over another in a later call.
    pub(crate) path: PathId,
    /// It comes over the so-manyth connection of the path: times begin anew with each.
    pub(crate) generation: u32,
}

/// The way to the disk.
pub(crate) struct Recorder {
    /// Frames go here.
    frames: mpsc::Sender<(RecordedTrack, MediaFrame)>,
    /// They are written here.
    writing: JoinHandle<io::Result<()>>,
    /// It was said that frames are lost because of this.
    told: Option<Loss>,
}

/// Why frames are lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Loss {
    /// The disk is too slow.
    Slow,
    /// The disk takes nothing more.
    Over,
}

impl Recorder {
    /// Records into a folder, which is made if it is not there.
    ///
    /// # Errors
    /// When there is no folder or no thread.
    pub(crate) fn start(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        let (frames, waiting) = mpsc::channel(WAITING);
        let writing = std::thread::Builder::new()
            .name("recorder".to_owned())
            .spawn(move || write_all(&folder, waiting))?;
        Ok(Self {
            frames,
            writing,
            told: None,
        })
    }

    /// Records a frame, as far as the disk takes it; says why it does not, when that is news.
    pub(crate) fn record(&mut self, track: RecordedTrack, frame: MediaFrame) -> Option<Loss> {
        let loss = match self.frames.try_send((track, frame)) {
            Ok(()) => return None,
            Err(TrySendError::Full(_)) => Some(Loss::Slow),
            Err(TrySendError::Closed(_)) => Some(Loss::Over),
        };
        let is_news = loss > self.told;
        self.told = self.told.max(loss);
        loss.filter(|_| is_news)
    }

    /// Ends every file.
    ///
    /// # Errors
    /// The disk's, whenever it came.
    pub(crate) fn finish(self) -> io::Result<()> {
        drop(self.frames);
        self.writing
            .join()
            .unwrap_or_else(|_| Err(io::Error::other("the recorder broke down")))
    }
}

/// A file that is being written.
enum RecordedFile {
    Pictures(IvfWriter<BufWriter<File>>),
    Sound(OggOpusWriter<BufWriter<File>>),
}

/// A track that is being written.
struct Recording {
    file: RecordedFile,
    /// The first frame had this time.
    began: Duration,
    /// The last was the so-manyth of all.
    written: u64,
}

/// Writes until nothing comes any more or the disk takes no more, and ends every file in either case.
fn write_all(
    folder: &Path,
    mut waiting: mpsc::Receiver<(RecordedTrack, MediaFrame)>,
) -> io::Result<()> {
    let mut recordings = HashMap::new();
    let written = write_frames(folder, &mut waiting, &mut recordings);
    let ended = recordings
        .into_values()
        .map(|mut recording| recording.finish());
    ended.fold(written, io::Result::and)
}

fn write_frames(
    folder: &Path,
    waiting: &mut mpsc::Receiver<(RecordedTrack, MediaFrame)>,
    recordings: &mut HashMap<RecordedTrack, Recording>,
) -> io::Result<()> {
    let mut number = 0_u32;
    let mut count = 0_u64;
    while let Some((track, frame)) = waiting.blocking_recv() {
        count += 1;
        if !recordings.contains_key(&track) {
            if track.stint.kind.medium() == "video" && !frame.is_vp8_key_frame() {
                continue;
            }
            end_older(recordings, &track)?;
            if recordings.len() >= MOST_FILES {
                end_quietest(recordings)?;
            }
            let recording = Recording::begin(folder, &track, &mut number, &frame)?;
            recordings.insert(track.clone(), recording);
        }
        if let Some(recording) = recordings.get_mut(&track) {
            recording.written = count;
            recording.write(frame)?;
        }
    }
    Ok(())
}

/// Ends the file to which nothing was written for longest: whoever it is of has left, as a rule.
fn end_quietest(recordings: &mut HashMap<RecordedTrack, Recording>) -> io::Result<()> {
    let quietest = recordings.iter().min_by_key(|(_, it)| it.written);
    let track = quietest.map(|(track, _)| track.clone());
    match track.and_then(|track| recordings.remove(&track)) {
        Some(mut recording) => recording.finish(),
        None => Ok(()),
    }
}

/// Ends what was recorded of the same track over an earlier connection.
fn end_older(
    recordings: &mut HashMap<RecordedTrack, Recording>,
    track: &RecordedTrack,
) -> io::Result<()> {
    let is_older = |other: &RecordedTrack| {
        other.stint.whose == track.stint.whose && other.stint.kind == track.stint.kind
    };
    for (_, mut recording) in recordings.extract_if(|other, _| is_older(other)) {
        recording.finish()?;
    }
    Ok(())
}

impl Recording {
    fn begin(
        folder: &Path,
        track: &RecordedTrack,
        number: &mut u32,
        first: &MediaFrame,
    ) -> io::Result<Self> {
        let (name, ending) = match track.stint.kind {
            TrackKind::Microphone => ("voice", "ogg"),
            TrackKind::ScreenAudio => ("screen-sound", "ogg"),
            TrackKind::Camera => ("camera", "ivf"),
            TrackKind::ScreenVideo => ("screen", "ivf"),
        };
        let whose = file_name(&track.stint.whose);
        let file = loop {
            *number += 1;
            let path = folder.join(format!("{number:03}-{whose}-{name}.{ending}"));
            match File::options().write(true).create_new(true).open(path) {
                // An earlier run wrote it.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                opened => break BufWriter::new(opened?),
            }
        };
        let began = first.at;
        let first = MediaFrame {
            at: Duration::ZERO,
            data: first.data.clone(),
        };
        let file = match track.stint.kind.medium() {
            "video" => RecordedFile::Pictures(IvfWriter::new(file, &first)?),
            _ => RecordedFile::Sound(OggOpusWriter::new(file)?),
        };
        Ok(Self {
            file,
            began,
            written: 0,
        })
    }

    fn write(&mut self, frame: MediaFrame) -> io::Result<()> {
        let frame = MediaFrame {
            at: frame.at.saturating_sub(self.began),
            data: frame.data,
        };
        match &mut self.file {
            RecordedFile::Pictures(writer) => writer.write(&frame),
            RecordedFile::Sound(writer) => writer.write(frame),
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        match &mut self.file {
            RecordedFile::Pictures(writer) => writer.finish(),
            RecordedFile::Sound(writer) => writer.finish(),
        }
    }
}

/// The characters of an id that mean nothing to a file system.
fn file_name(id: &PeerId) -> String {
    let plain = |character: &char| character.is_ascii_alphanumeric() || "-_".contains(*character);
    id.as_str().chars().filter(plain).take(32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::Moment;
    use crate::room::path::id::PathIds;

    fn track(whose: &str, kind: TrackKind, generation: u32) -> RecordedTrack {
        RecordedTrack {
            stint: Stint {
                number: kind as u32,
                whose: PeerId::new(whose),
                kind,
            },
            path: PathIds::since(Moment(1)).give(),
            generation,
        }
    }

    fn picture(ms: u64, first: u8) -> MediaFrame {
        MediaFrame {
            at: Duration::from_millis(ms),
            data: [first, 0, 0].as_slice().into(),
        }
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn each_track_has_a_file_that_begins_where_it_can_be_decoded() {
        let folder = tempfile::tempdir().unwrap();
        let mut recorder = Recorder::start(folder.path().join("made")).unwrap();
        let camera = track("../P1", TrackKind::Camera, 1);
        for (track, frame) in [
            (camera.clone(), picture(960, 1)),
            (camera.clone(), picture(1_000, 0)),
            (camera, picture(1_040, 1)),
            (track("P1", TrackKind::Microphone, 1), picture(5, 0xf8)),
            (track("../P1", TrackKind::Camera, 2), picture(0, 0)),
        ] {
            assert_eq!(recorder.record(track, frame), None);
        }
        recorder.finish().unwrap();
        let folder = folder.path().join("made");
        let expected = ["001-P1-camera.ivf", "002-P1-voice.ogg", "003-P1-camera.ivf"];
        assert_eq!(names(&folder), expected);
        let bytes = fs::read(folder.join("001-P1-camera.ivf")).unwrap();
        let mut reader = super::super::ivf::IvfReader::new(bytes.as_slice()).unwrap();
        let mut times = Vec::new();
        while let Some(frame) = reader.next_frame().unwrap() {
            times.push(frame.at.as_millis());
        }
        assert_eq!(times, [0, 40]);
    }

    #[test]
    fn whoever_is_met_again_in_another_call_has_another_file() {
        let folder = tempfile::tempdir().unwrap();
        let mut recorder = Recorder::start(folder.path().to_owned()).unwrap();
        let before = track("P1", TrackKind::Camera, 1);
        let again = RecordedTrack {
            path: PathIds::since(Moment(600_000)).give(),
            ..before.clone()
        };
        for track in [before, again] {
            recorder.record(track, picture(1_000, 0));
        }
        recorder.finish().unwrap();
        let expected = ["001-P1-camera.ivf", "002-P1-camera.ivf"];
        assert_eq!(names(folder.path()), expected);
    }

    #[test]
    fn whoever_comes_after_many_others_is_recorded_too() {
        let folder = tempfile::tempdir().unwrap();
        let (frames, waiting) = mpsc::channel(2 * MOST_FILES);
        for number in 0..MOST_FILES + 20 {
            let track = track(&format!("P{number}"), TrackKind::Microphone, 1);
            frames.try_send((track, picture(5, 0xf8))).unwrap();
        }
        drop(frames);
        write_all(folder.path(), waiting).unwrap();
        let names = names(folder.path());
        assert_eq!(names.len(), MOST_FILES + 20);
        for name in [&names[0], &names[MOST_FILES + 19]] {
            let bytes = fs::read(folder.path().join(name)).unwrap();
            let mut reader = super::super::ogg_opus::OggOpusReader::new(&bytes[..]).unwrap();
            assert!(reader.next_frame().unwrap().is_some(), "{name}");
        }
    }

    #[test]
    fn a_disk_that_takes_nothing_more_is_told_once_and_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let into = folder.path().join("gone");
        let mut recorder = Recorder::start(into.clone()).unwrap();
        fs::remove_dir(&into).unwrap();
        let voice = track("P1", TrackKind::Microphone, 1);
        recorder.record(voice.clone(), picture(5, 0xf8));
        while !recorder.writing.is_finished() {
            std::thread::yield_now();
        }
        let lost = recorder.record(voice.clone(), picture(25, 0xf8));
        assert_eq!(lost, Some(Loss::Over));
        assert_eq!(recorder.record(voice, picture(45, 0xf8)), None);
        assert!(recorder.finish().is_err());
    }

    #[test]
    fn what_was_recorded_before_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("001-P1-voice.ogg"), "precious").unwrap();
        let mut recorder = Recorder::start(folder.path().to_owned()).unwrap();
        recorder.record(track("P1", TrackKind::Microphone, 1), picture(5, 0xf8));
        recorder.finish().unwrap();
        assert_eq!(
            names(folder.path()),
            ["001-P1-voice.ogg", "002-P1-voice.ogg"]
        );
        let kept = fs::read_to_string(folder.path().join("001-P1-voice.ogg")).unwrap();
        assert_eq!(kept, "precious");
    }
}
