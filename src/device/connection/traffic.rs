//! What goes through a connection: packets, frames of data channels, pictures and sound.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use str0m::bwe::{Bitrate, BweKind};
use str0m::channel::ChannelId;
use str0m::format::Codec;
use str0m::media::{Frequency, KeyframeRequestKind, MediaTime, Mid};
use str0m::net::{Protocol, Receive};
use str0m::{Event, IceConnectionState, Input};

use super::agent::{Agent, AgentOutput};
use super::liveliness::LONGEST_SILENCE;
use super::report::{ChannelNews, ConnectionNews};
use super::uplink::Admission;
use crate::device::media::frame::{MediaFrame, ticks};
use crate::room::messaging::channel::{Channel, Frame, Reliability};
use crate::room::{ConnectionState, PeerEvent, TrackKind};

/// A picture that can be decoded alone is asked for at most so often.
const KEY_FRAMES_APART: Duration = Duration::from_secs(1);

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
        if is_media(packet) {
            self.arrived += 1;
            if let Some(meter) = &mut self.meter {
                meter.packet(packet, self.now);
            }
        }
        self.heard = self.now;
        let events = self.liveliness.be_heard();
        self.tell(events);
        let taken = self.rtc.handle_input(input);
        self.end_unless(taken.is_ok());
        self.drain();
        self.ask_for_key_frame();
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

    /// Sends a frame on a data channel; if that is not open, it is dropped. When more waits than may wait, what may get lost
    /// does, and a connection with anything else is given up.
    pub(super) fn transmit(&mut self, channel: Channel, frame: &Frame) {
        let Some(mut open) = self.channel_id(channel).and_then(|id| self.rtc.channel(id)) else {
            return;
        };
        let sent = match frame {
            Frame::Text(text) => open.write(false, text.as_bytes()),
            Frame::Bytes(bytes) => open.write(true, bytes),
        };
        if matches!(sent, Ok(false)) && channel.reliability() == Reliability::ReliableOrdered {
            self.end_unless(false);
        }
        self.drain();
    }

    /// Closes a data channel for good.
    pub(super) fn close_channel(&mut self, channel: Channel) {
        if let Some(id) = self.channel_id(channel) {
            self.rtc.direct_api().close_data_channel(id);
            self.drain();
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
        let mut is_out = false;
        if let Some(writer) = self.rtc.writer(mid) {
            let mut formats = writer.payload_params();
            let format = formats.find(|format| format.spec().codec == codec);
            let payload_type = format.map(|format| format.pt());
            drop(formats);
            if let Some(payload_type) = payload_type {
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
        let section = self.sections.iter().find(|(of, _)| *of == kind);
        let (_, mid) = section.filter(|_| self.liveliness.is_connected())?;
        let media = self.rtc.media(*mid)?;
        media.direction().is_sending().then_some(*mid)
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
            Event::ChannelOpen(id, _) => self.tell_of_channel(id, ChannelNews::Opened),
            Event::ChannelClose(id) => self.tell_of_channel(id, ChannelNews::Closed),
            Event::ChannelData(data) => {
                let frame = if data.binary {
                    Frame::Bytes(data.data)
                } else {
                    let text = String::from_utf8(data.data);
                    Frame::Text(text.unwrap_or_else(|error| {
                        String::from_utf8_lossy(error.as_bytes()).into_owned()
                    }))
                };
                self.tell_of_channel(data.id, ChannelNews::Frame(frame));
            }
            Event::MediaData(media) if self.wish.receives => {
                let kind = self.sections.iter().find(|(_, mid)| *mid == media.mid);
                let Some((kind, mid)) = kind.copied() else {
                    return;
                };
                let frame = MediaFrame {
                    at: Duration::from_micros(media.time.as_micros()),
                    data: media.data,
                };
                if kind.medium() == "video" {
                    self.follow_pictures(mid, &frame, media.contiguous);
                }
                if let Some(meter) = &mut self.meter {
                    let packets = **media.seq_range.start()..=**media.seq_range.end();
                    return meter.frame(kind, &frame.data, packets, self.now);
                }
                let news = ConnectionNews::Media(kind, frame);
                self.outputs.push_back(AgentOutput::News(news));
            }
            Event::EgressBitrateEstimate(BweKind::Twcc {
                estimate,
                can_probe: true,
            }) => self.uplink.estimated(estimate.as_f64()),
            Event::MediaIngressStats(stats) => {
                let kind = self.sections.iter().find(|(_, mid)| *mid == stats.mid);
                if let (Some(meter), Some((kind, _))) = (&mut self.meter, kind) {
                    meter.feedback(*kind, stats.nacks, stats.plis);
                }
            }
            Event::KeyframeRequest(_) => {
                let news = ConnectionNews::KeyFrameWanted;
                self.outputs.push_back(AgentOutput::News(news));
            }
            _ => {}
        }
    }

    fn tell_of_channel(&mut self, id: ChannelId, what: ChannelNews) {
        let channel = Channel::ALL
            .into_iter()
            .find(|channel| self.channel_id(*channel) == Some(id));
        if let Some(channel) = channel {
            let news = ConnectionNews::Channel(channel, what);
            self.outputs.push_back(AgentOutput::News(news));
        }
    }

    /// A picture arrived: until one has that can be decoded alone, and after a gap, the others cannot be.
    fn follow_pictures(&mut self, mid: Mid, picture: &MediaFrame, is_contiguous: bool) {
        if picture.is_vp8_key_frame() {
            self.decodable.insert(mid);
        } else if !is_contiguous {
            self.decodable.remove(&mid);
        }
        if !self.decodable.contains(&mid) {
            self.key_frame_needed = Some(mid);
        } else if self.key_frame_needed == Some(mid) {
            self.key_frame_needed = None;
        }
    }

    /// Asks for a picture that can be decoded alone, if one is needed.
    fn ask_for_key_frame(&mut self) {
        let is_time = self
            .key_frame_asked
            .is_none_or(|asked| self.now >= asked + KEY_FRAMES_APART);
        if let Some(mid) = self.key_frame_needed.filter(|_| is_time) {
            self.key_frame_needed = None;
            self.key_frame_asked = Some(self.now);
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
