//! The task around one room: takes commands in order, keeps the time, and puts what the core says into outboxes.
//!
//! Invariant: it awaits commands and its timers, nothing else. How somebody gets in is in [`super::entrance`].

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::core::{Departure, News, RoomCore};
use super::directory::Directory;
use super::ids::{ConnectionId, RoomId};
use super::join_queue::{JOINS, JoinQueue};
use super::kept_seats::{Company, KeptSeat};
use super::leaving::Farewell;
use super::mode::RoomMode;
use super::seat::{Command, Waiter};
use super::sfu_access::OfferRate;
use super::shared::SharedRooms;
use crate::protocol::{CloseCode, PeerId, RoomName, ServerMessage};
use crate::server::ice::Lifetime;
use crate::server::net::client_networks::ClientNetworks;
use crate::server::secrets::resume_token::Claim;
use crate::server::sfu::SfuRoom;

/// The socket of somebody who left is closed with this code (RFC 6455 section 7.4.1).
const LEFT: CloseCode = CloseCode::Other(1000);

/// The state of a room's task, which alone changes its core.
pub(super) struct RoomActor {
    /// The log names the room by this number, never by its name.
    pub(super) id: RoomId,
    /// The registry is told by this name that the room is empty.
    pub(super) name: RoomName,
    /// The core decides; the actor reads the clock, writes and waits for it.
    pub(super) core: RoomCore,
    /// Messages between people are passed on here without the room's task.
    pub(super) directory: Arc<Directory>,
    /// Of whoever has a seat something has to be known that the others are not told.
    pub(super) contacts: HashMap<PeerId, Contact>,
    /// What all rooms have in common is reached through this.
    pub(super) shared: Arc<SharedRooms>,
    /// Those who speak to the SFU have seats in this room of it; `None` until the first of them comes.
    pub(super) sfu_room: Option<SfuRoom>,
    /// The SFU notes here whether any slot of it carries anybody of the room.
    pub(super) carrying: watch::Sender<bool>,
    /// Whether the room goes through the SFU; `None` where there is none.
    pub(super) mode: Option<RoomMode>,
    /// The connections' commands are done one after the other.
    commands: mpsc::Receiver<Command>,
    /// Newcomers wait here for their turn.
    pub(super) queue: JoinQueue<Waiter>,
    /// The seats' handles get a copy. It is weak, so that it does not keep the room's own queue open.
    pub(super) sender: mpsc::WeakSender<Command>,
}

/// How somebody is or was last connected.
pub(super) struct Contact {
    /// Their browser found the page at this host: relays are told to it under the same one.
    pub(super) authority: Option<Arc<str>>,
    /// Their seat counts for these networks while it is kept.
    pub(super) networks: Option<ClientNetworks>,
    /// Their offers to the SFU are measured here, whatever connection they come over; `None` when they never spoke to it.
    pub(super) offers: Option<OfferRate>,
}

impl RoomActor {
    pub(super) fn new(
        id: RoomId,
        name: RoomName,
        shared: Arc<SharedRooms>,
        commands: mpsc::Receiver<Command>,
        sender: mpsc::WeakSender<Command>,
    ) -> Self {
        let core = RoomCore::new(shared.settings);
        let queue = JoinQueue::new(JOINS, shared.clock.now());
        let pacing = (shared.limits.message_rate > 0).then_some(shared.clock);
        let terms = shared.mode_terms();
        let mode = terms.map(|terms| RoomMode::new(terms, shared.clock.now()));
        Self {
            id,
            name,
            core,
            directory: Arc::new(Directory::new(pacing)),
            contacts: HashMap::new(),
            shared,
            sfu_room: None,
            carrying: watch::Sender::new(false),
            mode,
            commands,
            queue,
            sender,
        }
    }

    /// Runs until the room is empty, or has made place for another, and has left the registry.
    pub(super) async fn run(mut self) {
        tracing::debug!(room = %self.id, name = %self.name, "opened");
        let every = self.shared.ice_servers.renewal();
        let mut renewal = every.map(|every| Instant::now() + every);
        loop {
            let turn = self.queue.next_turn(self.shared.clock.now());
            let deadlines = [self.core.next_expiry(), turn, self.next_decision()];
            let due = deadlines.into_iter().flatten().min();
            let due = due.map(|time| self.shared.clock.instant(time));
            let alarm = due.into_iter().chain(renewal).min();
            let command = match alarm {
                None => self.commands.recv().await,
                Some(alarm) => tokio::select! {
                    command = self.commands.recv() => command,
                    () = sleep_until(alarm) => {
                        self.expire();
                        self.let_in();
                        self.decide();
                        if self.is_empty() {
                            break;
                        }
                        if renewal.is_some_and(|renewal| renewal <= alarm) {
                            self.renew_credentials();
                            renewal = every.map(|every| alarm + every);
                        }
                        continue;
                    }
                },
            };
            let Some(command) = command else { break };
            self.handle(command);
            self.decide();
            if self.is_empty() && self.commands.is_empty() {
                break;
            }
        }
        // Whoever comes in between finds the queue closed, and asks the registry again.
        self.shared.rooms().close(&self.name, self.id);
        self.commands.close();
        self.dissolve();
    }

    /// Gives up the seats that are kept in a room that had to make place. When the server stops they stay: their people
    /// come back to the next one.
    fn dissolve(&mut self) {
        if !self.shared.is_closing() {
            for departure in self.core.dissolve() {
                self.departed(Some(departure));
            }
        }
    }

    fn handle(&mut self, command: Command) {
        match command {
            Command::Join(joining) => self.join(*joining),
            Command::Confirm(connection) => self.core.confirm(connection),
            Command::WhoIsInside(answer) => drop(answer.send(self.core.present())),
            Command::Media {
                connection,
                media,
                done: _done,
            } => {
                let news = self.core.set_media(connection, media);
                if let Some(News {
                    message: ServerMessage::PeerMedia { peer, media },
                    ..
                }) = &news
                {
                    self.tell_sfu(peer, *media);
                }
                self.announce(news);
            }
            Command::SfuState {
                connection,
                fault,
                done: _done,
            } => {
                let news = self.core.set_fault(connection, &fault);
                self.announce(news);
            }
            Command::Strain {
                connection,
                uplink,
                processor,
                done: _done,
            } => {
                let now = self.shared.clock.now();
                self.core.set_strain(connection, (uplink, processor), now);
            }
            Command::Heard { peer, availability } => {
                let news = self.core.set_heard(&peer, availability);
                self.announce(news);
            }
            Command::FlipMode => self.flip_mode(),
            Command::EndMode(answer) => drop(answer.send(self.end_mode())),
            Command::Hand {
                connection,
                raised,
                done: _done,
            } => {
                let news = self.core.set_hand(connection, raised);
                self.announce(news);
            }
            Command::Leave {
                connection,
                done: _done,
            } => {
                let departure = self.core.leave(connection);
                self.departed(departure);
            }
            Command::LeaveByToken { claim, done } => {
                self.leave_by_token(&claim);
                let _ = done.send(());
            }
            Command::Lost(connection) => self.lost(connection),
            Command::GiveUp(peer) => {
                let departure = self.core.give_up(&peer);
                self.departed(departure);
            }
        }
    }

    /// Keeps the seat of a connection that is gone.
    fn lost(&mut self, connection: ConnectionId) {
        // While the server stops, connections end by its own doing: nobody is away.
        if self.shared.is_closing() {
            return;
        }
        let now = self.shared.clock.now();
        let Some((peer, news)) = self.core.connection_lost(connection, now) else {
            return;
        };
        tracing::debug!(room = %self.id, %peer, "away");
        self.directory.disconnect(&peer);
        self.announce([news]);
        // Who waits at the door would meet them.
        let company = if self.queue.is_empty() {
            self.core.company
        } else {
            Company::Met
        };
        let networks = self
            .contacts
            .get(&peer)
            .and_then(|contact| contact.networks);
        let superfluous = self.shared.rooms().keep(KeptSeat {
            peer,
            room: self.name.clone(),
            networks,
            company,
        });
        if let Some((room, peer)) = superfluous {
            // A room that has too much to do to hear it gives the seat up when its time is over.
            drop(room.try_send(Command::GiveUp(peer)));
        }
    }

    fn is_empty(&mut self) -> bool {
        if self.core.is_empty() {
            self.queue.strike_out(Waiter::is_gone);
        }
        self.core.is_empty() && self.queue.is_empty()
    }

    /// Takes the goodbye of whoever holds this token. Their connection, if they have one, ends as if they had said it there.
    fn leave_by_token(&mut self, claim: &Claim) {
        let earlier = self.shared.earlier_runs(claim);
        match self.core.leave_by_token(claim, earlier) {
            Farewell::Seat(departure) => {
                let outbox = self.directory.disconnect(&departure.peer);
                self.departed(Some(departure));
                if let Some(outbox) = outbox {
                    outbox.close(LEFT);
                }
            }
            Farewell::Absent(news) => {
                self.shared.refuse_return_with(claim);
                self.announce([news]);
            }
            Farewell::Worthless => {}
        }
    }

    /// Tells everyone fresh credentials before theirs expire.
    fn renew_credentials(&self) {
        let now = self.shared.clock.now();
        let authority = |peer: &PeerId| self.contacts.get(peer)?.authority.as_deref();
        self.directory.tell_each(|peer| {
            encode(&ServerMessage::IceServers {
                ice_servers: self.shared.ice_servers.told_to(
                    peer,
                    authority(peer),
                    Lifetime::Usual,
                    now,
                ),
            })
        });
    }

    /// Gives up the seats that were kept in vain.
    pub(super) fn expire(&mut self) {
        let departures = self.core.expire(self.shared.clock.now());
        for departure in departures {
            self.departed(Some(departure));
        }
    }

    fn departed(&mut self, departure: Option<Departure>) {
        let Some(Departure {
            peer,
            restored,
            news,
        }) = departure
        else {
            return;
        };
        self.shared.members.leave(&peer);
        self.shared.rooms().release(&peer);
        self.contacts.remove(&peer);
        self.unseat_at_sfu(&peer);
        tracing::info!(room = %self.id, %peer, "left");
        if restored {
            self.shared.refuse_earlier_runs_of(peer.clone(), u32::MAX);
        }
        self.directory.remove(&peer);
        self.announce([news]);
    }

    /// Tells everyone what concerns them.
    pub(super) fn announce<M: Serialize>(&self, news: impl IntoIterator<Item = News<M>>) {
        for News { to, message } in news {
            if to.is_empty() {
                continue;
            }
            if let Some(text) = encode(&message) {
                self.directory.announce(&to, &text);
            }
        }
    }
}

/// Writes a message as it goes over the wire; `None` when it cannot be written.
pub(super) fn encode(message: &impl Serialize) -> Option<Utf8Bytes> {
    match serde_json::to_string(message) {
        Ok(text) => Some(text.into()),
        Err(error) => {
            tracing::error!(%error, "a message could not be written as JSON");
            None
        }
    }
}

#[cfg(test)]
#[path = "tests/actor.rs"]
mod tests;
