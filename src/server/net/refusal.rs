//! What a connection is told for which there is no place, without a parser and without a task.
//!
//! Invariant: it is a whole response, with the headers of every other.

use super::connection_table::NoPlace;

/// The responses, written once.
#[derive(Debug)]
pub(super) struct Refusals {
    /// Every place is taken.
    full: Vec<u8>,
    /// The address has no further place.
    too_many_of_one_address: Vec<u8>,
}

impl Refusals {
    /// Writes them with these header lines, each with its end.
    pub(super) fn new(headers: &str) -> Self {
        Self {
            full: response(
                "503 Service Unavailable",
                "This server has no room for another connection. Try again in a minute.",
                headers,
            ),
            too_many_of_one_address: response(
                "429 Too Many Requests",
                "Too many connections come from your address. Try again in a minute.",
                headers,
            ),
        }
    }

    /// Gives the response that says why there is no place.
    pub(super) fn of(&self, reason: NoPlace) -> &[u8] {
        match reason {
            NoPlace::Full => &self.full,
            NoPlace::TooManyOfOneAddress => &self.too_many_of_one_address,
        }
    }
}

fn response(status: &str, words: &str, headers: &str) -> Vec<u8> {
    let length = words.len();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {length}\r\nretry-after: 60\r\n\
         connection: close\r\n{headers}\r\n{words}"
    );
    head.into_bytes()
}
