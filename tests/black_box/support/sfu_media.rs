//! The media of a client: a full ICE agent on one UDP socket, which publishes and receives.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use str0m::change::SdpPendingOffer;
use str0m::format::Codec;
use str0m::media::{KeyframeRequestKind, Mid, Pt};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{ExtensionValues, RtpPacket, RtpWrite, Ssrc};
use str0m::{Candidate, Event, IceConnectionState, Input, Output, Rtc, RtcConfig};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::time::{interval, sleep_until};

use super::sfu_channels::{ChannelNews, Channels};
use super::sfu_ledger::Packet;
use super::sfu_line::Line;
use super::sfu_publisher::{Publisher, TICK_MS};

/// What happens in a client's media.
#[derive(Debug)]
pub(crate) enum MediaNews {
    /// There is a connection.
    Connected,
    /// There is none any more.
    Lost,
    /// A packet came.
    Packet(Packet),
    /// Something happened on a data channel.
    Channel(ChannelNews),
    /// A picture that can be decoded alone was asked for.
    KeyWanted { track: &'static str, layer: String },
}

type Order = Box<dyn FnOnce(&mut Media) + Send>;

/// Looks at datagrams on their way: gives one back, another in its place, or none.
pub(crate) type Watcher = Box<dyn FnMut(&[u8]) -> Option<Vec<u8>> + Send>;

/// Holds a client's media, which end with it.
pub(crate) struct MediaHandle {
    orders: UnboundedSender<Order>,
    news: UnboundedReceiver<MediaNews>,
}

impl MediaHandle {
    /// Media of this peer that are not connected to anything.
    pub(crate) fn new(peer: &str) -> Self {
        Self::over(peer, Line::bind())
    }

    /// The same whose datagrams travel over this.
    pub(crate) fn over(peer: &str, line: Line) -> Self {
        let (orders, taken) = unbounded_channel();
        let (told, news) = unbounded_channel();
        let media = Media::new(peer, line, told);
        tokio::spawn(media.run(taken));
        Self { orders, news }
    }

    /// Has something done to the media.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        what: impl FnOnce(&mut Media) -> T + Send + 'static,
    ) -> T {
        let (reply, answer) = oneshot::channel();
        let order: Order = Box::new(move |media| {
            let _ = reply.send(what(media));
        });
        assert!(self.orders.send(order).is_ok(), "the media are over");
        answer.await.expect("the media go on")
    }

    /// What happens next.
    pub(crate) async fn next(&mut self) -> MediaNews {
        self.news.recv().await.expect("the media go on")
    }

    /// The packets of which nobody knows yet.
    pub(crate) fn unread(&mut self) -> Vec<Packet> {
        let news = std::iter::from_fn(|| self.news.try_recv().ok());
        let packets = news.filter_map(|news| match news {
            MediaNews::Packet(packet) => Some(packet),
            _ => None,
        });
        packets.collect()
    }
}

/// A client's media.
pub(crate) struct Media {
    pub(super) rtc: Rtc,
    pub(super) line: Line,
    pub(super) local: SocketAddr,
    /// With the answer the socket's address is a candidate.
    pub(super) is_moving: bool,
    pub(super) pending: Option<SdpPendingOffer>,
    is_connected: bool,
    pub(crate) publisher: Publisher,
    pub(super) channels: Channels,
    /// Every datagram that is sent, once somebody listens.
    pub(crate) tapped: Option<Vec<Vec<u8>>>,
    /// Nothing is sent, only tapped.
    pub(crate) withholds: bool,
    /// Everything passes this before it is sent.
    pub(crate) outbound: Option<Watcher>,
    /// Everything passes this before it is read.
    pub(crate) inbound: Option<Watcher>,
    /// The receiving sections of these streams.
    slots: HashMap<Ssrc, Mid>,
    news: UnboundedSender<MediaNews>,
}

pub(super) fn host(address: SocketAddr) -> Candidate {
    Candidate::host(address, "udp").unwrap()
}

impl Media {
    fn new(peer: &str, line: Line, news: UnboundedSender<MediaNews>) -> Self {
        let local = line.address();
        let config = RtcConfig::new()
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true)
            .set_rtp_mode(true);
        let mut rtc = config.build(Instant::now());
        rtc.add_local_candidate(host(local));
        Self {
            rtc,
            line,
            local,
            is_moving: false,
            pending: None,
            is_connected: false,
            publisher: Publisher::new(peer),
            channels: Channels::default(),
            tapped: None,
            withholds: false,
            outbound: None,
            inbound: None,
            slots: HashMap::new(),
            news,
        }
    }

    fn send(&mut self, datagram: &[u8], target: SocketAddr) {
        if let Some(tapped) = &mut self.tapped {
            tapped.push(datagram.to_vec());
        }
        if self.withholds {
            return;
        }
        match &mut self.outbound {
            None => self.inject(datagram, target),
            Some(watcher) => {
                if let Some(passed) = watcher(datagram) {
                    self.inject(&passed, target);
                }
            }
        }
    }

    /// Sends what is given, as if it were this client's.
    pub(crate) fn inject(&self, datagram: &[u8], target: SocketAddr) {
        self.line.send(datagram, target);
    }

    /// A router gives what is sent another address from now on, which this client knows nothing of; to the one before nothing comes.
    pub(crate) fn rebind(&mut self) {
        self.line = Line::bind();
    }

    /// Asks for a picture that can be decoded alone.
    pub(crate) fn want_key(&mut self, slot: &str) {
        let mut direct = self.rtc.direct_api();
        let stream = direct.stream_rx_by_mid(slot.into(), None).unwrap();
        stream.request_keyframe(KeyframeRequestKind::Pli);
    }

    async fn run(mut self, mut orders: UnboundedReceiver<Order>) {
        let mut ticks = interval(Duration::from_millis(TICK_MS));
        let mut buffer = vec![0; 2_000];
        self.line.until_ready().await;
        loop {
            let wake = self.drain();
            tokio::select! {
                order = orders.recv() => match order {
                    Some(order) => order(&mut self),
                    None => break,
                },
                received = self.line.receive(&mut buffer) => {
                    // An error tells of an earlier datagram that nobody took.
                    if let Ok((length, source)) = received {
                        self.receive(source, &buffer[..length]);
                    }
                }
                _ = ticks.tick() => self.publish(),
                () = sleep_until(wake.into()) => self.pass(),
            }
        }
    }

    fn pass(&mut self) {
        self.rtc
            .handle_input(Input::Timeout(Instant::now()))
            .unwrap();
    }

    fn receive(&mut self, source: SocketAddr, datagram: &[u8]) {
        let watched = self.inbound.as_mut().map(|watcher| watcher(datagram));
        let datagram = match &watched {
            None => datagram,
            Some(Some(passed)) => passed,
            Some(None) => return,
        };
        let Ok(receive) = Receive::new(Protocol::Udp, source, self.local, datagram) else {
            return;
        };
        let input = Input::Receive(Instant::now(), receive);
        self.rtc.handle_input(input).unwrap();
    }

    fn publish(&mut self) {
        if !self.is_connected {
            return;
        }
        for due in self.publisher.tick() {
            let codec = match due.level {
                Some(_) => Codec::Opus,
                None => Codec::Vp8,
            };
            let payload_type = self.payload_type(codec);
            let extensions = ExtensionValues {
                audio_level: due.level,
                voice_activity: due.level.map(|_| true),
                ..ExtensionValues::default()
            };
            let sequence = due.sequence.into();
            let now = Instant::now();
            let packet = RtpWrite::new(payload_type, sequence, due.timestamp, now, due.payload);
            let packet = packet.marker(due.marker).ext_vals(extensions);
            let mut direct = self.rtc.direct_api();
            let stream = direct.stream_tx_by_mid(due.mid, due.rid).unwrap();
            stream.write_rtp(packet.nackable(due.level.is_none()));
            self.pass();
            self.drain();
        }
    }

    fn payload_type(&self, codec: Codec) -> Pt {
        let mut agreed = self.rtc.codec_config().params().iter();
        let params = agreed.find(|params| params.spec().codec == codec);
        params.expect("a codec that was agreed on").pt()
    }

    /// Takes everything there is to be sent or told, and says when there will be more.
    fn drain(&mut self) -> Instant {
        loop {
            match self.rtc.poll_output().unwrap() {
                Output::Timeout(wake) => return wake,
                Output::Transmit(packet) => {
                    // What belongs to a socket that is gone goes nowhere.
                    if packet.source == self.local {
                        self.send(&packet.contents, packet.destination);
                    }
                }
                Output::Event(event) => self.take(event),
            }
        }
    }

    fn take(&mut self, event: Event) {
        let news = match event {
            Event::Connected => {
                self.is_connected = true;
                Some(MediaNews::Connected)
            }
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) | Event::Closed => {
                Some(MediaNews::Lost)
            }
            Event::KeyframeRequest(request) => {
                let layer = request.rid.map(|rid| rid.to_string()).unwrap_or_default();
                self.publisher.want_key(request.mid, &layer);
                let track = self.publisher.track(request.mid);
                track.map(|track| MediaNews::KeyWanted { track, layer })
            }
            Event::RtpPacket(packet) => self.read(&packet).map(MediaNews::Packet),
            other => self.channels.hear(other).map(MediaNews::Channel),
        };
        if let Some(news) = news {
            // Who no longer listens does not want to know.
            let _ = self.news.send(news);
        }
    }

    fn read(&mut self, packet: &RtpPacket) -> Option<Packet> {
        if packet.payload.is_empty() {
            return None;
        }
        let ssrc = packet.header.ssrc;
        let rtc = &mut self.rtc;
        let slot = *self.slots.entry(ssrc).or_insert_with(|| {
            let mut direct = rtc.direct_api();
            direct
                .stream_rx(&ssrc)
                .expect("a stream that is there")
                .mid()
        });
        let is_sound = self.rtc.media(slot)?.kind().is_audio();
        Packet::read(&slot.to_string(), is_sound, packet)
    }
}
