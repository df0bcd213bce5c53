//! The goodbye that needs no WebSocket (docs/protocol.md, *Leaving without a socket*).
//!
//! Invariant: it ends within the time of three steps, and whether it arrived is not asked.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::address::RoomAddress;
use super::dial::{Trust, in_time};
use super::signaling::connect;
use crate::protocol::ResumeToken;

/// Gives a seat up by a request of its own.
///
/// # Errors
/// When the server cannot be reached.
pub(crate) async fn give_up_seat(
    address: &RoomAddress,
    trust: Trust,
    resume: &ResumeToken,
) -> io::Result<()> {
    let mut stream = connect(address, trust).await?.stream;
    let form = format!(
        "room={}&resume={}",
        address.room.as_str(),
        percent_encoding::utf8_percent_encode(resume.as_str(), percent_encoding::NON_ALPHANUMERIC)
    );
    let request = format!(
        "POST /api/leave HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{form}",
        address.authority(),
        form.len()
    );
    in_time(async {
        stream.write_all(request.as_bytes()).await?;
        stream.flush().await?;
        // The seat is given up once the first byte of the answer is there.
        stream.read_u8().await.map(drop)
    })
    .await
}
