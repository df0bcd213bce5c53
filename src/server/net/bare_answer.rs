//! The answers that hyper writes by itself, to what it could not read as a request (400, 414, 431). They are bare heads, and
//! get the headers of every other response on their way out.
//!
//! hyper lets nobody say what stands in them. Such a head has no body, comes in one piece, and is the last that is written.
//! Invariant: whatever else is written passes as it is: a response of ours has the headers already, and no frame of a WebSocket
//! begins like a head.

/// Every response of ours has this header, and no bare answer has.
const OURS: &[u8] = b"x-content-type-options:";

const END: &[u8] = b"\r\n\r\n";

/// A bare answer with the headers it lacked, on its way out.
#[derive(Debug)]
pub(super) struct CompletedAnswer {
    /// This is written instead.
    bytes: Vec<u8>,
    /// So many bytes of it are written.
    written: usize,
    /// The bare answer had this length: whoever wrote it is told that all of that is written.
    length: usize,
}

impl CompletedAnswer {
    /// Adds header lines, each with its end, to a bare answer; `None` when something else is being written.
    pub(super) fn of(bytes: &[u8], headers: &str) -> Option<Self> {
        let is_refusal = bytes.starts_with(b"HTTP/1.") && bytes.get(8..10) == Some(b" 4");
        if !is_refusal || !bytes.ends_with(END) || contains(bytes, OURS) {
            return None;
        }
        let lines = bytes.len() - END.len() / 2;
        let completed = [&bytes[..lines], headers.as_bytes(), &bytes[lines..]].concat();
        Some(Self {
            bytes: completed,
            written: 0,
            length: bytes.len(),
        })
    }

    /// Gives what is still to be written.
    pub(super) fn rest(&self) -> &[u8] {
        &self.bytes[self.written.min(self.bytes.len())..]
    }

    /// Notes that so many bytes more were written. Gives the length of the bare answer once nothing is left.
    pub(super) fn written(&mut self, count: usize) -> Option<usize> {
        self.written += count;
        self.rest().is_empty().then_some(self.length)
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = "x-content-type-options: nosniff\r\nreferrer-policy: no-referrer\r\n";

    fn completed(bytes: &[u8]) -> Option<CompletedAnswer> {
        CompletedAnswer::of(bytes, LINES)
    }

    #[test]
    fn a_bare_answer_gets_the_headers_before_its_end() {
        let bare = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\n\r\n";
        let mut answer = completed(bare).unwrap();
        let whole = String::from_utf8(answer.rest().to_vec()).unwrap();
        assert_eq!(
            whole,
            format!(
                "HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\n{LINES}\r\n"
            )
        );
        assert_eq!(answer.written(10), None);
        assert_eq!(answer.rest(), &whole.as_bytes()[10..]);
        assert_eq!(answer.written(whole.len() - 10), Some(bare.len()));
    }

    #[test]
    fn everything_else_passes_as_it_is() {
        for bytes in [
            b"".as_slice(),
            b"HTTP/1.1",
            b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
            b"HTTP/1.1 404 Not Found\r\nx-content-type-options: nosniff\r\n\r\n",
            b"HTTP/1.1 413 Payload Too Large\r\ncontent-length: 5\r\n\r\nlarge",
            b"\x81\x05hello",
            b"<html>HTTP/1.1 400 Bad Request\r\n\r\n",
        ] {
            assert!(completed(bytes).is_none(), "{}", bytes.escape_ascii());
        }
    }
}
