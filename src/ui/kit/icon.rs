//! Icons, all from one sprite that stands in the page itself: an icon that first shows while the server is away must be
//! there too.

use leptos::prelude::*;

/// An icon of the sprite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// It shows a microphone.
    Microphone,
    /// It shows a crossed-out microphone.
    MicrophoneOff,
    /// It shows a camera.
    Video,
    /// It shows a crossed-out camera.
    VideoOff,
    /// It shows a raised hand.
    Hand,
    /// It shows several people.
    Users,
    /// It shows a link.
    Link,
    /// It shows a cog.
    Settings,
    /// It shows a hung-up telephone.
    HangUp,
    /// It shows a cross, for closing.
    Close,
    /// It shows an exclamation mark in a circle, for what did not.
    Alert,
    /// It shows no network.
    Offline,
    /// It shows a loudspeaker.
    Sound,
    /// It shows a keyboard.
    Keyboard,
    /// It shows an arrow onwards.
    ArrowRight,
    /// It shows an arrow down.
    ArrowDown,
    /// It shows a house.
    House,
    /// It shows an arrow back around.
    Again,
    /// It shows two sheets.
    Copy,
    /// It shows a padlock.
    Lock,
    /// It shows a machine.
    Server,
    /// It shows a screen with an arrow out of it.
    ScreenShare,
    /// It shows a screen with a cross.
    ScreenShareOff,
    /// It shows a pin.
    Pin,
    /// It shows a crossed-out pin.
    PinOff,
    /// It shows four corners.
    Maximize,
    /// It shows four tiles.
    Grid,
    /// It shows a small picture in a large one.
    PictureInPicture,
    /// It shows an arrow to the left.
    ChevronLeft,
    /// It shows an arrow to the right.
    ChevronRight,
    /// It shows a paper clip.
    Attach,
    /// It shows a sheet.
    File,
    /// It shows a speech bubble.
    Chat,
    /// It shows a smiling face.
    Smile,
    /// It shows a paper plane.
    Send,
    /// It shows bars of a signal.
    Signal,
    /// It shows a dot in a circle.
    Record,
    /// It shows three dots, for more.
    More,
    /// It shows a tick in a circle, for what works.
    Fine,
    /// It shows a dash in a circle, for what is not there.
    Absent,
    /// It shows most of a circle, for what is under way.
    Busy,
}

impl Icon {
    const fn href(self) -> &'static str {
        match self {
            Self::Microphone => "#mic",
            Self::MicrophoneOff => "#mic-off",
            Self::Video => "#video",
            Self::VideoOff => "#video-off",
            Self::Hand => "#hand",
            Self::Users => "#users",
            Self::Link => "#link",
            Self::Settings => "#settings",
            Self::HangUp => "#phone-off",
            Self::Close => "#x",
            Self::Alert => "#circle-alert",
            Self::Offline => "#wifi-off",
            Self::Sound => "#volume-2",
            Self::Keyboard => "#keyboard",
            Self::ArrowRight => "#arrow-right",
            Self::ArrowDown => "#arrow-down",
            Self::House => "#house",
            Self::Again => "#rotate-ccw",
            Self::Copy => "#copy",
            Self::Lock => "#lock",
            Self::Server => "#hard-drive",
            Self::ScreenShare => "#screen-share",
            Self::ScreenShareOff => "#screen-share-off",
            Self::Pin => "#pin",
            Self::PinOff => "#pin-off",
            Self::Maximize => "#maximize",
            Self::Grid => "#layout-grid",
            Self::PictureInPicture => "#picture-in-picture",
            Self::ChevronLeft => "#chevron-left",
            Self::ChevronRight => "#chevron-right",
            Self::Attach => "#paperclip",
            Self::File => "#file",
            Self::Chat => "#message-square",
            Self::Smile => "#smile",
            Self::Send => "#send",
            Self::Signal => "#signal",
            Self::Record => "#circle-dot",
            Self::More => "#ellipsis",
            Self::Fine => "#circle-check",
            Self::Absent => "#circle-minus",
            Self::Busy => "#loader-circle",
        }
    }
}

/// Shows an icon. It is decoration: what it means is always also said in words.
#[component]
pub fn IconView(
    /// This icon is shown.
    #[prop(into)]
    icon: Signal<Icon>,
) -> impl IntoView {
    view! {
        <svg class="icon" aria-hidden="true" focusable="false">
            <use href=move || icon.get().href()></use>
        </svg>
    }
}
