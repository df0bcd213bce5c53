//! A client on a stream: TCP, or TLS over TCP.
//!
//! Invariant: it is read and written until the client is done, or its queue ends.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use super::endpoint::HEADROOM;
use super::framing::{self, MOST_BYTES};
use super::outbox::Outbox;
use super::relay::SharedRelays;
use crate::server::turn::core::CoreStep;
use crate::server::turn::core::answer::ANSWER_BYTES;
use crate::server::turn::core::five_tuple::ClientPath;

/// What waits may take this long to be written.
const WRITE_DEADLINE: Duration = Duration::from_secs(10);

/// So many bytes are read at once.
const READ_BYTES: usize = 16 * 1024;

/// Serves a client to its end.
pub(crate) async fn serve<S>(stream: S, path: &ClientPath, outbox: &Outbox, shared: &SharedRelays)
where
    S: AsyncRead + AsyncWrite,
{
    let (reading, writing) = tokio::io::split(stream);
    tokio::select! {
        ended = read(reading, path, outbox, shared) => {
            if let Err(error) = ended {
                tracing::debug!(%error, "a relay stream ended");
            }
        }
        _ = write(writing, outbox) => {}
    }
}

async fn read(
    mut stream: impl AsyncRead + Unpin,
    path: &ClientPath,
    outbox: &Outbox,
    shared: &SharedRelays,
) -> io::Result<()> {
    let mut buffer: Vec<u8> = Vec::with_capacity(READ_BYTES);
    let mut answer = vec![0; ANSWER_BYTES];
    loop {
        if stream.read_buf(&mut buffer).await? == 0 {
            return Ok(());
        }
        let now = shared.clock.now();
        let mut start = 0;
        loop {
            let rest = &mut buffer[start..];
            let frame = framing::first(rest).map_err(io::Error::other)?;
            let Some(frame) = frame.filter(|frame| frame.stride <= rest.len()) else {
                let wanted = frame.map_or(4, |frame| frame.stride).min(MOST_BYTES);
                buffer.drain(..start);
                buffer.reserve(wanted.max(READ_BYTES).saturating_sub(buffer.len()));
                break;
            };
            let mut core = shared.core_of(path);
            match core.client_sent(path, &rest[..frame.length], now, &mut answer) {
                CoreStep::Nothing => {}
                CoreStep::Answer(length) => outbox.push(&answer[..length], &[]),
                CoreStep::Relay { relay, to, data } => {
                    let relay = Arc::clone(&relay.running);
                    drop(core);
                    // Before the data stands the header of a channel or of an attribute, which was read.
                    relay.send(shared, &mut rest[data.start - HEADROOM..data.end], to, now);
                }
            }
            start += frame.stride;
        }
    }
}

async fn write(mut stream: impl AsyncWrite + Unpin, outbox: &Outbox) -> io::Result<()> {
    let mut taken = Vec::new();
    while let Ok(()) = outbox.take(&mut taken).await {
        timeout(WRITE_DEADLINE, async {
            stream.write_all(&taken).await?;
            stream.flush().await
        })
        .await??;
    }
    Ok(())
}
