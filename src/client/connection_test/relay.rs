//! Whether a relay relays: a connection from this page to itself that may go through this relay alone.
//!
//! Invariant: no more than [`MOST_BYTES`] are sent, however fast it is.

use std::cell::Cell;
use std::rc::Rc;

use futures::StreamExt;
use futures::channel::mpsc;
use js_sys::ArrayBuffer;
use wasm_bindgen::JsCast;
use web_sys::MessageEvent;

use super::course::Course;
use super::end::End;
use super::wait::{pause, within};
use crate::client::browser::clock::Clock;
use crate::client::browser::listener::Listener;
use crate::client::report::{Report, Reporter};
use crate::client::rtc::connection::IceConfiguration;
use crate::protocol::IceTransportPolicy;
use crate::room::connection_test::{Figure, Finding, Relayed, TestServer, Trouble};
use crate::room::{ConnectionState, PeerEvent, Route};

/// Connecting may take this long, in ms.
const CONNECTING_MS: u64 = 8_000;

/// The channel is looked at so often meanwhile, in ms.
const LOOK_MS: u64 = 50;

/// So many questions are sent through.
const QUESTIONS: u32 = 5;
/// An answer may take this long, in ms.
const ANSWER_MS: u64 = 3_000;

/// Data are sent this long, in ms.
const SENDING_MS: u64 = 1_200;

/// The sending buffer is filled so often, in ms.
const FILLED_EVERY_MS: u64 = 10;
/// The sending buffer is filled up to so many bytes.
const BUFFERED_BYTES: u32 = 256 * 1024;

/// One message has so many bytes.
const MESSAGE_BYTES: usize = 16 * 1024;

/// At most so many bytes are sent: few enough for people who pay for them.
const MOST_BYTES: u32 = 4 * 1024 * 1024;

/// Tries a relay.
pub(super) async fn finding(course: &Course, test: &TestServer) -> Finding {
    let ice = IceConfiguration {
        servers: vec![test.server.clone()],
        policy: IceTransportPolicy::Relay,
        route: Route::Any,
    };
    let (reporter, reports) = Reporter::new();
    let (Ok(near), Ok(far)) = (End::open(&ice, 0, &reporter), End::open(&ice, 1, &reporter)) else {
        return Finding::Trouble(Trouble::RelaySilent(test.port));
    };
    let ends = [near, far];
    let measured = match connect(course, &ends, reports, test.port).await {
        Ok(()) => measure(course, &ends, test.port).await,
        Err(trouble) => Err(trouble),
    };
    match measured {
        Ok(relayed) => Finding::Fine(Figure::Relayed(relayed)),
        Err(trouble) => Finding::Trouble(trouble),
    }
}

async fn connect(
    course: &Course,
    ends: &[End; 2],
    mut reports: mpsc::Receiver<Report>,
    port: u16,
) -> Result<(), Trouble> {
    let [near, far] = ends;
    let begun = course.clock.now();
    let introduced = near.introduce(far).await;
    let mut relayed = false;
    let mut ended = [false; 2];
    while introduced.is_ok() && course.clock.now().since(begun) < CONNECTING_MS {
        if near.is_open() && far.is_open() {
            return Ok(());
        }
        let Some(Some(Report::Path {
            generation, event, ..
        })) = within(&course.window, LOOK_MS, reports.next()).await
        else {
            continue;
        };
        let other = if generation == 0 { far } else { near };
        match event {
            PeerEvent::Candidate(Some(candidate)) => {
                relayed = true;
                course.gathered(&candidate);
                other.add(&candidate).await;
            }
            PeerEvent::Candidate(None) => ended[usize::from(generation != 0)] = true,
            PeerEvent::Connection(ConnectionState::Failed) => break,
            _ => {}
        }
        if ended == [true; 2] && !relayed {
            break;
        }
    }
    Err(match near.refusal().or(far.refusal()) {
        _ if relayed => Trouble::RelayStuck(port),
        Some(code) => Trouble::RelayRefuses(port, code),
        None => Trouble::RelaySilent(port),
    })
}

async fn measure(course: &Course, [near, far]: &[End; 2], port: u16) -> Result<Relayed, Trouble> {
    let (mut sender, mut answers) = mpsc::channel(1);
    let received = Rc::new(Cell::new((0, course.clock.now())));
    let _answer = Listener::new(&near.channel, "message", move |_: MessageEvent| {
        drop(sender.try_send(()));
    });
    let _receive = Listener::new(&far.channel, "message", {
        let (channel, received) = (far.channel.clone(), Rc::clone(&received));
        let clock = Clock::of(&course.window);
        move |message: MessageEvent| match message.data().dyn_into::<ArrayBuffer>() {
            Ok(data) => received.set((received.get().0 + data.byte_length(), clock.now())),
            Err(_) => drop(channel.send_with_str("")),
        }
    });
    let mut fastest = u64::MAX;
    for _ in 0..QUESTIONS {
        let asked = course.clock.now();
        drop(near.channel.send_with_str("?"));
        match within(&course.window, ANSWER_MS, answers.next()).await {
            Some(Some(())) => fastest = fastest.min(course.clock.now().since(asked)),
            _ => return Err(Trouble::RelayStuck(port)),
        }
    }
    let message = [0; MESSAGE_BYTES];
    let begun = course.clock.now();
    let mut sent = 0;
    while course.clock.now().since(begun) < SENDING_MS && received.get().0 < MOST_BYTES {
        while sent < MOST_BYTES && near.channel.buffered_amount() < BUFFERED_BYTES {
            if near.channel.send_with_u8_array(&message).is_err() {
                return Err(Trouble::RelayStuck(port));
            }
            sent += MESSAGE_BYTES as u32;
        }
        pause(&course.window, FILLED_EVERY_MS).await;
    }
    let (bytes, last) = received.get();
    if bytes == 0 {
        return Err(Trouble::RelayStuck(port));
    }
    let bits = u64::from(bytes) * 8 * 1_000 / last.since(begun).max(1);
    Ok(Relayed {
        // There and back is twice to the relay and back.
        round_trip_ms: u32::try_from(fastest / 2).unwrap_or(u32::MAX),
        bits_per_second: u32::try_from(bits).unwrap_or(u32::MAX),
        port,
    })
}
