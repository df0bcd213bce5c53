//! What the operator does to all rooms at once: flips their modes, and stops the server.
//!
//! Invariant: every room that is open hears of it; one that ends meanwhile is not waited for.

use tokio::sync::{mpsc, oneshot};

use super::registry::Rooms;
use super::seat::{Command, Handover};

impl Rooms {
    /// Sends every room through the SFU that does not go through it, and the others back to direct connections.
    pub(crate) async fn flip_modes(&self) {
        for room in self.open() {
            let _ = room.send(Command::FlipMode).await;
        }
    }

    /// Sends small rooms back to direct connections because the server is about to stop. Returns when the SFU carries nobody of
    /// them any more, which may be never: a person without a direct connection stays where they are.
    pub(crate) async fn hand_over(&self) {
        let mut answers = Vec::new();
        for room in self.open() {
            let (answer, answered) = oneshot::channel();
            if room.send(Command::EndMode(answer)).await.is_ok() {
                answers.push(answered);
            }
        }
        for answered in answers {
            if let Ok(Handover::ToDirect(mut carrying)) = answered.await {
                // The room may end with its people.
                let _ = carrying.wait_for(|carries| !carries).await;
            }
        }
    }

    fn open(&self) -> Vec<mpsc::Sender<Command>> {
        self.0.rooms().handles().cloned().collect()
    }
}
