//! Icons, all from one sprite, `/icons.svg`.

use leptos::prelude::*;

/// An icon of the sprite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// A microphone.
    Microphone,
    /// A crossed-out microphone.
    MicrophoneOff,
    /// A camera.
    Video,
    /// A crossed-out camera.
    VideoOff,
    /// A raised hand.
    Hand,
    /// Several people.
    Users,
    /// A link.
    Link,
    /// A cog.
    Settings,
    /// A hung-up telephone.
    HangUp,
    /// A cross, for closing.
    Close,
    /// An exclamation mark in a circle, for what did not.
    Alert,
    /// No network.
    Offline,
    /// A loudspeaker.
    Sound,
    /// A keyboard.
    Keyboard,
    /// An arrow onwards.
    ArrowRight,
    /// A house.
    House,
    /// An arrow back around.
    Again,
    /// Two sheets.
    Copy,
    /// A padlock.
    Lock,
    /// A machine.
    Server,
}

impl Icon {
    const fn href(self) -> &'static str {
        match self {
            Self::Microphone => "/icons.svg#mic",
            Self::MicrophoneOff => "/icons.svg#mic-off",
            Self::Video => "/icons.svg#video",
            Self::VideoOff => "/icons.svg#video-off",
            Self::Hand => "/icons.svg#hand",
            Self::Users => "/icons.svg#users",
            Self::Link => "/icons.svg#link",
            Self::Settings => "/icons.svg#settings",
            Self::HangUp => "/icons.svg#phone-off",
            Self::Close => "/icons.svg#x",
            Self::Alert => "/icons.svg#circle-alert",
            Self::Offline => "/icons.svg#wifi-off",
            Self::Sound => "/icons.svg#volume-2",
            Self::Keyboard => "/icons.svg#keyboard",
            Self::ArrowRight => "/icons.svg#arrow-right",
            Self::House => "/icons.svg#house",
            Self::Again => "/icons.svg#rotate-ccw",
            Self::Copy => "/icons.svg#copy",
            Self::Lock => "/icons.svg#lock",
            Self::Server => "/icons.svg#hard-drive",
        }
    }
}

/// Shows an icon. It is decoration: what it means is always also said in words.
#[component]
pub fn IconView(
    /// Which one.
    #[prop(into)]
    icon: Signal<Icon>,
) -> impl IntoView {
    view! {
        <svg class="icon" aria-hidden="true" focusable="false">
            <use href=move || icon.get().href()></use>
        </svg>
    }
}
