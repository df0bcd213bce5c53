//! One person's connection to the SFU: their offer is answered, their media comes in, others' media goes out.
//!
//! Without a socket and without a clock. Invariant: after everything that is done to the library it is asked for its outputs
//! until it has none. It is the only file besides [`super::session_media`],
//! [`super::session_ways`] and [`super::session_channels`] that names the library's connection.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use str0m::change::SdpOffer;
use str0m::config::DtlsCert;
use str0m::media::Mid;
use str0m::net::{Protocol, Receive};
use str0m::rtp::{RtpPacket, Ssrc};
use str0m::{Candidate, Event, IceConnectionState, Input, Output, Rtc, RtcConfig};

use super::answer_text::Restarts;
use super::description::{BrokenRule, OfferShape, Purpose};
use super::egress::{Egress, NtpClock};
use super::session_channels::{ChannelNews, SessionChannels};
use super::srtp::{KeyExport, Opener, with_exported_keys};
use super::ways::{Arrival, Departure, Passage, Ways, is_rtcp, is_stun};
use super::whereabouts::Whereabouts;
use crate::protocol::sfu::{Layer, Track};

/// A line is taken to carry so much, in bits/s, until it is known how much it does.
pub(super) const FIRST_ESTIMATE: f64 = 800_000.0;

/// A session that nothing was heard of for so long is over.
pub(super) const SILENCE_LIMIT: Duration = Duration::from_secs(15);

/// A session that has not connected so long after its first offer is over.
pub(super) const HANDSHAKE_LIMIT: Duration = Duration::from_secs(10);

/// Of so many addresses of the person it is known how they are reached.
const PASSAGES: usize = 8;

/// What a session has for those around it.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "they pass through memory that is kept, and a box would be allocated for each packet"
)]
pub(super) enum SessionOutput {
    /// This is to be sent.
    Packet(Departure),
    /// The connection stands.
    Connected,
    /// The connection is over.
    Over,
    /// Media has come.
    Media(Track, Layer, RtpPacket),
    /// Who takes this section needs a picture that can be decoded alone.
    KeyframeWanted(Mid),
    /// Something happened on the data channels.
    Channel(ChannelNews),
}

/// What all sessions of a shard stand on.
pub(super) struct Ground {
    /// Every session proves itself by this.
    pub(super) certificate: DtlsCert,
    /// Receivers are told the time of the world by this.
    pub(super) clock: NtpClock,
}

/// A session, of all of this process. It is never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct SessionId(pub(super) u64);

/// A connection.
pub(super) struct Session {
    /// It is called so.
    pub(super) id: SessionId,
    /// The library's connection.
    pub(super) rtc: Rtc,
    /// The last offer was like this.
    pub(super) shape: OfferShape,
    /// The last offer had this number and this answer.
    answered: (Option<u32>, String),
    /// ICE began, and was restarted.
    restarts: Restarts,
    /// Media of these sections is the person's.
    pub(super) tracks: Vec<(Mid, Track)>,
    /// These are known to be layers of theirs.
    pub(super) streams: HashMap<Ssrc, (Track, Layer)>,
    /// Others' media goes out by this.
    pub(super) egress: Egress,
    /// The keys come out here when the handshake is over.
    keys: KeyExport,
    /// What the person reports of others' media is opened by this.
    pub(super) opener: Option<Opener>,
    /// It is read here; it is kept for its memory.
    pub(super) report: Vec<u8>,
    /// The person cannot decode the pictures in these sections any more.
    pub(super) lost_pictures: Vec<Mid>,
    /// The person is written to there.
    pub(super) whereabouts: Whereabouts,
    /// The data channels.
    pub(super) channels: SessionChannels,
    /// Whatever comes is taken to have come to this of the candidates, one for each family of addresses. To which address it
    /// did is nothing an ICE-lite side needs to know, and behind a NAT of ports that address is none of the candidates.
    home: Vec<SocketAddr>,
    /// Whoever writes from there wrote like this; answers go back the same way.
    pub(super) passages: Vec<(SocketAddr, Passage)>,
    /// It wants to be told of the time again then.
    pub(super) wake: Instant,
    /// It is going to be told of the time then.
    pub(super) timer: Instant,
    /// Something last came then.
    pub(super) heard: Instant,
    /// The connection stands, or stood.
    pub(super) is_connected: bool,
    /// The connection began then.
    begun: Instant,
}

impl Session {
    /// Answers the first offer of a connection.
    ///
    /// # Errors
    /// [`BrokenRule`] when the library does not take the offer.
    pub(super) fn open(
        shape: OfferShape,
        id: SessionId,
        sdp: &str,
        serial: Option<u32>,
        ground: &Ground,
        candidates: &[SocketAddr],
        now: Instant,
    ) -> Result<Self, BrokenRule> {
        let (mut rtc, keys) = with_exported_keys(|provider| {
            RtcConfig::new()
                .set_crypto_provider(provider)
                .clear_codecs()
                .enable_opus(true, false)
                .enable_vp8(true)
                .set_rtp_mode(true)
                .set_ice_lite(true)
                .set_dtls_cert(ground.certificate.clone())
                .set_stats_interval(None)
                .build(now)
        });
        for address in candidates {
            let candidate = Candidate::host(*address, Protocol::Udp);
            rtc.add_local_candidate(candidate.map_err(|_| BrokenRule::Unreadable)?);
        }
        let family = |is_ipv4| move |it: &&SocketAddr| it.is_ipv4() == is_ipv4;
        let home = [true, false].into_iter();
        let home = home.filter_map(|it| candidates.iter().find(family(it)).copied());
        let mut session = Self {
            id,
            rtc,
            shape,
            answered: (None, String::new()),
            restarts: Restarts::default(),
            tracks: Vec::new(),
            streams: HashMap::new(),
            egress: Egress::new(FIRST_ESTIMATE, ground.clock, now),
            keys,
            opener: None,
            report: Vec::new(),
            lost_pictures: Vec::new(),
            whereabouts: Whereabouts::new(now),
            channels: SessionChannels::default(),
            home: home.collect(),
            passages: Vec::new(),
            wake: now,
            timer: now,
            heard: now,
            is_connected: false,
            begun: now,
        };
        let shape = session.shape.clone();
        session.accept(shape, sdp, serial)?;
        Ok(session)
    }

    /// Answers a further offer of the same connection.
    ///
    /// # Errors
    /// [`BrokenRule`] when the library does not take the offer.
    pub(super) fn renegotiate(
        &mut self,
        shape: OfferShape,
        sdp: &str,
        serial: Option<u32>,
    ) -> Result<(), BrokenRule> {
        self.accept(shape, sdp, serial)
    }

    fn accept(
        &mut self,
        shape: OfferShape,
        sdp: &str,
        serial: Option<u32>,
    ) -> Result<(), BrokenRule> {
        let offer = SdpOffer::from_sdp_string(sdp).map_err(unreadable)?;
        self.declare_streams();
        let answer = self.rtc.sdp_api().accept_offer(offer).map_err(unreadable);
        if answer.is_err() {
            self.forget_streams();
        }
        let answer = answer?;
        self.shape = shape;
        self.take_streams_over();
        self.answered = (serial, self.restarts.rank(&answer.to_sdp_string()));
        if self.shape.has_channels {
            self.channels.open(&mut self.rtc);
        }
        let sent = self.shape.sections.iter();
        let sent = sent.filter_map(|section| match section.purpose {
            Purpose::Sent(track, _) => Some((Mid::from(section.mid.as_str()), track)),
            _ => None,
        });
        self.tracks = sent.collect();
        Ok(())
    }

    /// Gives the answer to the last offer.
    pub(super) fn answer(&self) -> &str {
        &self.answered.1
    }

    /// Says whether an offer of this number has been answered last.
    pub(super) fn has_answered(&self, serial: Option<u32>) -> bool {
        serial.is_some() && self.answered.0 == serial
    }

    /// Takes a datagram. What does not belong to the connection changes nothing.
    pub(super) fn receive(
        &mut self,
        arrival: Arrival,
        datagram: &[u8],
        ways: &mut Ways<'_>,
    ) -> bool {
        let is_theirs = match is_rtcp(datagram) {
            true => self.hear_rtcp(arrival, datagram, ways),
            false => self.pass_to_library(arrival, datagram),
        };
        if is_theirs {
            self.whereabouts.came(arrival.from, datagram, arrival.at);
            self.note_move();
        }
        is_theirs
    }

    fn hear_rtcp(&mut self, arrival: Arrival, datagram: &[u8], ways: &mut Ways<'_>) -> bool {
        let is_heard = self.hear_reports(arrival, datagram, ways);
        // Of media that is not sent by the person the library is told nothing by this.
        if is_heard && !self.tracks.is_empty() {
            self.pass_to_library(arrival, datagram);
        }
        is_heard
    }

    fn pass_to_library(&mut self, arrival: Arrival, datagram: &[u8]) -> bool {
        let family = |it: &&SocketAddr| it.is_ipv4() == arrival.from.is_ipv4();
        let Some(home) = self.home.iter().find(family).copied() else {
            return false;
        };
        let Ok(receive) = Receive::new(Protocol::Udp, arrival.from, home, datagram) else {
            return false;
        };
        let input = Input::Receive(arrival.at, receive);
        if !self.rtc.accepts(&input) {
            return false;
        }
        self.heard = self.heard.max(arrival.at);
        self.note_passage(arrival);
        let taken = self.rtc.handle_input(input);
        self.end_unless(taken.is_ok());
        if is_stun(datagram) && self.is_connected && self.whereabouts.at() != Some(arrival.from) {
            self.ask_for_destination();
        }
        true
    }

    /// Notes how an address of the client's is reached. One of a relay of ours stays one, whatever a socket hears from somebody who
    /// calls himself so.
    fn note_passage(&mut self, arrival: Arrival) {
        match self.passages.iter_mut().find(|it| it.0 == arrival.from) {
            Some((_, Passage::Door(_))) if matches!(arrival.by, Passage::Socket(_)) => {}
            Some(known) => known.1 = arrival.by,
            None => {
                self.passages.truncate(PASSAGES - 1);
                self.passages.insert(0, (arrival.from, arrival.by));
            }
        }
    }

    /// Says when it wants to be told of the time again.
    pub(super) fn next(&self) -> Instant {
        let own = self.wake.min(self.limit());
        let egress = self.whereabouts.at().and_then(|_| self.egress.next());
        egress.map_or(own, |next| next.min(own))
    }

    /// Says when it is over, if nothing more is heard.
    fn limit(&self) -> Instant {
        match self.is_connected {
            true => self.heard + SILENCE_LIMIT,
            false => self.begun + HANDSHAKE_LIMIT,
        }
    }

    /// Lets time pass.
    pub(super) fn pass(&mut self, now: Instant, ways: &mut Ways<'_>) {
        if self.wake.min(self.limit()) <= now {
            let taken = self.rtc.handle_input(Input::Timeout(now));
            self.end_unless(taken.is_ok() && now < self.limit());
        }
        self.let_out(now, ways);
    }

    fn end_unless(&mut self, is_sound: bool) {
        if !is_sound {
            self.rtc.disconnect();
        }
    }

    /// Takes everything out of the library.
    pub(super) fn drain(&mut self, mut output: impl FnMut(SessionOutput)) {
        let lost_here = std::iter::from_fn(|| self.egress.take_lost_picture());
        for mid in self.lost_pictures.drain(..).chain(lost_here) {
            output(SessionOutput::KeyframeWanted(mid));
        }
        loop {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(wake)) => {
                    if !self.rtc.is_alive() {
                        output(SessionOutput::Over);
                    }
                    self.wake = wake;
                    return;
                }
                Ok(Output::Transmit(packet)) => {
                    let bytes: Vec<u8> = packet.contents.into();
                    let to = self.whereabouts.goes(packet.destination, &bytes);
                    self.note_move();
                    output(SessionOutput::Packet(Departure {
                        to,
                        by: self.passage(to),
                        bytes,
                    }));
                }
                Ok(Output::Event(event)) => {
                    if let Some(news) = self.hear(event) {
                        output(news);
                    }
                }
                Err(_) => self.rtc.disconnect(),
            }
        }
    }

    fn hear(&mut self, event: Event) -> Option<SessionOutput> {
        match event {
            Event::Connected => {
                self.is_connected = true;
                match self.keys.take() {
                    Some((sealer, opener)) => {
                        self.egress.open(sealer);
                        self.opener = Some(opener);
                    }
                    // The two sides agreed on something that is not known here.
                    None => self.rtc.disconnect(),
                }
                Some(SessionOutput::Connected)
            }
            // The browser restarts ICE; who does not is gone when the silence lasts too long.
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) => None,
            Event::RtpPacket(packet) => {
                let (track, layer) = self.layer_of(packet.header.ssrc)?;
                Some(SessionOutput::Media(track, layer, packet))
            }
            Event::Closed => Some(SessionOutput::Over),
            other => {
                let news = self.channels.hear(other, &mut self.rtc);
                news.map(SessionOutput::Channel)
            }
        }
    }
}

fn unreadable(error: impl std::error::Error) -> BrokenRule {
    tracing::debug!(%error, "an offer to the SFU cannot be taken");
    BrokenRule::Unreadable
}
