//! A stream as a browser writes it, followed in pieces of every size, and the file read again.

use super::element::{UNKNOWN, big_endian, start, write, write_id, write_number};
use super::file::{Finish, Part};
use super::index::WebmIndex;

const UNKNOWN_SIZE: [u8; 8] = [0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];

/// How a recorder writes its clusters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Clusters {
    /// Without an end, as Firefox does.
    Open,
    /// Without an end, with the shortest size that says so.
    OpenInOneByte,
    /// With their size, in two bytes.
    Sized,
}

/// A live stream of `seconds` clusters, each with ten frames; the fourth of every second cluster needs none before it.
fn stream(seconds: u64) -> Vec<u8> {
    stream_of(Clusters::Open, seconds)
}

fn stream_of(clusters: Clusters, seconds: u64) -> Vec<u8> {
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
        let mut cluster = Vec::new();
        write_number(0xE7, second * 1_000, &mut cluster);
        for frame in 0..10_u16 {
            let mut block = vec![0x82];
            block.extend((frame * 100).to_be_bytes());
            block.push(if second % 2 == 0 && frame == 3 {
                0x80
            } else {
                0
            });
            block.extend([0x80; 50]);
            write(0xA3, &block, &mut cluster);
        }
        write_id(0x1F43_B675, &mut bytes);
        match clusters {
            Clusters::Open => bytes.extend(UNKNOWN_SIZE),
            Clusters::OpenInOneByte => bytes.push(0xFF),
            Clusters::Sized => {
                let size = u16::try_from(cluster.len()).unwrap() | 0x4000;
                bytes.extend(size.to_be_bytes());
            }
        }
        bytes.extend(cluster);
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
    let at = |position: u64| usize::try_from(position).unwrap();
    let mut file = Vec::new();
    for part in &finish.parts {
        match part {
            Part::Made(made) => file.extend(made),
            Part::Kept(kept) => file.extend(&bytes[at(kept.start)..at(kept.end)]),
        }
    }
    file
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

/// What the file's segment holds, every element with its size: panics when one says none, or is not followed by the next.
fn segment(file: &[u8]) -> Vec<(u32, usize, &[u8])> {
    let [(0x1A45_DFA3, ..), (0x1853_8067, _, segment)] = children(file)[..] else {
        panic!("a head and one segment, which reaches to the end of the file");
    };
    let parts = children(segment);
    let mut end = 0;
    for (id, at, content) in &parts {
        assert_eq!(*at, end, "{id:x} follows on what is before it");
        end = at + 12 + content.len();
        assert_ne!(start(&segment[*at..]).unwrap().size, UNKNOWN, "{id:x}");
    }
    assert_eq!(end, segment.len());
    parts
}

#[test]
fn in_the_file_every_cluster_says_how_long_it_is() {
    for clusters in [Clusters::Open, Clusters::OpenInOneByte] {
        let bytes = stream_of(clusters, 5);
        let finish = follow(&bytes, 100).finish().unwrap();
        let file = file(&bytes, &finish);
        let parts = segment(&file);
        let ids: Vec<u32> = parts.iter().map(|(id, ..)| *id).collect();
        let begin = [0x114D_9B74, 0x1549_A966, 0x1654_AE6B];
        assert_eq!(
            ids,
            [&begin[..], &[0x1F43_B675; 5], &[0x1C53_BB6B]].concat(),
            "{clusters:?}"
        );
        for (second, (.., cluster)) in parts[3..8].iter().enumerate() {
            let blocks = children(cluster);
            assert_eq!(blocks.len(), 11);
            assert_eq!(big_endian(blocks[0].2), second as u64 * 1_000);
        }
        for (entry, (.., cue)) in children(parts[8].2).iter().enumerate() {
            let place = children(children(cue)[1].2);
            let position = usize::try_from(big_endian(place[1].2)).unwrap();
            assert_eq!(position, parts[3 + 2 * entry].1, "{clusters:?}");
        }
    }
}

#[test]
fn of_a_stream_whose_clusters_have_their_sizes_everything_is_kept_as_it_is() {
    let bytes = stream_of(Clusters::Sized, 5);
    let finish = follow(&bytes, 100).finish().unwrap();
    let kept = Part::Kept(body(&bytes) as u64..bytes.len() as u64);
    assert_eq!(finish.parts[1..finish.parts.len() - 1], [kept]);
    let file = file(&bytes, &finish);
    assert_eq!(children(children(&file)[1].2).len(), 9);
}

#[test]
fn what_stands_behind_a_cluster_ends_it() {
    let mut bytes = stream(1);
    let tags = bytes.len();
    write(0x1254_C367, b"tags", &mut bytes);
    write(0xEC, b"void", &mut bytes);
    bytes.extend(&stream(1)[body(&stream(1))..]);
    let finish = follow(&bytes, 64).finish().unwrap();
    let file = file(&bytes, &finish);
    let parts = children(children(&file)[1].2);
    let ids: Vec<u32> = parts[3..].iter().map(|(id, ..)| *id).collect();
    assert_eq!(
        ids,
        [0x1F43_B675, 0x1254_C367, 0xEC, 0x1F43_B675, 0x1C53_BB6B]
    );
    assert_eq!(parts[3].2.len(), tags - body(&bytes) - 12);
}

/// Where the first cluster begins.
fn body(bytes: &[u8]) -> usize {
    let cluster = [0x1F, 0x43, 0xB6, 0x75];
    bytes.windows(4).position(|four| four == cluster).unwrap()
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
fn wherever_a_stream_breaks_off_the_file_ends_with_what_is_whole() {
    for clusters in [Clusters::Open, Clusters::Sized] {
        let bytes = stream_of(clusters, 2);
        // The start of the cluster, its time, a block.
        let block_end = body(&bytes) + if clusters == Clusters::Open { 12 } else { 6 } + 17 + 63;
        for length in 0..bytes.len() {
            let cut = &bytes[..length];
            let finish = follow(cut, 1_000).finish();
            assert_eq!(
                finish.is_some(),
                length >= block_end,
                "{clusters:?} {length}"
            );
            let Some(finish) = finish else {
                continue;
            };
            let file = file(cut, &finish);
            let top = children(&file);
            assert_eq!(top.len(), 2, "{length}");
            let parts = children(top[1].2);
            let [.., (0x1F43_B675, _, cluster), (0x1C53_BB6B, ..)] = parts[..] else {
                panic!("{clusters:?} {length}: clusters, then the index");
            };
            let blocks = children(cluster);
            assert!(blocks.len() > 1, "a time and at least one block");
            assert!(blocks[1..].iter().all(|(id, ..)| *id == 0xA3));
        }
    }
}

#[test]
fn a_stream_that_is_not_understood_to_its_end_is_left_alone() {
    let mut bytes = stream(2);
    write_id(0xA3, &mut bytes);
    bytes.extend(UNKNOWN_SIZE);
    let index = follow(&bytes, 64);
    assert_eq!(index.finish(), None);
    assert!(index.is_webm());
}

#[test]
fn what_is_no_webm_is_left_alone() {
    assert!(!follow(b"\0\0\0\x20ftypisom and so on", 5).is_webm());
    assert_eq!(follow(b"\0\0\0\x20ftypisom and so on", 5).finish(), None);
    assert_eq!(follow(&[0xFF; 200_000], 1_000).finish(), None);
    assert_eq!(follow(&[], 1).finish(), None);
    assert_eq!(
        follow(&stream(0), 10).finish(),
        None,
        "nothing was recorded"
    );
}
