//! One end of a test connection.
//!
//! Invariant: closed when dropped, and silent from then on.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, RtcDataChannel, RtcDataChannelInit, RtcDataChannelState, RtcDataChannelType};

use crate::client::browser::js;
use crate::client::browser::js::Connection;
use crate::client::browser::listener::Listener;
use crate::client::report::Reporter;
use crate::client::rtc::connection;
use crate::client::rtc::connection::IceConfiguration;
use crate::protocol::IceCandidate;
use crate::room::Moment;
use crate::room::path::id::PathIds;

/// The stream both ends know the channel by.
const STREAM: u16 = 0;

/// "The server could not be reached" (W3C WebRTC section 4.8.4); lower codes are of the server itself.
const UNREACHABLE: u16 = 701;

/// An end.
pub(super) struct End {
    /// The connection is closed when the end is dropped.
    connection: Connection,
    /// The channel opens once the connection stands.
    pub(crate) channel: RtcDataChannel,
    /// The listeners stay as long as the end.
    listeners: Vec<Listener>,
    /// The browser complained of the server with this code, of which one of the server's own stays; `None` while it did
    /// not.
    complaint: Rc<Cell<Option<u16>>>,
}

impl End {
    /// An end whose events are reported under its number.
    ///
    /// # Errors
    /// The browser's exception, as for a URL it does not take.
    pub(super) fn open(
        ice: &IceConfiguration,
        number: u32,
        reporter: &Reporter,
    ) -> Result<Self, JsValue> {
        let connection = connection::open(ice)?;
        let init = RtcDataChannelInit::new();
        init.set_negotiated(true);
        init.set_id(STREAM);
        let channel = connection.create_channel("check", &init)?;
        channel.set_binary_type(RtcDataChannelType::Arraybuffer);
        let complaint = Rc::new(Cell::new(None));
        // No call knows this path: nobody but the test listens to its reports.
        let path = PathIds::since(Moment::default()).give();
        let mut listeners = connection::listen(&connection, path, number, reporter);
        listeners.push(Listener::new(&connection, "icecandidateerror", {
            let complaint = Rc::clone(&complaint);
            move |event: Event| {
                let code = js::property(&event, "errorCode").and_then(|code| code.as_f64());
                let code = code.map_or(UNREACHABLE, |code| code as u16);
                if complaint.get().is_none_or(|before| before >= UNREACHABLE) {
                    complaint.set(Some(code));
                }
            }
        }));
        Ok(Self {
            connection,
            channel,
            listeners,
            complaint,
        })
    }

    /// Begins to gather candidates.
    ///
    /// # Errors
    /// The browser's exception.
    pub(super) async fn gather(&self) -> Result<(), JsValue> {
        JsFuture::from(self.connection.describe_locally()?).await?;
        Ok(())
    }

    /// Makes the two ends of one connection known to each other; candidates are still to be exchanged.
    ///
    /// # Errors
    /// The browser's exception.
    pub(super) async fn introduce(&self, other: &Self) -> Result<(), JsValue> {
        self.gather().await?;
        let offer = connection::local_sdp(&self.connection)?;
        connection::describe_remotely(&other.connection, "offer", &offer).await?;
        other.gather().await?;
        let answer = connection::local_sdp(&other.connection)?;
        connection::describe_remotely(&self.connection, "answer", &answer).await?;
        Ok(())
    }

    /// Gives the description of this end, for an other end that is no page.
    ///
    /// # Errors
    /// The browser's exception.
    pub(super) async fn offer(&self) -> Result<String, JsValue> {
        self.gather().await?;
        connection::local_sdp(&self.connection)
    }

    /// Takes the answer to it.
    ///
    /// # Errors
    /// The browser's exception.
    pub(super) async fn take_answer(&self, answer: &str) -> Result<(), JsValue> {
        connection::describe_remotely(&self.connection, "answer", answer).await?;
        Ok(())
    }

    /// Takes a candidate of the other end; one that the browser does not take is skipped.
    pub(super) async fn add(&self, candidate: &IceCandidate) {
        if let Ok(adding) = self.connection.add_candidate(&js::dictionary(candidate)) {
            drop(JsFuture::from(adding).await);
        }
    }

    /// Whether data can be sent.
    pub(super) fn is_open(&self) -> bool {
        self.channel.ready_state() == RtcDataChannelState::Open
    }

    /// Whether the browser complained that a server cannot be used.
    pub(super) fn has_complained(&self) -> bool {
        self.complaint.get().is_some()
    }

    /// The error a server answered with, if one did.
    pub(super) fn refusal(&self) -> Option<u16> {
        self.complaint.get().filter(|code| *code < UNREACHABLE)
    }
}

impl Drop for End {
    fn drop(&mut self) {
        self.listeners.clear();
        self.channel.close();
        self.connection.close();
    }
}
