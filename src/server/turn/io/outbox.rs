//! What waits to be written to a stream.
//!
//! Invariant: never more than [`MOST_BYTES`]; what does not fit is lost, as it would be on a congested network. What was
//! there before the end is written.

use parking_lot::Mutex;
use tokio::sync::Notify;

/// So many bytes may wait: about a second of one video.
const MOST_BYTES: usize = 256 * 1024;

/// The queue between those who have something for a stream and the one who writes it.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    /// What waits is here.
    waiting: Mutex<Waiting>,
    /// The task that writes is woken by this.
    filled: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    /// The messages, one after the other as they are to be written.
    bytes: Vec<u8>,
    /// When these are written, nothing more is.
    ends: bool,
}

/// Nothing more is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ended;

impl Outbox {
    /// Adds a message of two parts and the padding that streams need (RFC 8656 section 12.5), or loses it.
    pub(crate) fn push(&self, header: &[u8], data: &[u8]) {
        let mut waiting = self.waiting.lock();
        let length = header.len() + data.len();
        if waiting.bytes.len() + length > MOST_BYTES {
            return;
        }
        waiting.bytes.extend_from_slice(header);
        waiting.bytes.extend_from_slice(data);
        let padding = length.next_multiple_of(4) - length;
        waiting.bytes.extend_from_slice(&[0; 3][..padding]);
        drop(waiting);
        self.filled.notify_one();
    }

    /// Ends the queue when what waits is written.
    pub(super) fn end(&self) {
        self.waiting.lock().ends = true;
        self.filled.notify_one();
    }

    /// Swaps what waits with an emptied buffer, as soon as something does.
    ///
    /// # Errors
    /// When nothing waits and nothing more comes.
    pub(super) async fn take(&self, emptied: &mut Vec<u8>) -> Result<(), Ended> {
        emptied.clear();
        loop {
            {
                let mut waiting = self.waiting.lock();
                if !waiting.bytes.is_empty() {
                    std::mem::swap(&mut waiting.bytes, emptied);
                    return Ok(());
                }
                if waiting.ends {
                    return Err(Ended);
                }
            }
            self.filled.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn messages_come_out_in_order_and_padded() {
        let outbox = Outbox::default();
        outbox.push(&[1, 2, 3, 4], &[5]);
        outbox.push(&[6, 7, 8, 9], &[]);
        let mut taken = vec![0; 9];
        outbox.take(&mut taken).await.unwrap();
        assert_eq!(taken, [1, 2, 3, 4, 5, 0, 0, 0, 6, 7, 8, 9]);
    }

    #[tokio::test]
    async fn what_does_not_fit_is_lost_and_the_rest_is_whole() {
        let outbox = Outbox::default();
        for _ in 0..300 {
            outbox.push(&[7; 4], &[7; 1020]);
        }
        let mut taken = Vec::new();
        outbox.take(&mut taken).await.unwrap();
        assert_eq!(taken.len(), MOST_BYTES);
    }

    #[tokio::test]
    async fn what_waits_at_the_end_is_still_written() {
        let outbox = Outbox::default();
        outbox.push(&[1, 2, 3, 4], &[]);
        outbox.end();
        outbox.push(&[5, 6, 7, 8], &[]);
        let mut taken = Vec::new();
        assert_eq!(outbox.take(&mut taken).await, Ok(()));
        assert_eq!(taken, [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(outbox.take(&mut taken).await, Err(Ended));
    }
}
