//! What waits to be written to a stream.
//!
//! Invariant: never more than [`MOST_BYTES`]; what does not fit is lost, as it would be on a congested network.

use parking_lot::Mutex;
use tokio::sync::Notify;

/// So many bytes may wait: about a second of one video.
const MOST_BYTES: usize = 256 * 1024;

/// The queue between those who have something for a stream and the one who writes it.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    /// The messages wait here, one after the other as they are to be written.
    waiting: Mutex<Vec<u8>>,
    /// The task that writes is woken by this.
    filled: Notify,
}

impl Outbox {
    /// Adds a message of two parts and the padding that streams need (RFC 8656 section 12.5), or loses it.
    pub(crate) fn push(&self, header: &[u8], data: &[u8]) {
        let mut waiting = self.waiting.lock();
        let length = header.len() + data.len();
        if waiting.len() + length > MOST_BYTES {
            return;
        }
        waiting.extend_from_slice(header);
        waiting.extend_from_slice(data);
        waiting.extend_from_slice(&[0; 3][..length.next_multiple_of(4) - length]);
        drop(waiting);
        self.filled.notify_one();
    }

    /// Swaps what waits with an emptied buffer, as soon as something does.
    pub(super) async fn take(&self, emptied: &mut Vec<u8>) {
        emptied.clear();
        loop {
            {
                let mut waiting = self.waiting.lock();
                if !waiting.is_empty() {
                    std::mem::swap(&mut *waiting, emptied);
                    return;
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
        outbox.take(&mut taken).await;
        assert_eq!(taken, [1, 2, 3, 4, 5, 0, 0, 0, 6, 7, 8, 9]);
    }

    #[tokio::test]
    async fn what_does_not_fit_is_lost_and_the_rest_is_whole() {
        let outbox = Outbox::default();
        for _ in 0..300 {
            outbox.push(&[7; 4], &[7; 1020]);
        }
        let mut taken = Vec::new();
        outbox.take(&mut taken).await;
        assert_eq!(taken.len(), MOST_BYTES);
    }
}
