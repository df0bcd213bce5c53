//! The settings, while in a call: what is captured and how, what is heard, and when.

use leptos::prelude::*;

use super::privacy::{AddressSwitch, ServerMediaSwitch};
use crate::room::media::settings::{CaptureSettings, FrameRate, Resolution};
use crate::room::messaging::MessagingAction;
use crate::room::sending::DataMode;
use crate::room::{DeviceKind, Switch, VisitAction};
use crate::session::{Action, Session};
use crate::ui::controls::device_menu::DeviceMenu;
use crate::ui::controls::toggles::{configure, is_audio_only, toggle_audio_only};
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::kit::level_meter::LevelMeter;
use crate::ui::kit::switch_row::SwitchRow;
use crate::ui::{remote_audio, words};

/// The settings, in their dialog.
#[component]
pub fn Settings() -> impl IntoView {
    view! {
        <div class="settings">
            <VideoSettings/>
            <AudioSettings/>
            <GeneralSettings/>
        </div>
    }
}

/// A part of the settings that holds of the switch read with `of`.
fn switch_of(session: Session, of: fn(&CaptureSettings) -> Switch) -> Memo<bool> {
    Memo::new(move |_| {
        session
            .media
            .with(|media| of(&media.settings) == Switch::On)
    })
}

#[component]
fn VideoSettings() -> impl IntoView {
    let session = Session::expect();
    let resolution = Memo::new(move |_| {
        let chosen = session.media.with(|media| media.settings.resolution);
        Resolution::ALL.iter().position(|one| *one == chosen)
    });
    let frame_rate = Memo::new(move |_| {
        let chosen = session.media.with(|media| media.settings.frame_rate);
        FrameRate::ALL.iter().position(|one| *one == chosen)
    });
    view! {
        <section class="settings-part" aria-labelledby="settings-video">
            <h3 id="settings-video">{words::settings::VIDEO}</h3>
            <DeviceMenu kind=DeviceKind::Camera id="settings-camera"/>
            <div class="settings-row">
                <Picker
                    id="settings-resolution"
                    name=words::settings::RESOLUTION
                    options=&["360p", "720p", "1080p"]
                    chosen=resolution
                    on_choose=Callback::new(move |index: usize| {
                        if let Some(resolution) = Resolution::ALL.get(index) {
                            configure(session, |settings| settings.resolution = *resolution);
                        }
                    })
                />
                <Picker
                    id="settings-frame-rate"
                    name=words::settings::FRAME_RATE
                    options=&["15", "24", "30", "60"]
                    chosen=frame_rate
                    on_choose=Callback::new(move |index: usize| {
                        if let Some(frame_rate) = FrameRate::ALL.get(index) {
                            configure(session, |settings| settings.frame_rate = *frame_rate);
                        }
                    })
                />
            </div>
            <SwitchRow
                name=words::settings::AUDIO_ONLY
                words=words::settings::AUDIO_ONLY_WORDS
                on=Memo::new(move |_| is_audio_only(session))
                on_press=Callback::new(move |()| toggle_audio_only(session))
            />
        </section>
    }
}

#[component]
fn AudioSettings() -> impl IntoView {
    let session = Session::expect();
    view! {
        <section class="settings-part" aria-labelledby="settings-audio">
            <h3 id="settings-audio">{words::settings::AUDIO}</h3>
            <DeviceMenu kind=DeviceKind::Microphone id="settings-microphone"/>
            <LevelMeter/>
            {remote_audio::can_choose_speaker()
                .then(|| view! { <DeviceMenu kind=DeviceKind::Speaker id="settings-speaker"/> })}
            <button
                type="button"
                class="button button-small settings-test"
                on:click=move |_| session.ask(Action::TestSpeaker)
            >
                <IconView icon=Icon::Sound/>
                {words::settings::TEST_SPEAKER}
            </button>
            <SwitchRow
                name=words::settings::ECHO_CANCELLATION
                words=words::settings::ECHO_CANCELLATION_WORDS
                on=switch_of(session, |settings| settings.echo_cancellation)
                on_press=Callback::new(move |()| {
                    configure(session, |settings| {
                        settings.echo_cancellation = settings.echo_cancellation.flipped();
                    });
                })
            />
            <SwitchRow
                name=words::settings::NOISE_SUPPRESSION
                words=words::settings::NOISE_SUPPRESSION_WORDS
                on=switch_of(session, |settings| settings.noise_suppression)
                on_press=Callback::new(move |()| {
                    configure(session, |settings| {
                        settings.noise_suppression = settings.noise_suppression.flipped();
                    });
                })
            />
            <SwitchRow
                name=words::settings::AUTOMATIC_GAIN
                words=words::settings::AUTOMATIC_GAIN_WORDS
                on=switch_of(session, |settings| settings.auto_gain_control)
                on_press=Callback::new(move |()| {
                    configure(session, |settings| {
                        settings.auto_gain_control = settings.auto_gain_control.flipped();
                    });
                })
            />
        </section>
    }
}

#[component]
fn GeneralSettings() -> impl IntoView {
    let session = Session::expect();
    let name = Memo::new(move |_| {
        session
            .state
            .with(|state| state.call().map(|call| call.name.to_string()))
    });
    let sounds = Memo::new(move |_| {
        session
            .preferences
            .with(|preferences| preferences.sounds == Switch::On)
    });
    let flip_sounds = move |()| {
        let now = session
            .preferences
            .with_untracked(|preferences| preferences.sounds);
        session.ask(VisitAction::SetSounds(now.flipped()));
    };
    let pointers = Memo::new(move |_| session.messaging.pointer_switch.get() == Switch::On);
    let flip_pointers = move |()| {
        let now = session.messaging.pointer_switch.get_untracked();
        session.ask(VisitAction::Messaging(MessagingAction::SetPointers(
            now.flipped(),
        )));
    };
    let saves = Memo::new(move |_| {
        session
            .preferences
            .with(|preferences| preferences.data == DataMode::Save)
    });
    let flip_data = move |()| {
        let data = if saves.get_untracked() {
            DataMode::Normal
        } else {
            DataMode::Save
        };
        session.ask(VisitAction::SetData(data));
    };
    view! {
        <section class="settings-part" aria-labelledby="settings-general">
            <h3 id="settings-general">{words::settings::GENERAL}</h3>
            <SwitchRow
                name=words::settings::SOUNDS
                words=words::settings::SOUNDS_WORDS
                on=sounds
                on_press=Callback::new(flip_sounds)
            />
            <SwitchRow
                name=words::settings::POINTERS
                words=words::settings::POINTERS_WORDS
                on=pointers
                on_press=Callback::new(flip_pointers)
            />
            <SwitchRow
                name=words::settings::SAVE_DATA
                words=words::settings::SAVE_DATA_WORDS
                on=saves
                on_press=Callback::new(flip_data)
            />
            <AddressSwitch/>
            <ServerMediaSwitch/>
            <p class="settings-note">
                {words::settings::HERE_AS.0} <strong dir="auto">{move || name.get()}</strong>
                {words::settings::HERE_AS.1}
            </p>
        </section>
    }
}

/// A choice of few.
#[component]
fn Picker(
    id: &'static str,
    name: &'static str,
    options: &'static [&'static str],
    chosen: Memo<Option<usize>>,
    on_choose: Callback<usize>,
) -> impl IntoView {
    let choose = move |event| {
        if let Ok(index) = event_target_value(&event).parse() {
            on_choose.run(index);
        }
    };
    view! {
        <div>
            <label class="field-label" for=id>{name}</label>
            <div class="select select-plain">
                <select id=id class="field" on:change=choose>
                    {options
                        .iter()
                        .enumerate()
                        .map(|(index, words)| {
                            view! {
                                <option value=index selected=move || chosen.get() == Some(index)>
                                    {*words}
                                </option>
                            }
                        })
                        .collect_view()}
                </select>
            </div>
        </div>
    }
}
