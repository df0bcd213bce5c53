//! The lines of a program, as a device reads them.

#[expect(dead_code, reason = "nobody waits here")]
#[path = "../../../../src/device/lines/acknowledgements.rs"]
pub(crate) mod acknowledgements;
#[path = "../../../../src/device/lines/announcement.rs"]
pub(crate) mod announcement;
#[path = "../../../../src/device/lines/order.rs"]
pub(crate) mod order;
#[path = "../../../../src/device/lines/reader.rs"]
pub(crate) mod reader;

use std::io::BufReader;

use order::{LINE_BYTES, MOST_RECIPIENTS, Order};
use reader::{LineRead, next_line};

/// What a program writes. No line is longer than it may be, each is an order or has an error with a code and words, and what is
/// announced can be said.
pub fn lines(data: &[u8]) {
    // Lines that go over the end of a buffer.
    let mut stream = BufReader::with_capacity(61, data);
    loop {
        let line = match next_line(&mut stream).expect("bytes can be read") {
            LineRead::Line(line) => line,
            LineRead::TooLong => continue,
            LineRead::End => return,
        };
        // What is no UTF-8 is replaced by something three times as long.
        assert!(line.len() <= 3 * LINE_BYTES);
        match Order::parse(&line) {
            Ok(Order::Send(sending)) => assert!(sending.to.len() <= MOST_RECIPIENTS),
            Ok(Order::Say { to, .. }) => assert!(to.len() <= MOST_RECIPIENTS),
            Ok(Order::Announce(controls)) => {
                controls.to_message().expect("controls can be told");
            }
            Ok(Order::Leave) => {}
            Err(error) => assert!(!error.code().is_empty() && !error.to_string().is_empty()),
        }
    }
}
