//! Recording: who does it, and the own one from its choice to its end.

use leptos::prelude::*;

use crate::room::Participant;
use crate::session::recording::{RecordingAction, RecordingKind};
use crate::session::{Action, Session};
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::kit::popover::MenuItem;
use crate::ui::open_panels::Panels;

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

/// "Start recording" and "Stop recording".
#[component]
pub fn RecordItem(
    /// The menu it is in.
    popover: &'static str,
    /// Which panels are open.
    panels: Panels,
) -> impl IntoView {
    let session = Session::expect();
    let runs = Memo::new(move |_| session.recording.running.with(Option::is_some));
    view! {
        <MenuItem
            popover
            name=Signal::derive(move || if runs.get() { "Stop recording" } else { "Start recording" })
            icon=Icon::Record
            on_press=move || {
                if runs.get_untracked() {
                    session.ask(Action::Record(RecordingAction::Stop));
                } else {
                    panels.record.set(true);
                }
            }
        />
    }
}

/// The choice of what to record, in its dialog.
#[component]
pub fn RecordChoices(
    /// Which panels are open.
    panels: Panels,
) -> impl IntoView {
    let session = Session::expect();
    let start = move |kind| {
        panels.record.set(false);
        session.ask(Action::Record(RecordingAction::Start(kind)));
    };
    let settle = move |action| session.ask(Action::Record(action));
    let unfinished = session.recording.unfinished;
    view! {
        <div class="record">
            {move || {
                unfinished
                    .get()
                    .then(|| {
                        view! {
                            <div class="record-unfinished" role="group" aria-label="Interrupted recording">
                                <p>"A recording on this device was interrupted, or runs in another tab."</p>
                                <button
                                    type="button"
                                    class="button button-small button-primary"
                                    on:click=move |_| settle(RecordingAction::SaveUnfinished)
                                >
                                    "Save it"
                                </button>
                                <button
                                    type="button"
                                    class="button button-small"
                                    on:click=move |_| settle(RecordingAction::DiscardUnfinished)
                                >
                                    "Discard it"
                                </button>
                            </div>
                        }
                    })
            }}
            <p class="record-words">
                "The recording stays on your device and ends up in your downloads. Everyone here is told that you record; ask before you start."
            </p>
            <div class="record-ways">
                <button
                    type="button"
                    class="button button-primary"
                    disabled=move || unfinished.get()
                    on:click=move |_| start(RecordingKind::PictureAndSound)
                >
                    <IconView icon=Icon::Video/>
                    "Record video and sound"
                </button>
                <button
                    type="button"
                    class="button"
                    disabled=move || unfinished.get()
                    on:click=move |_| start(RecordingKind::SoundOnly)
                >
                    <IconView icon=Icon::Microphone/>
                    "Record sound only"
                </button>
            </div>
        </div>
    }
}

/// Who records, for everyone to see; with the own one it is the button that ends it.
#[component]
pub fn RecordingIndicator() -> impl IntoView {
    let session = Session::expect();
    let others = Memo::new(move |_| {
        let recorders = session.messaging.recorders.get();
        session.state.with(|state| {
            let call = state.call()?;
            let names: Vec<String> = recorders
                .iter()
                .filter_map(|(whose, _)| match whose {
                    Participant::Me => None,
                    Participant::Peer(id) => call.person(id).map(|person| person.name.to_string()),
                })
                .collect();
            (!names.is_empty()).then(|| names.join(", "))
        })
    });
    let runs = Memo::new(move |_| session.recording.running.with(Option::is_some));
    let figures = move || {
        let running = session.recording.running.get()?;
        let now = session.now.get();
        Some([elapsed(now.since(running.since)), size(running.bytes)].join(" · "))
    };
    view! {
        <div class="recorders">
            {move || {
                others
                    .get()
                    .map(|names| {
                        view! {
                            <p class="recorder">
                                <span class="recorder-dot"></span>
                                {[&names, " is recording"].concat()}
                            </p>
                        }
                    })
            }}
            {move || {
                runs.get()
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="recorder recorder-own"
                                aria-label="Stop recording"
                                on:click=move |_| session.ask(Action::Record(RecordingAction::Stop))
                            >
                                <span class="recorder-dot"></span>
                                <span class="recorder-figures">{figures}</span>
                                <span aria-hidden="true">"Stop"</span>
                            </button>
                        }
                    })
            }}
        </div>
    }
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
