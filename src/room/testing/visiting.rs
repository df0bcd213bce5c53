//! A whole visit under test: what happens goes in by short words, what should happen comes out.

use crate::protocol::{
    ClientMessage, DisplayName, MediaState, ParticipantKind, PeerId, RoomName, ServerMessage,
};
use crate::room::call::event::{CallAction, Event, SocketEvent};
use crate::room::channel::Channel;
use crate::room::context::Context;
use crate::room::device::DeviceKind;
use crate::room::media::local::{Environment, MediaEvent};
use crate::room::messaging::channel::frame::Frame;
use crate::room::messaging::chat::message::WallTime;
use crate::room::messaging::event::MessagingEvent;
use crate::room::messaging::frame::ChatFrame;
use crate::room::moment::Moment;
use crate::room::notice::Notice;
use crate::room::path::report::{ConnectionState, PeerEvent};
use crate::room::preferences::Preferences;
use crate::room::sending::view::ViewRequest;
use crate::room::testing::fixture::{peer, welcome};
use crate::room::visit::action::VisitAction;
use crate::room::visit::effect::VisitEffect;
use crate::room::visit::event::VisitEvent;
use crate::room::visit::page::Opening;
use crate::room::visit::state::Visit;

/// A visit and the clock.
#[derive(Default)]
pub(crate) struct Visiting {
    pub(crate) visit: Visit,
    pub(crate) now: u64,
}

impl Visiting {
    /// In the lobby of a page that can do everything, with a live camera and microphone.
    pub(crate) fn opened(preferences: Preferences) -> Self {
        let mut visiting = Self::default();
        visiting.feed(VisitEvent::Opened(Box::new(Opening {
            preferences,
            environment: Environment::Capable,
            shares_screens: true,
            has_sfu: false,
            refuses_media: false,
            page_opened: WallTime(1_000_000),
        })));
        for kind in [DeviceKind::Microphone, DeviceKind::Camera] {
            visiting.feed(VisitEvent::Media(MediaEvent::Started(kind, None)));
        }
        visiting
    }

    /// What the driver knows now.
    pub(crate) fn context(&self) -> Context {
        Context {
            now: Moment(self.now),
            chance: 0.5,
        }
    }

    /// In the call with these, who were there before and are connected.
    pub(crate) fn joined(preferences: Preferences, others: &[&str]) -> Self {
        let mut visiting = Self::opened(preferences);
        visiting.join();
        visiting.server(welcome(false, others));
        for id in others {
            visiting.connect(id);
        }
        visiting
    }

    pub(crate) fn feed(&mut self, event: VisitEvent) -> Vec<VisitEffect> {
        let context = self.context();
        self.visit.handle(event, context)
    }

    /// The user wants something.
    pub(crate) fn want(&mut self, action: VisitAction) -> Vec<VisitEffect> {
        self.feed(VisitEvent::Wanted(action))
    }

    /// The user joins, and the socket opens.
    pub(crate) fn join(&mut self) -> Vec<VisitEffect> {
        let mut effects = self.want(VisitAction::Call(CallAction::Join {
            room: RoomName::parse("team-standup").unwrap(),
            name: DisplayName::parse("Ada").unwrap(),
        }));
        effects.extend(self.feed(VisitEvent::Call(Event::Socket(SocketEvent::Opened))));
        effects
    }

    pub(crate) fn leave(&mut self) -> Vec<VisitEffect> {
        self.want(VisitAction::Call(CallAction::Leave))
    }

    pub(crate) fn server(&mut self, message: ServerMessage) -> Vec<VisitEffect> {
        self.feed(VisitEvent::Call(Event::Server(message)))
    }

    /// Somebody comes.
    pub(crate) fn come(&mut self, id: &str) -> Vec<VisitEffect> {
        self.server(ServerMessage::PeerJoined {
            peer: peer(id),
            name: format!("Name of {id}"),
            media: MediaState::default(),
            kind: ParticipantKind::Person,
            sfu: None,
        })
    }

    /// A device comes.
    pub(crate) fn come_as_device(&mut self, id: &str) -> Vec<VisitEffect> {
        self.server(ServerMessage::PeerJoined {
            peer: peer(id),
            name: format!("Name of {id}"),
            media: MediaState::default(),
            kind: ParticipantKind::Device,
            sfu: None,
        })
    }

    /// The first connection to this person reports.
    pub(crate) fn path(&mut self, id: &str, event: PeerEvent) -> Vec<VisitEffect> {
        let person = self.visit.call().call().unwrap().person(&peer(id)).unwrap();
        self.feed(VisitEvent::Call(Event::Path {
            path: person.direct.unwrap(),
            generation: 1,
            event,
        }))
    }

    /// Carries the negotiation of somebody who was offered to through to a connection.
    pub(crate) fn connect(&mut self, id: &str) {
        self.path(
            id,
            PeerEvent::LocalOffer {
                sdp: "offer".to_owned(),
            },
        );
        self.server(ServerMessage::Answer {
            from: peer(id),
            sdp: "answer".to_owned(),
            serial: Some(1),
        });
        self.path(id, PeerEvent::AnswerApplied);
        self.path(id, PeerEvent::Connection(ConnectionState::Connected));
    }

    /// A channel to this person opens.
    pub(crate) fn open(&mut self, id: &str, channel: Channel) -> Vec<VisitEffect> {
        self.feed(VisitEvent::Messaging(MessagingEvent::ChannelOpened {
            peer: peer(id),
            channel,
        }))
    }

    /// A frame of this person arrives.
    pub(crate) fn frame(&mut self, id: &str, channel: Channel, frame: Frame) -> Vec<VisitEffect> {
        self.feed(VisitEvent::Messaging(MessagingEvent::Frame {
            peer: peer(id),
            channel,
            frame,
        }))
    }

    /// The server answers `ice-servers` with what was known before.
    pub(crate) fn answer_question(&mut self) -> Vec<VisitEffect> {
        let call = self.visit.call().call();
        let ice_servers = call.map_or_else(Vec::new, |call| call.ice_servers.clone());
        self.server(ServerMessage::IceServers { ice_servers })
    }

    /// Lets time pass, with a server that answers, waking the visit when it wants to be woken and at no other time.
    pub(crate) fn wait(&mut self, ms: u64) -> Vec<VisitEffect> {
        let until = self.now + ms;
        let mut effects = Vec::new();
        while let Some(due) = self.visit.next_deadline(Moment(self.now))
            && due.0.max(self.now) <= until
        {
            self.now = self.now.max(due.0);
            let mut fresh = self.feed(VisitEvent::Time);
            if fresh.contains(&VisitEffect::Send(ClientMessage::IceServers)) {
                fresh.extend(self.answer_question());
            }
            effects.extend(fresh);
            let next = self.visit.next_deadline(Moment(self.now));
            assert!(
                next.is_none_or(|next| next.0 > self.now),
                "due again at once, at {}",
                self.now
            );
        }
        self.now = until;
        effects
    }
}

/// The notices among the effects.
pub(crate) fn told(effects: &[VisitEffect]) -> Vec<&Notice> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            VisitEffect::Notify(notice) => Some(notice),
            _ => None,
        })
        .collect()
}

/// How large people are told that they are shown.
pub(crate) fn views(effects: &[VisitEffect]) -> Vec<(PeerId, ViewRequest)> {
    chat_frames(effects)
        .into_iter()
        .filter_map(|(peer, frame)| match frame {
            ChatFrame::Viewing(request) => Some((peer, request)),
            _ => None,
        })
        .collect()
}

/// What goes out on `chat` channels.
pub(crate) fn chat_frames(effects: &[VisitEffect]) -> Vec<(PeerId, ChatFrame)> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            VisitEffect::Transmit {
                peer,
                channel: Channel::Chat,
                frame,
            } => Some((peer.clone(), ChatFrame::parse(frame).unwrap())),
            _ => None,
        })
        .collect()
}

/// The place of the first effect like this.
pub(crate) fn place(effects: &[VisitEffect], like: impl Fn(&VisitEffect) -> bool) -> usize {
    effects
        .iter()
        .position(like)
        .unwrap_or_else(|| panic!("none is like this: {effects:#?}"))
}
