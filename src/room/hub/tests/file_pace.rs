//! How fast content of files goes out.

use super::*;

const BLOCK: usize = 16 * 1024;

#[test]
fn content_goes_out_at_a_steady_pace_and_in_order() {
    let mut pace = FilePace::default();
    for number in 0..100_u8 {
        pace.push(Frame::Bytes(vec![number; BLOCK]));
    }
    assert_eq!(pace.bytes(), 100 * BLOCK as u64);
    let (mut now, mut sent) = (Moment(10_000), Vec::new());
    while let Some(due) = pace.next_deadline() {
        now = now.max(due);
        for frame in pace.take(now) {
            let Frame::Bytes(bytes) = frame else {
                panic!("bytes stay bytes");
            };
            sent.push(bytes[0]);
        }
        let bytes = (sent.len() * BLOCK) as u64;
        let most = (now.since(Moment(10_000)) + BURST_MS) * BYTES_EACH_MS + BLOCK as u64;
        assert!(bytes <= most, "{bytes} bytes in {now:?}");
    }
    assert_eq!(sent, (0..100).collect::<Vec<u8>>());
    assert_eq!(pace.bytes(), 0);
    let took = now.since(Moment(10_000));
    assert!((1_900..2_300).contains(&took), "{took} ms");
}

#[test]
fn what_is_let_go_of_does_not_go_out() {
    let mut pace = FilePace::default();
    pace.push(Frame::Bytes(vec![0; BLOCK]));
    pace.clear();
    assert_eq!(pace.next_deadline(), None);
    assert!(pace.take(Moment(1_000)).is_empty());
}
