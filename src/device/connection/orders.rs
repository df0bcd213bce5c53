//! What a connection is asked for: operations of the negotiation, frames, pictures.

use std::time::{Duration, Instant};

use super::agent::AgentError;
use super::gathering;
use super::report::{ConnectionNews, ConnectionOrder};
use super::task::ConnectionTask;
use crate::device::media::frame::MediaFrame;
use crate::protocol::IceTransportPolicy;
use crate::room::{DeviceKind, PeerCommand, PeerEvent, Pictures, Route, TrackKind};

/// A picture that can be decoded alone is asked for at most so often.
const KEY_FRAMES_APART: Duration = Duration::from_secs(2);

impl ConnectionTask {
    /// Does what is asked for.
    pub(super) async fn follow(&mut self, order: ConnectionOrder) {
        match order {
            ConnectionOrder::Command(command) => self.obey(command).await,
            ConnectionOrder::Transmit(channel, frame) => self.agent.transmit(channel, &frame),
            ConnectionOrder::CloseChannel(channel) => self.agent.close_channel(channel),
            ConnectionOrder::ReopenChannel(channel) => self.agent.reopen_channel(channel),
            ConnectionOrder::Attribute(carried) => self.agent.attribute(carried),
            ConnectionOrder::Count(awaited) => {
                let count = self.agent.arrived();
                let received = PeerEvent::Received { count, awaited };
                self.report(ConnectionNews::Peer(received)).await;
            }
            ConnectionOrder::SetPolicy(policy) => self.setup.policy = policy,
            ConnectionOrder::Play(DeviceKind::Camera, frame) => self.play_picture(&frame).await,
            ConnectionOrder::Play(_, frame) => {
                if self.wanted.sound {
                    self.agent.play(TrackKind::Microphone, &frame);
                }
            }
            ConnectionOrder::Send(wanted) => self.wanted = wanted,
        }
    }

    /// Sends a picture, if any are to be sent and would arrive: the first of them is one that can be decoded alone, and is asked
    /// for where others have to be held back for it. A line that is too slow for them waits for the next as it comes.
    async fn play_picture(&mut self, frame: &MediaFrame) {
        if self.holds_pictures || !self.wanted.pictures || !self.agent.takes(TrackKind::Camera) {
            self.awaits_key_frame = true;
            return;
        }
        if !self.awaits_key_frame || frame.is_vp8_key_frame() {
            if self.agent.admits(frame, Instant::now()) {
                self.awaits_key_frame = !self.agent.play(TrackKind::Camera, frame);
            }
            return;
        }
        let now = Instant::now();
        let is_time = self
            .key_frame_wanted
            .is_none_or(|at| now >= at + KEY_FRAMES_APART);
        if is_time {
            self.key_frame_wanted = Some(now);
            self.report(ConnectionNews::KeyFrameWanted).await;
        }
    }

    async fn obey(&mut self, command: PeerCommand) {
        match command {
            PeerCommand::Offer { ice_restart } => {
                self.prepare().await;
                let offered = self.agent.offer(ice_restart);
                self.end_operation(offered.map(|sdp| PeerEvent::LocalOffer { sdp }))
                    .await;
            }
            PeerCommand::AcceptOffer { sdp } => {
                self.prepare().await;
                let answered = self.agent.accept_offer(sdp);
                let is_answered = answered.is_ok();
                self.end_operation(answered.map(|sdp| PeerEvent::LocalAnswer { sdp }))
                    .await;
                if is_answered && self.agent.lacks_something() {
                    let needed = PeerEvent::NegotiationNeeded;
                    self.report(ConnectionNews::Peer(needed)).await;
                }
            }
            PeerCommand::AcceptAnswer { sdp } => {
                let taken = self.agent.accept_answer(sdp);
                self.end_operation(taken.map(|()| PeerEvent::AnswerApplied))
                    .await;
                self.ask_for_slots().await;
            }
            PeerCommand::AddCandidate(Some(candidate)) => self.agent.add_remote(&candidate),
            PeerCommand::AddCandidate(None) => {}
            PeerCommand::SetRoute(route) => self.route = route,
            PeerCommand::SetPictures(pictures) => {
                self.holds_pictures = pictures == Pictures::Held;
            }
            PeerCommand::SetIceServers(servers) => self.setup.servers = servers,
            PeerCommand::SetSlots(slots) => {
                self.agent.layout.grow(slots);
                self.ask_for_slots().await;
            }
            PeerCommand::Open { .. } | PeerCommand::Close => {}
        }
    }

    /// Asks for a negotiation where the SFU is to be offered more slots. While an offer waits for its answer nothing is asked for: as with a
    /// browser that comes after it.
    async fn ask_for_slots(&mut self) {
        let agent = &self.agent;
        if agent.layout.is_of_hub() && agent.pending.is_none() && agent.lacks_something() {
            let needed = PeerEvent::NegotiationNeeded;
            self.report(ConnectionNews::Peer(needed)).await;
        }
    }

    async fn end_operation(&mut self, ended: Result<PeerEvent, AgentError>) {
        let event = match ended {
            Ok(event) => {
                if !matches!(event, PeerEvent::AnswerApplied) {
                    self.gather();
                }
                event
            }
            Err(error) => PeerEvent::OperationFailed {
                name: error.to_string(),
            },
        };
        self.report(ConnectionNews::Peer(event)).await;
    }

    /// Opens the sockets whose addresses go into a description, before it is made.
    async fn prepare(&mut self) {
        let is_relayed = self.policy() == IceTransportPolicy::Relay;
        self.agent.set_only_relayed(is_relayed);
        if is_relayed {
            return;
        }
        let opened = self.wires.open_hosts(self.setup.towards_server);
        for candidate in opened.candidates {
            self.agent.add_local(candidate);
        }
        if let Some(error) = opened.refused
            && !self.told_no_socket
        {
            self.told_no_socket = true;
            self.report(ConnectionNews::NoSocket(error)).await;
        }
    }

    /// Looks for other ways out, once a description is made: those that are there already stay.
    fn gather(&mut self) {
        let is_under_way = self.is_looking || !self.gathering.is_empty() || self.wires.is_looking();
        self.is_looking = true;
        if !is_under_way && !self.wires.has_relay() {
            let (setup, policy) = (&self.setup, self.policy());
            let begun = gathering::begin(&setup.servers, policy, setup.relays, setup.trust);
            self.gathering.extend(begun);
        }
    }

    fn policy(&self) -> IceTransportPolicy {
        match self.route {
            Route::Any => self.setup.policy,
            Route::Relayed => IceTransportPolicy::Relay,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::mpsc;

    use super::*;
    use crate::device::connection::gathering::RelayTransport;
    use crate::device::connection::latest::LatestFrames;
    use crate::device::connection::pairing::{EVERYTHING, NOTHING, agent};
    use crate::device::connection::task::ConnectionSetup;
    use crate::device::connection::uplink::Admission;
    use crate::device::socket::dial::Trust;
    use crate::protocol::PeerId;
    use crate::room::path::id::PathIds;
    use crate::room::{Moment, Shape, SlotCounts};

    fn setup(shape: Shape) -> ConnectionSetup {
        ConnectionSetup {
            path: PathIds::since(Moment(1)).give(),
            generation: 1,
            whom: PeerId::new("P1"),
            shape,
            wish: EVERYTHING,
            meter: None,
            servers: Vec::new(),
            policy: IceTransportPolicy::All,
            relays: RelayTransport::Any,
            trust: Trust::Authorities,
            towards_server: None,
            initiator: false,
        }
    }

    #[tokio::test]
    async fn slots_that_are_wanted_while_an_offer_is_under_way_are_asked_for_after_it() {
        let slots = |pictures| SlotCounts {
            voices: 1,
            pictures,
        };
        let (reports, mut taken) = mpsc::channel(8);
        let setup = setup(Shape::Hub(slots(1)));
        let waiting = mpsc::channel(1).1;
        let mut task = ConnectionTask::new(setup, LatestFrames::default(), waiting, reports);
        let command = ConnectionOrder::Command;
        task.follow(command(PeerCommand::Offer { ice_restart: false }))
            .await;
        task.follow(command(PeerCommand::SetSlots(slots(3)))).await;
        let offered = taken.recv().await.unwrap().what;
        let ConnectionNews::Peer(PeerEvent::LocalOffer { sdp }) = offered else {
            panic!("{offered:?}");
        };
        assert!(taken.try_recv().is_err(), "nothing before the answer");
        let mut sfu = agent(NOTHING, None, Instant::now());
        let sdp = sfu.accept_offer(sdp).unwrap();
        task.follow(command(PeerCommand::AcceptAnswer { sdp }))
            .await;
        for expected in [PeerEvent::AnswerApplied, PeerEvent::NegotiationNeeded] {
            let told = taken.recv().await.unwrap().what;
            assert!(
                matches!(&told, ConnectionNews::Peer(event) if *event == expected),
                "{told:?}"
            );
        }
    }

    #[tokio::test]
    async fn a_line_is_given_its_time_from_the_first_picture_that_goes_over_it() {
        let setup = setup(Shape::Mesh);
        let (reports, _taken) = mpsc::channel(1);
        let mut task =
            ConnectionTask::new(setup, LatestFrames::default(), mpsc::channel(1).1, reports);
        let picture = Arc::new(MediaFrame {
            at: Duration::ZERO,
            data: [0x10; 1_000].as_slice().into(),
        });
        let early = ConnectionOrder::Play(DeviceKind::Camera, Arc::clone(&picture));
        task.follow(early).await;
        // It takes long to connect, and the first estimate is low.
        let connected = Instant::now() + Duration::from_secs(10);
        let uplink = &mut task.agent.uplink;
        uplink.estimated(1_000.0);
        for _ in 0..2 {
            assert_eq!(uplink.admit(&picture, connected), Admission::Admitted);
        }
    }
}
