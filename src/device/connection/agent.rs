//! The connection itself, without a socket and without a clock: descriptions, candidates and packets in, packets and news out.
//!
//! Invariant: the library is asked for its outputs until it has none after everything that is done to it.

use std::collections::{HashSet, VecDeque};
use std::net::SocketAddr;
use std::time::Instant;

use str0m::change::{SdpAnswer, SdpOffer, SdpPendingOffer};
use str0m::channel::ChannelId;
use str0m::format::PayloadParams;
use str0m::media::Mid;
use str0m::net::Transmit;
use str0m::{Candidate, Output, Rtc};
use thiserror::Error;

use super::library::{build, config, direction, is_relayed, media_kind};
use super::liveliness::{LONGEST_SILENCE, Liveliness};
use super::report::ConnectionNews;
use super::sections::{self, MediaWish};
use super::uplink::Uplink;
use crate::device::measures::connection::ConnectionMeter;
use crate::room::messaging::channel::Channel;
use crate::room::{ConnectionState, PeerEvent, TrackKind, kinds_to_offer};

/// What the connection has for those around it.
#[derive(Debug)]
pub(super) enum AgentOutput {
    /// A packet is to be sent.
    Packet(Transmit),
    /// The model of the room, or the program, has to know this.
    News(ConnectionNews),
}

/// What was asked cannot be done.
#[derive(Debug, Error)]
pub(super) enum AgentError {
    /// The library refuses a description, or there is nothing to set it against.
    #[error("{0}")]
    Description(String),
    /// The connection is over.
    #[error("the connection is over")]
    Over,
}

/// The data channels of a connection.
#[derive(Debug)]
pub(super) enum Channels {
    /// There are none.
    None,
    /// They are in an offer that was not answered.
    Offered([ChannelId; 3]),
    /// Both sides have them, or are about to.
    Agreed([ChannelId; 3]),
}

/// One connection.
pub(super) struct Agent {
    /// The library holds this.
    pub(super) rtc: Rtc,
    /// Media is sent and taken like this.
    pub(super) wish: MediaWish,
    /// It was last told of the time then.
    pub(super) now: Instant,
    /// It wants to be told again then.
    pub(super) wake: Instant,
    /// This was not taken yet.
    pub(super) outputs: VecDeque<AgentOutput>,
    /// It does like this.
    pub(super) liveliness: Liveliness,
    /// Something last came then.
    pub(super) heard: Instant,
    /// The data channels are these.
    pub(super) channels: Channels,
    /// An own offer waits for its answer.
    pub(super) pending: Option<SdpPendingOffer>,
    /// With the answer the own candidates belong to this ICE generation.
    pub(super) offered_fragment: Option<String>,
    /// The other side last described itself like this.
    pub(super) remote: Option<String>,
    /// These media sections both sides have.
    pub(super) sections: Vec<(TrackKind, Mid)>,
    /// These own candidates may be used.
    pub(super) candidates: Vec<Candidate>,
    /// The other side told of so many in this ICE generation.
    pub(super) remote_candidates: usize,
    /// Relayed candidates alone are used.
    pub(super) only_relayed: bool,
    /// The other side was told of the candidates of this ICE generation.
    pub(super) told: Vec<(String, SocketAddr)>,
    /// Pictures go out over this, as far as it takes them.
    pub(super) uplink: Uplink,
    /// So many packets with media arrived.
    pub(super) arrived: u64,
    /// In these sections pictures arrive that can be decoded, as far as is known.
    pub(super) decodable: HashSet<Mid>,
    /// What arrives is measured here.
    pub(super) meter: Option<ConnectionMeter>,
    /// A picture of this section that can be decoded alone is needed.
    pub(super) key_frame_needed: Option<Mid>,
    /// One was last asked for then.
    pub(super) key_frame_asked: Option<Instant>,
}

impl Agent {
    /// A connection on which nothing has happened.
    pub(super) fn new(wish: MediaWish, meter: Option<ConnectionMeter>, now: Instant) -> Self {
        Self {
            rtc: build(now, wish, meter.is_some()),
            wish,
            now,
            wake: now,
            outputs: VecDeque::new(),
            liveliness: Liveliness::default(),
            heard: now,
            channels: Channels::None,
            pending: None,
            offered_fragment: None,
            remote: None,
            sections: Vec::new(),
            candidates: Vec::new(),
            remote_candidates: 0,
            only_relayed: false,
            told: Vec::new(),
            uplink: Uplink::default(),
            arrived: 0,
            decodable: HashSet::new(),
            meter,
            key_frame_needed: None,
            key_frame_asked: None,
        }
    }

    /// What there is to be done or told next.
    pub(super) fn poll(&mut self) -> Option<AgentOutput> {
        self.outputs.pop_front()
    }

    /// When [`Self::pass`] is needed next.
    pub(super) fn next_deadline(&self) -> Instant {
        if self.liveliness.is_listened_on() {
            self.wake.min(self.heard + LONGEST_SILENCE)
        } else {
            self.wake
        }
    }

    /// So many packets with media arrived.
    pub(super) fn arrived(&self) -> u64 {
        self.arrived
    }

    /// Makes an offer.
    ///
    /// # Errors
    /// [`AgentError`], when the connection cannot make one.
    pub(super) fn offer(&mut self, ice_restart: bool) -> Result<String, AgentError> {
        self.require_life()?;
        let there: Vec<TrackKind> = self.sections.iter().map(|(kind, _)| *kind).collect();
        let missing = kinds_to_offer(&there, self.remote.as_deref().unwrap_or_default());
        let keeps = !self.only_relayed || self.candidates.iter().all(is_relayed);
        let wish = self.wish;
        let mut changes = self.rtc.sdp_api();
        for kind in missing {
            let way = direction(wish.way(kind));
            changes.add_media(media_kind(kind), way, None, None, None);
        }
        match self.channels {
            Channels::None => {
                let channels = Channel::ALL.map(|it| changes.add_channel_with_config(config(it)));
                self.channels = Channels::Offered(channels);
            }
            // The library knows no way to offer channels again that it has offered in vain.
            Channels::Offered(_) => return Err(AgentError::Over),
            Channels::Agreed(_) => {}
        }
        self.offered_fragment = None;
        if ice_restart || !changes.has_changes() {
            self.offered_fragment = Some(changes.ice_restart(keeps).ufrag);
        }
        let offered = changes.apply();
        self.drain();
        let (offer, pending) =
            offered.ok_or_else(|| AgentError::Description("nothing to offer".to_owned()))?;
        self.pending = Some(pending);
        Ok(offer.to_sdp_string())
    }

    /// Takes an offer and answers it; an own offer that was not answered is taken back.
    ///
    /// # Errors
    /// [`AgentError`], when the offer cannot be taken.
    pub(super) fn accept_offer(&mut self, sdp: String) -> Result<String, AgentError> {
        self.require_life()?;
        if self.remote.is_none() && self.pending.is_some() {
            self.start_afresh();
        }
        let wanted = sections::as_wanted(&sdp, self.wish);
        let offer = SdpOffer::from_sdp_string(&wanted).map_err(refused)?;
        self.pending = None;
        self.offered_fragment = None;
        let answered = self.rtc.sdp_api().accept_offer(offer);
        self.drain();
        let answer = answered.map_err(refused)?.to_sdp_string();
        if matches!(self.channels, Channels::None) && sections::has_channels(&answer) {
            let mut changes = self.rtc.sdp_api();
            let channels = Channel::ALL.map(|it| changes.add_channel_with_config(config(it)));
            // Channels on a section that is there need no offer.
            drop(changes.apply());
            self.channels = Channels::Agreed(channels);
            self.drain();
        }
        self.settle(&answer, sdp);
        Ok(answer)
    }

    /// Takes the answer to the own offer.
    ///
    /// # Errors
    /// [`AgentError`], when there is no offer or the answer does not fit it.
    pub(super) fn accept_answer(&mut self, sdp: String) -> Result<(), AgentError> {
        self.require_life()?;
        let pending = self.pending.take();
        let pending = pending.ok_or_else(|| AgentError::Description("no offer".to_owned()))?;
        let answer = SdpAnswer::from_sdp_string(&sdp).map_err(refused)?;
        let taken = self.rtc.sdp_api().accept_answer(pending, answer);
        self.drain();
        taken.map_err(refused)?;
        if let Channels::Offered(channels) = self.channels {
            self.channels = Channels::Agreed(channels);
        }
        self.offered_fragment = None;
        self.settle(&sdp.clone(), sdp);
        self.use_candidates();
        Ok(())
    }

    /// Whether both sides lack sections or channels that this side would offer.
    pub(super) fn lacks_something(&self) -> bool {
        let there: Vec<TrackKind> = self.sections.iter().map(|(kind, _)| *kind).collect();
        let remote = self.remote.as_deref().unwrap_or_default();
        matches!(self.channels, Channels::None) || !kinds_to_offer(&there, remote).is_empty()
    }

    /// Uses relayed candidates alone from the next ICE generation on, or all.
    pub(super) fn set_only_relayed(&mut self, only_relayed: bool) {
        self.only_relayed = only_relayed;
    }

    fn require_life(&self) -> Result<(), AgentError> {
        if self.rtc.is_alive() {
            Ok(())
        } else {
            Err(AgentError::Over)
        }
    }

    /// Both sides have the same sections now.
    fn settle(&mut self, answer: &str, remote: String) {
        self.sections = sections::kinds(answer)
            .into_iter()
            .map(|(kind, name)| (kind, Mid::from(name.as_str())))
            .collect();
        let before = self.remote.replace(remote);
        if before.as_deref().map(sections::fragment)
            != self.remote.as_deref().map(sections::fragment)
        {
            self.remote_candidates = 0;
        }
        if let Some(meter) = &mut self.meter {
            let formats = self.rtc.codec_config().params();
            let repairs = formats.iter().filter_map(PayloadParams::resend);
            meter.set_repairs(repairs.map(|format| *format).collect());
        }
        let begun = self.liveliness.begin();
        self.tell(begun);
    }

    /// Makes way for the first offer of the other side: of an own first offer that lost against it nothing is left.
    fn start_afresh(&mut self) {
        self.rtc = build(self.now, self.wish, self.meter.is_some());
        self.uplink = Uplink::default();
        self.decodable.clear();
        self.liveliness = Liveliness::default();
        self.channels = Channels::None;
        self.pending = None;
        self.told.clear();
        self.use_candidates();
    }

    /// What the library calls a data channel, once both sides have it.
    pub(super) fn channel_id(&self, channel: Channel) -> Option<ChannelId> {
        match &self.channels {
            Channels::Agreed(channels) => channels.get(usize::from(channel.stream_id())).copied(),
            Channels::None | Channels::Offered(_) => None,
        }
    }

    /// Ends the connection if something in it broke.
    pub(super) fn end_unless(&mut self, sound: bool) {
        if !sound && self.rtc.is_alive() {
            self.rtc.disconnect();
            self.tell(vec![PeerEvent::Connection(ConnectionState::Failed)]);
        }
    }

    /// Has something for the model of the room.
    pub(super) fn tell(&mut self, events: Vec<PeerEvent>) {
        let news = events.into_iter().map(ConnectionNews::Peer);
        self.outputs.extend(news.map(AgentOutput::News));
    }

    /// Takes everything out of the library.
    pub(super) fn drain(&mut self) {
        loop {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(wake)) => {
                    self.wake = wake;
                    return;
                }
                Ok(Output::Transmit(packet)) => self.outputs.push_back(AgentOutput::Packet(packet)),
                Ok(Output::Event(event)) => self.hear(event),
                Err(_) => {
                    self.rtc.disconnect();
                    self.tell(vec![PeerEvent::Connection(ConnectionState::Failed)]);
                }
            }
        }
    }
}

fn refused(error: impl std::error::Error) -> AgentError {
    AgentError::Description(error.to_string())
}

#[cfg(test)]
#[path = "tests/agent.rs"]
mod tests;
