//! One file on its way from or to one person.

use crate::protocol::{DisplayName, ParticipantKind};
use crate::room::member::Member;
use crate::room::messaging::files::effect::{Ending, SourceId, TransferKey, TransferStage};
use crate::room::messaging::files::file::FileInfo;
use crate::room::messaging::files::progress::TransferProgress;
use crate::room::messaging::files::receiver::Incoming;
use crate::room::messaging::files::sender::Outgoing;
use crate::room::messaging::files::wire::Side;

/// One file on its way from or to one person.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// The transfer is named by this.
    pub(crate) key: TransferKey,
    /// Transfers are listed by this number, in the order in which they began.
    pub(crate) order: u64,
    /// The person is or was this, also when they have left.
    pub(crate) person: Member,
    /// This is known of the file.
    pub(crate) file: FileInfo,
    /// So much of it has moved, and at this rate.
    pub(crate) progress: TransferProgress,
    /// My side of it is at work here.
    pub(crate) end: End,
    /// The user took it from the list.
    pub(crate) dismissed: bool,
}

impl Transfer {
    /// Its name.
    pub fn key(&self) -> &TransferKey {
        &self.key
    }

    /// What the other person is or was called.
    pub fn person(&self) -> &DisplayName {
        &self.person.name.shown
    }

    /// Whether the other person is or was a device.
    pub fn is_with_device(&self) -> bool {
        self.person.kind == ParticipantKind::Device
    }

    /// The file.
    pub fn file(&self) -> &FileInfo {
        &self.file
    }

    /// How far it is.
    pub fn progress(&self) -> &TransferProgress {
        &self.progress
    }

    /// The picked file it sends; `None` at the receiver.
    pub fn source(&self) -> Option<SourceId> {
        match &self.end {
            End::Sending(outgoing) => Some(outgoing.source()),
            End::Receiving(_) => None,
        }
    }

    /// Where it stands.
    pub fn stage(&self) -> TransferStage {
        match &self.end {
            End::Sending(outgoing) => outgoing.stage(),
            End::Receiving(incoming) => incoming.stage(),
        }
    }

    /// Whether its content flows, or is waited for.
    pub(crate) fn is_awaited(&self) -> bool {
        match &self.end {
            End::Sending(outgoing) => outgoing.is_awaited(),
            End::Receiving(incoming) => incoming.is_awaited(),
        }
    }

    /// Its sender took it back before anything of it came here.
    pub(crate) fn was_taken_back_unseen(&self) -> bool {
        self.ending() == Some(Ending::Cancelled(Side::Sender))
            && matches!(&self.end, End::Receiving(incoming) if incoming.written_bytes() == 0)
    }

    /// How it ended, if it has.
    pub fn ending(&self) -> Option<Ending> {
        match self.stage() {
            TransferStage::Ended(ending) => Some(ending),
            _ => None,
        }
    }
}

/// The machine of my side.
#[derive(Clone, Debug)]
pub(crate) enum End {
    /// I have the file.
    Sending(Outgoing),
    /// I get the file.
    Receiving(Incoming),
}
