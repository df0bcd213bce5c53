//! The connection itself, without a socket and without a clock: descriptions, candidates and packets in, packets and news out.
//!
//! Invariant: the library is asked for its outputs until it has none after everything that is done to it.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

use str0m::change::{SdpAnswer, SdpOffer, SdpPendingOffer};
use str0m::format::PayloadParams;
use str0m::net::Transmit;
use str0m::{Candidate, Output, Rtc};
use thiserror::Error;

use super::agreed_channels::Channels;
use super::latest::LatestFrames;
use super::layout::MediaLayout;
use super::library::{build, config, is_relayed};
use super::liveliness::{LONGEST_SILENCE, Liveliness};
use super::pictures::ArrivingPictures;
use super::report::ConnectionNews;
use super::sections;
use super::uplink::Uplink;
use crate::device::measures::connection::ConnectionMeter;
use crate::room::messaging::channel::Channel;
use crate::room::{ConnectionState, PeerEvent};

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

/// One connection.
pub(super) struct Agent {
    /// The library holds this.
    pub(super) rtc: Rtc,
    /// It has these media sections.
    pub(super) layout: MediaLayout,
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
    /// So many packets arrived that show that the other side sends.
    pub(super) arrived: u64,
    /// Pictures that arrive can be decoded, or cannot.
    pub(super) pictures: ArrivingPictures,
    /// What came last of each section.
    pub(super) latest: LatestFrames,
    /// What arrives is measured here.
    pub(super) meter: Option<ConnectionMeter>,
}

impl Agent {
    /// A connection on which nothing has happened.
    pub(super) fn new(
        layout: MediaLayout,
        latest: LatestFrames,
        meter: Option<ConnectionMeter>,
        now: Instant,
    ) -> Self {
        let uplink = match layout.is_of_hub() {
            true => Uplink::idle(),
            false => Uplink::default(),
        };
        Self {
            rtc: build(now, layout.wish(), meter.is_some()),
            layout,
            now,
            wake: now,
            outputs: VecDeque::new(),
            liveliness: Liveliness::default(),
            heard: now,
            channels: Channels::None,
            pending: None,
            offered_fragment: None,
            remote: None,
            candidates: Vec::new(),
            remote_candidates: 0,
            only_relayed: false,
            told: Vec::new(),
            uplink,
            arrived: 0,
            pictures: ArrivingPictures::default(),
            latest,
            meter,
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

    /// So many packets arrived that show that the other side sends.
    pub(super) fn arrived(&self) -> u64 {
        self.arrived
    }

    /// Makes an offer.
    ///
    /// # Errors
    /// [`AgentError`], when the connection cannot make one.
    pub(super) fn offer(&mut self, ice_restart: bool) -> Result<String, AgentError> {
        self.require_life()?;
        let missing = self
            .layout
            .missing(self.remote.as_deref().unwrap_or_default());
        let keeps = !self.only_relayed || self.candidates.iter().all(is_relayed);
        let mut changes = self.rtc.sdp_api();
        let sections = missing.into_iter().map(|section| {
            let mid = changes.add_media(section.medium, section.way, None, None, None);
            (section, mid)
        });
        self.layout.offer(sections.collect());
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
        if self.layout.is_of_hub() {
            return Err(AgentError::Description("the SFU offers nothing".to_owned()));
        }
        if self.remote.is_none() && self.pending.is_some() {
            self.start_afresh();
        }
        let wanted = sections::as_wanted(&sdp, self.layout.wish());
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
            self.channels = Channels::agreed(channels);
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
            self.channels = Channels::agreed(channels);
        }
        self.offered_fragment = None;
        self.settle(&sdp.clone(), sdp);
        self.use_candidates();
        Ok(())
    }

    /// Whether both sides lack sections or channels that this side would offer.
    pub(super) fn lacks_something(&self) -> bool {
        let remote = self.remote.as_deref().unwrap_or_default();
        matches!(self.channels, Channels::None) || !self.layout.missing(remote).is_empty()
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
        self.layout.settle(answer);
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
            if let Some(slots) = self.layout.slots() {
                meter.set_slots(slots);
            }
        }
        let begun = self.liveliness.begin();
        self.tell(begun);
    }

    /// Makes way for the first offer of the other side: of an own first offer that lost against it nothing is left.
    fn start_afresh(&mut self) {
        self.rtc = build(self.now, self.layout.wish(), self.meter.is_some());
        self.uplink = Uplink::default();
        self.pictures.clear();
        self.latest.clear();
        self.liveliness = Liveliness::default();
        self.channels = Channels::None;
        self.pending = None;
        self.told.clear();
        self.use_candidates();
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
