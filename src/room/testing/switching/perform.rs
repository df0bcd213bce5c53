//! What a visit wants done, as the driver of a page would do it.

use super::end::Sends;
use super::visitor::name;
use super::world::{Happening, World};
use crate::room::call::event::Event;
use crate::room::device::DeviceKind;
use crate::room::hub::{HubChannelEvent, LineSample};
use crate::room::media::local::{MediaCommand, MediaEvent};
use crate::room::media::screen::{ScreenCommand, ScreenEvent};
use crate::room::path::report::PeerEvent;
use crate::room::visit::effect::VisitEffect;
use crate::room::visit::event::VisitEvent;
use crate::room::visit::page::CapturedPictures;

/// The browser forgets what it played longer ago, in ms.
const REMEMBERED_MS: u64 = 10_000;

/// A screen on which nothing moves sends a frame so often, in ms.
const STILL_MS: u64 = 1_000;

impl World {
    pub(crate) fn perform(&mut self, who: usize, effect: VisitEffect) {
        match effect {
            VisitEffect::Connect { after_ms } => {
                self.abandon(who);
                self.visitors[who].attempt += 1;
                let attempt = self.visitors[who].attempt;
                let at = self.now + after_ms + self.chance.between(2, 30);
                self.schedule(at, Happening::Connect { who, attempt });
            }
            VisitEffect::Disconnect => {
                self.visitors[who].attempt += 1;
                self.abandon(who);
            }
            VisitEffect::Send(message) => {
                self.tell(|| format!("{who} says {}", super::world::brief(&message)));
                self.send(who, message);
            }
            VisitEffect::Path { path, to, command } => self.command(who, path, to, command),
            VisitEffect::CountArrivals { path, awaited } => {
                if let Some(end) = self.visitors[who].ends.get(&path) {
                    let event = PeerEvent::Received {
                        count: end.arrived,
                        awaited,
                    };
                    let event = Event::Path {
                        path,
                        generation: end.connection.generation,
                        event,
                    };
                    self.hand(who, VisitEvent::Call(event));
                }
            }
            VisitEffect::ReadConnections => self.hand(who, VisitEvent::ReadingsEnded),
            VisitEffect::Steer(peer, targets) => {
                let mut ends = self.visitors[who].ends.values_mut();
                if let Some(end) = ends.find(|end| end.whom == peer) {
                    end.sends = Sends::ToPerson(Some(targets));
                    self.stirred = true;
                }
            }
            VisitEffect::SteerHub(_, targets) => {
                if let Some(end) = self.visitors[who].hub_mut() {
                    end.sends = Sends::ToSfu(targets);
                    self.stirred = true;
                }
            }
            VisitEffect::Attribute(carried) => {
                self.tell(|| format!("{who} attributes {carried:?}"));
                let visitor = &mut self.visitors[who];
                if let Some(path) = visitor.hub().map(|end| end.connection.path) {
                    visitor.lines.attribute(path, &carried);
                    self.stirred = true;
                }
            }
            VisitEffect::Choose(peer, kind, path) => {
                self.tell(|| format!("{who} chooses {path:?} for {kind:?} of {peer}"));
                self.visitors[who].lines.choose(peer, kind, path);
                self.stirred = true;
            }
            VisitEffect::SampleLines => {
                let samples = self.sample(who);
                self.hand(who, VisitEvent::Sampled(samples));
            }
            VisitEffect::TransmitToHub { channel, frame } => {
                self.transmit_to_sfu(who, channel, frame);
            }
            VisitEffect::OpenHubChannel(channel) => {
                self.hand(
                    who,
                    VisitEvent::HubChannel(channel, HubChannelEvent::Opened),
                );
            }
            VisitEffect::Transmit {
                peer,
                channel,
                frame,
            } => self.transmit(who, &peer, channel, frame),
            VisitEffect::Capture(MediaCommand::Capture { microphone, camera }) => {
                let asked = [
                    (DeviceKind::Microphone, microphone.is_some()),
                    (DeviceKind::Camera, camera.is_some()),
                ];
                for (kind, _) in asked.into_iter().filter(|(_, is_asked)| *is_asked) {
                    self.hand(who, VisitEvent::Media(MediaEvent::Started(kind, None)));
                }
            }
            VisitEffect::Screen(ScreenCommand::Choose) => {
                let started = VisitEvent::Screen(ScreenEvent::Started);
                self.after(50, 500, Happening::Feed(who, Box::new(started)));
            }
            VisitEffect::Screen(ScreenCommand::Stop) => self.capture(who),
            VisitEffect::AttachTracks => {
                self.capture(who);
                self.stirred = true;
            }
            VisitEffect::Disk(command) => self.work_disk(who, command),
            VisitEffect::CloseChannel { peer, channel } => {
                self.blame(|| format!("{who} cuts {peer} off from {channel:?}"));
            }
            // The rest is for the page alone.
            _ => {}
        }
    }

    /// Tells of the pictures that are captured now.
    fn capture(&mut self, who: usize) {
        let pictures = CapturedPictures {
            camera: Some((720, 30.0)),
            screen: self.visitors[who].visit.media().screen.is_sharing(),
        };
        if self.visitors[who].captured != Some(pictures) {
            self.visitors[who].captured = Some(pictures);
            self.hand(who, VisitEvent::Captured(pictures));
        }
    }

    /// What each section of every connection played last.
    fn sample(&mut self, who: usize) -> Vec<LineSample> {
        let mut samples = Vec::new();
        for end in self.visitors[who].ends.values() {
            for section in end.sections() {
                let key = (end.connection.identity, name(&section));
                let Some(played) = self.visitors[who].played.get(&key) else {
                    continue;
                };
                let age = match (played.comes, played.is_still) {
                    (true, false) => self.chance.between(0, 20).min(self.now - played.since),
                    (true, true) => (self.now - played.since) % STILL_MS,
                    (false, _) => self.now - played.last,
                };
                if age < REMEMBERED_MS {
                    samples.push(LineSample {
                        path: end.connection.path,
                        section,
                        rtp_timestamp: Self::timestamp(self.first_timestamp, self.now - age),
                        age_ms: age as u32,
                    });
                }
            }
        }
        samples
    }
}
