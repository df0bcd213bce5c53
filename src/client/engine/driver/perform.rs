//! What the model decided is done, one effect after the other.

use super::engine::Engine;
use crate::client::applications;
use crate::client::browser::storage;
use crate::room::messaging::files::DiskCommand;
use crate::room::{RecordingCommand, VisitEffect, VisitEvent};

impl Engine {
    /// Does one thing.
    pub(super) fn perform(&mut self, effect: VisitEffect) {
        match effect {
            VisitEffect::Connect { after_ms: 0 } => self.signaling.connect(),
            VisitEffect::Connect { after_ms } => self.signaling.connect_after(after_ms),
            VisitEffect::Disconnect => self.signaling.disconnect(),
            VisitEffect::Send(message) => self.signaling.send(&message),
            VisitEffect::GiveUpSeat { room, resume } => self.signaling.give_up_seat(&room, &resume),
            VisitEffect::Path { path, to, command } => self.command_path(path, to, command),
            VisitEffect::SetIceTransportPolicy(policy) => {
                self.connections.set_ice_transport_policy(policy);
            }
            VisitEffect::CountArrivals { path, awaited } => {
                if let Some(peer) = self.connections.on_path(path) {
                    peer.count_arrivals(awaited);
                }
            }
            VisitEffect::ReadConnections => {
                self.tell_of_pictures();
                self.readings.begin(&self.connections);
                if self.readings.is_over() {
                    self.pending.push_back(VisitEvent::ReadingsEnded);
                }
            }
            VisitEffect::Steer(peer, targets) => {
                if let Some(peer) = self.connections.get_mut(&peer) {
                    peer.steer(targets);
                }
            }
            VisitEffect::SteerHub(path, targets) => {
                if let Some(peer) = self.connections.on_path(path) {
                    peer.steer_hub(targets);
                }
            }
            VisitEffect::Attribute(carried) => self.attribute(&carried),
            VisitEffect::Choose(peer, kind, path) => self.choose(peer, kind, path),
            VisitEffect::SampleLines => self.sample_lines(),
            VisitEffect::TransmitToHub { channel, frame } => self.transmit_to_hub(channel, &frame),
            VisitEffect::OpenHubChannel(channel) => {
                if let Some(hub) = self.connections.hub_mut() {
                    hub.reopen_channel(channel);
                }
            }
            VisitEffect::Capture(command) => self.command_devices(command),
            VisitEffect::Screen(command) => self.command_screen(&command),
            VisitEffect::AttachTracks => self.attach_tracks(),
            VisitEffect::Transmit {
                peer,
                channel,
                frame,
            } => self.transmit(peer, channel, &frame),
            // The page shows whom it reaches by the state of the call.
            VisitEffect::Reached(_) | VisitEffect::Lost(_) => {}
            VisitEffect::CloseChannel { peer, channel } => {
                if let Some(peer) = self.connections.get(&peer) {
                    peer.close_channel(channel);
                }
            }
            VisitEffect::Disk(command) => self.command_disk(command),
            VisitEffect::KeepWithPage(key) => self.files.disk.keep_with_page(key),
            VisitEffect::SaveFile(key, file) => self.files.disk.save(&key, &file),
            VisitEffect::ForgetFile(key) => self.files.disk.forget(&key),
            VisitEffect::Notify(notice) => self.page.session.notify(notice),
            VisitEffect::Offer(notice, action) => self.page.session.offer(notice, action),
            VisitEffect::Play(sound) => {
                self.sounds.play(sound, &mut self.voices, &self.errands);
            }
            VisitEffect::KeepAwake(awake) => self.awake.keep(awake, &self.errands),
            VisitEffect::Recording(command) => self.command_recording(command),
            VisitEffect::HandToApplications { name, message } => {
                applications::hand_over(&self.page.window, &name, &message);
            }
            VisitEffect::RefuseApplication(error) => {
                applications::refuse(&self.page.window, error.code(), &error.to_string());
            }
            VisitEffect::Remember => {
                let preferences = self.page.session.preferences;
                preferences
                    .with_untracked(|preferences| storage::store(&self.page.window, preferences));
            }
            VisitEffect::LookAtPage => {
                self.pending.push_back(VisitEvent::Sight(self.visibility()));
            }
            VisitEffect::Conversation(changes) => self.page.session.messaging.follow(changes),
            VisitEffect::Changed(aspect) => self.show(aspect),
        }
    }

    fn command_disk(&mut self, command: DiskCommand) {
        let file = match &command {
            DiskCommand::Open { key } => self.page.session.visit.with(|visit| {
                let transfer = visit.messaging()?.transfers().get(key)?;
                Some(transfer.file().clone())
            }),
            _ => None,
        };
        self.files.disk.perform(command, file.as_ref());
    }

    fn command_recording(&mut self, command: RecordingCommand) {
        match command {
            RecordingCommand::Start(kind) => {
                let event = self.recordings.start(kind, &self.own);
                self.pending.push_back(VisitEvent::Recording(event));
            }
            RecordingCommand::Stop => self.recordings.stop(),
            RecordingCommand::HandOver { problem } => {
                self.errands
                    .run_for_recording(self.recordings.hand_over(problem));
            }
            RecordingCommand::Discard => self.recordings.discard_unfinished(&self.errands),
        }
    }
}
