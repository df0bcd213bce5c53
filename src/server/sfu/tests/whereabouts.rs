use super::*;

const MEDIA: [u8; 4] = [0x80, 96, 0, 0];

/// A request of this number.
fn request(number: u8, nominates: bool) -> Vec<u8> {
    let mut bytes = vec![
        0,
        1,
        0,
        if nominates { 4 } else { 0 },
        0x21,
        0x12,
        0xa4,
        0x42,
    ];
    bytes.extend([number; 12]);
    if nominates {
        bytes.extend([0, 0x25, 0, 0]);
    }
    bytes
}

/// The answer to it.
fn answer(number: u8, kind: u8) -> Vec<u8> {
    let mut bytes = vec![1, kind, 0, 0, 0x21, 0x12, 0xa4, 0x42];
    bytes.extend([number; 12]);
    bytes
}

const ACCEPTED: u8 = 0x01;
const REFUSED: u8 = 0x11;

fn place(port: u16) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], port))
}

struct Case {
    whereabouts: Whereabouts,
    begun: Instant,
}

impl Case {
    /// Somebody is at the first place, and sent something then.
    fn new() -> Self {
        let begun = Instant::now();
        let mut whereabouts = Whereabouts::new(begun);
        assert_eq!(whereabouts.at(), None);
        assert_eq!(whereabouts.goes(place(1), &MEDIA), place(1));
        whereabouts.came(place(1), &MEDIA, begun);
        Self { whereabouts, begun }
    }

    fn at(&self, ms: u64) -> Instant {
        self.begun + Duration::from_millis(ms)
    }

    /// Somebody asks from a place then, and is answered like this.
    fn ask(&mut self, port: u16, nominates: bool, ms: u64, kind: u8) {
        let now = self.at(ms);
        self.whereabouts
            .came(place(port), &request(1, nominates), now);
        let to = self.whereabouts.goes(place(port), &answer(1, kind));
        assert_eq!(to, place(port), "answers go where the question came from");
    }

    fn media(&mut self, port: u16, ms: u64) {
        let now = self.at(ms);
        self.whereabouts.came(place(port), &MEDIA, now);
    }

    fn is_at(&self, port: u16) -> bool {
        self.whereabouts.at() == Some(place(port))
    }
}

#[test]
fn who_nominates_from_elsewhere_and_sends_nothing_from_before_has_moved() {
    let mut case = Case::new();
    case.ask(2, true, 600, ACCEPTED);
    assert!(case.is_at(2));
    let to = case.whereabouts.goes(place(1), &MEDIA);
    assert_eq!(to, place(2), "the library goes on as before");
}

#[test]
fn who_still_sends_from_where_they_are_has_not_moved() {
    let mut case = Case::new();
    case.media(1, 550);
    case.ask(2, true, 600, ACCEPTED);
    assert!(case.is_at(1));
    case.ask(2, true, 1_100, ACCEPTED);
    assert!(case.is_at(2));
}

#[test]
fn who_nominates_from_elsewhere_and_sends_from_there_has_moved_at_once() {
    let mut case = Case::new();
    case.ask(2, true, 50, ACCEPTED);
    case.media(2, 60);
    assert!(case.is_at(1), "what was under way may still come");
    case.media(3, 105);
    assert!(case.is_at(1), "nobody nominated that");
    case.media(2, 110);
    assert!(case.is_at(2));
}

#[test]
fn of_each_move_it_is_told_once() {
    let mut case = Case::new();
    assert!(!case.whereabouts.take_moved(), "they were nowhere before");
    case.ask(2, true, 600, ACCEPTED);
    assert!(case.whereabouts.take_moved());
    assert!(!case.whereabouts.take_moved());
    case.whereabouts.goes(place(3), &MEDIA);
    assert!(case.whereabouts.take_moved(), "the library says so too");
}

#[test]
fn who_sends_from_both_stays() {
    let mut case = Case::new();
    case.ask(2, true, 20, ACCEPTED);
    for ms in (40..2_000).step_by(40) {
        case.media(1, ms);
        case.media(2, ms + 20);
    }
    assert!(case.is_at(1));
}

#[test]
fn a_request_that_nominates_nothing_moves_nobody_until_nothing_at_all_is_heard() {
    let mut case = Case::new();
    case.ask(2, false, 2_700, ACCEPTED);
    assert!(case.is_at(1));
    case.ask(1, false, 2_750, ACCEPTED);
    case.ask(2, false, 2_900, ACCEPTED);
    assert!(case.is_at(1));
    case.ask(2, false, 5_600, ACCEPTED);
    assert!(case.is_at(2));
}

#[test]
fn a_request_that_the_library_does_not_accept_moves_nobody() {
    let mut case = Case::new();
    case.ask(2, true, 5_000, REFUSED);
    assert!(case.is_at(1));
    let now = case.at(6_000);
    case.whereabouts.came(place(2), &request(1, true), now);
    case.whereabouts.goes(place(3), &answer(1, ACCEPTED));
    case.whereabouts.goes(place(2), &answer(2, ACCEPTED));
    assert!(case.is_at(1), "those are other answers");
}

#[test]
fn where_the_library_changes_its_mind_it_is_followed() {
    let mut case = Case::new();
    case.ask(2, true, 600, ACCEPTED);
    assert_eq!(case.whereabouts.goes(place(3), &MEDIA), place(3));
    assert!(case.is_at(3));
}

#[test]
fn nobody_moves_before_the_library_has_written_to_them() {
    let now = Instant::now();
    let mut whereabouts = Whereabouts::new(now);
    let later = now + Duration::from_secs(5);
    whereabouts.came(place(2), &request(1, true), later);
    whereabouts.goes(place(2), &answer(1, ACCEPTED));
    assert_eq!(whereabouts.at(), None);
}
