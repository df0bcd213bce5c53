//! What a call does not begin with: a second wasm, fetched while nobody waits for it.
//!
//! Responsible for which parts of the page are in it. Invariant: whatever names the views of [`Part`]s is behind [`builder`],
//! so that none of them is in the first wasm.

use futures::future::FutureExt;
use leptos::prelude::*;
use leptos::wasm_split::SplitLoaderError;

use super::focus;
use super::keyboard;
use super::media_port::MediaPortBanner;
use super::more::MoreItems;
use super::passage::PassageMark;
use super::picture_in_picture::PictureInPicture;
use super::reactions::{REACT, ReactionRow, Reactions};
use super::toast::Toasts;
use crate::room::dashboard::RULES;
use crate::session::{Action, Session};
use crate::ui::controls::shortcuts::ShortcutList;
use crate::ui::dialogs::connection_test::CheckView;
use crate::ui::dialogs::layout::LayoutChoices;
use crate::ui::dialogs::privacy::ServerMediaSwitch;
use crate::ui::dialogs::record::RecordChoices;
use crate::ui::dialogs::settings::Settings;
use crate::ui::kit::browser_only::BrowserOnly;
use crate::ui::kit::part::{Builder, Part, SecondWasm};
use crate::ui::open_panels::{Panels, SidePanel};
use crate::ui::panels::chat::ChatPanel;
use crate::ui::panels::connection::ConnectionPanel;
use crate::ui::panels::files::{DropTarget, FileOffers, FilesPanel};
use crate::ui::panels::people::PeoplePanel;

/// Provides the second wasm to the page and to every part of it that comes with it.
pub fn provide() {
    SecondWasm::provide(|| builder().map(Result::ok).boxed_local());
}

/// Fetches the second wasm, and hands out the way into it.
#[cfg(split_wasm)]
#[leptos::wasm_split::wasm_split(later, wasm_split_path = leptos::wasm_split, fallible)]
fn builder() -> Result<Builder, SplitLoaderError> {
    Ok(view_of)
}

/// Where the wasm will not be split, all is in the first.
#[cfg(not(split_wasm))]
async fn builder() -> Result<Builder, SplitLoaderError> {
    Ok(view_of)
}

fn view_of(part: Part) -> BrowserOnly {
    match part {
        Part::Side(panel, panels) => BrowserOnly::new(move || {
            focus::return_from_panel(panel);
            side_panel(panel, panels)
        }),
        Part::Settings => dialog(BrowserOnly::new(|| view! { <Settings/> })),
        Part::Layout => dialog(BrowserOnly::new(|| view! { <LayoutChoices/> })),
        Part::Record(panels) => dialog(BrowserOnly::new(move || view! { <RecordChoices panels/> })),
        Part::Check => dialog(BrowserOnly::new(|| view! { <CheckView/> })),
        Part::Shortcuts => dialog(BrowserOnly::new(|| view! { <ShortcutList/> })),
        Part::More(panels) => BrowserOnly::new(move || view! { <MoreItems panels/> }),
        Part::ReactionMenu => BrowserOnly::new(|| view! { <ReactionRow popover=REACT/> }),
        Part::Passage(panels) => BrowserOnly::new(move || view! { <PassageMark panels/> }),
        Part::MediaPort => BrowserOnly::new(|| view! { <MediaPortBanner/> }),
        Part::ServerMedia => BrowserOnly::new(|| view! { <ServerMediaSwitch/> }),
        Part::Arrivals(panels) => BrowserOnly::new(move || {
            Session::expect().ask(Action::UseDashboard(RULES));
            keyboard::listen(panels);
            view! {
                <FileOffers panels/>
                <Toasts panels/>
                <Reactions/>
                <DropTarget panels/>
                <PictureInPicture panels/>
            }
        }),
    }
}

/// What is in a panel beside the stage.
fn side_panel(panel: SidePanel, panels: Panels) -> BrowserOnly {
    match panel {
        SidePanel::People => BrowserOnly::new(|| view! { <PeoplePanel/> }),
        SidePanel::Chat => BrowserOnly::new(move || view! { <ChatPanel panels/> }),
        SidePanel::Connection => BrowserOnly::new(move || view! { <ConnectionPanel panels/> }),
        SidePanel::Files => BrowserOnly::new(move || view! { <FilesPanel panels/> }),
    }
}

/// The content of a dialog, and the way back from it.
fn dialog(content: BrowserOnly) -> BrowserOnly {
    BrowserOnly::new(|| {
        focus::return_from_dialog();
        content
    })
}
