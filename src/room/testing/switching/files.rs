//! Files in the stories: who sends what to everybody, the disks, and whether all of it arrived over what it was to take.

use std::collections::{BTreeMap, BTreeSet};

use super::story::MOST_VISITORS;
use super::world::{Happening, World};
use crate::protocol::PeerId;
use crate::random::Random;
use crate::room::messaging::event::{MessagingAction, MessagingEvent};
use crate::room::messaging::files::sending::PickedFile;
use crate::room::messaging::files::{
    DiskCommand, DiskEvent, Ending, Side, SourceId, TransferKey, TransferProblem, TransferStage,
};
use crate::room::messaging::recipients::Recipients;
use crate::room::visit::action::{FileAction, VisitAction};
use crate::room::visit::event::VisitEvent;

/// Files have at most so many bytes: more than is read at once.
const MOST_BYTES: u64 = 1_500_000;

/// The disk of a visitor.
#[derive(Default)]
pub(crate) struct Disk {
    /// What was picked to be sent.
    sources: BTreeMap<SourceId, Vec<u8>>,
    /// What is being written.
    open: BTreeMap<TransferKey, Vec<u8>>,
    /// What is complete.
    finished: BTreeMap<TransferKey, Vec<u8>>,
    /// It reports nothing sooner, in ms.
    busy_until: u64,
}

/// What became of files in a story.
#[derive(Default)]
pub(crate) struct Files {
    /// So many were picked.
    picked: u32,
    /// So many bytes of content went by the SFU between these.
    pub(crate) by_sfu: BTreeMap<(PeerId, PeerId), u64>,
    /// Between these nothing gets through directly, the lower number first.
    pub(crate) walls: BTreeSet<(usize, usize)>,
}

impl Files {
    pub(crate) fn is_walled(&self, one: usize, other: usize) -> bool {
        self.walls.contains(&(one.min(other), one.max(other)))
    }
}

fn content(seed: u64, size: u64) -> Vec<u8> {
    let mut random = Random::new(seed);
    let words = (0..=size / 8).flat_map(|_| random.below(u64::MAX).to_le_bytes());
    words.take(size as usize).collect()
}

impl World {
    /// Somebody offers everybody a file.
    pub(crate) fn send_file(&mut self, who: usize) {
        if self.visitors[who].joined().is_none() {
            return;
        }
        self.files.picked += 1;
        let source = SourceId(self.files.picked);
        let size = self.chance.between(0, MOST_BYTES);
        let bytes = content(u64::from(source.0), size);
        self.visitors[who].disk.sources.insert(source, bytes);
        let file = PickedFile {
            source,
            name: format!("{}.bin", source.0),
            size,
            media_type: String::new(),
        };
        self.want(
            who,
            VisitAction::Messaging(MessagingAction::Offer {
                files: vec![file],
                to: Recipients::Everyone,
            }),
        );
    }

    /// Nothing gets through between two any more, or something does again.
    pub(crate) fn wall(&mut self, one: usize, other: usize, stands: bool) {
        let pair = (one.min(other), one.max(other));
        match stands {
            true => self.files.walls.insert(pair),
            false => self.files.walls.remove(&pair),
        };
        for (who, whom) in [(one, other), (other, one)] {
            let Some(id) = self.visitors[whom].me() else {
                continue;
            };
            let path = self.visitors[who].to(&id).map(|end| end.connection.path);
            if let Some(path) = path {
                self.check_soon(who, path);
            }
        }
    }

    /// Takes whatever is offered.
    pub(crate) fn accept_offers(&mut self, who: usize) {
        let messaging = self.visitors[who].visit.messaging();
        let transfers = messaging.into_iter().flat_map(|it| it.transfers().list());
        let offered = transfers.filter(|transfer| {
            transfer.key().side == Side::Receiver && transfer.stage() == TransferStage::Offered
        });
        let keys: Vec<TransferKey> = offered.map(|transfer| transfer.key().clone()).collect();
        for key in keys {
            if self.visitors[who].accepted.insert(key.clone()) {
                let accept = VisitAction::Files(FileAction::Accept(key));
                let event = Box::new(VisitEvent::Wanted(accept));
                self.after(50, 800, Happening::Feed(who, event));
            }
        }
    }

    /// Does something with a file.
    pub(crate) fn work_disk(&mut self, who: usize, command: DiskCommand) {
        let disk = &mut self.visitors[who].disk;
        let (event, longest) = match command {
            DiskCommand::Read {
                key,
                source,
                offset,
                length,
            } => {
                let (start, all) = (offset as usize, &disk.sources[&source]);
                let bytes = all[start..start + length].to_vec();
                (DiskEvent::Read { key, offset, bytes }, 700)
            }
            DiskCommand::Release { source } => {
                assert!(disk.sources.contains_key(&source));
                return;
            }
            DiskCommand::Open { key } => {
                disk.open.insert(key.clone(), Vec::new());
                (DiskEvent::Opened { key }, 40)
            }
            DiskCommand::Write { key, offset, bytes } => {
                let file = disk.open.get_mut(&key).expect("written only while open");
                assert_eq!(file.len() as u64, offset, "writes are contiguous");
                file.extend_from_slice(&bytes);
                let offset = file.len() as u64;
                (DiskEvent::Written { key, offset }, 20)
            }
            DiskCommand::Finish { key } => {
                let file = disk.open.remove(&key).expect("finished only while open");
                disk.finished.insert(key.clone(), file);
                (DiskEvent::Finished { key }, 40)
            }
            DiskCommand::Discard { key } => {
                disk.open.remove(&key).expect("discarded once");
                return;
            }
        };
        let event = VisitEvent::Messaging(MessagingEvent::Disk(event));
        // What a disk does is done in order.
        let done = self.now + self.chance.between(1, longest);
        let at = done.max(self.visitors[who].disk.busy_until);
        self.visitors[who].disk.busy_until = at;
        self.schedule(at, Happening::Feed(who, Box::new(event)));
    }

    /// Content of files comes to the SFU.
    pub(crate) fn note_content(&mut self, from: &PeerId, to: &PeerId, bytes: usize) {
        if self.conditions.file_rate == Some(0) {
            self.blame(|| format!("content of {from} for {to} comes to an SFU that takes none"));
        }
        let (one, other) = (self.owners[from], self.owners[to]);
        if !self.conditions.trouble && self.conditions.standby && !self.files.is_walled(one, other)
        {
            self.blame(|| format!("content of {from} for {to} goes by the SFU"));
        }
        let sum = self.files.by_sfu.entry((from.clone(), to.clone()));
        *sum.or_default() += bytes as u64;
    }

    /// Whether anybody got a file in a large room, where one is sent at least.
    pub(crate) fn judge_whether_files_came(&self) -> Result<(), String> {
        let came = self
            .visitors
            .iter()
            .map(|visitor| visitor.disk.finished.len());
        match self.visitors.len() > MOST_VISITORS && came.sum::<usize>() == 0 {
            true => Err("nobody got a file".to_owned()),
            false => Ok(()),
        }
    }

    /// Whether everything that somebody sent or was sent is over as it should be.
    pub(crate) fn judge_files(&self, who: usize) -> Result<(), String> {
        let visitor = &self.visitors[who];
        let messaging = visitor.visit.messaging();
        for transfer in messaging.into_iter().flat_map(|it| it.transfers().list()) {
            let key = transfer.key();
            let Some(ending) = transfer.ending() else {
                let stage = transfer.stage();
                return Err(format!("{who} is with {key:?} at {stage:?}"));
            };
            let other = self.owners[&key.peer];
            let is_unreached = self.conditions.file_rate == Some(0)
                && (!self.conditions.standby || self.files.is_walled(who, other));
            let may_be = match ending {
                Ending::Complete => true,
                Ending::Failed(TransferProblem::NoDirectPath) => is_unreached,
                // A seat is lost when too much breaks.
                Ending::Failed(TransferProblem::PersonLeft) => self.conditions.trouble,
                _ => false,
            };
            if !may_be {
                return Err(format!("{who} ended with {key:?}: {ending:?}"));
            }
            if ending == Ending::Complete && key.side == Side::Receiver {
                let name = transfer.file().name.as_str();
                let number: u64 = name.trim_end_matches(".bin").parse().unwrap();
                if visitor.disk.finished[key] != content(number, transfer.file().size) {
                    return Err(format!("{who} has another {name} than was sent"));
                }
            }
        }
        Ok(())
    }
}
