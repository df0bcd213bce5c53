//! Pictures and sound from files to files, through two devices and the real server.

use std::path::PathBuf;
use std::process::Stdio;

use ogg::PacketReader;
use ogg::writing::{PacketWriteEndInfo, PacketWriter};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;

use super::support::{Device, Server, join, wait};

/// Each frame has so many bytes, which is several packets.
pub(crate) const FRAME_BYTES: usize = 2_500;

/// A picture of VP8 that tells which it is: every tenth can be decoded alone.
fn picture(number: u8) -> Vec<u8> {
    let first = if number.is_multiple_of(10) {
        0x10
    } else {
        0x11
    };
    let mut picture = vec![first, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01];
    picture.resize(FRAME_BYTES, number);
    picture
}

/// An IVF file of so many pictures, 25 each second.
fn ivf(pictures: u8) -> Vec<u8> {
    let mut file = b"DKIF\0\0\x20\0VP80\x80\x02\xe0\x01".to_vec();
    file.extend(25_u32.to_le_bytes());
    file.extend(1_u32.to_le_bytes());
    file.extend([0; 8]);
    for number in 0..pictures {
        file.extend((FRAME_BYTES as u32).to_le_bytes());
        file.extend(u64::from(number).to_le_bytes());
        file.extend(picture(number));
    }
    file
}

/// An Ogg file of so many packets of sound, 20 ms each, none of which is silence to an encoder.
fn ogg(packets: u8) -> Vec<u8> {
    let mut file = vec![];
    let mut writer = PacketWriter::new(&mut file);
    let head = b"OpusHead\x01\x02\0\0\x80\xbb\0\0\0\0\0".to_vec();
    let tags = b"OpusTags\x04\0\0\0test\0\0\0\0".to_vec();
    for header in [head, tags] {
        writer
            .write_packet(header, 1, PacketWriteEndInfo::EndPage, 0)
            .unwrap();
    }
    for number in 0..packets {
        let end = if number + 1 == packets {
            PacketWriteEndInfo::EndStream
        } else {
            PacketWriteEndInfo::NormalPacket
        };
        let samples = 960 * (u64::from(number) + 1);
        writer
            .write_packet(vec![0xf8, number, 0], 1, end, samples)
            .unwrap();
    }
    drop(writer);
    file
}

/// What marks each picture of a file.
pub(crate) fn marks_of_pictures(file: &[u8]) -> Vec<u8> {
    assert_eq!(&file[..4], b"DKIF");
    let mut marks = vec![];
    let mut rest = &file[32..];
    while rest.len() >= 12 {
        let size = u32::from_le_bytes(rest[..4].try_into().unwrap()) as usize;
        let frame = &rest[12..12 + size];
        assert_eq!(frame.len(), FRAME_BYTES);
        marks.push(frame[FRAME_BYTES - 1]);
        rest = &rest[12 + size..];
    }
    marks
}

/// What marks each packet of a file.
pub(crate) fn marks_of_sound(file: &[u8]) -> Vec<u8> {
    let mut reader = PacketReader::new(std::io::Cursor::new(file));
    let mut marks = vec![];
    while let Some(packet) = reader.read_packet().unwrap() {
        if !packet.data.starts_with(b"Opus") {
            marks.push(packet.data[1]);
        }
    }
    marks
}

/// Two seconds of pictures and of sound in files, and a folder for what a device saves.
pub(crate) struct Studio {
    pub(crate) folder: TempDir,
    pub(crate) video: String,
    pub(crate) audio: String,
    saved: String,
}

impl Studio {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let (video, audio, saved) = (path("a.ivf"), path("a.ogg"), path("saved"));
        std::fs::write(&video, ivf(50)).unwrap();
        std::fs::write(&audio, ogg(100)).unwrap();
        Self {
            folder,
            video,
            audio,
            saved,
        }
    }

    /// A device in the room that saves what others send.
    pub(crate) async fn recorder(&self, url: &str, arguments: &[&str]) -> Device {
        let mut all = vec!["--save", &self.saved];
        all.extend(arguments);
        let mut recorder = Device::start(url, "Recorder", &all);
        recorder.event("joined").await;
        recorder
    }

    /// The file whose name ends like this, of those that are saved, once it is larger than `bytes`.
    pub(crate) async fn grown(&self, ending: &str, bytes: u64) -> PathBuf {
        let looking = async {
            loop {
                if let Some(path) = self.saved_files(ending, bytes).pop() {
                    return path;
                }
                // A disk tells nobody.
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        wait(ending, looking).await
    }

    /// Waits until two seconds of somebody's pictures and sound are saved, ends the recorder, and gives the files.
    pub(crate) async fn saved_by(&self, mut recorder: Device) -> [PathBuf; 2] {
        let pictures = self.grown("-camera.ivf", 60 * FRAME_BYTES as u64).await;
        let sound = self.grown("-voice.ogg", 800).await;
        recorder.fall_silent();
        assert_eq!(recorder.end().await.0, 0);
        [pictures, sound]
    }

    /// Waits until so many files whose names end like this are larger than `bytes`.
    pub(crate) async fn grown_to(&self, ending: &str, number: usize, bytes: u64) {
        let looking = async {
            while self.saved_files(ending, bytes).len() < number {
                // A disk tells nobody.
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        wait(ending, looking).await;
    }

    /// The saved files that are larger than `bytes` and whose names end like this.
    fn saved_files(&self, ending: &str, bytes: u64) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(&self.saved);
        let entries = entries.into_iter().flatten().flatten();
        let large = entries.filter(|entry| entry.metadata().is_ok_and(|it| it.len() > bytes));
        let paths = large.map(|entry| entry.path());
        paths
            .filter(|path| path.to_string_lossy().ends_with(ending))
            .collect()
    }
}

fn follow_each_other(marks: &[u8], of: u8) -> bool {
    marks.windows(2).all(|pair| pair[1] == (pair[0] + 1) % of)
}

#[tokio::test]
async fn what_one_device_plays_another_saves() {
    let server = Server::start(&[]);
    let url = server.room("studio");
    let studio = Studio::new();
    let recorder = studio.recorder(&url, &[]).await;
    let files = ["--video", &studio.video, "--audio", &studio.audio];
    let mut camera = Device::start(&url, "Camera", &files);
    camera.event("connected").await;
    let [pictures, sound] = studio.saved_by(recorder).await;
    let pictures = marks_of_pictures(&std::fs::read(pictures).unwrap());
    assert_eq!(
        pictures[0] % 10,
        0,
        "it begins with one that can be decoded alone"
    );
    assert!(follow_each_other(&pictures[1..], 50), "{pictures:?}");
    let sound = marks_of_sound(&std::fs::read(sound).unwrap());
    assert!(
        sound.len() > 50 && follow_each_other(&sound, 100),
        "{sound:?}"
    );
}

#[tokio::test]
async fn a_device_that_takes_nothing_goes_on_sending_pictures_to_one_that_speaks() {
    let server = Server::start(&[]);
    let url = server.room("studio");
    let studio = Studio::new();
    let _speaker = studio.recorder(&url, &["--audio", &studio.audio]).await;
    let mut camera = Device::start(&url, "Camera", &["--video", &studio.video]);
    camera.event("connected").await;
    // Four seconds' worth: pictures would be held back after the first two.
    studio.grown("-camera.ivf", 120 * FRAME_BYTES as u64).await;
}

#[tokio::test]
async fn pictures_may_come_from_standard_input_and_end_there_well_or_badly() {
    let server = Server::start(&[]);
    for (cut, code, about) in [(0, 0, ""), (1, 2, "middle of a frame")] {
        let url = server.room(&format!("studio-{cut}"));
        let studio = Studio::new();
        let mut recorder = studio.recorder(&url, &[]).await;
        let mut child = join(&url, "Camera", &["--video", "-"])
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        recorder.event("connected").await;
        let mut input = child.stdin.take().unwrap();
        let file = ivf(100);
        let writing = input.write_all(&file[..file.len() - cut]);
        wait("its pictures", writing).await.unwrap();
        drop(input);
        studio.grown("-camera.ivf", FRAME_BYTES as u64).await;
        if cut == 0 {
            let id = child.id().unwrap().to_string();
            let kill = std::process::Command::new("kill")
                .args(["-INT", &id])
                .status();
            assert!(kill.unwrap().success());
        }
        let output = wait("its end", child.wait_with_output()).await.unwrap();
        let words = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{words}");
        assert!(words.contains(about), "{words}");
    }
}

#[tokio::test]
async fn a_player_that_nobody_listens_to_disturbs_nobody() {
    let server = Server::start(&[]);
    let url = server.room("studio");
    let studio = Studio::new();
    let mut camera = Device::start(&url, "Camera", &["--video", &studio.video]);
    camera.event("joined").await;
    let mut lamp = Device::start(&url, "Lamp", &[]);
    lamp.event("connected").await;
    camera.event("connected").await;
    for number in 0..20 {
        let message = serde_json::json!({"topic": "a", "data": number});
        lamp.say(&message).await;
        assert_eq!(camera.message("a").await["data"], number);
    }
}
