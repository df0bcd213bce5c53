//! The choice of a camera or a microphone.

use leptos::prelude::*;

use crate::room::{Device, DeviceId, DeviceKind, LocalMedia, MediaAction, VisitAction};
use crate::session::Session;
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::words;

/// These ids are of no device of its own: without permission, and Chromium's names for the system's choices.
const ALIASES: [&str; 3] = ["", "default", "communications"];

/// The menu is made of this.
#[derive(Clone, PartialEq)]
struct Choice {
    /// The user can choose among these.
    devices: Vec<Device>,
    /// The user chose this one; `None` leaves the choice to the browser.
    chosen: Option<DeviceId>,
}

impl Choice {
    fn of(media: &LocalMedia, kind: DeviceKind) -> Self {
        Self {
            devices: media
                .devices
                .iter()
                .filter(|device| device.kind == kind && !ALIASES.contains(&device.id.0.as_str()))
                .cloned()
                .collect(),
            chosen: match kind {
                DeviceKind::Microphone => media.microphone.device.clone(),
                DeviceKind::Camera => media.camera.device.clone(),
                DeviceKind::Speaker => media.settings.speaker_device.clone(),
            },
        }
    }
}

/// What a device is called, also while the browser does not tell its label.
fn label(device: &Device, number: usize) -> String {
    if !device.label.is_empty() {
        return device.label.clone();
    }
    words::controls::unlabelled_device(device.kind, number)
}

/// A menu of the devices of one kind.
#[component]
pub fn DeviceMenu(
    /// The menu lists devices of this kind.
    kind: DeviceKind,
    /// The id tells this menu apart from another of the same kind on the page.
    id: &'static str,
) -> impl IntoView {
    let session = Session::expect();
    let choice = Memo::new(move |_| session.media.with(|media| Choice::of(media, kind)));
    let name = words::controls::device_kind(kind);
    let icon = match kind {
        DeviceKind::Microphone => Icon::Microphone,
        DeviceKind::Camera => Icon::Video,
        DeviceKind::Speaker => Icon::Sound,
    };
    let choose = move |value: String| {
        let device = (!value.is_empty()).then_some(DeviceId(value));
        session.ask(VisitAction::Media(MediaAction::Choose(kind, device)));
    };
    view! {
        <div class="device">
            <label class="field-label" for=id>{name}</label>
            <div class="select">
                <IconView icon/>
                <select
                    id=id
                    class="field"
                    on:change=move |event| choose(event_target_value(&event))
                    disabled=move || choice.with(|choice| choice.devices.is_empty())
                >
                    {move || {
                        let Choice { devices, chosen } = choice.get();
                        let automatic = if devices.is_empty() {
                            words::controls::NO_DEVICE
                        } else {
                            words::controls::DEFAULT_DEVICE
                        };
                        let known = chosen
                            .as_ref()
                            .is_some_and(|id| devices.iter().any(|device| device.id == *id));
                        view! {
                            <option value="" selected=!known>{automatic}</option>
                            {devices
                                .into_iter()
                                .enumerate()
                                .map(|(index, device)| {
                                    let selected = chosen.as_ref() == Some(&device.id);
                                    let text = label(&device, index + 1);
                                    view! { <option value=device.id.0 selected=selected>{text}</option> }
                                })
                                .collect_view()}
                        }
                    }}
                </select>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_without_a_label_are_numbered() {
        let device = |label: &str| Device {
            id: DeviceId("x".into()),
            kind: DeviceKind::Camera,
            label: label.into(),
        };
        assert_eq!(label(&device(""), 2), "Camera 2");
        assert_eq!(label(&device("FaceTime HD"), 2), "FaceTime HD");
    }
}
