//! What is said about recordings.

pub(crate) const INTERRUPTED: &str = "Interrupted recording";
pub(crate) const INTERRUPTED_WORDS: &str =
    "A recording on this device was interrupted, or runs in another tab.";
pub(crate) const SAVE_IT: &str = "Save it";
pub(crate) const DISCARD_IT: &str = "Discard it";
pub(crate) const BEFORE_YOU_START: &str = "The recording stays on your device and ends up in your downloads. Everyone here is told that you record; ask before you start.";
pub(crate) const VIDEO_AND_SOUND: &str = "Record video and sound";
pub(crate) const SOUND_ONLY: &str = "Record sound only";
pub(crate) const STOP_RECORDING: &str = "Stop recording";
pub(crate) const STOP: &str = "Stop";

/// The menu's item that begins and ends a recording.
pub(crate) const fn item(runs: bool) -> &'static str {
    if runs {
        STOP_RECORDING
    } else {
        "Start recording"
    }
}

/// These others record.
pub(crate) fn others_record(names: &str) -> String {
    [names, " is recording"].concat()
}

/// How long a recording is, and how large.
pub(crate) fn length_and_size(ms: u64, bytes: u64) -> String {
    [elapsed(ms), size(bytes)].join(" · ")
}

/// Minutes and seconds, `1:05`, or with hours, `1:00:05`.
fn elapsed(ms: u64) -> String {
    let seconds = ms / 1_000;
    let two = |number: u64| {
        let zero = if number < 10 { "0" } else { "" };
        [zero, &number.to_string()].concat()
    };
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    if hours > 0 {
        [
            &hours.to_string(),
            ":",
            &two(minutes),
            ":",
            &two(seconds % 60),
        ]
        .concat()
    } else {
        [&minutes.to_string(), ":", &two(seconds % 60)].concat()
    }
}

/// Megabytes with one digit behind the point.
fn size(bytes: u64) -> String {
    let tenths = bytes / 100_000;
    [
        &(tenths / 10).to_string(),
        ".",
        &(tenths % 10).to_string(),
        " MB",
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_and_size_read_as_on_a_recorder() {
        for (ms, shown) in [(0, "0:00"), (65_999, "1:05"), (3_605_000, "1:00:05")] {
            assert_eq!(elapsed(ms), shown);
        }
        assert_eq!(size(1_250_000), "1.2 MB");
    }
}
