//! The settings, while in a call.

use leptos::prelude::*;

use crate::room::DeviceKind;
use crate::session::Session;

use super::device_menu::DeviceMenu;
use super::dialog::Dialog;
use super::level_meter::LevelMeter;
use super::panels::Panels;

/// The settings' dialog.
#[component]
pub fn SettingsDialog(
    /// Which panels are open.
    panels: Panels,
) -> impl IntoView {
    view! {
        <Dialog open=panels.settings id="settings-title" title="Settings">
            <Settings/>
        </Dialog>
    }
}

#[component]
fn Settings() -> impl IntoView {
    let session = Session::expect();
    let name = Memo::new(move |_| {
        session
            .state
            .with(|state| state.call().map(|call| call.name.to_string()))
    });
    view! {
        <div class="settings">
            <DeviceMenu kind=DeviceKind::Microphone id="settings-microphone"/>
            <LevelMeter/>
            <DeviceMenu kind=DeviceKind::Camera id="settings-camera"/>
            <p class="settings-note">
                "You are here as " <strong>{move || name.get()}</strong>
                ". To change your name, leave and join again."
            </p>
        </div>
    }
}
