//! Two people, a channel that breaks at random, disks that take their time: every file ends byte for byte as it was. And
//! people who lie.

use std::collections::{BTreeMap, VecDeque};

use super::*;
use crate::protocol::{DisplayName, PeerId};
use crate::random::{Random, seeds};
use crate::room::channel::Channel;
use crate::room::messaging::channel::frame::{Frame, Violation};
use crate::room::messaging::files::effect::TransferEffect;
use crate::room::messaging::files::sender::BLOCK_BYTES;
use crate::room::messaging::files::sending::{BUFFER_HIGH_BYTES, OFFERS_AT_ONCE};
use crate::room::messaging::files::transfers::Transfers;
use crate::room::messaging::files::wire::{
    CHUNK_PAYLOAD_BYTES, Chunk, Digest, FileControl, FileFrame, TransferId, WINDOW_BYTES,
};
use crate::room::messaging::recipients::Recipients;
use crate::room::messaging_error::OfferError;
use crate::room::moment::Moment;
use crate::room::testing::deadline::{self, Look, Pacing};

const SENDER: usize = 0;
const RECEIVER: usize = 1;

fn peer(end: usize) -> PeerId {
    PeerId::new(["ada", "ben"][end])
}

fn content(source: SourceId, size: usize) -> Vec<u8> {
    let mut random = Random::new(u64::from(source.0) + 1);
    let mut bytes = Vec::with_capacity(size + 8);
    while bytes.len() < size {
        bytes.extend_from_slice(&random.below(u64::MAX).to_le_bytes());
    }
    bytes.truncate(size);
    bytes
}

/// What one person's driver would be.
struct Driver {
    transfers: Transfers,
    sources: BTreeMap<SourceId, Vec<u8>>,
    released: Vec<SourceId>,
    files: BTreeMap<TransferKey, Vec<u8>>,
    finished: BTreeMap<TransferKey, Vec<u8>>,
    reports: VecDeque<DiskEvent>,
    outbox: VecDeque<Frame>,
    endings: Vec<(TransferKey, Ending)>,
    disk: Result<(), DiskProblem>,
}

struct World {
    now: u64,
    random: Random,
    pacing: Pacing,
    open: bool,
    drivers: [Driver; 2],
    accepts: bool,
    largest_backlog: u64,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let mut driver = |other: usize| {
            let mut transfers = Transfers::new(random.fraction());
            let name = DisplayName::parse(peer(other).as_str()).unwrap();
            transfers.person_came(peer(other), name);
            Driver {
                transfers,
                sources: BTreeMap::new(),
                released: Vec::new(),
                files: BTreeMap::new(),
                finished: BTreeMap::new(),
                reports: VecDeque::new(),
                outbox: VecDeque::new(),
                endings: Vec::new(),
                disk: Ok(()),
            }
        };
        let drivers = [driver(RECEIVER), driver(SENDER)];
        Self {
            now: 0,
            random,
            pacing: Pacing::Regular,
            open: false,
            drivers,
            accepts: true,
            largest_backlog: 0,
        }
    }

    fn offer(&mut self, sizes: &[usize]) {
        let driver = &mut self.drivers[SENDER];
        let mut files = Vec::new();
        for (number, size) in sizes.iter().enumerate() {
            let source = SourceId(number as u32);
            driver.sources.insert(source, content(source, *size));
            files.push(PickedFile {
                source,
                name: format!("{number}.bin"),
                size: *size as u64,
                media_type: String::new(),
            });
        }
        let effects = driver
            .transfers
            .offer(files, &Recipients::Everyone, Moment(self.now))
            .unwrap();
        self.perform(SENDER, effects);
    }

    fn perform(&mut self, end: usize, effects: Vec<TransferEffect>) {
        let mut accepted = Vec::new();
        for effect in effects {
            let driver = &mut self.drivers[end];
            match effect {
                TransferEffect::Send { frame, .. } => {
                    assert!(self.open, "nothing is sent on a closed channel");
                    driver.outbox.push_back(frame);
                }
                TransferEffect::Offered(key) => accepted.push(key),
                TransferEffect::Ended(key, ending) => driver.endings.push((key, ending)),
                TransferEffect::Disk(command) => driver.disk(command),
            }
        }
        if self.accepts {
            for key in accepted {
                let effects = self.drivers[end].transfers.accept(&key, Moment(self.now));
                self.perform(end, effects);
            }
        }
    }

    fn set_open(&mut self, open: bool) {
        if self.open == open {
            return;
        }
        self.open = open;
        for end in [SENDER, RECEIVER] {
            let other = peer(1 - end);
            self.drivers[end].outbox.clear();
            if open {
                let effects = self.drivers[end]
                    .transfers
                    .channel_opened(&other, Moment(self.now));
                self.perform(end, effects);
            } else {
                self.drivers[end].transfers.channel_closed(&other);
            }
        }
    }

    fn step(&mut self) {
        self.now += 5;
        for end in [SENDER, RECEIVER] {
            let now = Moment(self.now);
            if self.random.below(3) > 0
                && let Some(report) = self.drivers[end].reports.pop_front()
            {
                let effects = self.drivers[end].transfers.disk(report, now);
                self.perform(end, effects);
            }
            for _ in 0..self.random.below(12) {
                let Some(frame) = self.drivers[end].outbox.pop_front() else {
                    break;
                };
                let frame = FileFrame::parse(frame).unwrap();
                let receiver = &mut self.drivers[1 - end];
                let effects = receiver.transfers.receive(&peer(end), frame, now).unwrap();
                self.perform(1 - end, effects);
            }
            let buffered: u64 = self.drivers[end]
                .outbox
                .iter()
                .map(|frame| frame.size() as u64)
                .sum();
            self.largest_backlog = self.largest_backlog.max(buffered);
            if self.open {
                let effects = self.drivers[end]
                    .transfers
                    .buffered(&peer(1 - end), buffered, now);
                self.perform(end, effects);
            }
            if self.ticks(end) {
                let effects = tick(&mut self.drivers[end].transfers, now);
                self.perform(end, effects);
            }
        }
    }

    fn ticks(&self, end: usize) -> bool {
        match self.pacing {
            Pacing::Regular => self.now.is_multiple_of(250),
            Pacing::AtDeadlines => {
                let due = self.drivers[end].transfers.next_deadline();
                due.is_some_and(|due| due <= Moment(self.now))
            }
        }
    }

    fn run_until_ended(&mut self) {
        for _ in 0..400_000 {
            self.step();
            let over =
                |driver: &Driver| driver.transfers.list().iter().all(|t| t.ending().is_some());
            if self.drivers.iter().all(over) {
                return;
            }
        }
        let stages: Vec<_> = self.drivers[SENDER]
            .transfers
            .list()
            .iter()
            .map(|t| t.stage())
            .collect();
        panic!("not over: {stages:?}");
    }

    fn endings(&self, end: usize) -> Vec<Ending> {
        self.drivers[end]
            .transfers
            .list()
            .iter()
            .filter_map(|t| t.ending())
            .collect()
    }
}

fn tick(transfers: &mut Transfers, now: Moment) -> Vec<TransferEffect> {
    let look = if now.0.is_multiple_of(1_000) {
        Look::Close
    } else {
        Look::Casual
    };
    deadline::tick(transfers, now, look, Transfers::next_deadline, |it| {
        it.tick(now)
    })
}

impl Driver {
    fn disk(&mut self, command: DiskCommand) {
        match command {
            DiskCommand::Read {
                key,
                source,
                offset,
                length,
            } => {
                let start = offset as usize;
                let report = match self
                    .sources
                    .get(&source)
                    .and_then(|all| all.get(start..start + length))
                {
                    Some(bytes) => DiskEvent::Read {
                        key,
                        offset,
                        bytes: bytes.to_vec(),
                    },
                    None => DiskEvent::Unreadable { key },
                };
                self.reports.push_back(report);
            }
            DiskCommand::Release { source } => self.released.push(source),
            DiskCommand::Open { key } => {
                self.files.insert(key.clone(), Vec::new());
                self.reports.push_back(DiskEvent::Opened { key });
            }
            DiskCommand::Write { key, offset, bytes } => {
                let file = self.files.get_mut(&key).expect("written only while open");
                assert_eq!(file.len() as u64, offset, "writes are contiguous");
                file.extend_from_slice(&bytes);
                let report = match self.disk {
                    Ok(()) => DiskEvent::Written {
                        offset: file.len() as u64,
                        key,
                    },
                    Err(problem) => DiskEvent::NotWritten { key, problem },
                };
                self.reports.push_back(report);
            }
            DiskCommand::Finish { key } => {
                let file = self.files.remove(&key).expect("finished only while open");
                self.finished.insert(key.clone(), file);
                self.reports.push_back(DiskEvent::Finished { key });
            }
            DiskCommand::Discard { key } => {
                assert!(self.files.remove(&key).is_some(), "discarded once");
            }
        }
    }
}

fn assert_all_arrived(world: &World, sizes: &[usize], seed: u64) {
    assert_eq!(
        world.endings(SENDER),
        vec![Ending::Complete; sizes.len()],
        "seed {seed}"
    );
    assert_eq!(
        world.endings(RECEIVER),
        vec![Ending::Complete; sizes.len()],
        "seed {seed}"
    );
    let receiver = &world.drivers[RECEIVER];
    for (number, transfer) in receiver.transfers.list().iter().enumerate() {
        let expected = content(SourceId(number as u32), sizes[number]);
        assert!(
            receiver.finished[transfer.key()] == expected,
            "seed {seed}: file {number}"
        );
        assert_eq!(transfer.progress().done(), transfer.file().size);
    }
    assert_eq!(world.drivers[SENDER].released.len(), sizes.len());
}

#[test]
fn files_arrive_byte_for_byte_however_often_the_channel_breaks() {
    for seed in seeds(8) {
        arrives_however_often_the_channel_breaks(seed, Pacing::Regular);
    }
}

#[test]
fn they_do_so_too_when_both_sides_are_ticked_at_their_deadlines_alone() {
    for seed in seeds(8) {
        arrives_however_often_the_channel_breaks(seed, Pacing::AtDeadlines);
    }
}

fn arrives_however_often_the_channel_breaks(seed: u64, pacing: Pacing) {
    let mut world = World::new(seed);
    world.pacing = pacing;
    let sizes = [
        0,
        1,
        CHUNK_PAYLOAD_BYTES,
        BLOCK_BYTES + 1,
        3_000_000 + seed as usize,
        777,
    ];
    world.offer(&sizes);
    world.set_open(true);
    for _ in 0..40 {
        for _ in 0..world.random.below(30) {
            world.step();
        }
        let open = world.random.below(3) > 0;
        world.set_open(open);
    }
    world.set_open(true);
    world.run_until_ended();
    assert_all_arrived(&world, &sizes, seed);
}

#[test]
fn a_large_file_never_fills_the_channels_buffer() {
    for seed in seeds(4) {
        let mut world = World::new(seed);
        world.set_open(true);
        world.offer(&[24 * 1024 * 1024]);
        world.run_until_ended();
        assert_all_arrived(&world, &[24 * 1024 * 1024], seed);
        assert!(world.largest_backlog > BUFFER_HIGH_BYTES / 2);
        assert!(world.largest_backlog <= BUFFER_HIGH_BYTES + BLOCK_BYTES as u64 + 65_536);
    }
}

#[test]
fn a_hundred_and_fifty_files_at_once_all_arrive() {
    let sizes: Vec<usize> = (0..150).map(|number| number * 37).collect();
    let mut world = World::new(1);
    world.set_open(true);
    world.offer(&sizes);
    let offers = world.drivers[SENDER].outbox.len();
    assert_eq!(offers, OFFERS_AT_ONCE);
    world.run_until_ended();
    assert_all_arrived(&world, &sizes, 1);
}

#[test]
fn a_full_disk_ends_the_transfer_on_both_sides_and_leaves_nothing() {
    let mut world = World::new(5);
    world.drivers[RECEIVER].disk = Err(DiskProblem::Full);
    world.set_open(true);
    world.offer(&[5_000_000]);
    world.run_until_ended();
    let full = Ending::Failed(TransferProblem::Disk(DiskProblem::Full));
    assert_eq!(world.endings(RECEIVER), [full]);
    assert_eq!(world.endings(SENDER), [Ending::Cancelled(Side::Receiver)]);
    assert!(world.drivers[RECEIVER].files.is_empty());
    assert_eq!(world.drivers[SENDER].released, [SourceId(0)]);
}

#[test]
fn either_side_can_stop_and_the_other_hears_it_even_after_a_reconnect() {
    for (canceller, while_closed) in [
        (SENDER, false),
        (SENDER, true),
        (RECEIVER, false),
        (RECEIVER, true),
    ] {
        let mut world = World::new(9);
        world.set_open(true);
        world.offer(&[20_000_000]);
        for _ in 0..60 {
            world.step();
        }
        world.set_open(!while_closed);
        let key = world.drivers[canceller].transfers.list()[0].key().clone();
        let effects = world.drivers[canceller]
            .transfers
            .cancel(&key, Moment(world.now));
        world.perform(canceller, effects);
        world.set_open(true);
        world.run_until_ended();
        let ending = Ending::Cancelled([Side::Sender, Side::Receiver][canceller]);
        assert_eq!(world.endings(SENDER), [ending]);
        assert_eq!(world.endings(RECEIVER), [ending]);
        assert!(world.drivers[RECEIVER].files.is_empty());
        for _ in 0..500 {
            world.step();
        }
    }
}

#[test]
fn a_declined_file_is_not_written_and_an_unanswered_one_waits() {
    let mut world = World::new(2);
    world.accepts = false;
    world.set_open(true);
    world.offer(&[1_000]);
    for _ in 0..5_000 {
        world.step();
    }
    assert_eq!(
        world.drivers[RECEIVER].transfers.list()[0].stage(),
        TransferStage::Offered
    );
    let key = world.drivers[RECEIVER].transfers.list()[0].key().clone();
    let effects = world.drivers[RECEIVER]
        .transfers
        .cancel(&key, Moment(world.now));
    world.perform(RECEIVER, effects);
    world.run_until_ended();
    assert_eq!(world.endings(SENDER), [Ending::Declined]);
    assert!(world.drivers[RECEIVER].files.is_empty());
}

#[test]
fn a_closed_picker_leaves_the_offer_standing() {
    let mut world = World::new(2);
    world.accepts = false;
    world.set_open(true);
    world.offer(&[1_000]);
    for _ in 0..100 {
        world.step();
    }
    let receiver = &mut world.drivers[RECEIVER].transfers;
    let key = receiver.list()[0].key().clone();
    receiver.accept(&key, Moment(world.now));
    let problem = DiskProblem::PickerClosed;
    let report = DiskEvent::NotOpened {
        key: key.clone(),
        problem,
    };
    assert_eq!(receiver.disk(report, Moment(world.now)), []);
    assert_eq!(receiver.get(&key).unwrap().stage(), TransferStage::Offered);
}

#[test]
fn a_file_that_changes_while_it_is_sent_fails_on_both_sides() {
    let mut world = World::new(4);
    world.set_open(true);
    world.offer(&[20_000_000]);
    world.drivers[SENDER]
        .sources
        .insert(SourceId(0), vec![0; 2_000_000]);
    world.run_until_ended();
    assert_eq!(
        world.endings(SENDER),
        [Ending::Failed(TransferProblem::Unreadable)]
    );
    assert_eq!(world.endings(RECEIVER), [Ending::Cancelled(Side::Sender)]);
}

#[test]
fn who_leaves_takes_their_transfers_along() {
    let mut world = World::new(4);
    world.set_open(true);
    world.offer(&[20_000_000]);
    for _ in 0..60 {
        world.step();
    }
    world.open = false;
    for end in [SENDER, RECEIVER] {
        let effects = world.drivers[end]
            .transfers
            .person_left(&peer(1 - end), Moment(world.now));
        world.perform(end, effects);
        assert_eq!(
            world.endings(end)[0],
            Ending::Failed(TransferProblem::PersonLeft)
        );
    }
    assert!(world.drivers[RECEIVER].files.is_empty());
    let offer = world.drivers[SENDER]
        .transfers
        .offer(Vec::new(), &Recipients::Everyone, Moment(0));
    assert_eq!(offer, Err(OfferError::NobodyThere));
}

#[test]
fn a_sender_that_comes_back_without_its_files_is_not_waited_for() {
    for pacing in [Pacing::Regular, Pacing::AtDeadlines] {
        comes_back_without_files(pacing);
    }
}

fn comes_back_without_files(pacing: Pacing) {
    let mut world = World::new(6);
    world.pacing = pacing;
    world.set_open(true);
    world.offer(&[20_000_000]);
    for _ in 0..60 {
        world.step();
    }
    world.set_open(false);
    let name = DisplayName::parse("ben").unwrap();
    world.drivers[SENDER].transfers = Transfers::new(0.3);
    world.drivers[SENDER]
        .transfers
        .person_came(peer(RECEIVER), name);
    world.set_open(true);
    let due = Moment(world.now + 15_000);
    let next = |world: &World| world.drivers[RECEIVER].transfers.next_deadline();
    assert_eq!(next(&world), Some(due));
    world.run_until_ended();
    assert_eq!(
        world.endings(RECEIVER),
        [Ending::Failed(TransferProblem::Forgotten)]
    );
    assert!(world.now - due.0 < 250);
    assert_eq!(next(&world), None);
}

/// A receiver that accepted one offer of 100,000 bytes and has its place open.
fn receiving() -> (Transfers, TransferKey) {
    let mut transfers = Transfers::new(0.0);
    let from = peer(SENDER);
    transfers.person_came(from.clone(), DisplayName::parse("ada").unwrap());
    transfers.channel_opened(&from, Moment(0));
    let effects = receive(&mut transfers, offer(7, 100_000)).unwrap();
    let [TransferEffect::Offered(key)] = &effects[..] else {
        panic!("{effects:?}")
    };
    transfers.accept(key, Moment(0));
    transfers.disk(DiskEvent::Opened { key: key.clone() }, Moment(0));
    (transfers, key.clone())
}

fn offer(id: u32, size: u64) -> FileFrame {
    FileFrame::Control(FileControl::Offer {
        id: TransferId(id),
        name: "a".into(),
        size,
        mime: String::new(),
    })
}

fn chunk(id: u32, offset: u64, length: usize) -> FileFrame {
    FileFrame::Chunk(Chunk {
        id: TransferId(id),
        offset,
        payload: vec![1; length],
    })
}

fn receive(transfers: &mut Transfers, frame: FileFrame) -> Result<Vec<TransferEffect>, Violation> {
    transfers.receive(&peer(SENDER), frame, Moment(0))
}

#[test]
fn what_was_taken_back_unseen_is_listed_while_its_sender_is_there() {
    let mut transfers = Transfers::new(0.0);
    let from = peer(SENDER);
    transfers.person_came(from.clone(), DisplayName::parse("ada").unwrap());
    transfers.channel_opened(&from, Moment(0));
    receive(&mut transfers, offer(7, 100)).unwrap();
    let cancel = FileFrame::Control(FileControl::Cancel {
        id: TransferId(7),
        by: Side::Sender,
        why: None,
    });
    receive(&mut transfers, cancel).unwrap();
    let listed: Vec<_> = transfers.list().iter().map(|it| it.ending()).collect();
    assert_eq!(listed, [Some(Ending::Cancelled(Side::Sender))]);
    transfers.person_left(&from, Moment(0));
    assert!(transfers.list().is_empty());
}

#[test]
fn liars_are_found_out() {
    let done = || {
        FileFrame::Control(FileControl::Done {
            id: TransferId(7),
            sha256: Digest([0; 32]),
        })
    };
    let table: Vec<(&str, Vec<FileFrame>)> = vec![
        (
            "beyond the declared size",
            vec![chunk(7, 0, 60_000), chunk(7, 60_000, 40_001)],
        ),
        ("a gap", vec![chunk(7, 0, 20_000), chunk(7, 20_001, 20_000)]),
        (
            "a repetition",
            vec![chunk(7, 0, 20_000), chunk(7, 0, 20_000)],
        ),
        (
            "an offset near the end of numbers",
            vec![chunk(7, u64::MAX, 20_000)],
        ),
        ("crumbs", vec![chunk(7, 0, 1)]),
        ("done too early", vec![chunk(7, 0, 60_000), done()]),
        ("another size under the same id", vec![offer(7, 100_001)]),
        (
            "content before acceptance",
            vec![offer(8, 50_000), chunk(8, 0, 50_000)],
        ),
    ];
    for (what, frames) in table {
        let (mut transfers, key) = receiving();
        let last = frames
            .into_iter()
            .map(|frame| receive(&mut transfers, frame))
            .last();
        assert_eq!(last, Some(Err(Violation::Lie)), "{what}");
        let effects = transfers.cut_off(&peer(SENDER), Moment(1));
        let discard = TransferEffect::Disk(DiskCommand::Discard { key: key.clone() });
        assert!(effects.contains(&discard), "{what}");
        let ending = Ending::Failed(TransferProblem::CutOff);
        assert_eq!(
            transfers.get(&key).unwrap().ending(),
            Some(ending),
            "{what}"
        );
    }
    let (mut transfers, _) = receiving();
    assert_eq!(
        receive(&mut transfers, chunk(9, 0, 100)),
        Err(Violation::Malformed)
    );
    assert_eq!(
        receive(&mut transfers, offer(9, 1 << 53)),
        Err(Violation::Malformed)
    );
}

#[test]
fn a_sender_that_ignores_the_window_is_found_out_before_memory_grows() {
    let (mut transfers, _) = receiving();
    let size = 1 << 40;
    let effects = receive(&mut transfers, offer(8, size)).unwrap();
    let [TransferEffect::Offered(key)] = &effects[..] else {
        panic!("{effects:?}")
    };
    transfers.accept(key, Moment(0));
    transfers.disk(DiskEvent::Opened { key: key.clone() }, Moment(0));
    let mut held = 0;
    let violation = loop {
        match receive(&mut transfers, chunk(8, held, CHUNK_PAYLOAD_BYTES)) {
            Ok(_) => held += CHUNK_PAYLOAD_BYTES as u64,
            Err(violation) => break violation,
        }
    };
    assert_eq!(violation, Violation::Lie);
    assert!(held <= 2 * WINDOW_BYTES);
}

#[test]
fn offers_without_end_are_refused() {
    let (mut transfers, _) = receiving();
    let refused = (100..400)
        .filter(|id| receive(&mut transfers, offer(*id, 1)).is_err())
        .count();
    assert_eq!(refused, 300 - 199);
}

#[test]
fn a_wrong_digest_throws_the_file_away_and_tells_both() {
    let (mut transfers, key) = receiving();
    receive(&mut transfers, chunk(7, 0, 60_000)).unwrap();
    receive(&mut transfers, chunk(7, 60_000, 40_000)).unwrap();
    let done = FileControl::Done {
        id: TransferId(7),
        sha256: Digest([0; 32]),
    };
    assert_eq!(
        receive(&mut transfers, FileFrame::Control(done)),
        Ok(Vec::new())
    );
    let effects = transfers.disk(
        DiskEvent::Written {
            key: key.clone(),
            offset: 100_000,
        },
        Moment(1),
    );
    let corrupt = FileControl::Corrupt { id: TransferId(7) }.to_frame();
    assert_eq!(
        effects,
        [
            TransferEffect::Disk(DiskCommand::Discard { key: key.clone() }),
            TransferEffect::Send {
                to: peer(SENDER),
                frame: corrupt
            },
            TransferEffect::Ended(key, Ending::Corrupt),
        ]
    );
}

#[test]
fn a_receiver_that_claims_more_than_it_was_sent_is_found_out() {
    let mut transfers = Transfers::new(0.0);
    let to = peer(RECEIVER);
    transfers.person_came(to.clone(), DisplayName::parse("ben").unwrap());
    transfers.channel_opened(&to, Moment(0));
    let file = PickedFile {
        source: SourceId(1),
        name: "a".into(),
        size: 10,
        media_type: String::new(),
    };
    transfers
        .offer(vec![file], &Recipients::Everyone, Moment(0))
        .unwrap();
    let id = transfers.list()[0].key().id;
    let lies = [
        FileControl::Accept { id, offset: 10 },
        FileControl::Verified { id },
    ];
    for lie in lies {
        let frame = FileFrame::Control(lie);
        assert_eq!(
            transfers.receive(&to, frame, Moment(0)),
            Err(Violation::Lie)
        );
    }
    let accept = FileFrame::Control(FileControl::Accept { id, offset: 0 });
    transfers.receive(&to, accept, Moment(0)).unwrap();
    let written = FileFrame::Control(FileControl::Written { id, offset: 1 });
    assert_eq!(
        transfers.receive(&to, written, Moment(0)),
        Err(Violation::Lie)
    );
}

#[test]
fn the_limits_of_the_model_fit_those_of_the_channel() {
    let largest = Chunk::frame(TransferId(1), 0, &vec![0; CHUNK_PAYLOAD_BYTES]);
    assert_eq!(Some(largest.size()), Channel::Files.largest_binary());
}
