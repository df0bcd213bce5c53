//! The devices in a call: what they tell, and a button or a switch for each control that they announce.
//!
//! Invariant: Tab reaches the controls of one device; arrow keys lead from there to the others. What a device says is text,
//! with a direction of its own.

use leptos::prelude::*;

use super::chart::{VIEW_BOX, path_data};
use super::volume::VolumeSlider;
use crate::protocol::PeerId;
use crate::room::dashboard::{Board, Control, ControlKind, DevicePanel, Gauge};
use crate::room::messaging::application::Topic;
use crate::room::{Call, Participant, VisitAction};
use crate::session::Session;
use crate::ui::kit::tab_stop::TabStop;
use crate::ui::stage::quality::QualityIcon;
use crate::ui::words::status::{Now, person_words};
use crate::ui::{remote_audio, words};

/// A row is about one device.
#[derive(Clone, Default, PartialEq)]
struct Row {
    /// The device is called this.
    name: String,
    /// It sends sound.
    audio: bool,
    /// Something is to be said of the connection to it; `None` when all is well.
    status: Option<&'static str>,
}

impl Row {
    fn of(call: &Call, device: &PeerId, now: Now<'_>) -> Option<Self> {
        let person = call.person(device)?;
        Some(Self {
            name: person.name.to_string(),
            audio: person.media.audio,
            status: person_words(call, person, now),
        })
    }
}

/// A value as it is shown.
#[derive(Clone, PartialEq)]
struct ShownGauge {
    /// It is called this.
    name: String,
    /// It is this.
    value: String,
    /// Its last two minutes, as the data of an SVG path; empty where there is no line.
    line: String,
}

impl ShownGauge {
    fn of(gauge: &Gauge) -> Self {
        Self {
            name: words::devices::gauge_name(gauge),
            value: words::devices::gauge_value(&gauge.value).into_owned(),
            line: path_data(&[gauge.series.line()]),
        }
    }
}

/// Something of the panel of one device; nothing once it is gone.
fn of_panel<T: Default>(
    session: Session,
    device: &PeerId,
    look: impl FnOnce(&DevicePanel) -> T,
) -> T {
    let look = |board: &Board| board.device(device).map(look);
    session.board.with(look).unwrap_or_default()
}

/// The devices that are here; nothing while there are none.
#[component]
pub fn Devices() -> impl IntoView {
    let session = Session::expect();
    let devices = Memo::new(move |_| {
        session.state.with(|state| {
            let devices = state.call().into_iter().flat_map(Call::devices);
            devices
                .map(|device| Participant::Peer(device.id.clone()))
                .collect::<Vec<_>>()
        })
    });
    let none = Memo::new(move |_| devices.with(Vec::is_empty));
    let stop = TabStop::among(devices);
    move || {
        (!none.get()).then(|| {
            view! {
                <section class="devices" aria-labelledby="devices-title">
                    <h3 id="devices-title" class="devices-title">
                        {words::devices::DEVICES}
                        " "
                        <span class="panel-count">{move || devices.with(Vec::len)}</span>
                    </h3>
                    <ul role="list" data-arrows="">
                        <For each=move || devices.get() key=Clone::clone let:participant>
                            <DeviceRow participant stop/>
                        </For>
                    </ul>
                </section>
            }
        })
    }
}

/// "3 people, 2 devices"; nothing while there are no devices.
#[component]
pub fn PresentCount() -> impl IntoView {
    let session = Session::expect();
    let counts = Memo::new(move |_| {
        session.state.with(|state| {
            let call = state.call()?;
            let devices = call.devices().count();
            (devices > 0).then(|| (call.head_count(), devices))
        })
    });
    move || {
        counts.get().map(|(people, devices)| {
            view! { <p class="people-count">{words::devices::present(people, devices)}</p> }
        })
    }
}

#[component]
fn DeviceRow(participant: Participant, stop: TabStop<Participant>) -> impl IntoView {
    let session = Session::expect();
    let Participant::Peer(device) = participant.clone() else {
        return None;
    };
    let whose = device.clone();
    let row = Memo::new(move |_| {
        let now = || session.now();
        session
            .state
            .with(|state| Row::of(state.call()?, &whose, &now))
    });
    let row = Signal::derive(move || row.get().unwrap_or_default());
    let name = Signal::derive(move || row.get().name);
    let can_set_volume = remote_audio::can_set_volume();
    let is_heard = Memo::new(move |_| can_set_volume && row.get().audio);
    let whose = device.clone();
    let volume = move || {
        let peer = whose.clone();
        is_heard
            .get()
            .then(|| view! { <VolumeSlider peer name stop/> })
    };
    Some(view! {
        <li class="device" on:focusin=move |_| stop.choose(&participant)>
            <div class="device-line">
                <span class="person-words">
                    <span class="device-name" dir="auto">{move || name.get()}</span>
                    {move || row.get().status.map(|words| view! { <span class="person-status">{words}</span> })}
                </span>
                <QualityIcon peer=device.clone()/>
            </div>
            <Gauges device=device.clone()/>
            <Controls device name stop/>
            {volume}
        </li>
    })
}

/// The last values of a device.
#[component]
fn Gauges(device: PeerId) -> impl IntoView {
    let session = Session::expect();
    let gauges = Memo::new(move |_| {
        of_panel(session, &device, |panel| {
            panel.gauges.iter().map(ShownGauge::of).collect::<Vec<_>>()
        })
    });
    let none = Memo::new(move |_| gauges.with(Vec::is_empty));
    let rows = move || {
        let gauges = gauges.get().into_iter();
        gauges.map(gauge_row).collect_view()
    };
    move || (!none.get()).then(|| view! { <dl class="gauges">{rows}</dl> })
}

fn gauge_row(gauge: ShownGauge) -> impl IntoView {
    let ShownGauge { name, value, line } = gauge;
    let line = (!line.is_empty()).then(|| {
        view! {
            <svg viewBox=VIEW_BOX preserveAspectRatio="none" aria-hidden="true">
                <path d=line></path>
            </svg>
        }
    });
    view! {
        <div class="gauge">
            <dt dir="auto">{name}</dt>
            <dd>
                <span class="gauge-value" dir="auto">{value}</span>
                {line}
            </dd>
        </div>
    }
}

/// The controls of a device, which is called this.
#[component]
fn Controls(device: PeerId, name: Signal<String>, stop: TabStop<Participant>) -> impl IntoView {
    let session = Session::expect();
    let whose = device.clone();
    let topics = Memo::new(move |_| {
        of_panel(session, &whose, |panel| {
            let controls = panel.controls.iter();
            controls
                .map(|control| control.topic.clone())
                .collect::<Vec<_>>()
        })
    });
    let none = Memo::new(move |_| topics.with(Vec::is_empty));
    move || {
        let device = device.clone();
        (!none.get()).then(|| {
            view! {
                <div class="device-controls" role="group" aria-label=move || name.get()>
                    <For each=move || topics.get() key=Clone::clone let:topic>
                        <ControlLine device=device.clone() topic stop/>
                    </For>
                </div>
            }
        })
    }
}

/// A button or a switch, and what became of pressing it.
#[component]
fn ControlLine(device: PeerId, topic: Topic, stop: TabStop<Participant>) -> impl IntoView {
    let session = Session::expect();
    let tab_index = stop.index(Participant::Peer(device.clone()));
    let (whose, which) = (device.clone(), topic.clone());
    let control = Memo::new(move |_| {
        of_panel(session, &whose, |panel| {
            let mut controls = panel.controls.iter();
            controls.find(|control| control.topic == which).cloned()
        })
    });
    let label = move || control.with(|control| control.as_ref().map(|it| it.label.to_string()));
    let is_on = Memo::new(move |_| control.with(|control| control.as_ref().and_then(switch_state)));
    let state = move || {
        control.with(|control| {
            let press = control.as_ref()?.press.as_ref()?;
            Some(words::devices::press(press).into_owned())
        })
    };
    let press = move |_| session.ask(VisitAction::Press(device.clone(), topic.clone()));
    view! {
        <div class="control">
            <button
                type="button"
                class="button button-small control-button"
                role=move || is_on.get().map(|_| "switch")
                aria-checked=move || is_on.get().map(|is_on| if is_on { "true" } else { "false" })
                tabindex=tab_index
                on:click=press
            >
                <span dir="auto">{label}</span>
            </button>
            <span class="control-state" role="status" aria-live="polite" dir="auto">{state}</span>
        </div>
    }
}

/// Whether a switch is on; `None` of what is no switch.
fn switch_state(control: &Control) -> Option<bool> {
    (control.kind == ControlKind::Switch).then_some(control.is_on)
}
