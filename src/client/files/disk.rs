//! The bytes' way between disks and transfers: reads what is sent, writes what is received, keeps what is not saved yet.
//!
//! Responsible for performing [`DiskCommand`]s and answering with [`DiskEvent`]s. Invariant: for each transfer one
//! operation on the disk runs at a time, in the order of the commands; what is dropped stops and leaves nothing behind but
//! what the next visit clears away.

use std::collections::{HashMap, HashSet};
use std::task::{Context, Poll};

use futures::future::LocalBoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use web_sys::{File, Window};

use super::kept::Kept;
use super::opening::{self, Destination};
use super::place::Place;
use super::previews::Previews;
use super::private::PrivateDirectory;
use super::sink::{Closing, Sink};
use super::sources::{SourceFiles, read};
use super::writer::Writer;
use crate::room::Keeping;
use crate::room::messaging::files::{
    DiskCommand, DiskEvent, DiskProblem, FileInfo, PickedFile, SourceId, TransferKey,
};

/// Files that are kept in memory, when the browser offers no disk, have at most so many bytes together.
const MEMORY_BYTES: u64 = 256 * 1024 * 1024;

/// The files of one call. Dropping it lets go of all of them.
pub(crate) struct Files {
    /// The window opens the browser's pickers and downloads.
    window: Window,
    /// Files that nobody chose a place for lie in this directory until they are saved.
    private: PrivateDirectory,
    /// The files that are offered or sent are here.
    sources: SourceFiles,
    /// Nobody is asked for a place for these when they are opened.
    aside: HashSet<TransferKey>,
    /// Each file that is being received is written here.
    sinks: HashMap<TransferKey, Sink>,
    /// Each file that was received is kept here.
    kept: HashMap<TransferKey, Kept>,
    /// The pictures of received files are shown by these.
    previews: Previews,
    /// So many bytes are promised to files in memory.
    memory: u64,
    /// The disks work on these operations.
    work: FuturesUnordered<LocalBoxFuture<'static, Outcome>>,
}

/// An operation on a disk came to this.
enum Outcome {
    /// A block from this offset on was read; `None` when it could not be.
    Read(TransferKey, u64, Option<Vec<u8>>),
    /// A place was opened, or was not for this reason.
    Opened(TransferKey, Result<Writer, DiskProblem>),
    /// A write came to this offset, or failed; the place is handed back either way.
    Written(TransferKey, Writer, Result<u64, DiskProblem>),
    /// The file is complete in its place, or could not be closed.
    Closed(TransferKey, Result<Kept, DiskProblem>),
    /// Nobody waits for it.
    Nothing,
}

impl Files {
    /// Begins, and clears away what earlier visits left behind.
    pub(crate) fn new(window: &Window) -> Self {
        let private = PrivateDirectory::new(window);
        let work = FuturesUnordered::new();
        work.push(
            private
                .clear_leftovers()
                .map(|()| Outcome::Nothing)
                .boxed_local(),
        );
        Self {
            window: window.clone(),
            private,
            sources: SourceFiles::default(),
            aside: HashSet::new(),
            sinks: HashMap::new(),
            kept: HashMap::new(),
            previews: Previews::default(),
            memory: 0,
            work,
        }
    }

    /// Keeps files the user picked, to be offered.
    pub(crate) fn pick(&mut self, files: Vec<File>) -> Vec<PickedFile> {
        self.sources.pick(files)
    }

    /// Opens this one without asking for a place: it is saved later.
    pub(crate) fn keep_with_page(&mut self, key: TransferKey) {
        self.aside.insert(key);
    }

    /// Performs a command. `file` is what is opened.
    pub(crate) fn perform(&mut self, command: DiskCommand, file: Option<&FileInfo>) {
        match command {
            DiskCommand::Read {
                key,
                source,
                offset,
                length,
            } => {
                let file = self.sources.get(source).cloned();
                let reading = read(file, offset, length);
                self.work.push(
                    reading
                        .map(move |bytes| Outcome::Read(key, offset, bytes))
                        .boxed_local(),
                );
            }
            DiskCommand::Release { source } => {
                self.sources.release(source);
            }
            DiskCommand::Open { key } => {
                let Some(file) = file else {
                    return;
                };
                let destination = if self.aside.remove(&key) {
                    Destination::WithPage
                } else {
                    Destination::Chosen
                };
                let left = MEMORY_BYTES.saturating_sub(self.memory);
                let opening = opening::open(&self.window, &self.private, file, destination, left);
                self.sinks.insert(key.clone(), Sink::opening(file));
                self.work.push(
                    opening
                        .map(move |opened| Outcome::Opened(key, opened))
                        .boxed_local(),
                );
            }
            DiskCommand::Write { key, offset, bytes } => {
                if let Some(sink) = self.sinks.get_mut(&key) {
                    sink.queue(offset, bytes);
                    self.advance(key);
                }
            }
            DiskCommand::Finish { key } => self.close(key, Closing::Finish),
            DiskCommand::Discard { key } => self.close(key, Closing::Discard),
        }
    }

    /// What the disks have to say.
    pub(crate) fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<DiskEvent> {
        while let Poll::Ready(Some(outcome)) = self.work.poll_next_unpin(context) {
            if let Some(event) = self.take(outcome) {
                return Poll::Ready(event);
            }
        }
        Poll::Pending
    }

    /// Where a received file is.
    pub(crate) fn keeping(&self, key: &TransferKey) -> Keeping {
        match self.kept.get(key) {
            None => Keeping::Nowhere,
            Some(kept) if kept.was_saved() => Keeping::Saved,
            Some(kept) => kept.place.keeping(),
        }
    }

    /// The address of a picture of the file: of a received one once it is there, of an own one at any time.
    pub(crate) fn preview(
        &mut self,
        key: &TransferKey,
        file: &FileInfo,
        source: Option<SourceId>,
    ) -> Option<String> {
        let picked = source.and_then(|source| self.sources.get(source));
        let blob = match (picked, self.kept.get(key)) {
            (Some(file), _) => Some(file.as_ref()),
            (None, Some(kept)) => Some(&kept.blob),
            (None, None) => None,
        };
        self.previews.of(key, file, blob)
    }

    /// Saves a received file to the downloads, under its name.
    pub(crate) fn save(&mut self, key: &TransferKey, file: &FileInfo) {
        if let Some(kept) = self.kept.get_mut(key) {
            kept.save(&self.window, file.name.as_str());
        }
    }

    /// Lets go of what is kept of a transfer that is no longer shown.
    pub(crate) fn forget(&mut self, key: &TransferKey) {
        self.previews.forget(key);
        let Some(kept) = self.kept.remove(key) else {
            return;
        };
        if let Place::Memory = kept.place {
            self.memory = self.memory.saturating_sub(kept.size);
        }
        // A download may still be reading what was saved; the next visit clears that away.
        if !kept.was_saved() {
            let forgetting = kept.place.forget(&self.private);
            self.work
                .push(forgetting.map(|()| Outcome::Nothing).boxed_local());
        }
    }

    fn close(&mut self, key: TransferKey, closing: Closing) {
        if let Some(sink) = self.sinks.get_mut(&key) {
            sink.ask(closing);
            self.advance(key);
        }
    }

    /// Begins the next operation of a sink, if none is running.
    fn advance(&mut self, key: TransferKey) {
        let Some(sink) = self.sinks.get_mut(&key) else {
            return;
        };
        if let Some(writing) = sink.next_write() {
            self.work.push(
                writing
                    .map(move |(writer, written)| Outcome::Written(key, writer, written))
                    .boxed_local(),
            );
            return;
        }
        let Some((writer, closing)) = sink.next_close() else {
            return;
        };
        match closing {
            Closing::Finish => self.work.push(
                writer
                    .finish()
                    .map(move |finished| Outcome::Closed(key, finished))
                    .boxed_local(),
            ),
            Closing::Discard => self.discard(key, writer),
        }
    }

    fn discard(&mut self, key: TransferKey, writer: Writer) {
        if let Some(sink) = self.sinks.remove(&key)
            && writer.is_memory()
        {
            self.memory = self.memory.saturating_sub(sink.size());
        }
        let discarding = writer.discard(&self.private);
        self.work
            .push(discarding.map(|()| Outcome::Nothing).boxed_local());
    }

    fn take(&mut self, outcome: Outcome) -> Option<DiskEvent> {
        match outcome {
            Outcome::Nothing => None,
            Outcome::Read(key, offset, bytes) => Some(match bytes {
                Some(bytes) => DiskEvent::Read { key, offset, bytes },
                None => DiskEvent::Unreadable { key },
            }),
            Outcome::Opened(key, opened) => self.opened(key, opened),
            Outcome::Written(key, writer, written) => {
                let sink = self.sinks.get_mut(&key)?;
                match written {
                    Ok(offset) => {
                        let discarded = sink.is_discarded();
                        sink.take_back(writer);
                        self.advance(key.clone());
                        (!discarded).then_some(DiskEvent::Written { key, offset })
                    }
                    Err(problem) => {
                        self.discard(key.clone(), writer);
                        Some(DiskEvent::NotWritten { key, problem })
                    }
                }
            }
            Outcome::Closed(key, closed) => {
                self.sinks.remove(&key)?;
                Some(match closed {
                    Ok(kept) => {
                        self.kept.insert(key.clone(), kept);
                        DiskEvent::Finished { key }
                    }
                    Err(problem) => DiskEvent::NotWritten { key, problem },
                })
            }
        }
    }

    fn opened(
        &mut self,
        key: TransferKey,
        opened: Result<Writer, DiskProblem>,
    ) -> Option<DiskEvent> {
        let sink = self.sinks.get_mut(&key)?;
        let discarded = sink.is_discarded();
        match opened {
            Ok(writer) if writer.is_memory() && self.memory + sink.size() > MEMORY_BYTES => {
                self.sinks.remove(&key);
                let problem = DiskProblem::TooLargeForMemory;
                (!discarded).then_some(DiskEvent::NotOpened { key, problem })
            }
            Ok(writer) => {
                if writer.is_memory() {
                    self.memory += sink.size();
                }
                sink.take_back(writer);
                self.advance(key.clone());
                (!discarded).then_some(DiskEvent::Opened { key })
            }
            Err(problem) => {
                self.sinks.remove(&key);
                (!discarded).then_some(DiskEvent::NotOpened { key, problem })
            }
        }
    }
}
