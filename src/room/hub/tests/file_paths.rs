//! Which direct paths are wished for files, and when content goes by the SFU instead.

use proptest::prelude::*;

use super::*;
use crate::protocol::MediaState;
use crate::protocol::sfu::SfuAvailability;
use crate::room::path::id::PathIds;
use crate::room::testing::fixture::peer;

const TERMS: FileTerms = FileTerms {
    dials: true,
    carries: true,
    is_reached: true,
    most: 2,
};

/// The paths, the people there, and the clock.
struct Case {
    paths: FilePaths,
    people: Vec<HubPerson>,
    demands: Vec<FileDemand>,
    terms: FileTerms,
    now: u64,
    ids: PathIds,
    /// One of the two has left a channel that is open directly.
    is_left: bool,
}

impl Case {
    fn new(terms: FileTerms, names: &[&str]) -> Self {
        let person = |name: &&str| HubPerson {
            id: peer(name),
            sfu: Some(SfuAvailability::Ready),
            media: MediaState::default(),
            direct: None,
        };
        Self {
            paths: FilePaths::default(),
            people: names.iter().map(person).collect(),
            demands: Vec::new(),
            terms,
            now: 1_000,
            ids: PathIds::since(Moment(0)),
            is_left: false,
        }
    }

    fn follow(&mut self) -> Vec<FileStep> {
        let now = Moment(self.now);
        self.demands.sort_by(|one, other| one.peer.cmp(&other.peer));
        self.paths
            .follow(&self.demands, &self.people, self.terms, now)
    }

    /// Content is to go to somebody, or to come from them.
    fn demand(&mut self, name: &str, sends: bool) -> Vec<FileStep> {
        self.demands.push(FileDemand {
            peer: peer(name),
            sends,
            is_direct: false,
            is_left: self.is_left,
        });
        self.follow()
    }

    fn end(&mut self, name: &str) -> Vec<FileStep> {
        self.demands.retain(|demand| demand.peer != peer(name));
        self.follow()
    }

    /// Their path stands like this, and files take it or do not.
    fn stand(&mut self, name: &str, state: Option<PathState>, is_direct: bool) -> Vec<FileStep> {
        let id = self.ids.give();
        let mut people = self.people.iter_mut();
        let person = people.find(|person| person.id == peer(name)).unwrap();
        let id = person.direct.map_or(id, |(id, _)| id);
        person.direct = state.map(|state| (id, state));
        for demand in &mut self.demands {
            if demand.peer == peer(name) {
                demand.is_direct = is_direct;
            }
        }
        self.follow()
    }

    /// One of the two leaves the direct path for files.
    fn leave(&mut self, name: &str) -> Vec<FileStep> {
        self.is_left = true;
        for demand in &mut self.demands {
            if demand.peer == peer(name) {
                (demand.is_direct, demand.is_left) = (false, true);
            }
        }
        self.follow()
    }

    fn wait(&mut self, ms: u64) -> Vec<FileStep> {
        self.now += ms;
        self.follow()
    }

    fn wishes(&self) -> Vec<&str> {
        let people = self.people.iter().map(|person| &person.id);
        let wished = people.filter(|peer| self.paths.wishes(peer));
        wished.map(PeerId::as_str).collect()
    }
}

fn gate(name: &str, gate: ContentGate) -> FileStep {
    FileStep::Gate(peer(name), gate)
}

#[test]
fn a_path_is_wished_for_who_is_sent_something_and_after_8_s_content_goes_by_the_sfu() {
    let mut case = Case::new(TERMS, &["ada", "bob"]);
    assert_eq!(case.paths.next_deadline(), None);
    assert_eq!(case.demand("ada", true), []);
    assert_eq!(case.demand("bob", false), []);
    assert_eq!(case.wishes(), ["ada"], "whoever sends dials");
    assert_eq!(case.paths.gate(&peer("ada")), ContentGate::Held);
    assert_eq!(case.paths.next_deadline(), Some(Moment(9_000)));
    let connecting = Some(PathState::Connecting(Moment(1_000)));
    assert_eq!(case.stand("ada", connecting, false), []);
    assert_eq!(case.wait(7_999), []);
    assert_eq!(case.wait(1), [gate("ada", ContentGate::Open)]);
    assert_eq!(case.wishes(), [""; 0]);
    assert_eq!(case.wait(1), []);
    // Should it come after all, it is kept.
    case.stand("ada", Some(PathState::Connected), false);
    assert_eq!(case.wishes(), ["ada"]);
    assert_eq!(
        case.stand("ada", Some(PathState::Connected), true),
        [gate("ada", ContentGate::Held)]
    );
    case.end("ada");
    assert_eq!(case.wishes(), [""; 0]);
    assert_eq!(case.paths.next_deadline(), None);
}

#[test]
fn a_path_that_comes_in_time_is_kept_by_both_for_as_long_as_content_flows() {
    for sends in [true, false] {
        let mut case = Case::new(TERMS, &["ada"]);
        case.demand("ada", sends);
        case.wait(2_000);
        assert_eq!(case.stand("ada", Some(PathState::Connected), false), []);
        assert_eq!(case.stand("ada", Some(PathState::Connected), true), []);
        assert_eq!(case.wait(3_600_000), []);
        assert_eq!(case.wishes(), ["ada"]);
        case.end("ada");
        assert_eq!(case.wishes(), [""; 0]);
    }
}

#[test]
fn a_path_that_breaks_is_left_after_8_s_by_whoever_notices() {
    for sends in [true, false] {
        let mut case = Case::new(TERMS, &["ada"]);
        case.demand("ada", sends);
        case.stand("ada", Some(PathState::Connected), true);
        let broken = Some(PathState::Interrupted(Moment(case.now)));
        assert_eq!(case.stand("ada", broken, true), []);
        assert_eq!(case.paths.next_deadline(), Some(Moment(case.now + 8_000)));
        assert_eq!(case.wait(7_999), []);
        assert_eq!(case.wishes(), ["ada"], "it may come back");
        let steps = case.wait(1);
        let left = FileStep::Leave(peer("ada"));
        assert_eq!(steps, [left, gate("ada", ContentGate::Open)]);
        assert!(!case.paths.has_left(&peer("ada")), "not yet");
        assert_eq!(case.stand("ada", broken, false), []);
        assert!(case.paths.has_left(&peer("ada")));
        assert_eq!(case.wishes(), [""; 0]);
    }
}

#[test]
fn a_channel_that_closed_is_waited_for_since_its_path_broke() {
    let mut case = Case::new(TERMS, &["ada"]);
    case.demand("ada", true);
    case.stand("ada", Some(PathState::Connected), true);
    let broken = Some(PathState::Interrupted(Moment(case.now)));
    case.stand("ada", broken, true);
    case.wait(6_000);
    assert_eq!(case.stand("ada", broken, false), []);
    assert_eq!(case.wait(2_000), [gate("ada", ContentGate::Open)]);
}

#[test]
fn where_none_may_be_made_content_goes_by_the_sfu_at_once_and_no_path_is_wished() {
    let mut case = Case::new(
        FileTerms {
            dials: false,
            ..TERMS
        },
        &["ada"],
    );
    assert_eq!(case.demand("ada", true), [gate("ada", ContentGate::Open)]);
    assert_eq!(case.wishes(), [""; 0]);
    assert_eq!(case.end("ada"), [gate("ada", ContentGate::Held)]);
    assert_eq!(case.paths.next_deadline(), None);
}

#[test]
fn where_the_sfu_takes_nothing_the_transfer_ends_after_30_s_or_at_once_where_no_path_may_be() {
    let without = FileTerms {
        carries: false,
        ..TERMS
    };
    let mut case = Case::new(without, &["ada"]);
    case.demand("ada", true);
    assert_eq!(case.wait(29_999), []);
    assert_eq!(case.wait(1), [gate("ada", ContentGate::Shut)]);
    assert_eq!(case.end("ada"), [gate("ada", ContentGate::Held)]);
    assert_eq!(case.demand("ada", true), [], "it is tried again");
    assert_eq!(case.wishes(), ["ada"]);

    let mut case = Case::new(
        FileTerms {
            dials: false,
            ..without
        },
        &["ada"],
    );
    assert_eq!(case.demand("ada", false), []);
    case.demands.clear();
    assert_eq!(case.demand("ada", true), [gate("ada", ContentGate::Shut)]);

    // What broke is not left, for there is nothing to leave it for.
    let mut case = Case::new(without, &["ada"]);
    case.demand("ada", true);
    case.stand("ada", Some(PathState::Connected), true);
    let broken = Some(PathState::Interrupted(Moment(case.now)));
    case.stand("ada", broken, true);
    assert_eq!(case.wait(30_000), [gate("ada", ContentGate::Shut)]);
}

#[test]
fn who_could_not_be_reached_is_sent_files_at_once_for_five_minutes() {
    let mut case = Case::new(TERMS, &["ada"]);
    case.demand("ada", true);
    case.wait(8_000);
    assert_eq!(case.end("ada"), []);
    for _ in 0..4 {
        case.wait(70_000);
        assert_eq!(case.demand("ada", true), []);
        assert_eq!(case.paths.gate(&peer("ada")), ContentGate::Open);
        assert_eq!(case.wishes(), [""; 0]);
        case.end("ada");
    }
    assert_eq!(case.wait(20_000), [gate("ada", ContentGate::Held)]);
    case.demand("ada", true);
    assert_eq!(case.wishes(), ["ada"]);
}

#[test]
fn who_could_not_be_reached_is_tried_again_when_something_changed() {
    let their_network = |case: &mut Case| {
        for sfu in [SfuAvailability::Able, SfuAvailability::Ready] {
            case.people[0].sfu = Some(sfu);
            case.follow();
        }
    };
    let our_network = |case: &mut Case| {
        for is_reached in [false, true] {
            case.terms.is_reached = is_reached;
            case.follow();
        }
    };
    let their_path = |case: &mut Case| {
        let connecting = PathState::Connecting(Moment(case.now));
        for state in [Some(connecting), Some(PathState::Connected), None] {
            case.stand("ada", state, false);
        }
    };
    let changes: [&dyn Fn(&mut Case); 3] = [&their_network, &our_network, &their_path];
    for (number, change) in changes.into_iter().enumerate() {
        for flows_meanwhile in [true, false] {
            let mut case = Case::new(TERMS, &["ada"]);
            case.demand("ada", true);
            case.wait(8_000);
            if flows_meanwhile {
                change(&mut case);
                assert_eq!(case.paths.gate(&peer("ada")), ContentGate::Open);
                case.end("ada");
            } else {
                case.end("ada");
                change(&mut case);
            }
            case.wait(1_000);
            case.demand("ada", true);
            assert_eq!(case.wishes(), ["ada"], "change {number}");
            // It is in vain again, and known again.
            case.wait(8_000);
            case.end("ada");
            case.demand("ada", true);
            assert_eq!(case.wishes(), [""; 0], "change {number}");
        }
    }
}

#[test]
fn who_was_never_tried_for_want_of_a_place_is_tried_with_the_next_file() {
    let mut case = Case::new(FileTerms { most: 0, ..TERMS }, &["ada"]);
    case.demand("ada", true);
    assert_eq!(case.wait(8_000), [gate("ada", ContentGate::Open)]);
    assert_eq!(case.end("ada"), [gate("ada", ContentGate::Held)]);
    case.terms.most = 1;
    case.demand("ada", true);
    assert_eq!(case.wishes(), ["ada"]);
}

#[test]
fn a_path_that_was_left_is_not_waited_for_though_it_is_there_again() {
    let mut case = Case::new(TERMS, &["ada"]);
    case.demand("ada", true);
    case.stand("ada", Some(PathState::Connected), true);
    let broken = Some(PathState::Interrupted(Moment(case.now)));
    case.stand("ada", broken, true);
    case.wait(8_000);
    case.leave("ada");
    case.stand("ada", Some(PathState::Connected), false);
    assert_eq!(case.wishes(), [""; 0], "it takes nothing any more");
    for _ in 0..3 {
        case.end("ada");
        case.wait(400_000);
        let open = gate("ada", ContentGate::Open);
        assert_eq!(case.demand("ada", true), [open], "at once");
        assert_eq!(case.wishes(), [""; 0]);
    }
    // Another takes its place.
    case.end("ada");
    case.stand("ada", None, false);
    case.is_left = false;
    case.wait(400_000);
    case.demand("ada", true);
    assert_eq!(case.wishes(), ["ada"]);
}

#[test]
fn no_more_are_dialled_at_a_time_than_reach_each_other_directly_at_the_most() {
    let mut case = Case::new(TERMS, &["ada", "bob", "cleo", "dan"]);
    for name in ["ada", "bob", "cleo", "dan"] {
        case.demand(name, true);
    }
    assert_eq!(case.wishes(), ["ada", "bob"]);
    // Who dialled us needs no place.
    case.stand("dan", Some(PathState::Connected), false);
    assert_eq!(case.wishes(), ["ada", "bob", "dan"]);
    case.end("dan");
    case.end("ada");
    assert_eq!(case.wishes(), ["bob", "cleo"]);
    let mut case = Case::new(TERMS, &["ada", "bob", "cleo"]);
    for name in ["ada", "bob", "cleo"] {
        case.demand(name, true);
    }
    let steps = case.wait(8_000);
    assert_eq!(steps.len(), 3, "nobody waits longer for a place: {steps:?}");
}

#[test]
fn who_leaves_is_forgotten() {
    let mut case = Case::new(TERMS, &["ada"]);
    case.demand("ada", true);
    case.people.clear();
    case.demands.clear();
    case.follow();
    assert_eq!(case.paths.next_deadline(), None);
    assert!(case.paths.paths.is_empty());
}

/// Something that happens to one of three people.
#[derive(Clone, Debug)]
enum Step {
    Demand(usize, bool),
    End(usize),
    Stand(usize, u8),
    Wait(u64),
    WaitUntilDue,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..3_usize, any::<bool>()).prop_map(|(who, sends)| Step::Demand(who, sends)),
        (0..3_usize).prop_map(Step::End),
        (0..3_usize, 0..5_u8).prop_map(|(who, state)| Step::Stand(who, state)),
        (0..40_000_u64).prop_map(Step::Wait),
        Just(Step::WaitUntilDue),
    ]
}

proptest! {
    #[test]
    fn content_goes_by_the_sfu_only_where_it_may_and_a_path_was_waited_for(
        steps in proptest::collection::vec(step(), 1..60), dials: bool, carries: bool, most in 0..3_usize,
    ) {
        let names = ["ada", "bob", "cleo"];
        let mut case = Case::new(FileTerms { dials, carries, is_reached: true, most }, &names);
        let mut told = [ContentGate::Held; 3];
        // Content is wanted, and no direct path takes it, since then.
        let mut since: [Option<u64>; 3] = [None; 3];
        let mut ever_opened = [false; 3];
        for step in steps {
            let found = match step {
                Step::Demand(who, sends) => {
                    case.demands.retain(|it| it.peer != peer(names[who]));
                    case.demand(names[who], sends)
                }
                Step::End(who) => case.end(names[who]),
                Step::Stand(who, state) => {
                    let state = [
                        None,
                        Some(PathState::Connecting(Moment(case.now))),
                        Some(PathState::Connected),
                        Some(PathState::Connected),
                        Some(PathState::Interrupted(Moment(case.now))),
                    ][usize::from(state)];
                    let is_direct = state == Some(PathState::Connected) && case.now.is_multiple_of(2);
                    case.stand(names[who], state, is_direct)
                }
                Step::Wait(ms) => case.wait(ms),
                Step::WaitUntilDue => {
                    let due = case.paths.next_deadline().map_or(0, |due| due.0);
                    let ms = due.saturating_sub(case.now);
                    case.wait(ms)
                }
            };
            for step in found {
                if let FileStep::Gate(peer, gate) = step {
                    let who = names.iter().position(|name| *name == peer.as_str()).unwrap();
                    prop_assert_ne!(told[who], gate, "it is told once");
                    told[who] = gate;
                }
            }
            let due = case.paths.next_deadline();
            prop_assert!(due.is_none_or(|due| due.0 > case.now), "due again at once");
            for (who, name) in names.into_iter().enumerate() {
                let demand = case.demands.iter().find(|it| it.peer == peer(name));
                let is_missing = demand.is_some_and(|it| !it.is_direct);
                since[who] = since[who].or(Some(case.now)).filter(|_| is_missing);
                prop_assert_eq!(told[who], case.paths.gate(&peer(name)));
                prop_assert!(carries || told[who] != ContentGate::Open);
                prop_assert!(!carries || told[who] != ContentGate::Shut);
                prop_assert!(demand.is_some() || !case.paths.wishes(&peer(name)));
                ever_opened[who] |= told[who] != ContentGate::Held;
                if demand.is_some_and(|it| it.sends && !it.is_direct) && dials && most > 2 {
                    let waited = since[who].map_or(0, |since| case.now - since);
                    prop_assert!(waited < 30_000 || told[who] != ContentGate::Held);
                }
                if !dials && case.people[who].direct.is_none() {
                    prop_assert!(!case.paths.wishes(&peer(name)));
                }
            }
        }
    }
}
