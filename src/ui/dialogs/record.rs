//! Recording: who does it, and the own one from its choice to its end.

use leptos::prelude::*;

use crate::room::media::recording::{RecordingAction, RecordingKind};
use crate::room::{Participant, VisitAction};
use crate::session::Session;
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::kit::popover::MenuItem;
use crate::ui::kit::sentence::isolated;
use crate::ui::open_panels::Panels;
use crate::ui::words;

/// "Start recording" and "Stop recording".
#[component]
pub fn RecordItem(
    /// The item is in this menu, which a press closes.
    popover: &'static str,
    /// A press opens the choice of what to record.
    panels: Panels,
) -> impl IntoView {
    let session = Session::expect();
    let runs = Memo::new(move |_| session.recording.running.with(Option::is_some));
    view! {
        <MenuItem
            popover
            name=Signal::derive(move || words::recording::item(runs.get()))
            icon=Icon::Record
            on_press=move || {
                if runs.get_untracked() {
                    session.ask(VisitAction::Record(RecordingAction::Stop));
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
    /// The choice closes when a recording begins.
    panels: Panels,
) -> impl IntoView {
    let session = Session::expect();
    let start = move |kind| {
        panels.record.set(false);
        session.ask(VisitAction::Record(RecordingAction::Start(kind)));
    };
    let settle = move |action| session.ask(VisitAction::Record(action));
    let unfinished = session.recording.unfinished;
    view! {
        <div class="record">
            {move || {
                unfinished
                    .get()
                    .then(|| {
                        view! {
                            <div class="record-unfinished" role="group" aria-label=words::recording::INTERRUPTED>
                                <p>{words::recording::INTERRUPTED_WORDS}</p>
                                <button
                                    type="button"
                                    class="button button-small button-primary"
                                    on:click=move |_| settle(RecordingAction::SaveUnfinished)
                                >
                                    {words::recording::SAVE_IT}
                                </button>
                                <button
                                    type="button"
                                    class="button button-small"
                                    on:click=move |_| settle(RecordingAction::DiscardUnfinished)
                                >
                                    {words::recording::DISCARD_IT}
                                </button>
                            </div>
                        }
                    })
            }}
            <p class="record-words">
                {words::recording::BEFORE_YOU_START}
            </p>
            <div class="record-ways">
                <button
                    type="button"
                    class="button button-primary"
                    disabled=move || unfinished.get()
                    on:click=move |_| start(RecordingKind::PictureAndSound)
                >
                    <IconView icon=Icon::Video/>
                    {words::recording::VIDEO_AND_SOUND}
                </button>
                <button
                    type="button"
                    class="button"
                    disabled=move || unfinished.get()
                    on:click=move |_| start(RecordingKind::SoundOnly)
                >
                    <IconView icon=Icon::Microphone/>
                    {words::recording::SOUND_ONLY}
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
            (!names.is_empty()).then_some(names)
        })
    });
    let runs = Memo::new(move |_| session.recording.running.with(Option::is_some));
    let figures = move || {
        let running = session.recording.running.get()?;
        let now = session.now();
        Some(words::recording::length_and_size(
            now.since(running.since),
            running.bytes,
        ))
    };
    view! {
        <div class="recorders">
            {move || {
                others
                    .get()
                    .map(|names| {
                        let words = words::recording::others_record(&names.join(", "));
                        let names: Vec<&str> = names.iter().map(String::as_str).collect();
                        view! {
                            <p class="recorder">
                                <span class="recorder-dot"></span>
                                <span class="recorder-words">{isolated(&words, &names)}</span>
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
                                aria-label=words::recording::STOP_RECORDING
                                on:click=move |_| session.ask(VisitAction::Record(RecordingAction::Stop))
                            >
                                <span class="recorder-dot"></span>
                                <span class="recorder-figures">{figures}</span>
                                <span aria-hidden="true">{words::recording::STOP}</span>
                            </button>
                        }
                    })
            }}
        </div>
    }
}
