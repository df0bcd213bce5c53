//! What arrives, written to files by a thread of its own: pictures as IVF, sound as Ogg.
//!
//! Invariant: a disk that is too slow costs frames, which is said once, and never the call. A file of pictures begins with one
//! that can be decoded alone. Names are made of the ids of people and nothing else, so that nobody chooses where is written.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::mpsc;

use super::frame::MediaFrame;
use super::ivf::IvfWriter;
use super::ogg_opus::OggOpusWriter;
use crate::protocol::PeerId;
use crate::room::TrackKind;

/// At most so many frames wait for the disk.
const WAITING: usize = 512;

/// At most so many files are open at a time.
const MOST_FILES: usize = 256;

/// A track as it arrives over one connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RecordedTrack {
    /// It is this person's.
    pub(crate) whose: PeerId,
    /// It shows or lets hear this.
    pub(crate) kind: TrackKind,
    /// It is the so-manyth connection to them: times begin anew with each.
    pub(crate) generation: u32,
}

/// The way to the disk.
pub(crate) struct Recorder {
    /// Frames go here.
    frames: mpsc::Sender<(RecordedTrack, MediaFrame)>,
    /// They are written here.
    writing: JoinHandle<io::Result<()>>,
    /// Frames were lost because the disk is too slow, and that was not said yet.
    lost: bool,
    /// It was said.
    told: bool,
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
            lost: false,
            told: false,
        })
    }

    /// Records a frame, unless the disk is too slow.
    pub(crate) fn record(&mut self, track: RecordedTrack, frame: MediaFrame) {
        self.lost |= self.frames.try_send((track, frame)).is_err();
    }

    /// Whether frames were lost for the first time.
    pub(crate) fn take_loss(&mut self) -> bool {
        let is_news = self.lost && !self.told;
        self.told |= self.lost;
        is_news
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
}

fn write_all(
    folder: &Path,
    mut waiting: mpsc::Receiver<(RecordedTrack, MediaFrame)>,
) -> io::Result<()> {
    let mut recordings: HashMap<RecordedTrack, Recording> = HashMap::new();
    let mut number = 0_u32;
    while let Some((track, frame)) = waiting.blocking_recv() {
        if !recordings.contains_key(&track) {
            if track.kind.medium() == "video" && !frame.is_vp8_key_frame() {
                continue;
            }
            end_older(&mut recordings, &track)?;
            if recordings.len() >= MOST_FILES {
                continue;
            }
            let recording = Recording::begin(folder, &track, &mut number, &frame)?;
            recordings.insert(track.clone(), recording);
        }
        if let Some(recording) = recordings.get_mut(&track) {
            recording.write(frame)?;
        }
    }
    for recording in recordings.values_mut() {
        recording.finish()?;
    }
    Ok(())
}

/// Ends what was recorded of the same track over an earlier connection.
fn end_older(
    recordings: &mut HashMap<RecordedTrack, Recording>,
    track: &RecordedTrack,
) -> io::Result<()> {
    let is_older = |other: &RecordedTrack| other.whose == track.whose && other.kind == track.kind;
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
        let (name, ending) = match track.kind {
            TrackKind::Microphone => ("voice", "ogg"),
            TrackKind::ScreenAudio => ("screen-sound", "ogg"),
            TrackKind::Camera => ("camera", "ivf"),
            TrackKind::ScreenVideo => ("screen", "ivf"),
        };
        let whose = file_name(&track.whose);
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
        let file = match track.kind.medium() {
            "video" => RecordedFile::Pictures(IvfWriter::new(file, &first)?),
            _ => RecordedFile::Sound(OggOpusWriter::new(file)?),
        };
        Ok(Self { file, began })
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
    let plain = |character: &char| character.is_ascii_alphanumeric() || *character == '-';
    id.as_str().chars().filter(plain).take(32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(whose: &str, kind: TrackKind, generation: u32) -> RecordedTrack {
        RecordedTrack {
            whose: PeerId::new(whose),
            kind,
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
        recorder.record(camera.clone(), picture(960, 1));
        recorder.record(camera.clone(), picture(1_000, 0));
        recorder.record(camera, picture(1_040, 1));
        recorder.record(track("P1", TrackKind::Microphone, 1), picture(5, 0xf8));
        recorder.record(track("../P1", TrackKind::Camera, 2), picture(0, 0));
        assert!(!recorder.take_loss());
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
