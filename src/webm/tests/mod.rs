//! A stream as a browser writes it, followed in pieces of every size, and the file read again.

use super::element::{UNKNOWN, big_endian, start, write, write_id, write_number};
use super::index::{Finish, WebmIndex};

const UNKNOWN_SIZE: [u8; 8] = [0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];

/// A live stream of `seconds` clusters, each with ten frames; the fourth of every second cluster needs none before it.
fn stream(seconds: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(0x1A45_DFA3, b"\x42\x82\x84webm", &mut bytes);
    write_id(0x1853_8067, &mut bytes);
    bytes.extend(UNKNOWN_SIZE);
    let mut info = Vec::new();
    write_number(0x002A_D7B1, 1_000_000, &mut info);
    write(0x4D80, b"Chrome", &mut info);
    write(0x1549_A966, &info, &mut bytes);
    let mut tracks = Vec::new();
    for (number, kind) in [(1_u64, 2_u64), (2, 1)] {
        let mut entry = Vec::new();
        write_number(0xD7, number, &mut entry);
        write_number(0x83, kind, &mut entry);
        write(0xAE, &entry, &mut tracks);
    }
    write(0x1654_AE6B, &tracks, &mut bytes);
    for second in 0..seconds {
        write_id(0x1F43_B675, &mut bytes);
        bytes.extend(UNKNOWN_SIZE);
        write_number(0xE7, second * 1_000, &mut bytes);
        for frame in 0..10_u16 {
            let mut block = vec![0x82];
            block.extend((frame * 100).to_be_bytes());
            block.push(if second % 2 == 0 && frame == 3 {
                0x80
            } else {
                0
            });
            block.extend([0x80; 50]);
            write(0xA3, &block, &mut bytes);
        }
    }
    bytes
}

fn follow(bytes: &[u8], piece: usize) -> WebmIndex {
    let mut index = WebmIndex::default();
    for piece in bytes.chunks(piece) {
        index.push(piece);
    }
    index
}

fn file(bytes: &[u8], finish: &Finish) -> Vec<u8> {
    let skip = usize::try_from(finish.skip).unwrap();
    [&finish.header, &bytes[skip..], &finish.trailer].concat()
}

/// The children of an element's content: id, offset of the element, content.
fn children(content: &[u8]) -> Vec<(u32, usize, &[u8])> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(element) = start(&content[at..]) {
        if element.size == UNKNOWN {
            found.push((element.id, at, &content[at + element.length..]));
            at += element.length;
            continue;
        }
        let begin = at + element.length;
        let end = begin + usize::try_from(element.size).unwrap();
        found.push((element.id, at, &content[begin..end]));
        at = end;
    }
    found
}

#[test]
fn the_pieces_it_comes_in_make_no_difference() {
    let bytes = stream(5);
    let whole = follow(&bytes, bytes.len()).finish().unwrap();
    for piece in [1, 2, 7, 63, 1_000] {
        assert_eq!(follow(&bytes, piece).finish().unwrap(), whole, "{piece}");
    }
}

#[test]
fn the_file_says_how_long_it_is_and_every_entry_of_its_index_leads_to_a_key_frame() {
    let bytes = stream(5);
    let finish = follow(&bytes, 100).finish().unwrap();
    assert_eq!(finish.duration_ms, 4_933);
    let file = file(&bytes, &finish);
    let top = children(&file);
    let (_, _, segment) = top[1];
    assert_eq!(top.len(), 2, "the segment reaches to the end of the file");
    let parts = children(segment);
    let of = |id| parts.iter().find(|(found, ..)| *found == id).unwrap();
    let info = children(of(0x1549_A966).2);
    let (_, _, duration) = info.iter().find(|(id, ..)| *id == 0x4489).unwrap();
    assert!((f64::from_be_bytes((*duration).try_into().unwrap()) - 4_933.0).abs() < 1e-6);
    for (_, _, seek) in children(of(0x114D_9B74).2) {
        let seek = children(seek);
        let position = usize::try_from(big_endian(seek[1].2)).unwrap();
        assert!(segment[position..].starts_with(seek[0].2));
    }
    let cues = children(of(0x1C53_BB6B).2);
    assert_eq!(cues.len(), 3);
    for (entry, (_, _, cue)) in cues.iter().enumerate() {
        let cue = children(cue);
        assert_eq!(big_endian(cue[0].2), entry as u64 * 2_000 + 300);
        let place = children(cue[1].2);
        assert_eq!(big_endian(place[0].2), 2, "the picture's track");
        let position = usize::try_from(big_endian(place[1].2)).unwrap();
        assert_eq!(segment[position..position + 4], [0x1F, 0x43, 0xB6, 0x75]);
        let time = &segment[position + 12..];
        assert_eq!(big_endian(children(time)[0].2), entry as u64 * 2_000);
    }
}

#[test]
fn a_stream_that_breaks_off_is_a_file_up_to_there() {
    let bytes = stream(3);
    let cut = &bytes[..bytes.len() - 20];
    let finish = follow(cut, 64).finish().unwrap();
    assert_eq!(finish.duration_ms, 2_933);
    let file = file(cut, &finish);
    assert_eq!(children(&file[..file.len()]).len(), 2);
}

#[test]
fn what_is_no_webm_is_left_alone() {
    assert_eq!(follow(b"\0\0\0\x20ftypisom and so on", 5).finish(), None);
    assert_eq!(follow(&[0xFF; 200_000], 1_000).finish(), None);
    assert_eq!(follow(&[], 1).finish(), None);
    assert_eq!(
        follow(&stream(0), 10).finish(),
        None,
        "nothing was recorded"
    );
}
