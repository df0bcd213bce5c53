//! How well media arrives: every 2 s each connection is read, what it shows is scored and shown, and what is sent to each
//! person follows from it.
//!
//! Invariant: a round of readings begins only when the one before has ended.

use std::collections::HashMap;
use std::task::{Context, Poll};

use futures::StreamExt;
use futures::future::LocalBoxFuture;
use futures::stream::FuturesUnordered;
use leptos::prelude::*;

use super::connections::Connections;
use super::own_tracks::OwnTracks;
use super::page::Page;
use crate::client::browser::js;
use crate::client::rtc::stats::Reading;
use crate::protocol::PeerId;
use crate::room::media::settings::CallMedia;
use crate::room::ordered::OrderedMap;
use crate::room::quality::{History, HistoryPoint, Meter, Report, Sample, score};
use crate::room::sending::{
    PeerFeedback, Screen, SendingController, SendingSettings, ViewRequest, ViewSize, Viewing,
};
use crate::room::{Moment, Participant, TrackKind};

/// How often connections are read, in ms.
const SAMPLE_MS: u64 = 2_000;

/// What is known of the connections.
pub(super) struct Quality {
    page: Page,
    controller: SendingController,
    viewing: Viewing,
    people: HashMap<PeerId, Known>,
    under_way: FuturesUnordered<LocalBoxFuture<'static, Reading>>,
    /// The readings of this round say this so far.
    feedback: Vec<PeerFeedback>,
    /// The next round is due then.
    next: Moment,
}

/// What is known of one connection.
#[derive(Default)]
struct Known {
    generation: u32,
    /// The statistics were like this when they were read last; the next are compared with them.
    report: Option<Report>,
    meter: Meter,
    history: History,
}

impl Quality {
    /// Nothing is known of anybody yet.
    pub(super) fn new(page: Page) -> Self {
        Self {
            page,
            controller: SendingController::default(),
            viewing: Viewing::default(),
            people: HashMap::new(),
            under_way: FuturesUnordered::new(),
            feedback: Vec::new(),
            next: Moment::default(),
        }
    }

    /// How large people are shown here, as they were told.
    pub(super) fn viewing(&self) -> &Viewing {
        &self.viewing
    }

    /// The next connection that was read.
    pub(super) fn poll_reading(&mut self, context: &mut Context<'_>) -> Poll<Reading> {
        match self.under_way.poll_next_unpin(context) {
            Poll::Ready(Some(reading)) => Poll::Ready(reading),
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }

    /// Time passed: reads the connections when it is time.
    pub(super) fn read_when_due(&mut self, connections: &Connections, own: &OwnTracks) {
        let now = self.page.now();
        if now < self.next || !self.under_way.is_empty() {
            return;
        }
        self.next = now.plus(SAMPLE_MS);
        self.follow_capture(own);
        for peer in connections.all() {
            self.under_way.push(peer.read_stats());
        }
    }

    /// Takes what was read of one connection.
    pub(super) fn take_reading(&mut self, reading: Reading, connections: &mut Connections) {
        let Reading {
            peer,
            generation,
            tracks,
            report,
        } = reading;
        if connections.get(&peer).map(|peer| peer.generation()) == Some(generation) {
            let expected = self.page.session.state.with_untracked(|state| {
                let person = state.call()?.person(&peer)?;
                Some(person.media)
            });
            let known = self.people.entry(peer.clone()).or_default();
            if known.generation != generation {
                known.generation = generation;
                known.report = None;
            }
            if let (Some(earlier), Some(expected)) = (&known.report, expected) {
                let sample = Sample::between(earlier, &report, &tracks);
                self.feedback
                    .push(PeerFeedback::from_sample(peer.clone(), &sample));
                let score = score(&sample, expected);
                if let Some(score) = score {
                    known.meter.observe(score);
                }
                known.history.push(HistoryPoint {
                    at: self.page.now(),
                    score,
                    sample,
                });
            }
            known.report = Some(report);
        }
        if self.under_way.is_empty() {
            self.round_ended(connections);
        }
    }

    /// All connections were read: show it, and send accordingly.
    fn round_ended(&mut self, connections: &mut Connections) {
        let feedback = std::mem::take(&mut self.feedback);
        if !feedback.is_empty() {
            self.controller.observe(&feedback);
        }
        self.apply_targets(connections);
        self.people.retain(|id, _| connections.get(id).is_some());
        let people = &self.people;
        let shown = self.page.session.quality;
        let indicators: HashMap<_, _> = people
            .iter()
            .filter_map(|(id, known)| Some((id.clone(), known.meter.indicator()?)))
            .collect();
        if shown
            .indicators
            .with_untracked(|before| *before != indicators)
        {
            shown.indicators.set(indicators);
        }
        let histories = people.iter();
        shown.histories.set(
            histories
                .map(|(id, known)| (id.clone(), known.history.clone()))
                .collect(),
        );
    }

    /// Connections came or went.
    pub(super) fn follow_connections(&mut self, connections: &mut Connections, own: &OwnTracks) {
        let peers: Vec<PeerId> = connections.people().cloned().collect();
        self.controller.set_peers(peers);
        self.follow_capture(own);
        self.apply_targets(connections);
    }

    /// The connection to a person is new.
    pub(super) fn connection_replaced(
        &mut self,
        peer: &PeerId,
        connections: &mut Connections,
        own: &OwnTracks,
    ) {
        self.follow_connections(connections, own);
        self.controller.connection_replaced(peer);
        self.apply_targets(connections);
    }

    /// A person says how large they show us.
    pub(super) fn take_view(
        &mut self,
        peer: &PeerId,
        view: ViewRequest,
        connections: &mut Connections,
    ) {
        self.controller.set_view(peer, view);
        self.apply_targets(connections);
    }

    /// A person hears from us anew: what they were told of their size is lost.
    pub(super) fn view_untold(&mut self, peer: &PeerId) {
        self.viewing.channel_opened(peer);
    }

    /// What is captured decides what can be sent.
    fn follow_capture(&mut self, own: &OwnTracks) {
        let camera = own.tracks().picture(TrackKind::Camera);
        let preferences = self.page.session.preferences;
        let settings = SendingSettings {
            camera_lines: camera.map(|(lines, _)| lines),
            frame_rate: camera.map_or(30.0, |(_, rate)| rate),
            screen: match own.tracks().picture(TrackKind::ScreenVideo) {
                Some(_) => Screen::Shared,
                None => Screen::NotShared,
            },
            data: preferences.with_untracked(|preferences| preferences.data),
        };
        self.controller.set_settings(settings);
    }

    fn apply_targets(&mut self, connections: &mut Connections) {
        for (id, targets) in self.controller.take_changes() {
            if let Some(peer) = connections.get_mut(&id) {
                peer.steer(targets);
            }
        }
    }

    /// Whom to tell how large they are shown, and how large that is; from now on they count as told.
    pub(super) fn take_untold_views(
        &mut self,
        connections: &Connections,
    ) -> Vec<(PeerId, ViewRequest)> {
        let hidden = self.page.window.document().is_some_and(|document| {
            let floats = js::property(&self.page.window, "documentPictureInPicture")
                .and_then(|floating| js::property(&floating, "window"))
                .or_else(|| js::property(&document, "pictureInPictureElement"))
                .is_some();
            document.hidden() && !floats
        });
        let sound_alone = self
            .page
            .session
            .media
            .with_untracked(|media| media.settings.media == CallMedia::AudioOnly);
        let (main, strip) = self.page.session.quality.heights.get_untracked();
        let shown: OrderedMap<PeerId, ViewRequest> =
            self.page.session.stage_view.with_untracked(|view| {
                let people = connections.people();
                people
                    .map(|id| {
                        let mut request = if hidden {
                            ViewRequest::HIDDEN
                        } else if main <= 0.0 {
                            ViewRequest::default()
                        } else {
                            view.request_to(&Participant::Peer(id.clone()), main, strip)
                        };
                        if sound_alone {
                            request.camera = ViewSize::Hidden;
                        }
                        (id.clone(), request)
                    })
                    .collect()
            });
        self.viewing.observe(self.page.now(), &shown)
    }
}
