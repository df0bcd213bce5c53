//! Where one received file is written, a piece at a time.
//!
//! Invariant: one write runs at a time, and what arrives meanwhile becomes the next one; so a slow disk gets few large
//! writes, and a fast one small ones.

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use js_sys::Uint8Array;

use super::problem::problem;
use super::writer::Writer;
use crate::client::browser::promise::ask;
use crate::room::messaging::files::{DiskProblem, FileInfo};

/// One write has at most so many bytes: more would only make the page's memory grow.
const WRITE_BYTES: usize = 4 * 1024 * 1024;

/// A sink ends like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closing {
    /// The file is complete.
    Finish,
    /// The file is not wanted any more.
    Discard,
}

/// One file being received.
pub(super) struct Sink {
    /// The file will have so many bytes, as its sender declared.
    size: u64,
    /// `None` while it is opened or an operation runs.
    writer: Option<Writer>,
    /// These pieces wait to be written, in order.
    pending: Vec<Vec<u8>>,
    /// The first pending piece begins so many bytes into the file.
    position: u64,
    /// The sink is to end like this once nothing is pending; `None` while more may come.
    closing: Option<Closing>,
}

impl Sink {
    /// Not open yet.
    pub(super) fn opening(file: &FileInfo) -> Self {
        Self {
            size: file.size,
            writer: None,
            pending: Vec::new(),
            position: 0,
            closing: None,
        }
    }

    /// The declared size of its file, in bytes.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// It is open, or its operation is over.
    pub(super) fn take_back(&mut self, writer: Writer) {
        self.writer = Some(writer);
    }

    /// Appends a piece.
    pub(super) fn queue(&mut self, offset: u64, bytes: Vec<u8>) {
        if self.pending.is_empty() {
            self.position = offset;
        }
        self.pending.push(bytes);
    }

    /// Ends it, after what is pending or at once. What is discarded is not finished any more.
    pub(super) fn ask(&mut self, closing: Closing) {
        if closing == Closing::Discard {
            self.pending.clear();
        }
        if !self.is_discarded() {
            self.closing = Some(closing);
        }
    }

    /// Whether nobody wants it any more.
    pub(super) fn is_discarded(&self) -> bool {
        self.closing == Some(Closing::Discard)
    }

    /// The next write, if one is due; resolves to where it ended.
    pub(super) fn next_write(
        &mut self,
    ) -> Option<LocalBoxFuture<'static, (Writer, Result<u64, DiskProblem>)>> {
        if self.pending.is_empty() {
            return None;
        }
        let writer = self.writer.take()?;
        let mut length = 0;
        let fitting = self.pending.iter().take_while(|piece| {
            length += piece.len();
            length <= WRITE_BYTES
        });
        let count = fitting.count().max(1);
        let pieces = self.pending.drain(..count);
        let bytes = joined(pieces.as_slice());
        drop(pieces);
        let end = self.position + u64::from(bytes.length());
        self.position = end;
        let writing = async move {
            match &writer {
                Writer::Memory(pieces) => {
                    pieces.push(&bytes);
                    (writer, Ok(end))
                }
                Writer::Stream { stream, .. } => {
                    let written = ask(stream, "write", &[bytes.into()]).await;
                    let written = written.map(|_| end).map_err(|error| problem(&error));
                    (writer, written)
                }
            }
        };
        Some(writing.boxed_local())
    }

    /// How to close it, once nothing is left to write.
    pub(super) fn next_close(&mut self) -> Option<(Writer, Closing)> {
        let closing = self.closing?;
        self.writer.take().map(|writer| (writer, closing))
    }
}

/// One piece of the browser's memory with all of these in it: the page's own may move while the browser writes.
fn joined(pieces: &[Vec<u8>]) -> Uint8Array {
    let length: usize = pieces.iter().map(Vec::len).sum();
    let all = Uint8Array::new_with_length(u32::try_from(length).unwrap_or(u32::MAX));
    let mut from = 0;
    for piece in pieces {
        let to = from + u32::try_from(piece.len()).unwrap_or(u32::MAX);
        all.subarray(from, to).copy_from(piece);
        from = to;
    }
    all
}
