//! The data channels of somebody who takes part over the SFU.

use std::time::Duration;

use serde_json::{Value, json};
use str0m::Event;
use str0m::channel::{ChannelConfig, ChannelData, ChannelId, Reliability};
use tokio::time::timeout;

use super::Server;
use super::sfu_client::SfuClient;
use super::sfu_media::{Media, MediaNews};
use super::sfu_news::News;

/// The channels, in the order of their ids.
pub(crate) const CHANNELS: [&str; 3] = ["chat", "files", "live"];

/// Who opens a channel anew says so this often until the server hears it.
const SAID_AGAIN: Duration = Duration::from_millis(500);

/// What happens on a data channel.
#[derive(Debug)]
pub(crate) enum ChannelNews {
    /// It is open on this side.
    Opened(String),
    /// Something came.
    Said(Said),
    /// It is closed.
    Closed(String),
}

/// What came on a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) channel: String,
    pub(crate) is_binary: bool,
    pub(crate) line: Value,
    /// `None` where no line break follows the line.
    pub(crate) payload: Option<Vec<u8>>,
}

impl Said {
    fn read(channel: &str, data: &ChannelData) -> Self {
        let mut parts = data.data.splitn(2, |byte| *byte == b'\n');
        let line = parts.next().unwrap_or_default();
        Self {
            channel: channel.to_owned(),
            is_binary: data.binary,
            line: serde_json::from_slice(line).expect("a routing line"),
            payload: parts.next().map(<[u8]>::to_vec),
        }
    }

    /// The payload, which is text.
    pub(crate) fn text(&self) -> &str {
        let payload = self.payload.as_deref().expect("a payload");
        std::str::from_utf8(payload).expect("a text")
    }
}

/// A message as a client sends it.
pub(crate) fn by_client(line: &Value, payload: impl AsRef<[u8]>) -> Vec<u8> {
    [line.to_string().as_bytes(), b"\n", payload.as_ref()].concat()
}

/// What the library calls the channels of a client.
#[derive(Default)]
pub(super) struct Channels(Vec<(String, ChannelId)>);

impl Channels {
    pub(super) fn add(&mut self, channel: &str, id: ChannelId) {
        self.0.push((channel.to_owned(), id));
    }

    fn name(&self, id: ChannelId) -> Option<&str> {
        let mut all = self.0.iter();
        all.find(|it| it.1 == id).map(|it| it.0.as_str())
    }

    fn id(&self, channel: &str) -> Option<ChannelId> {
        self.0.iter().find(|it| it.0 == channel).map(|it| it.1)
    }

    pub(super) fn hear(&mut self, event: Event) -> Option<ChannelNews> {
        match event {
            Event::ChannelOpen(id, _) => {
                let name = self.name(id)?;
                Some(ChannelNews::Opened(name.to_owned()))
            }
            Event::ChannelData(data) => {
                let name = self.name(data.id)?;
                Some(ChannelNews::Said(Said::read(name, &data)))
            }
            Event::ChannelClose(id) => {
                let place = self.0.iter().position(|it| it.1 == id)?;
                Some(ChannelNews::Closed(self.0.remove(place).0))
            }
            _ => None,
        }
    }
}

/// A channel as docs/protocol-data-channels.md has it; of another name it is announced in-band.
pub(super) fn config(channel: &str) -> ChannelConfig {
    let place = CHANNELS.iter().position(|it| *it == channel);
    let is_live = channel == "live";
    ChannelConfig {
        label: channel.to_owned(),
        ordered: !is_live,
        reliability: match is_live {
            true => Reliability::MaxRetransmits { retransmits: 0 },
            false => Reliability::Reliable,
        },
        negotiated: place.and_then(|place| u16::try_from(place).ok()),
        ..ChannelConfig::default()
    }
}

impl Media {
    /// Opens a channel, for the first time or anew.
    pub(crate) fn open_channel(&mut self, channel: &str) {
        let id = self.rtc.direct_api().create_data_channel(config(channel));
        self.channels.add(channel, id);
    }

    /// Closes a channel.
    pub(crate) fn close_channel(&mut self, channel: &str) {
        let id = self.channels.id(channel).expect("a channel");
        self.rtc.direct_api().close_data_channel(id);
    }

    /// Sends bytes on a channel as they are; false when it is not open, or too much waits.
    fn say(&mut self, channel: &str, is_binary: bool, message: &[u8]) -> bool {
        let id = self.channels.id(channel);
        let Some(mut open) = id.and_then(|id| self.rtc.channel(id)) else {
            return false;
        };
        open.write(is_binary, message).unwrap()
    }

    fn is_open(&mut self, channel: &str) -> bool {
        let id = self.channels.id(channel);
        id.is_some_and(|id| self.rtc.channel(id).is_some())
    }
}

impl SfuClient {
    /// Takes a seat in the room `standup` and connects, and waits until the server has all of the channels.
    pub(crate) async fn converse(server: &Server, name: &str) -> Self {
        let mut client = Self::join(server, "standup", name).await;
        client.connect().await;
        client
            .until_said("live", |said| said.line["beat"] == 1)
            .await;
        client
    }

    /// Sends bytes on a channel as they are.
    pub(crate) async fn send_on(&self, channel: &str, is_binary: bool, message: Vec<u8>) {
        let is_open = self.try_send_on(channel, is_binary, message).await;
        assert!(is_open, "{channel} is not open");
    }

    /// The same, as soon as there is room; false when the channel is not open.
    pub(crate) async fn try_send_on(
        &self,
        channel: &str,
        is_binary: bool,
        message: Vec<u8>,
    ) -> bool {
        let send = || {
            let (channel, message) = (channel.to_owned(), message.clone());
            move |media: &mut Media| {
                let is_sent = media.say(&channel, is_binary, &message);
                (is_sent, media.is_open(&channel))
            }
        };
        loop {
            match self.media.ask(send()).await {
                (true, _) => return true,
                (false, false) => return false,
                (false, true) => {}
            }
        }
    }

    /// Says something on a channel, with this routing line.
    pub(crate) async fn say(&self, channel: &str, line: Value, text: &str) {
        self.send_on(channel, false, by_client(&line, text)).await;
    }

    /// Lives on until something happens on a channel.
    pub(crate) async fn until_channel<T>(
        &mut self,
        what: &str,
        is_it: impl Fn(&ChannelNews) -> Option<T>,
    ) -> T {
        self.until(what, |_, news| match news {
            News::Media(MediaNews::Channel(news)) => is_it(news),
            _ => None,
        })
        .await
    }

    /// Lives on until this comes on a channel.
    pub(crate) async fn until_said(
        &mut self,
        channel: &str,
        is_it: impl Fn(&Said) -> bool,
    ) -> Said {
        let what = format!("something on {channel}");
        self.until_channel(&what, |news| match news {
            ChannelNews::Said(said) if said.channel == channel && is_it(said) => Some(said.clone()),
            _ => None,
        })
        .await
    }

    /// Lives on until somebody says something on a channel, and gives back the first that comes.
    pub(crate) async fn until_message_on(&mut self, channel: &str) -> Said {
        self.until_said(channel, |said| said.line.get("from").is_some())
            .await
    }

    /// Lives on until a channel is closed.
    pub(crate) async fn until_closed(&mut self, channel: &str) {
        self.until_channel("the end of a channel", |news| match news {
            ChannelNews::Closed(name) => (name == channel).then_some(()),
            _ => None,
        })
        .await;
    }

    /// Opens a closed channel anew, and waits until the server hears them there; false when it closes it again.
    pub(crate) async fn reopen(&mut self, channel: &str) -> bool {
        let name = channel.to_owned();
        self.media.ask(move |media| media.open_channel(&name)).await;
        self.until_channel("a channel", |news| match news {
            ChannelNews::Opened(name) => (name == channel).then_some(()),
            _ => None,
        })
        .await;
        let hello = by_client(&json!({"to": []}), "");
        loop {
            let _ = self.try_send_on(channel, false, hello.clone()).await;
            let answer = self.until_channel("an answer", |news| match news {
                ChannelNews::Said(said) if said.channel == channel => Some(true),
                ChannelNews::Closed(name) if name == channel => Some(false),
                _ => None,
            });
            if let Ok(is_open) = timeout(SAID_AGAIN, answer).await {
                return is_open;
            }
        }
    }
}
