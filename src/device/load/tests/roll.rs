//! Who is there, in model time.

use super::*;
use crate::device::load::plan::{Pattern, plan};
use crate::device::measures::connection::ConnectionMeter;
use crate::device::measures::run::Run;
use crate::device::media::stint::Stint;
use crate::device::media::synthetic::stamp::StampClock;
use crate::device::words;
use crate::room::{SlotCounts, TrackKind};

const SETTLED: Duration = Duration::from_secs(1);

struct Visitors {
    plan: Plan,
    roll: Roll,
    run: Arc<Run>,
    now: Instant,
}

impl Visitors {
    fn new(rooms: u32, people: u32, pattern: Pattern) -> Self {
        let now = Instant::now();
        let plan = plan(rooms, people, pattern);
        Self {
            roll: Roll::new(plan.seats()),
            plan,
            run: Arc::new(Run::new(StampClock::new(1, now))),
            now,
        }
    }

    fn come(&self, seat: u32, name: &str) -> (VisitId, Arc<Meter>) {
        let meter = Arc::new(Meter::new(Arc::clone(&self.run)));
        let visit = self.roll.begin(seat);
        self.roll.join(visit, PeerId::new(name), &meter, self.now);
        (visit, meter)
    }

    fn presence(&self) -> (usize, usize, usize) {
        let later = self.now + SETTLED;
        let presence = self.roll.presence(&self.plan, SETTLED, later);
        (presence.inside, presence.expected, presence.got)
    }

    /// A connection from somebody over which a picture came.
    fn receive(&self, meter: &Arc<Meter>, from: &str) -> ConnectionMeter {
        let mut connection = ConnectionMeter::new(Arc::clone(meter), self.now);
        let camera = Stint {
            number: 1,
            whose: PeerId::new(from),
            kind: TrackKind::Camera,
        };
        connection.frame(&camera, &[0], 1..=1, self.now);
        connection
    }
}

#[test]
fn tracks_are_expected_of_everyone_else_in_the_room() {
    let visitors = Visitors::new(2, 2, Pattern::Meeting);
    let (_, ada) = visitors.come(0, "ada");
    assert_eq!(visitors.presence(), (1, 0, 0));
    visitors.come(1, "cleo");
    assert_eq!(visitors.presence(), (2, 0, 0), "she is in the other room");
    visitors.come(2, "ben");
    assert_eq!(visitors.presence(), (3, 4, 0));
    let connection = visitors.receive(&ada, "ben");
    let _stranger = visitors.receive(&ada, "somebody with a browser");
    assert_eq!(visitors.presence(), (3, 4, 1));
    drop(connection);
    assert_eq!(visitors.presence(), (3, 4, 0));
}

#[test]
fn over_the_sfu_no_more_is_expected_than_it_passes_on() {
    let visitors = Visitors::new(1, 9, Pattern::Meeting);
    let meters: Vec<_> = (0..9)
        .map(|seat| visitors.come(seat, &format!("P{seat}")).1)
        .collect();
    assert_eq!(visitors.presence(), (9, 9 * 16, 0));
    let mut connections: Vec<_> = meters
        .iter()
        .map(|meter| ConnectionMeter::new(Arc::clone(meter), visitors.now))
        .collect();
    for connection in &mut connections {
        connection.set_slots(SlotCounts {
            voices: 8,
            pictures: 4,
        });
    }
    assert_eq!(visitors.presence(), (9, 9 * (4 + 4), 0));
    for number in 0..5 {
        let face = Stint {
            number,
            whose: PeerId::new(format!("P{}", number + 1)),
            kind: TrackKind::Camera,
        };
        connections[0].frame(&face, &[0], 1..=1, visitors.now);
    }
    assert_eq!(
        visitors.presence().2,
        4,
        "the fifth is in the place of another"
    );
    drop(connections);
    assert_eq!(visitors.presence(), (9, 9 * 16, 0));
}

#[test]
fn in_a_webinar_the_tracks_of_one_are_expected() {
    let visitors = Visitors::new(1, 3, Pattern::Webinar);
    for (seat, name) in [(0, "ada"), (1, "ben"), (2, "cleo")] {
        visitors.come(seat, name);
    }
    assert_eq!(visitors.presence(), (3, 4, 0));
}

#[test]
fn of_whoever_has_just_come_nothing_is_expected_yet() {
    let visitors = Visitors::new(1, 2, Pattern::Meeting);
    visitors.come(0, "ada");
    visitors.come(1, "ben");
    let soon = visitors.now + SETTLED / 2;
    let presence = visitors.roll.presence(&visitors.plan, SETTLED, soon);
    assert_eq!((presence.inside, presence.expected), (2, 0));
}

#[test]
fn whoever_has_no_server_is_inside_until_they_leave() {
    let visitors = Visitors::new(1, 2, Pattern::Meeting);
    let cut_off = || {
        let roll = &visitors.roll;
        let presence = roll.presence(&visitors.plan, SETTLED, visitors.now);
        (presence.inside, presence.cut_off)
    };
    let (ada, _) = visitors.come(0, "ada");
    let (ben, _) = visitors.come(1, "ben");
    visitors.roll.cut_off(ada);
    visitors.roll.cut_off(ben);
    assert_eq!(cut_off(), (2, 2));
    visitors.roll.reconnect(ada);
    assert_eq!(cut_off(), (2, 1));
    visitors.roll.end(ben, &JoinEnd::Unreachable(None));
    visitors.roll.cut_off(ben);
    assert_eq!(cut_off(), (1, 0));
}

#[test]
fn an_earlier_visit_says_nothing_of_the_seat() {
    let visitors = Visitors::new(1, 2, Pattern::Meeting);
    let (old, meter) = visitors.come(0, "ada");
    visitors.come(0, "ada again");
    visitors.roll.end(old, &JoinEnd::Left);
    assert_eq!(visitors.presence().0, 1);
    visitors
        .roll
        .join(old, PeerId::new("ada"), &meter, visitors.now);
    let counts = visitors.roll.counts();
    assert_eq!((counts.begun, counts.joined), (2, 2));
    assert_eq!(counts.losses, Losses::default());
}

#[test]
fn reasons_are_counted() {
    let visitors = Visitors::new(1, 3, Pattern::Meeting);
    for (seat, end) in [
        (0, JoinEnd::Refused("full".to_owned())),
        (1, JoinEnd::Refused("full".to_owned())),
        (2, JoinEnd::Unreachable(None)),
    ] {
        let (visit, _) = visitors.come(seat, "x");
        visitors.roll.end(visit, &end);
    }
    let losses = visitors.roll.counts().losses;
    assert_eq!(losses.refused, BTreeMap::from([("full".to_owned(), 2)]));
    let silent = BTreeMap::from([(words::NO_ANSWER.to_owned(), 1)]);
    assert_eq!(losses.unreachable, silent);
    assert_eq!(losses.failed, BTreeMap::new());
    visitors.roll.fail("no thread".to_owned());
    let losses = visitors.roll.counts().losses;
    assert_eq!(losses.failed, BTreeMap::from([("no thread".to_owned(), 1)]));
    assert_eq!(visitors.presence().0, 0);
}
