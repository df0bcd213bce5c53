//! The media of one client: a full ICE agent with real feedback on a UDP socket of its own, which sends and takes packets.
//!
//! Invariant: nothing in here knows through which server it goes.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use socket2::SockRef;
use str0m::change::SdpPendingOffer;
use str0m::media::{Mid, Rid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{ExtensionValues, RtpWrite};
use str0m::{Candidate, Event, IceConnectionState, Input, Output, Rtc, RtcConfig};

use super::arrivals::{Arrivals, Tally};
use super::case::Kind;
use super::sending::Sending;
use crate::Result;

/// The system may keep so many bytes for a client that is not read from for a moment.
const SYSTEM_BUFFER: usize = 4 * 1024 * 1024;

/// A client has so many datagrams read before the others have their turn.
const READS: usize = 64;

/// What was asked for again is told this often.
const STATISTICS: Duration = Duration::from_secs(1);

/// Every client's packets are timed by this.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    began: Instant,
}

impl Clock {
    /// Time is counted from now.
    pub(crate) fn start() -> Self {
        Self {
            began: Instant::now(),
        }
    }

    /// So many nanoseconds are over at a moment.
    pub(crate) fn nanoseconds(self, moment: Instant) -> u64 {
        let passed = moment.saturating_duration_since(self.began).as_nanos();
        u64::try_from(passed).unwrap_or(u64::MAX)
    }
}

/// The media of a client.
pub(crate) struct Media {
    pub(super) rtc: Rtc,
    socket: UdpSocket,
    local: SocketAddr,
    clock: Clock,
    /// It was offered and not answered yet.
    pub(super) pending: Option<SdpPendingOffer>,
    /// Sections to send in, with what they are for.
    pub(super) sections: Vec<(Mid, Kind)>,
    /// What is sent.
    pub(crate) sending: Vec<Sending>,
    /// What has come.
    pub(crate) arrivals: Arrivals,
    /// The library wants to be told of the time then.
    pub(super) wake: Instant,
    /// There was a connection.
    pub(crate) is_connected: bool,
    /// There is none any more.
    pub(crate) is_lost: bool,
    /// So many datagrams came, with what is not media.
    pub(crate) datagrams: u64,
    /// Keyframes were asked for so often.
    pub(crate) keyframe_requests: u64,
    /// So many packets were asked for again, by section and stream.
    repeats: Vec<((Mid, Option<Rid>), u64)>,
}

impl Media {
    /// Media that are not connected to anything, of a client with so many before it.
    pub(crate) fn new(client: usize, address: IpAddr, clock: Clock) -> Result<Self> {
        let socket = UdpSocket::bind((address, 0))?;
        socket.set_nonblocking(true)?;
        SockRef::from(&socket).set_recv_buffer_size(SYSTEM_BUFFER)?;
        let local = socket.local_addr()?;
        let now = Instant::now();
        let mut rtc = RtcConfig::new()
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true)
            .set_rtp_mode(true)
            .set_stats_interval(Some(STATISTICS))
            .build(now);
        rtc.add_local_candidate(Candidate::host(local, "udp")?);
        Ok(Self {
            rtc,
            socket,
            local,
            clock,
            pending: None,
            sections: vec![],
            sending: vec![],
            arrivals: Arrivals::new(client),
            wake: now,
            is_connected: false,
            is_lost: false,
            datagrams: 0,
            keyframe_requests: 0,
            repeats: vec![],
        })
    }

    /// When there is something to do next.
    pub(crate) fn next_deadline(&self) -> Instant {
        if !self.is_connected {
            return self.wake;
        }
        let due = self.sending.iter().filter_map(Sending::next_due).min();
        due.map_or(self.wake, |due| due.min(self.wake))
    }

    /// Does what is due.
    pub(crate) fn pass(&mut self, tally: &mut Tally) {
        let now = Instant::now();
        if self.wake <= now {
            self.give(Input::Timeout(now), tally);
        }
        if self.is_connected {
            for stream in 0..self.sending.len() {
                self.send(stream, now, tally);
            }
        }
    }

    fn send(&mut self, stream: usize, now: Instant, tally: &mut Tally) {
        let sent = self.clock.nanoseconds(now);
        while let Some(due) = self.sending[stream].next(now, sent) {
            let Sending {
                mid,
                rid,
                format,
                level,
                ..
            } = self.sending[stream];
            let extensions = ExtensionValues {
                audio_level: level,
                voice_activity: level.map(|_| true),
                ..ExtensionValues::default()
            };
            let sequence = due.sequence.into();
            let packet = RtpWrite::new(format, sequence, due.timestamp, now, due.payload);
            let packet = packet.marker(due.marker).ext_vals(extensions);
            if let Some(stream) = self.rtc.direct_api().stream_tx_by_mid(mid, rid) {
                stream.write_rtp(packet.nackable(level.is_none()));
            }
            // The library sends one packet each time.
            self.give(Input::Timeout(now), tally);
        }
    }

    /// Reads what has come.
    pub(crate) fn read(&mut self, buffer: &mut [u8], tally: &mut Tally) {
        for _ in 0..READS {
            match self.socket.recv_from(buffer) {
                Ok((length, source)) => {
                    self.datagrams += 1;
                    let datagram = &buffer[..length];
                    let received = Receive::new(Protocol::Udp, source, self.local, datagram);
                    if let Ok(received) = received {
                        self.give(Input::Receive(Instant::now(), received), tally);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                // It tells of an earlier datagram that nobody took.
                Err(_) => {}
            }
        }
    }

    fn give(&mut self, input: Input<'_>, tally: &mut Tally) {
        let now = match &input {
            Input::Timeout(now) | Input::Receive(now, _) => *now,
        };
        if self.rtc.handle_input(input).is_err() {
            self.is_lost = true;
        }
        loop {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(wake)) => {
                    self.wake = wake;
                    return;
                }
                Ok(Output::Transmit(packet)) => {
                    // A full buffer loses it, as a network would.
                    let _ = self.socket.send_to(&packet.contents, packet.destination);
                }
                Ok(Output::Event(event)) => self.hear(event, now, tally),
                Err(_) => {
                    self.is_lost = true;
                    self.rtc.disconnect();
                }
            }
        }
    }

    fn hear(&mut self, event: Event, now: Instant, tally: &mut Tally) {
        match event {
            Event::RtpPacket(packet) => {
                let now = self.clock.nanoseconds(now);
                self.arrivals.take(&packet.payload, now, tally);
            }
            Event::KeyframeRequest(request) => {
                self.keyframe_requests += 1;
                for stream in &mut self.sending {
                    if stream.mid == request.mid && stream.rid == request.rid {
                        stream.want_key(now);
                    }
                }
            }
            Event::Connected => self.is_connected = true,
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) | Event::Closed => {
                self.is_lost = true;
            }
            Event::MediaIngressStats(statistics) => {
                let stream = (statistics.mid, statistics.rid);
                match self.repeats.iter_mut().find(|it| it.0 == stream) {
                    Some(known) => known.1 = statistics.nacks,
                    None => self.repeats.push((stream, statistics.nacks)),
                }
            }
            _ => {}
        }
    }

    /// So often packets were asked for again.
    pub(crate) fn repeat_requests(&self) -> u64 {
        self.repeats.iter().map(|(_, requests)| requests).sum()
    }
}

impl AsFd for Media {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}
