//! What each message of a client leads to.
//!
//! Invariant: whatever is said is answered, passed on, or refused in words; nothing waits but for the client's own room.

use super::connection::{Connection, Phase};
use super::ending::{Ending, Fatality, Flow, NORMAL};
use super::forward::{self, Inbound};
use crate::protocol::{ClientMessage, CloseCode, DisplayName, ErrorCode, RoomName, ServerMessage};
use crate::server::rooms::{JoinRefusal, JoinRequest, Undelivered};

/// A client that sends more malformed messages than this in a row does not speak the protocol.
const MOST_MALFORMED: u32 = 100;

impl Connection {
    /// Handles one text.
    pub(super) async fn handle(&mut self, text: &str) -> Flow {
        if let Phase::Seated(seat) = &mut self.phase {
            seat.confirm_welcome().await;
        }
        let Ok(inbound) = forward::parse(text) else {
            self.malformed += 1;
            if self.malformed > MOST_MALFORMED {
                return Err(Ending::Close(CloseCode::Policy));
            }
            self.refuse(
                ErrorCode::BadMessage,
                "The message was not understood.",
                Fatality::Survivable,
            );
            return Ok(());
        };
        self.malformed = 0;
        match (&self.phase, inbound) {
            (Phase::Greeting, Inbound::Own(join @ ClientMessage::Join { .. })) => {
                Box::pin(self.join(join)).await;
            }
            (Phase::Greeting, _) => self.refuse(
                ErrorCode::NotJoined,
                "Join a room first.",
                Fatality::Survivable,
            ),
            (Phase::Seated(seat), Inbound::Relay(message)) => {
                match seat.relay(&message.target, message.kind(), || {
                    message.render(seat.peer())
                }) {
                    Ok(()) => {}
                    Err(Undelivered::NobodyThere) => self.refuse(
                        ErrorCode::UnknownPeer,
                        "Nobody of that id is in the room.",
                        Fatality::Survivable,
                    ),
                    Err(Undelivered::TooFast) => self.refuse_for_rate(
                        "Too many messages for one person: some were not passed on.",
                    ),
                    Err(Undelivered::TooMuchWaiting) => self.refuse_for_rate(
                        "They read more slowly than you write: some messages were not passed on.",
                    ),
                }
            }
            (Phase::Seated(seat), Inbound::Own(message)) => match message {
                ClientMessage::Media(media) => Box::pin(seat.set_media(media)).await,
                ClientMessage::Hand { raised } => Box::pin(seat.set_hand(raised)).await,
                ClientMessage::IceServers => self.say(&ServerMessage::IceServers {
                    ice_servers: self
                        .rooms
                        .ice_servers(seat.peer(), self.authority.as_deref()),
                }),
                ClientMessage::Leave => {
                    if let Phase::Seated(seat) = std::mem::replace(&mut self.phase, Phase::Greeting)
                    {
                        Box::pin(seat.leave()).await;
                    }
                    return Err(Ending::Close(NORMAL));
                }
                ClientMessage::Join { .. } => self.refuse(
                    ErrorCode::AlreadyJoined,
                    "This connection has joined a room already.",
                    Fatality::Survivable,
                ),
                ClientMessage::Offer { .. }
                | ClientMessage::Answer { .. }
                | ClientMessage::IceCandidate { .. } => {}
            },
        }
        Ok(())
    }

    async fn join(&mut self, join: ClientMessage) {
        let ClientMessage::Join {
            room,
            name,
            resume,
            media,
        } = join
        else {
            return;
        };
        let room = match RoomName::parse(&room) {
            Ok(room) => room,
            Err(error) => {
                return self.refuse(ErrorCode::BadRoom, &sentence(&error), Fatality::Survivable);
            }
        };
        let name = match DisplayName::parse(&name) {
            Ok(name) => name,
            Err(error) => {
                return self.refuse(ErrorCode::BadName, &sentence(&error), Fatality::Survivable);
            }
        };
        let request = JoinRequest {
            connection: self.slot.id(),
            outbox: self.slot.outbox().clone(),
            name,
            media: media.unwrap_or_default(),
            authority: self.authority.clone(),
        };
        match self.rooms.join(&room, request, resume.as_ref()).await {
            Ok(seat) => self.phase = Phase::Seated(seat),
            Err(refusal) => {
                let code = match refusal {
                    JoinRefusal::RoomFull | JoinRefusal::ServerFull => ErrorCode::RoomFull,
                    JoinRefusal::ShuttingDown => ErrorCode::ShuttingDown,
                };
                self.refuse(code, &refusal.to_string(), Fatality::Survivable);
            }
        }
    }
}

fn sentence(error: &impl std::fmt::Display) -> String {
    let text = error.to_string();
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), characters.as_str()),
        None => text,
    }
}
