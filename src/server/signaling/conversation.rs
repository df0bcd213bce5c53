//! What each message of a client leads to.
//!
//! Invariant: whatever is said is answered, passed on, or refused in words; nothing waits but for the client's own room.

use futures::FutureExt;

use super::connection::{Connection, Phase};
use super::ending::{Ending, Fatality, Flow, NORMAL};
use super::forward::{self, Forwarded, Inbound};
use crate::protocol::sfu::SfuTerms;
use crate::protocol::{ClientMessage, CloseCode, DisplayName, ErrorCode, RoomName, ServerMessage};
use crate::server::rooms::{Entry, JoinRefusal, JoinRequest, SeatHandle, Undelivered};

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
        match inbound {
            Inbound::Relay(message) => self.pass_on(&message),
            Inbound::Own(ClientMessage::Leave) => return Box::pin(self.leave()).await,
            Inbound::Own(join @ ClientMessage::Join { .. }) => Box::pin(self.join(join)).await,
            Inbound::Own(message) => Box::pin(self.tell(message)).await,
        }
        Ok(())
    }

    /// Passes a message on to another person of the room.
    fn pass_on(&mut self, message: &Forwarded<'_>) {
        let Phase::Seated(seat) = &self.phase else {
            return self.refuse_before_joining();
        };
        if let Some(sfu) = seat.sfu()
            && message.target == SfuTerms::PEER
        {
            return self.say_to_sfu(sfu, message);
        }
        match seat.relay(&message.target, message.kind(), || {
            message.render(seat.peer())
        }) {
            Ok(()) => {}
            Err(Undelivered::NobodyThere) => self.refuse(
                ErrorCode::UnknownPeer,
                "Nobody of that id is in the room.",
                Fatality::Survivable,
            ),
            Err(Undelivered::TooFast) => {
                self.refuse_for_rate("Too many messages for one person: some were not passed on.")
            }
            Err(Undelivered::TooMuchWaiting) => self.refuse_for_rate(
                "They read more slowly than you write: some messages were not passed on.",
            ),
        }
    }

    /// Does what somebody says to the room, or to the server.
    async fn tell(&mut self, message: ClientMessage) {
        let Phase::Seated(seat) = &self.phase else {
            return self.refuse_before_joining();
        };
        match message {
            ClientMessage::Media(media) => seat.set_media(media).await,
            ClientMessage::Hand { raised } => seat.set_hand(raised).await,
            ClientMessage::Watch(watch) => self.watch(watch),
            ClientMessage::SlotsSeen { number } => self.slots_seen(number),
            ClientMessage::SfuState(fault) => {
                tracing::debug!(peer = %seat.peer(), ?fault, "says how the SFU is reached");
                seat.set_sfu_state(fault).await;
            }
            ClientMessage::Strain { uplink, processor } => {
                seat.set_strain(uplink, processor).await;
            }
            ClientMessage::IceServers => self.say(&ServerMessage::IceServers {
                ice_servers: self
                    .rooms
                    .ice_servers(seat.peer(), self.authority.as_deref()),
            }),
            ClientMessage::Join { .. }
            | ClientMessage::Leave
            | ClientMessage::Offer { .. }
            | ClientMessage::Answer { .. }
            | ClientMessage::IceCandidate { .. } => {}
        }
    }

    /// Gives up the seat, or the place among those who wait for one.
    async fn leave(&mut self) -> Flow {
        match std::mem::replace(&mut self.phase, Phase::Greeting) {
            Phase::Greeting => {
                self.refuse_before_joining();
                return Ok(());
            }
            Phase::Joining(waiting) => {
                // The seat may just have been given.
                if let Some(Ok(seat)) = waiting.now_or_never() {
                    seat.leave().await;
                }
            }
            Phase::Seated(seat) => seat.leave().await,
        }
        Err(Ending::Close(NORMAL))
    }

    fn refuse_before_joining(&self) {
        let words = match self.phase {
            Phase::Joining(_) => "You are not in the room yet: it is not your turn.",
            Phase::Greeting | Phase::Seated(_) => "Join a room first.",
        };
        self.refuse(ErrorCode::NotJoined, words, Fatality::Survivable);
    }

    async fn join(&mut self, join: ClientMessage) {
        let already = match self.phase {
            Phase::Greeting => None,
            Phase::Joining(_) => Some("This connection waits to join a room already."),
            Phase::Seated(_) => Some("This connection has joined a room already."),
        };
        if let Some(words) = already {
            return self.refuse(ErrorCode::AlreadyJoined, words, Fatality::Survivable);
        }
        let ClientMessage::Join {
            room,
            name,
            resume,
            media,
            kind,
            sfu,
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
            kind,
            speaks_to_sfu: sfu.is_some_and(|version| version >= 1),
            authority: self.authority.clone(),
            networks: self.slot.networks(),
            latest: self.join_deadline(),
        };
        match self.rooms.join(&room, request, resume.as_ref()).await {
            Entry::Decided(decided) => self.decide(decided),
            Entry::Waiting(waiting) => self.phase = Phase::Joining(waiting),
        }
    }

    /// Waits for the seat whose welcome is in the outbox: the room is just handing it over. What the client says next
    /// would otherwise come before it.
    pub(super) async fn take_seat(&mut self) {
        if let Phase::Joining(waiting) = &mut self.phase {
            let decided = waiting.as_mut().await;
            self.decide(decided);
        }
    }

    /// Has the seat from now on, or says why there is none.
    pub(super) fn decide(&mut self, decided: Result<SeatHandle, JoinRefusal>) {
        let refusal = match decided {
            Ok(seat) => {
                self.phase = Phase::Seated(seat);
                return;
            }
            Err(refusal) => refusal,
        };
        self.phase = Phase::Greeting;
        let code = match refusal {
            JoinRefusal::RoomFull
            | JoinRefusal::TooManyAtOnce
            | JoinRefusal::ServerFull
            | JoinRefusal::TooManyRooms => ErrorCode::RoomFull,
            JoinRefusal::SfuNeeded(_) => ErrorCode::SfuNeeded,
            JoinRefusal::ShuttingDown => ErrorCode::ShuttingDown,
        };
        self.refuse(code, &refusal.to_string(), Fatality::Survivable);
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
