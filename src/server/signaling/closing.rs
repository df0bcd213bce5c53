//! The last words of a connection.
//!
//! Invariant: what was still to be said is said before the close, within its deadlines.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use super::connection::Connection;
use super::ending::{Ending, WRITE_DEADLINE, reason};

/// The other side has this long to answer a close frame.
const CLOSE_DEADLINE: Duration = Duration::from_secs(2);

impl Connection {
    /// Says goodbye, as far as there is somebody to say it to.
    pub(super) async fn finish(&mut self, ending: Ending) {
        let code = match ending {
            Ending::Gone => return,
            Ending::ClosedByPeer => {
                let _ = timeout(CLOSE_DEADLINE, self.until_closed()).await;
                return;
            }
            Ending::Close(code) => code,
        };
        self.slot.outbox().close(code);
        let rest = self.slot.outbox().take_rest();
        let frame = CloseFrame {
            code: u16::from(code).into(),
            reason: Utf8Bytes::from_static(reason(code)),
        };
        let said = timeout(WRITE_DEADLINE, async {
            for message in rest {
                self.socket.feed(Message::Text(message)).await?;
            }
            self.socket.feed(Message::Close(Some(frame))).await?;
            self.socket.flush().await
        });
        if let Ok(Ok(())) = said.await {
            let _ = timeout(CLOSE_DEADLINE, self.until_closed()).await;
        }
    }

    /// Reads on until the other side has closed. Closing a socket with unread data would reset it, and the client
    /// might never see why.
    async fn until_closed(&mut self) {
        while let Some(Ok(_)) = self.socket.next().await {}
        let stream = self.socket.get_mut();
        let _ = tokio::io::AsyncWriteExt::shutdown(stream).await;
        let mut discarded = vec![0; 8 * 1024];
        while let Ok(1..) = tokio::io::AsyncReadExt::read(stream, &mut discarded).await {}
    }
}
