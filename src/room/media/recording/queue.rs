//! The pieces of a recording on their way to the disk.
//!
//! Responsible for what is written next, and for when a recording is over. Invariant: what is written is the beginning
//! of what was recorded, without a gap: pieces are written one at a time in their order, and once one is lost none of the
//! later ones is.

use std::collections::VecDeque;

/// At most so many pieces wait to be written. A disk that far behind is too slow.
pub const PIECES_WAITING: usize = 64;

/// A recording cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordingProblem {
    /// The browser has no place to keep it.
    NoPlace,
    /// There is no space left.
    Full,
    /// The disk does not keep up.
    TooSlow,
}

/// A piece came to this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queued {
    /// It will be written.
    Waits,
    /// It has no place, and neither has any later one: the disk is too slow.
    Overflows,
    /// It comes after one that was lost.
    Ignored,
}

/// This is to be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextPiece<P> {
    /// This piece is written, the so-manyth, from 1.
    Write(u32, P),
    /// A piece is being written, or none is there yet.
    Wait,
    /// The recording is over.
    Finished {
        /// So many pieces are on the disk.
        written: u32,
        /// The recording ended for this before it should; `None` when it did not.
        problem: Option<RecordingProblem>,
    },
}

/// Pieces wait here for the disk, in the order in which they were made.
#[derive(Debug)]
pub struct PieceQueue<P> {
    /// These pieces are not yet given to the disk, the oldest first; at most [`PIECES_WAITING`] of them.
    waiting: VecDeque<P>,
    /// The disk has a piece and has not answered: there is never more than one on its way.
    writing: bool,
    /// So many pieces are on the disk; the next one has the number after it.
    written: u32,
    /// The last piece was made.
    ended: bool,
    /// Nothing more is taken once this went wrong, so that what is written has no gap.
    problem: Option<RecordingProblem>,
}

impl<P> Default for PieceQueue<P> {
    fn default() -> Self {
        Self {
            waiting: VecDeque::new(),
            writing: false,
            written: 0,
            ended: false,
            problem: None,
        }
    }
}

impl<P> PieceQueue<P> {
    /// Takes the next piece of the recording.
    pub fn push(&mut self, piece: P) -> Queued {
        if self.problem.is_some() {
            return Queued::Ignored;
        }
        if self.waiting.len() >= PIECES_WAITING {
            self.problem = Some(RecordingProblem::TooSlow);
            return Queued::Overflows;
        }
        self.waiting.push_back(piece);
        Queued::Waits
    }

    /// Pieces were lost before they came here. Whether that is news.
    pub fn lose(&mut self) -> bool {
        let news = self.problem.is_none();
        self.problem = self.problem.or(Some(RecordingProblem::TooSlow));
        news
    }

    /// No further piece will be made.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// The piece that was to be written is, or why it is not.
    pub fn wrote(&mut self, result: Result<(), RecordingProblem>) {
        self.writing = false;
        match result {
            Ok(()) => self.written += 1,
            Err(problem) => {
                self.problem = Some(problem);
                self.waiting.clear();
            }
        }
    }

    /// What is to be done now.
    pub fn next_piece(&mut self) -> NextPiece<P> {
        if self.writing {
            return NextPiece::Wait;
        }
        if let Some(piece) = self.waiting.pop_front() {
            self.writing = true;
            return NextPiece::Write(self.written + 1, piece);
        }
        if self.ended {
            return NextPiece::Finished {
                written: self.written,
                problem: self.problem,
            };
        }
        NextPiece::Wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes what waits; which pieces were written, and how it ended if it did.
    fn drain(queue: &mut PieceQueue<u32>) -> (Vec<u32>, NextPiece<u32>) {
        let mut written = Vec::new();
        loop {
            match queue.next_piece() {
                NextPiece::Write(_, piece) => {
                    written.push(piece);
                    queue.wrote(Ok(()));
                }
                last => return (written, last),
            }
        }
    }

    #[test]
    fn pieces_are_written_one_at_a_time_in_their_order() {
        let mut queue = PieceQueue::default();
        assert_eq!(queue.next_piece(), NextPiece::Wait);
        for piece in [10, 20] {
            assert_eq!(queue.push(piece), Queued::Waits);
        }
        assert_eq!(queue.next_piece(), NextPiece::Write(1, 10));
        assert_eq!(queue.next_piece(), NextPiece::Wait);
        queue.end();
        assert_eq!(queue.next_piece(), NextPiece::Wait);
        queue.wrote(Ok(()));
        assert_eq!(queue.next_piece(), NextPiece::Write(2, 20));
        queue.wrote(Ok(()));
        let finished = NextPiece::Finished {
            written: 2,
            problem: None,
        };
        assert_eq!(queue.next_piece(), finished);
    }

    #[test]
    fn a_disk_that_falls_too_far_behind_ends_the_recording_and_what_was_made_until_then_is_written()
    {
        let mut queue = PieceQueue::default();
        queue.push(0);
        assert_eq!(queue.next_piece(), NextPiece::Write(1, 0));
        for piece in 1..=64 {
            assert_eq!(queue.push(piece), Queued::Waits);
        }
        assert_eq!(queue.push(65), Queued::Overflows);
        queue.wrote(Ok(()));
        assert_eq!(queue.next_piece(), NextPiece::Write(2, 1));
        // There is room again, but a piece here would come after a gap.
        assert_eq!(queue.push(66), Queued::Ignored);
        queue.wrote(Ok(()));
        queue.end();
        let finished = NextPiece::Finished {
            written: 65,
            problem: Some(RecordingProblem::TooSlow),
        };
        assert_eq!(drain(&mut queue), ((2..=64).collect(), finished));
    }

    #[test]
    fn after_a_piece_that_could_not_be_written_none_is() {
        let mut queue = PieceQueue::default();
        for piece in 0..3 {
            queue.push(piece);
        }
        queue.next_piece();
        queue.wrote(Ok(()));
        queue.next_piece();
        queue.wrote(Err(RecordingProblem::Full));
        assert_eq!(queue.next_piece(), NextPiece::Wait);
        assert_eq!(queue.push(3), Queued::Ignored);
        queue.end();
        let finished = NextPiece::Finished {
            written: 1,
            problem: Some(RecordingProblem::Full),
        };
        assert_eq!(drain(&mut queue), (Vec::new(), finished));
    }

    #[test]
    fn what_the_disk_says_last_is_why_it_ended() {
        let mut queue = PieceQueue::default();
        for piece in 0..=64 {
            queue.push(piece);
        }
        queue.next_piece();
        queue.wrote(Err(RecordingProblem::NoPlace));
        queue.end();
        let finished = NextPiece::Finished {
            written: 0,
            problem: Some(RecordingProblem::NoPlace),
        };
        assert_eq!(queue.next_piece(), finished);
    }

    #[test]
    fn pieces_lost_on_the_way_here_end_it_too() {
        let mut queue = PieceQueue::default();
        queue.push(0);
        assert!(queue.lose());
        assert!(!queue.lose());
        assert_eq!(queue.push(2), Queued::Ignored);
        queue.end();
        let finished = NextPiece::Finished {
            written: 1,
            problem: Some(RecordingProblem::TooSlow),
        };
        assert_eq!(drain(&mut queue), (vec![0], finished));
    }
}
