//! The lines to the program, written by a thread of their own, or what a part of this program listens to.
//!
//! Invariant: a program that does not read costs no more than [`WAITING`] lines; what comes beyond is left out, and how much was
//! is said as soon as there is room again. The device never waits for its program.

use std::io::{self, Write};
use std::thread::JoinHandle;

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use super::event::{Event, Line};

/// At most so many lines wait for the program.
const WAITING: usize = 1_024;

/// The way to the program.
pub(crate) struct Output(Way);

enum Way {
    /// There is no program.
    Nowhere,
    /// A part of this program is told, and does not wait.
    Listener(Box<dyn FnMut(Line) + Send>),
    /// A program reads lines.
    Lines {
        /// They go here.
        lines: mpsc::Sender<String>,
        /// So many were left out since the last that was not.
        missed: u64,
    },
}

impl Output {
    /// Nobody reads.
    pub(crate) fn to_nobody() -> Self {
        Self(Way::Nowhere)
    }

    /// A part of this program listens. It is called by the device, and must not wait.
    pub(crate) fn to_listener(listener: impl FnMut(Line) + Send + 'static) -> Self {
        Self(Way::Listener(Box::new(listener)))
    }

    /// A program reads what is written here. The thread ends once the output is dropped and everything is written.
    ///
    /// # Errors
    /// When no thread can be started.
    pub(crate) fn to(sink: impl Write + Send + 'static) -> io::Result<(Self, JoinHandle<()>)> {
        let (lines, waiting) = mpsc::channel(WAITING);
        let writing = std::thread::Builder::new()
            .name("lines-out".to_owned())
            .spawn(move || write_all(sink, waiting))?;
        Ok((Self(Way::Lines { lines, missed: 0 }), writing))
    }

    /// Tells the program something.
    pub(crate) fn tell(&mut self, line: impl Into<Line>) {
        let (lines, missed) = match &mut self.0 {
            Way::Nowhere => return,
            Way::Listener(listener) => return listener(line.into()),
            Way::Lines { lines, missed } => (lines, missed),
        };
        if *missed > 0 {
            let words = Line::from(Event::Missed { lines: *missed });
            match lines.try_send(words.to_text()) {
                Ok(()) => *missed = 0,
                Err(_) => return *missed += 1,
            }
        }
        if let Err(TrySendError::Full(_)) = lines.try_send(line.into().to_text()) {
            *missed += 1;
        }
    }

    /// Whether there was a program, and it does not read any more and never will.
    pub(crate) fn is_broken(&self) -> bool {
        matches!(&self.0, Way::Lines { lines, .. } if lines.is_closed())
    }
}

/// Writes line after line, and lets none wait in the system while no other comes.
fn write_all(sink: impl Write, mut waiting: mpsc::Receiver<String>) {
    let mut sink = io::BufWriter::new(sink);
    while let Some(line) = waiting.blocking_recv() {
        let written = sink.write_all(line.as_bytes());
        let flushed = if waiting.is_empty() {
            sink.flush()
        } else {
            Ok(())
        };
        if written.and(flushed).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc as threads;

    use super::*;

    /// Takes a write only when it is told to.
    struct Reluctant {
        /// Each word lets one write pass.
        passes: threads::Receiver<()>,
        /// What was written goes here.
        written: threads::Sender<String>,
    }

    impl Write for Reluctant {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.passes.recv().map_err(io::Error::other)?;
            let text = String::from_utf8_lossy(bytes).into_owned();
            self.written.send(text).map_err(io::Error::other)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_a_program_does_not_read_is_left_out_and_counted() {
        let (pass, passes) = threads::channel();
        let (written, lines) = threads::channel();
        let (mut output, writing) = Output::to(Reluctant { passes, written }).unwrap();
        // More than can wait and than is on its way.
        let said = WAITING as u64 + 1_000;
        for _ in 0..said {
            output.tell(Event::Reconnecting);
        }
        for _ in 0..said {
            pass.send(()).unwrap();
        }
        let mut text = String::new();
        while text.lines().count() < WAITING {
            text += &lines.recv().unwrap();
        }
        output.tell(Event::Reconnected);
        drop(output);
        writing.join().unwrap();
        text.extend(lines.iter());
        let mut counted = 0;
        for line in text.lines() {
            counted += match line.strip_prefix(r#"{"event":"missed","lines":"#) {
                Some(rest) => rest.trim_end_matches('}').parse::<u64>().unwrap(),
                None => 1,
            };
        }
        assert_eq!(counted, said + 1, "every line is there or counted");
        assert!(text.contains("missed"));
        assert!(text.ends_with("{\"event\":\"reconnected\"}\n"));
    }

    #[test]
    fn a_program_that_is_gone_is_noticed() {
        let (pass, passes) = threads::channel();
        let (written, lines) = threads::channel();
        let (mut output, writing) = Output::to(Reluctant { passes, written }).unwrap();
        assert!(!output.is_broken());
        drop((pass, lines));
        output.tell(Event::Reconnecting);
        writing.join().unwrap();
        assert!(output.is_broken());
        assert!(!Output::to_nobody().is_broken());
    }
}
