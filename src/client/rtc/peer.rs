//! One `RTCPeerConnection`, to one person or to the SFU.
//!
//! Invariant: everything under way for the connection lives in it, so that dropping it ends all of it; after an
//! operation ended, local tracks, send limits and remote streams are what they should be ([`Peer::settle`]).

use std::task::{Context, Poll};

use futures::StreamExt;
use futures::future::{FutureExt, LocalBoxFuture};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::MediaStream;

use super::arrivals::{ArrivalCount, CountBegun};
use super::channels::{ChannelReport, Channels};
use super::connection::{self, IceConfiguration};
use super::peer_shape::PeerShape;
use super::shown_sections::ShownSections;
use super::stats;
use super::transceivers::{self, LocalTracks, Sampler};
use super::under_way::{Ended, UnderWay};
use crate::client::browser::js;
use crate::client::browser::js::Connection;
use crate::client::browser::listener::Listener;
use crate::client::report::{Report, Reporter};
use crate::protocol::{IceCandidate, IceServer, IceTransportPolicy, PeerId};
use crate::room::Section;
use crate::room::hub::LineSample;
use crate::room::messaging::channel::{Channel, Frame};
use crate::room::quality::Reading;
use crate::room::sending::{HubTargets, SendTargets};
use crate::room::{Awaited, PathId, PeerEvent, Route, SlotCounts};

/// A connection and what is under way for it.
pub(crate) struct Peer {
    /// The model knows the path by this name.
    path: PathId,
    /// The connection leads to this person, or to the SFU by its name.
    peer: PeerId,
    /// The connection is the so-manyth to them: reports of others are ignored.
    generation: u32,
    /// Candidates are gathered like this.
    ice: IceConfiguration,
    /// The callbacks report here.
    reporter: Reporter,
    /// The browser holds this.
    connection: Connection,
    /// The listeners stay as long as the connection.
    listeners: Vec<Listener>,
    /// The channels are created with the own transceivers: before the first offer, or after the first answer.
    channels: Option<Channels>,
    /// The browser works on these.
    under_way: UnderWay,
    /// The counting of what arrives stands here.
    arrivals: ArrivalCount,
    /// These own tracks are to be sent.
    tracks: LocalTracks,
    /// The connection has these sections.
    shape: PeerShape,
    /// No pictures are sent, whatever the targets say.
    holds_pictures: bool,
    /// These sections are shown.
    shown: ShownSections,
}

impl Peer {
    /// Creates a connection.
    ///
    /// # Errors
    /// The browser's exception; a limit on connections is one.
    pub(crate) fn open(
        path: PathId,
        peer: PeerId,
        generation: u32,
        shape: PeerShape,
        ice: IceConfiguration,
        reporter: &Reporter,
    ) -> Result<Self, JsValue> {
        let connection = connection::open(&ice)?;
        Ok(Self {
            listeners: connection::listen(&connection, path, generation, reporter),
            path,
            peer,
            generation,
            ice,
            reporter: reporter.clone(),
            connection,
            channels: None,
            under_way: UnderWay::new(),
            arrivals: ArrivalCount::default(),
            tracks: LocalTracks::default(),
            shape,
            holds_pictures: false,
            shown: ShownSections::default(),
        })
    }

    /// Whom it reaches.
    pub(crate) fn whom(&self) -> &PeerId {
        &self.peer
    }

    /// Whether the SFU is at its other end.
    pub(crate) fn is_of_hub(&self) -> bool {
        matches!(self.shape, PeerShape::Hub { .. })
    }

    /// Which of the connections of its path it is.
    pub(crate) fn generation(&self) -> u32 {
        self.generation
    }

    /// Makes an offer; ends with `LocalOffer` or `OperationFailed`.
    pub(crate) fn offer(&mut self, ice_restart: bool) {
        self.complete();
        let connection = self.connection.clone();
        self.operate(async move {
            if ice_restart {
                connection.restart_ice()?;
            }
            JsFuture::from(connection.describe_locally()?).await?;
            let sdp = connection::local_sdp(&connection)?;
            Ok(PeerEvent::LocalOffer { sdp })
        });
    }

    /// Takes an offer and answers it; ends with `LocalAnswer` or `OperationFailed`. The SFU offers nothing, and what is offered in its
    /// name is not taken.
    pub(crate) fn accept_offer(&mut self, sdp: String) {
        if self.is_of_hub() {
            return self.operate(async { Err(JsValue::UNDEFINED) });
        }
        if transceivers::are_unknown_to_the_other_side(&self.connection) {
            self.start_afresh();
        }
        let connection = self.connection.clone();
        let tracks = self.tracks.clone();
        self.operate(async move {
            connection::describe_remotely(&connection, "offer", &sdp).await?;
            let answered = async {
                transceivers::adopt(&connection);
                for attaching in transceivers::attach(transceivers::slots(&connection), &tracks) {
                    drop(attaching.await);
                }
                JsFuture::from(connection.describe_locally()?).await?;
                connection::local_sdp(&connection)
            };
            match answered.await {
                Ok(sdp) => Ok(PeerEvent::LocalAnswer { sdp }),
                Err(exception) => {
                    drop(connection::describe_remotely(&connection, "rollback", "").await);
                    Err(exception)
                }
            }
        });
    }

    /// Takes an answer; ends with `AnswerApplied` or `OperationFailed`.
    pub(crate) fn accept_answer(&mut self, sdp: String) {
        let connection = self.connection.clone();
        self.operate(async move {
            connection::describe_remotely(&connection, "answer", &sdp).await?;
            Ok(PeerEvent::AnswerApplied)
        });
    }

    /// Adds a remote candidate; one the browser does not like is ignored.
    pub(crate) fn add_candidate(&mut self, candidate: Option<IceCandidate>) {
        let candidate = match &candidate {
            Some(candidate) => js::dictionary(candidate),
            None => JsValue::UNDEFINED,
        };
        if let Ok(adding) = self.connection.add_candidate(&candidate) {
            self.under_way.push(Ended::quietly(JsFuture::from(adding)));
        }
    }

    /// Uses other ICE servers from the next gathering on.
    pub(crate) fn set_ice_servers(&mut self, ice_servers: Vec<IceServer>) {
        self.ice.servers = ice_servers;
        connection::reconfigure(&self.connection, &self.ice);
    }

    /// Uses other candidates from the next gathering on.
    pub(crate) fn set_ice_transport_policy(&mut self, policy: IceTransportPolicy) {
        self.ice.policy = policy;
        connection::reconfigure(&self.connection, &self.ice);
    }

    /// Uses this route from the next gathering on.
    pub(crate) fn set_route(&mut self, route: Route) {
        self.ice.route = route;
        connection::reconfigure(&self.connection, &self.ice);
    }

    /// Sends these tracks from now on.
    pub(crate) fn send(&mut self, tracks: &LocalTracks) {
        self.tracks = tracks.clone();
        self.attach();
    }

    /// Sends a person as much as these targets say from now on.
    pub(crate) fn steer(&mut self, targets: SendTargets) {
        self.shape.aim(targets);
        self.attach();
        self.follow_targets();
    }

    /// Sends the SFU as much as these targets say from now on.
    pub(crate) fn steer_hub(&mut self, targets: HubTargets) {
        self.shape.aim_at_hub(targets);
        self.attach();
        self.follow_targets();
    }

    /// Has at least so many slots from now on. The browser asks for a negotiation if those are more than before.
    pub(crate) fn set_slots(&mut self, slots: SlotCounts) {
        if self.is_of_hub() {
            self.shape.set_slots(slots);
            self.complete();
        }
    }

    /// Sends no pictures while nothing gets through. Pictures that were lost would be asked for again, and those that come
    /// too late make the other side wait for seconds before it shows any; one that is sent afresh is shown at once.
    pub(crate) fn hold_pictures(&mut self, holds: bool) {
        if std::mem::replace(&mut self.holds_pictures, holds) != holds {
            self.follow_targets();
        }
    }

    fn follow_targets(&self) {
        self.shape
            .steer(&self.connection, self.holds_pictures, &self.under_way);
    }

    /// Reads the connection's statistics. What the SFU's slots carry is not known here.
    pub(crate) fn read_stats(&self) -> LocalBoxFuture<'static, Reading> {
        let tracks = self.shape.tracks(&self.connection);
        stats::read(&self.connection, self.peer.clone(), self.generation, tracks)
    }

    /// What each section played last, at `now` (in ms since the Epoch).
    pub(crate) fn sample(&self, sampler: Sampler, now: f64) -> Vec<LineSample> {
        let receivers = self.shape.receivers(&self.connection);
        sampler(self.path, receivers, now)
    }

    /// Counts what arrived; reports `Received`, unless the count is still under way.
    pub(crate) fn count_arrivals(&mut self, awaited: Awaited) {
        match self.arrivals.begin(&self.connection) {
            CountBegun::NotNow => {}
            CountBegun::Known(count) => self.report_arrivals(count, awaited),
            CountBegun::Asked(counting) => {
                let counted = counting.map(move |arrived| Ended::Counted(arrived, awaited));
                self.under_way.push(counted.boxed_local());
            }
        }
    }

    fn report_arrivals(&self, count: u64, awaited: Awaited) {
        self.reporter.report(Report::Path {
            path: self.path,
            generation: self.generation,
            event: PeerEvent::Received { count, awaited },
        });
    }

    /// Brings tracks, limits and streams in line after an operation, and returns the streams that are new.
    pub(crate) fn settle(&mut self) -> Vec<(Section, MediaStream)> {
        self.attach();
        self.follow_targets();
        self.shown
            .take_fresh(self.shape.receivers(&self.connection))
    }

    /// Adds the channels and the transceivers that are missing: all of them for the one who offers first, later those the other side did
    /// not offer. The browser asks for a negotiation if there are any.
    pub(crate) fn complete(&mut self) {
        if self.channels.is_none() {
            // Fails only for a closed connection, which reports its state.
            self.channels = Channels::open(&self.connection).ok();
        }
        self.shape.complete(&self.connection);
    }

    /// The next event of what is under way.
    pub(crate) fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<PeerEvent> {
        while let Poll::Ready(Some(ended)) = self.under_way.poll_next_unpin(context) {
            match ended {
                Ended::Operation(event) => return Poll::Ready(event),
                Ended::Attached => self.attach(),
                Ended::Counted(arrived, awaited) => {
                    if let Some(count) = self.arrivals.end(arrived) {
                        self.report_arrivals(count, awaited);
                    }
                }
                Ended::Quietly => {}
            }
        }
        Poll::Pending
    }

    /// What the data channels report next.
    pub(crate) fn poll_channel(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<(Channel, ChannelReport)> {
        match &mut self.channels {
            Some(channels) => channels.poll_report(context),
            None => Poll::Pending,
        }
    }

    /// Sends a frame on a data channel; if that is not open, it is dropped.
    pub(crate) fn transmit(&self, channel: Channel, frame: &Frame) {
        if let Some(channels) = &self.channels {
            channels.send(channel, frame);
        }
    }

    /// What waits to be sent on a data channel, in bytes.
    pub(crate) fn buffered(&self, channel: Channel) -> u64 {
        self.channels
            .as_ref()
            .map_or(0, |channels| channels.buffered(channel))
    }

    /// Creates a data channel anew, once the one before is closed.
    pub(crate) fn reopen_channel(&mut self, channel: Channel) {
        if let Some(channels) = &mut self.channels {
            channels.reopen(channel);
        }
    }

    /// Closes a data channel for good.
    pub(crate) fn close_channel(&self, channel: Channel) {
        if let Some(channels) = &self.channels {
            channels.close(channel);
        }
    }

    /// Makes way for the first offer of the other side: an own first offer that lost against it leaves transceivers behind
    /// that nothing would ever use. Nothing else is lost, for nothing was agreed.
    fn start_afresh(&mut self) {
        let Ok(connection) = connection::open(&self.ice) else {
            return;
        };
        self.listeners.clear();
        self.channels = None;
        self.under_way = UnderWay::new();
        self.arrivals = ArrivalCount::default();
        self.connection.close();
        self.listeners =
            connection::listen(&connection, self.path, self.generation, &self.reporter);
        self.connection = connection;
    }

    fn operate(&mut self, operation: impl Future<Output = Result<PeerEvent, JsValue>> + 'static) {
        let reported = operation.map(|result| {
            Ended::Operation(
                result.unwrap_or_else(|exception| PeerEvent::OperationFailed {
                    name: js::exception_name(&exception),
                }),
            )
        });
        self.under_way.push(reported.boxed_local());
    }

    fn attach(&mut self) {
        let senders = self.shape.senders(&self.connection);
        let tracks = self.shape.attached(&self.tracks);
        for attaching in transceivers::attach(senders, &tracks) {
            let attached = attaching.map(|result| match result {
                Ok(_) => Ended::Attached,
                Err(_) => Ended::Quietly,
            });
            self.under_way.push(attached.boxed_local());
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.listeners.clear();
        self.channels = None;
        self.connection.close();
    }
}
