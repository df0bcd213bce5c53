//! Icons, all from one sprite that stands in the page itself: an icon that first shows while the server is away must be
//! there too.

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
    /// A screen with an arrow out of it.
    ScreenShare,
    /// A screen with a cross.
    ScreenShareOff,
    /// A pin.
    Pin,
    /// A crossed-out pin.
    PinOff,
    /// Four corners.
    Maximize,
    /// Four tiles.
    Grid,
    /// A small picture in a large one.
    PictureInPicture,
    /// An arrow to the left.
    ChevronLeft,
    /// An arrow to the right.
    ChevronRight,
    /// A paper clip.
    Attach,
    /// A sheet.
    File,
    /// A speech bubble.
    Chat,
    /// A smiling face.
    Smile,
    /// A paper plane.
    Send,
    /// Bars of a signal.
    Signal,
    /// A dot in a circle.
    Record,
    /// Three dots, for more.
    More,
    /// A tick in a circle, for what works.
    Fine,
    /// A dash in a circle, for what is not there.
    Absent,
    /// Most of a circle, for what is under way.
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
