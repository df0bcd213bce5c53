//! Files of pictures and sound, as a device reads them.

#[path = "../../../../src/device/media/frame.rs"]
pub(crate) mod frame;
#[path = "../../../../src/device/media/ivf.rs"]
pub(crate) mod ivf;
#[path = "../../../../src/device/media/ogg_opus.rs"]
pub(crate) mod ogg_opus;
#[path = "../../../../src/device/media/problem.rs"]
pub(crate) mod problem;

use std::io::Cursor;

use frame::MediaFrame;
use ivf::{IvfReader, IvfWriter, LARGEST_FRAME};
use ogg_opus::{OggOpusReader, OggOpusWriter};
use problem::MediaFileError;

/// What a file holds, whichever kind of file it is. Whatever was read can be written, and is read again as it was.
pub fn media(data: &[u8]) {
    if let Ok(mut reader) = IvfReader::new(data) {
        let pictures = frames(|| reader.next_frame());
        for picture in &pictures {
            assert!(picture.data.len() <= LARGEST_FRAME as usize);
            let _ = picture.is_vp8_key_frame();
        }
        if let Some(first) = pictures.first() {
            let mut bytes = Vec::new();
            let mut writer =
                IvfWriter::new(Cursor::new(&mut bytes), first).expect("memory takes it");
            for picture in &pictures {
                writer.write(picture).expect("memory takes it");
            }
            writer.finish().expect("memory takes it");
            drop(writer);
            let mut reader = IvfReader::new(&bytes[..]).expect("what is written is a file");
            let again = frames(|| reader.next_frame());
            assert!(
                again
                    .iter()
                    .map(|it| &it.data)
                    .eq(pictures.iter().map(|it| &it.data))
            );
        }
    }
    if let Ok(mut reader) = OggOpusReader::new(data) {
        let packets = frames(|| reader.next_frame());
        assert!(packets.is_sorted_by_key(|packet| packet.at), "time goes on");
        let mut bytes = Vec::new();
        let mut writer = OggOpusWriter::new(&mut bytes).expect("memory takes it");
        for packet in packets.clone() {
            writer.write(packet).expect("memory takes it");
        }
        writer.finish().expect("memory takes it");
        drop(writer);
        let mut reader = OggOpusReader::new(&bytes[..]).expect("what is written is a file");
        assert_eq!(frames(|| reader.next_frame()), packets);
    }
}

/// Every frame up to the end, or up to where the file is broken.
fn frames(mut next: impl FnMut() -> Result<Option<MediaFrame>, MediaFileError>) -> Vec<MediaFrame> {
    let mut frames = Vec::new();
    while let Ok(Some(frame)) = next() {
        frames.push(frame);
    }
    frames
}
