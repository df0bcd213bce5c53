//! What is said about files.

use crate::room::Keeping;
use crate::room::messaging::files::{
    DiskProblem, Ending, FileInfo, Side, TransferProblem, TransferStage,
};
use crate::session::files::ShownTransfer;

// The panel.
pub(crate) const FILES: &str = "Files";
pub(crate) const NO_FILES: &str = "Send files straight from your browser to theirs: drop them onto the call, or choose them below.";
pub(crate) const NOBODY: &str = "Nobody else is here to send a file to.";
pub(crate) const SEND_A_FILE: &str = "Send a file";
pub(crate) const DROP_TO_SEND: &str = "Drop to send to";

// What can be done with one, and with all.
pub(crate) const ACCEPT: &str = "Accept";
pub(crate) const DECLINE: &str = "Decline";
pub(crate) const CANCEL: &str = "Cancel";
pub(crate) const SAVE: &str = "Save";
pub(crate) const SHOW: &str = "Show";
pub(crate) const ACCEPT_ALL: &str = "Accept all";
pub(crate) const DECLINE_ALL: &str = "Decline all";
pub(crate) const SAVE_ALL: &str = "Save all";
pub(crate) const CLEAR_FINISHED: &str = "Clear finished";

/// One person offers one file.
pub(crate) fn one_offer(person: &str) -> String {
    person.to_owned() + " sends you a file"
}

/// One person offers several files.
pub(crate) fn offers_of(person: &str, count: usize) -> String {
    person.to_owned() + " sends you " + &count.to_string() + " files"
}

/// Several people offer files.
pub(crate) fn offers(count: usize) -> String {
    count.to_string() + " files are sent to you"
}

/// How large all of them are.
pub(crate) fn in_all(bytes: u64) -> String {
    size(bytes) + " in all"
}

/// The bar of a transfer that moves.
pub(crate) fn progress_of(file: &str) -> String {
    "Progress of ".to_owned() + file
}

/// What a button does to this file.
pub(crate) fn act_on(act: &str, file: &str) -> String {
    [act, " ", file].concat()
}

/// A size as people read it, in decimal units.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if bytes < 1000 {
        return bytes.to_string() + if bytes == 1 { " byte" } else { " bytes" };
    }
    let mut tenths = bytes / 100;
    let mut unit = 0;
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths /= 1000;
        unit += 1;
    }
    let whole = (tenths / 10).to_string();
    let number = if tenths < 100 && !tenths.is_multiple_of(10) {
        whole + "." + &(tenths % 10).to_string()
    } else {
        whole
    };
    number + " " + UNITS[unit]
}

/// How long it will take, from ms.
pub fn time_left(ms: u64) -> String {
    let seconds = ms.div_ceil(1000).max(1);
    let (number, unit) = match seconds {
        0..=90 => (seconds, " s left"),
        91..=5_400 => (seconds.div_ceil(60), " min left"),
        _ => (seconds.div_ceil(3600), " h left"),
    };
    number.to_string() + unit
}

/// What the file is, for those who do not see its picture: `photo.jpg, 1.2 MB`.
pub fn file(file: &FileInfo) -> String {
    file.name.to_string() + ", " + &size(file.size)
}

/// Where a transfer stands.
pub fn status(shown: &ShownTransfer) -> String {
    let person = shown.person.as_str();
    let sending = shown.key.side == Side::Sender;
    match shown.stage {
        TransferStage::Offered if sending => "Waiting for ".to_owned() + person + " to accept",
        TransferStage::Offered => "From ".to_owned() + person,
        TransferStage::Opening => "Choosing where to put it…".to_owned(),
        TransferStage::Queued => "Accepted; waits for the files before it".to_owned(),
        TransferStage::Connecting => "Connecting directly to ".to_owned() + person + "…",
        TransferStage::Moving => moving(shown),
        TransferStage::Interrupted if shown.done == 0 && sending => {
            "Waiting for the connection to ".to_owned() + person
        }
        TransferStage::Interrupted => {
            "Goes on when the connection to ".to_owned() + person + " is back"
        }
        TransferStage::Checking => "Checking that every byte is right…".to_owned(),
        TransferStage::Ended(ending) => ended(shown, ending),
    }
}

fn moving(shown: &ShownTransfer) -> String {
    let mut words = size(shown.done) + " of " + &size(shown.file.size);
    if let Some(rate) = shown.rate {
        words = words + " · " + &size(rate) + "/s";
    }
    if let Some(left) = shown.time_left {
        words = words + " · " + &time_left(left);
    }
    words
}

fn ended(shown: &ShownTransfer, ending: Ending) -> String {
    let person = shown.person.as_str();
    let sending = shown.key.side == Side::Sender;
    match ending {
        Ending::Complete if sending => person.to_owned() + " has it",
        Ending::Complete => match shown.keeping {
            Keeping::Chosen => "Saved where you chose".to_owned(),
            Keeping::Saved => "Saved to your downloads".to_owned(),
            Keeping::WithPage => "Here, but not saved yet".to_owned(),
            Keeping::Nowhere => "Complete".to_owned(),
        },
        Ending::Declined if sending && shown.is_with_device => {
            person.to_owned() + " takes no files"
        }
        Ending::Declined if sending => person.to_owned() + " declined it",
        Ending::Declined => "Declined".to_owned(),
        Ending::Cancelled(side) if side == shown.key.side => "You cancelled it".to_owned(),
        Ending::Cancelled(_) => person.to_owned() + " cancelled it",
        Ending::Corrupt => {
            "It arrived damaged and was thrown away. Please send it again.".to_owned()
        }
        Ending::Failed(problem) => failed(person, sending, problem),
    }
}

fn failed(person: &str, sending: bool, problem: TransferProblem) -> String {
    match problem {
        TransferProblem::PersonLeft => person.to_owned() + " left before it was complete",
        TransferProblem::Forgotten => {
            person.to_owned() + " reloaded the page, and the file was lost. Ask for it again."
        }
        TransferProblem::Unreadable => {
            "The file cannot be read any more: was it moved or changed?".to_owned()
        }
        TransferProblem::CutOff => {
            "Stopped: what came from ".to_owned() + person + " broke the rules"
        }
        TransferProblem::NoDirectPath => {
            "No direct connection to ".to_owned()
                + person
                + " could be made, and this server passes no files on. Both of you may be on networks that do not allow it."
        }
        TransferProblem::Disk(_) if sending => person.to_owned() + " could not save it",
        TransferProblem::Disk(problem) => disk(problem).to_owned(),
    }
}

fn disk(problem: DiskProblem) -> &'static str {
    match problem {
        DiskProblem::PickerClosed => "No place was chosen",
        DiskProblem::Full => "There is not enough space left on your disk",
        DiskProblem::TooLargeForMemory => {
            "Too large: this browser can only keep files in memory, up to 256 MB at a time"
        }
        DiskProblem::NotAllowed => "Your browser may not write there",
        DiskProblem::Failed => "It could not be written to your disk",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{DisplayName, PeerId};
    use crate::room::messaging::files::TransferKey;
    use crate::room::messaging::files::file::{FileName, MediaType};
    use crate::room::messaging::files::wire::TransferId;

    #[test]
    fn sizes_read_as_people_write_them() {
        for (bytes, words) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1_000, "1 kB"),
            (1_250, "1.2 kB"),
            (12_345, "12 kB"),
            (999_999, "999 kB"),
            (1_000_000, "1 MB"),
            (1_260_000, "1.2 MB"),
            (345_000_000, "345 MB"),
            (2_147_483_648, "2.1 GB"),
            (5_000_000_000_000, "5 TB"),
        ] {
            assert_eq!(size(bytes), words);
        }
    }

    #[test]
    fn a_device_is_said_to_take_no_files_where_a_person_declined_one_and_a_missing_connection_is_named()
     {
        let file = FileInfo {
            name: FileName::made_safe("plan.pdf"),
            size: 10,
            media_type: MediaType::parse(""),
        };
        let mut shown = ShownTransfer {
            key: TransferKey {
                peer: PeerId::new("p"),
                side: Side::Sender,
                id: TransferId(1),
            },
            person: DisplayName::parse("Thermometer").unwrap(),
            is_with_device: true,
            file,
            stage: TransferStage::Ended(Ending::Declined),
            done: 0,
            rate: None,
            time_left: None,
            keeping: Keeping::Nowhere,
            preview: None,
        };
        assert_eq!(status(&shown), "Thermometer takes no files");
        let unreached = Ending::Failed(TransferProblem::NoDirectPath);
        for (stage, words) in [
            (
                TransferStage::Connecting,
                "Connecting directly to Thermometer…",
            ),
            (
                TransferStage::Ended(unreached),
                "No direct connection to Thermometer could be made, and this server passes no files on. Both of you may be on networks that do not allow it.",
            ),
        ] {
            let shown = ShownTransfer {
                stage,
                ..shown.clone()
            };
            assert_eq!(status(&shown), words);
        }
        shown.is_with_device = false;
        assert_eq!(status(&shown), "Thermometer declined it");
    }

    #[test]
    fn times_are_rounded_up_to_the_unit_one_thinks_in() {
        for (ms, words) in [
            (0, "1 s left"),
            (11_200, "12 s left"),
            (90_000, "90 s left"),
            (91_000, "2 min left"),
            (5_400_000, "90 min left"),
            (5_401_000, "2 h left"),
        ] {
            assert_eq!(time_left(ms), words);
        }
    }
}
