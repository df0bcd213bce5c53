//! What goes through a connection: packets, frames of data channels, pictures and sound.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use str0m::bwe::{Bitrate, BweKind};
use str0m::format::Codec;
use str0m::media::{Frequency, KeyframeRequestKind, MediaData, MediaTime, Mid};
use str0m::net::{Protocol, Receive};
use str0m::{Event, IceConnectionState, Input};

use super::agent::{Agent, AgentOutput};
use super::liveliness::LONGEST_SILENCE;
use super::report::ConnectionNews;
use super::uplink::Admission;
use crate::device::media::frame::{MediaFrame, ticks};
use crate::device::media::loudness::Loudness;
use crate::protocol::PeerId;
use crate::room::{ConnectionState, PeerEvent, TrackKind};

/// A line is looked for that takes so much more than the pictures need.
const HEADROOM: f64 = 1.25;

impl Agent {
    /// Takes a packet that came from `source` to an own address.
    pub(super) fn receive(
        &mut self,
        source: SocketAddr,
        destination: SocketAddr,
        packet: &[u8],
        now: Instant,
    ) {
        self.now = self.now.max(now);
        let Ok(received) = Receive::new(Protocol::Udp, source, destination, packet) else {
            return;
        };
        let input = Input::Receive(self.now, received);
        if !self.rtc.accepts(&input) {
            return;
        }
        let is_media = is_media(packet);
        // Whatever the SFU says shows that it is there: reports ten times a second on what is sent to it, or a beat where nothing is.
        if is_media || self.layout.is_of_hub() {
            self.arrived += 1;
        }
        if let Some(meter) = self.meter.as_mut().filter(|_| is_media) {
            meter.packet(packet, self.now);
        }
        self.heard = self.now;
        let events = self.liveliness.be_heard();
        self.tell(events);
        let taken = self.rtc.handle_input(input);
        self.end_unless(taken.is_ok());
        self.drain();
        self.ask_for_key_frames();
    }

    /// Time passed.
    pub(super) fn pass(&mut self, now: Instant) {
        self.now = self.now.max(now);
        let passed = self.rtc.handle_input(Input::Timeout(self.now));
        self.end_unless(passed.is_ok());
        self.drain();
        if self.now >= self.heard + LONGEST_SILENCE {
            let events = self.liveliness.fall_silent();
            self.tell(events);
        }
    }

    /// Whether the line takes a picture that is to be sent; every one that is to be sent is asked about.
    pub(super) fn admits(&mut self, frame: &MediaFrame, now: Instant) -> bool {
        if let Some(needed) = self.uplink.measure(frame, now) {
            let wanted = Bitrate::bps((needed * HEADROOM) as u64);
            self.rtc.bwe().set_bitrate(Bitrate::ZERO, wanted);
            self.drain();
        }
        let admission = self.uplink.admit(frame, now);
        if admission == Admission::LeftOutFirst {
            let news = ConnectionNews::SlowLine;
            self.outputs.push_back(AgentOutput::News(news));
        }
        admission == Admission::Admitted
    }

    /// Sends a picture or a packet of sound; says whether it went out.
    pub(super) fn play(&mut self, kind: TrackKind, frame: &MediaFrame) -> bool {
        let Some(mid) = self.section_that_takes(kind) else {
            return false;
        };
        let (codec, clock) = match kind.medium() {
            "video" => (Codec::Vp8, Frequency::NINETY_KHZ),
            _ => (Codec::Opus, Frequency::FORTY_EIGHT_KHZ),
        };
        let time = MediaTime::new(ticks(frame.at, clock.get()), clock);
        let loudness = (codec == Codec::Opus).then(|| Loudness::of(&frame.data));
        let mut is_out = false;
        if let Some(writer) = self.rtc.writer(mid) {
            let mut formats = writer.payload_params();
            let format = formats.find(|format| format.spec().codec == codec);
            let payload_type = format.map(|format| format.pt());
            drop(formats);
            if let Some(payload_type) = payload_type {
                // In a large room the SFU passes on the loudest alone.
                let writer = match loudness {
                    Some(Loudness { level, is_voice }) => writer.audio_level(level, is_voice),
                    None => writer,
                };
                let written = writer.write(payload_type, self.now, time, frame.data.clone());
                is_out = written.is_ok();
            }
        }
        self.drain();
        is_out
    }

    /// Whether the other side takes media of this kind, and it would arrive.
    pub(super) fn takes(&self, kind: TrackKind) -> bool {
        self.section_that_takes(kind).is_some()
    }

    fn section_that_takes(&self, kind: TrackKind) -> Option<Mid> {
        let section = self.layout.sender(kind);
        let mid = section.filter(|_| self.liveliness.is_connected())?;
        let media = self.rtc.media(mid)?;
        media.direction().is_sending().then_some(mid)
    }

    /// Tells the other side that it is over.
    pub(super) fn close(&mut self) {
        let _ = self.rtc.close();
        self.drain();
    }

    /// Takes what the library reports.
    pub(super) fn hear(&mut self, event: Event) {
        match event {
            Event::Connected => {
                if let Some(meter) = &mut self.meter {
                    meter.agreed(self.now);
                }
                let events = self.liveliness.agree();
                self.tell(events);
            }
            Event::IceConnectionStateChange(state) => {
                if let Some(meter) = &mut self.meter
                    && matches!(
                        state,
                        IceConnectionState::Connected | IceConnectionState::Completed
                    )
                {
                    meter.paired(self.now);
                }
                let events = self.liveliness.hear(state);
                self.tell(events);
            }
            // What the other side ended may have been replaced: whether it was, the server says.
            Event::Closed => self.tell(vec![PeerEvent::Connection(ConnectionState::Disconnected)]),
            Event::ChannelOpen(id, _) => self.channel_opened(id),
            Event::ChannelClose(id) => self.channel_closed(id),
            Event::ChannelData(data) => self.channel_brought(data.id, data.binary, data.data),
            Event::MediaData(media) if self.layout.wish().receives => self.take_media(media),
            Event::EgressBitrateEstimate(BweKind::Twcc {
                estimate,
                can_probe: true,
            }) => self.uplink.estimated(estimate.as_f64()),
            Event::MediaIngressStats(stats) => {
                if let Some(meter) = &mut self.meter {
                    meter.feedback(&stats.mid, stats.nacks, stats.plis);
                }
            }
            Event::KeyframeRequest(_) => {
                let news = ConnectionNews::KeyFrameWanted;
                self.outputs.push_back(AgentOutput::News(news));
            }
            _ => {}
        }
    }

    /// Takes a picture or a packet of sound: whose it is is known by its section.
    fn take_media(&mut self, media: MediaData) {
        let (layout, mid) = (&self.layout, media.mid);
        // What is on the wire are the lower half of its bits.
        let rtp_timestamp = media.time.numer() as u32;
        let name = || layout.section(mid);
        self.latest.came(mid, name, rtp_timestamp, self.now);
        let frame = MediaFrame {
            at: Duration::from_micros(media.time.as_micros()),
            data: media.data,
        };
        if media.params.spec().codec == Codec::Vp8 {
            let is_key = frame.is_vp8_key_frame();
            self.pictures.arrived(mid, is_key, media.contiguous);
        }
        let Some(stint) = self.layout.stint(mid) else {
            return;
        };
        if let Some(meter) = &mut self.meter {
            let packets = **media.seq_range.start()..=**media.seq_range.end();
            return meter.frame(stint, &frame.data, packets, self.now);
        }
        let news = ConnectionNews::Media(stint.clone(), frame);
        self.outputs.push_back(AgentOutput::News(news));
    }

    /// The slots carry these, and nobody else. What is kept of pictures begins with one that can be decoded alone, and it has passed
    /// by when it is known whose it was.
    pub(super) fn attribute(&mut self, carried: Vec<(String, PeerId, TrackKind)>) {
        let fresh = self.layout.attribute(carried);
        if self.meter.is_none() {
            for mid in fresh {
                self.pictures.begin(mid);
            }
            self.ask_for_key_frames();
        }
    }

    /// Asks for pictures that can be decoded alone, where one is needed.
    fn ask_for_key_frames(&mut self) {
        while let Some(mid) = self.pictures.ask(self.now) {
            if let Some(mut writer) = self.rtc.writer(mid) {
                // Fails where the other side knows no such request.
                let _ = writer.request_keyframe(None, KeyframeRequestKind::Pli);
            }
            self.drain();
        }
    }
}

/// Whether a packet is RTP and not RTCP (RFC 7983 section 7, RFC 5761 section 4).
fn is_media(packet: &[u8]) -> bool {
    match packet {
        [128..=191, second, ..] => !(64..96).contains(&(second & 0x7f)),
        _ => false,
    }
}

#[cfg(test)]
#[path = "tests/traffic.rs"]
mod tests;
