//! Lines out of a stream, none longer than a line may be.
//!
//! Invariant: a stream without an end of line costs no more memory than one line.

use std::io::{self, BufRead, Read};

use super::order::LINE_BYTES;

/// What a stream holds next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum LineRead {
    /// A line, without its end. What is no UTF-8 in it is replaced.
    Line(String),
    /// A line that is too long, of which nothing is kept.
    TooLong,
    /// Nothing more.
    End,
}

/// Reads the next line; one at the end of the stream needs no end of its own.
///
/// # Errors
/// The stream's.
pub(crate) fn next_line(stream: &mut impl BufRead) -> io::Result<LineRead> {
    let mut line = Vec::new();
    // One byte more tells a line that is too long, two an end of line of two bytes behind one that is not.
    let most = LINE_BYTES as u64 + 2;
    if stream.by_ref().take(most).read_until(b'\n', &mut line)? == 0 {
        return Ok(LineRead::End);
    }
    let is_whole = line.ends_with(b"\n");
    while line
        .last()
        .is_some_and(|byte| matches!(byte, b'\n' | b'\r'))
    {
        line.pop();
    }
    if line.len() <= LINE_BYTES {
        return Ok(LineRead::Line(String::from_utf8_lossy(&line).into_owned()));
    }
    if !is_whole {
        skip_line(stream)?;
    }
    Ok(LineRead::TooLong)
}

/// Reads up to the end of the line, and keeps nothing.
fn skip_line(stream: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffered = stream.fill_buf()?;
        let (length, is_end) = match buffered.iter().position(|byte| *byte == b'\n') {
            Some(index) => (index + 1, true),
            None => (buffered.len(), buffered.is_empty()),
        };
        stream.consume(length);
        if is_end {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Vec<LineRead> {
        let mut stream = io::BufReader::with_capacity(16, text);
        let mut lines = Vec::new();
        loop {
            match next_line(&mut stream).unwrap() {
                LineRead::End => return lines,
                line => lines.push(line),
            }
        }
    }

    fn line(text: &str) -> LineRead {
        LineRead::Line(text.to_owned())
    }

    #[test]
    fn lines_end_as_on_any_system_and_the_last_need_not() {
        let lines = read(b"one\r\ntwo\n\nthree");
        assert_eq!(lines, ["one", "two", "", "three"].map(line));
        assert_eq!(read(b"\xff\n"), [line("\u{fffd}")]);
    }

    #[test]
    fn what_is_too_long_is_skipped_and_nothing_behind_it() {
        let most = "x".repeat(LINE_BYTES);
        for end in ["\n", "\r\n"] {
            let text = [most.as_str(), end, most.as_str(), "x", end, "two", end].concat();
            let lines = read(text.as_bytes());
            assert_eq!(lines[0], line(&most));
            assert_eq!(lines[1..], [LineRead::TooLong, line("two")]);
        }
        let endless = "x".repeat(LINE_BYTES * 3);
        assert_eq!(read(endless.as_bytes()), [LineRead::TooLong]);
    }
}
