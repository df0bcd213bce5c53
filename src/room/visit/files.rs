//! What the user wants of files that were offered, and what becomes of received ones.

use super::action::FileAction;
use super::effect::{Aspect, VisitEffect};
use super::kept::Keeping;
use super::state::Visit;
use super::turn::VisitTurn;
use crate::room::messaging::event::MessagingAction;
use crate::room::messaging::files::effect::{TransferKey, TransferStage};
use crate::room::messaging::files::transfer::Transfer;
use crate::room::messaging::files::wire::Side;
use crate::room::messaging::state::Messaging;

impl Visit {
    /// Where a received file is.
    pub fn keeping(&self, key: &TransferKey) -> Keeping {
        self.kept.keeping(key)
    }

    /// Does what the user wants of files.
    pub(super) fn act_on_files(&mut self, action: FileAction, turn: &mut VisitTurn) {
        match action {
            FileAction::Accept(key) => self.act_on_messaging(MessagingAction::Accept(key), turn),
            FileAction::AcceptAll => {
                for key in self.transfers(|_, transfer| is_open_offer(transfer)) {
                    turn.effect(VisitEffect::KeepWithPage(key.clone()));
                    self.act_on_messaging(MessagingAction::Accept(key), turn);
                }
            }
            FileAction::DeclineAll => {
                for key in self.transfers(|_, transfer| is_open_offer(transfer)) {
                    self.act_on_messaging(MessagingAction::Cancel(key), turn);
                }
            }
            FileAction::Cancel(key) => self.act_on_messaging(MessagingAction::Cancel(key), turn),
            FileAction::Save(key) => self.save_file(key, turn),
            FileAction::SaveAll => self.save_all_files(turn),
            FileAction::Dismiss(key) => self.dismiss(key, turn),
            FileAction::DismissAll => {
                let is_over = |keeping, transfer: &Transfer| {
                    matches!(transfer.stage(), TransferStage::Ended(_))
                        && keeping != Keeping::WithPage
                };
                for key in self.transfers(is_over) {
                    self.dismiss(key, turn);
                }
            }
        }
        self.show_files(turn);
    }

    /// Hands every file that only the page has to the browser's downloads.
    pub(super) fn save_all_files(&mut self, turn: &mut VisitTurn) {
        for key in self.transfers(|keeping, _| keeping == Keeping::WithPage) {
            self.save_file(key, turn);
        }
    }

    /// Shows the list as it is now.
    pub(super) fn show_files(&mut self, turn: &mut VisitTurn) {
        self.kept.is_shown();
        turn.changed(Aspect::Files);
        // Figures of what flows move on by themselves.
        let flows = |_, transfer: &Transfer| transfer.stage() == TransferStage::Moving;
        if !self.transfers(flows).is_empty() {
            self.kept.show_soon(turn.context.now);
        }
    }

    fn save_file(&mut self, key: TransferKey, turn: &mut VisitTurn) {
        if self.keeping(&key) == Keeping::Nowhere {
            return;
        }
        let transfers = self.messaging.as_ref().map(Messaging::transfers);
        if let Some(transfer) = transfers.and_then(|transfers| transfers.get(&key)) {
            let file = transfer.file().clone();
            self.kept.keep(key.clone(), Keeping::Saved);
            turn.effect(VisitEffect::SaveFile(key, file));
        }
    }

    fn dismiss(&mut self, key: TransferKey, turn: &mut VisitTurn) {
        self.kept.forget(&key);
        turn.effect(VisitEffect::ForgetFile(key.clone()));
        self.act_on_messaging(MessagingAction::Dismiss(key), turn);
    }

    /// The transfers like this, oldest first.
    fn transfers(&self, wanted: impl Fn(Keeping, &Transfer) -> bool) -> Vec<TransferKey> {
        let Some(messaging) = &self.messaging else {
            return Vec::new();
        };
        let transfers = messaging.transfers().list().into_iter();
        transfers
            .filter(|transfer| wanted(self.keeping(transfer.key()), transfer))
            .map(|transfer| transfer.key().clone())
            .collect()
    }
}

fn is_open_offer(transfer: &Transfer) -> bool {
    transfer.key().side == Side::Receiver && transfer.stage() == TransferStage::Offered
}

#[cfg(test)]
#[path = "tests/files.rs"]
mod tests;
