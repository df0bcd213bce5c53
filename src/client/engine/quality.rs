//! The quality's side of the engine: every 2 s each connection is read, what it shows is scored and shown, and what is
//! sent to each person follows from it.

use std::collections::HashMap;
use std::task::{Context, Poll};

use futures::StreamExt;
use futures::future::LocalBoxFuture;
use futures::stream::FuturesUnordered;
use leptos::prelude::*;

use super::Engine;
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
#[derive(Default)]
pub(super) struct Quality {
    controller: SendingController,
    pub(super) viewing: Viewing,
    people: HashMap<PeerId, Known>,
    under_way: FuturesUnordered<LocalBoxFuture<'static, Reading>>,
    feedback: Vec<PeerFeedback>,
    next: Moment,
}

/// What is known of one connection.
#[derive(Default)]
struct Known {
    generation: u32,
    report: Option<Report>,
    meter: Meter,
    history: History,
}

impl Quality {
    pub(super) fn poll_reading(&mut self, context: &mut Context<'_>) -> Poll<Reading> {
        match self.under_way.poll_next_unpin(context) {
            Poll::Ready(Some(reading)) => Poll::Ready(reading),
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }
}

impl Engine {
    /// Time passed: reads the connections when it is time, and tells people how large they are shown.
    pub(super) fn watch_quality(&mut self) {
        let now = self.clock.now();
        self.ask_for_views(now);
        if now < self.quality.next || !self.quality.under_way.is_empty() {
            return;
        }
        self.quality.next = now.plus(SAMPLE_MS);
        self.follow_capture();
        for peer in self.peers.values() {
            self.quality.under_way.push(peer.read_stats());
        }
    }

    /// Takes what was read of one connection.
    pub(super) fn take_reading(&mut self, reading: Reading) {
        let Reading {
            peer,
            generation,
            tracks,
            report,
        } = reading;
        if self.peers.get(&peer).map(|peer| peer.generation()) == Some(generation) {
            let expected = self.session.state.with_untracked(|state| {
                let person = state.call()?.person(&peer)?;
                Some(person.media)
            });
            let known = self.quality.people.entry(peer.clone()).or_default();
            if known.generation != generation {
                known.generation = generation;
                known.report = None;
            }
            if let (Some(earlier), Some(expected)) = (&known.report, expected) {
                let sample = Sample::between(earlier, &report, &tracks);
                self.quality
                    .feedback
                    .push(PeerFeedback::from_sample(peer.clone(), &sample));
                let score = score(&sample, expected);
                if let Some(score) = score {
                    known.meter.observe(score);
                }
                known.history.push(HistoryPoint {
                    at: self.clock.now(),
                    score,
                    sample,
                });
            }
            known.report = Some(report);
        }
        if self.quality.under_way.is_empty() {
            self.round_ended();
        }
    }

    /// All connections were read: show it, and send accordingly.
    fn round_ended(&mut self) {
        let feedback = std::mem::take(&mut self.quality.feedback);
        if !feedback.is_empty() {
            self.quality.controller.observe(&feedback);
        }
        self.apply_targets();
        let peers = &self.peers;
        self.quality.people.retain(|id, _| peers.contains_key(id));
        let people = &self.quality.people;
        let shown = self.session.quality;
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
    pub(super) fn follow_peers(&mut self) {
        let peers: Vec<PeerId> = self.peers.keys().cloned().collect();
        self.quality.controller.set_peers(peers);
        self.follow_capture();
        self.apply_targets();
    }

    /// The connection to a person is new.
    pub(super) fn connection_replaced(&mut self, peer: &PeerId) {
        self.follow_peers();
        self.quality.controller.connection_replaced(peer);
        self.apply_targets();
    }

    /// A person says how large they show us.
    pub(super) fn take_view(&mut self, peer: &PeerId, view: ViewRequest) {
        self.quality.controller.set_view(peer, view);
        self.apply_targets();
    }

    /// A person hears from us anew: what they were told of their size is lost.
    pub(super) fn view_untold(&mut self, peer: &PeerId) {
        self.quality.viewing.channel_opened(peer);
    }

    /// What is captured decides what can be sent.
    pub(super) fn follow_capture(&mut self) {
        let camera = self.tracks.picture(TrackKind::Camera);
        let settings = SendingSettings {
            camera_lines: camera.map(|(lines, _)| lines),
            frame_rate: camera.map_or(30.0, |(_, rate)| rate),
            screen: match self.tracks.picture(TrackKind::ScreenVideo) {
                Some(_) => Screen::Shared,
                None => Screen::NotShared,
            },
            data: self.preferences.data,
        };
        self.quality.controller.set_settings(settings);
    }

    fn apply_targets(&mut self) {
        for (id, targets) in self.quality.controller.take_changes() {
            if let Some(peer) = self.peers.get_mut(&id) {
                peer.steer(targets);
            }
        }
    }

    fn ask_for_views(&mut self, now: Moment) {
        let hidden = self.window.document().is_some_and(|document| {
            let floats = js::property(&self.window, "documentPictureInPicture")
                .and_then(|floating| js::property(&floating, "window"))
                .or_else(|| js::property(&document, "pictureInPictureElement"))
                .is_some();
            document.hidden() && !floats
        });
        let sound_alone = self
            .session
            .media
            .with_untracked(|media| media.settings.media == CallMedia::AudioOnly);
        let (main, strip) = self.session.quality.heights.get_untracked();
        let shown: OrderedMap<PeerId, ViewRequest> =
            self.session.stage_view.with_untracked(|view| {
                let people = self.peers.keys();
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
        for (peer, request) in self.quality.viewing.observe(now, &shown) {
            self.tell_view(&peer, request);
        }
    }
}
