//! A visit to a room that is so large that it goes through the SFU, with everybody there reached over it.

use crate::protocol::sfu::{SfuAvailability, SfuTerms, SfuUse};
use crate::protocol::{PeerId, ServerMessage};
use crate::room::call::event::Event;
use crate::room::channel::Channel;
use crate::room::hub::HubChannelEvent;
use crate::room::media::local::Environment;
use crate::room::messaging::channel::frame::Frame;
use crate::room::messaging::chat::message::WallTime;
use crate::room::path::report::{ConnectionState, PeerEvent};
use crate::room::preferences::Preferences;
use crate::room::testing::fixture::welcome;
use crate::room::testing::visiting::Visiting;
use crate::room::visit::effect::VisitEffect;
use crate::room::visit::event::VisitEvent;
use crate::room::visit::page::Opening;
use crate::room::visit::sfu_rules::RULES;

/// In a room of a thousand seats, with these who were there before and these channels to the SFU, in which direct paths may be made or not,
/// and so many bit/s of files go through the SFU. Where `live` is open something is expected of the SFU all the time.
pub(super) fn in_large_room(
    before: &[&str],
    channels: &[Channel],
    standby: bool,
    files: Option<u64>,
) -> Visiting {
    let mut visiting = Visiting::default();
    visiting.feed(VisitEvent::Opened(Box::new(Opening {
        preferences: Preferences::default(),
        environment: Environment::Capable,
        shares_screens: true,
        has_sfu: true,
        refuses_media: false,
        page_opened: WallTime(1_000_000),
    })));
    visiting.visit.hand_in(RULES);
    visiting.feed(VisitEvent::SfuKnown);
    visiting.join();
    let mut welcome = welcome(false, before);
    if let ServerMessage::Welcome {
        peers, sfu, limits, ..
    } = &mut welcome
    {
        limits.room_capacity = 1_000;
        limits.mesh_capacity = Some(12);
        for info in peers {
            info.sfu = Some(SfuAvailability::Ready);
        }
        *sfu = Some(SfuTerms {
            peer: PeerId::new(SfuTerms::PEER),
            run: "a".to_owned(),
            r#use: SfuUse::On,
            number: 1,
            standby,
            files,
        });
    }
    visiting.server(welcome);
    // There are slots for everything.
    let sdp = || "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n".repeat(17);
    hub(&mut visiting, PeerEvent::LocalOffer { sdp: sdp() });
    visiting.server(ServerMessage::Answer {
        from: PeerId::new(SfuTerms::PEER),
        sdp: sdp(),
        serial: Some(1),
    });
    hub(&mut visiting, PeerEvent::AnswerApplied);
    let connected = PeerEvent::Connection(ConnectionState::Connected);
    hub(&mut visiting, connected);
    for channel in channels.iter().copied() {
        visiting.feed(VisitEvent::HubChannel(channel, HubChannelEvent::Opened));
        say(&mut visiting, channel, "{\"ready\":1}");
    }
    visiting
}

/// The connection to the SFU reports.
pub(super) fn hub(visiting: &mut Visiting, event: PeerEvent) {
    let path = visiting.visit.hub.path().unwrap();
    visiting.feed(VisitEvent::Call(Event::Path {
        path,
        generation: 1,
        event,
    }));
}

/// The server, or somebody over it, says this on a channel.
pub(super) fn say(visiting: &mut Visiting, channel: Channel, text: &str) -> Vec<VisitEffect> {
    let frame = HubChannelEvent::Frame(Frame::Text(text.to_owned()));
    visiting.feed(VisitEvent::HubChannel(channel, frame))
}
