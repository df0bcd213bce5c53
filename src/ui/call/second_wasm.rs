//! What a call does not begin with: a second wasm, fetched while nobody waits for it.
//!
//! Responsible for which parts of the page are in it. Invariant: whatever names the views of [`Part`]s is behind [`builder`],
//! so that none of them is in the first wasm.

use futures::future::FutureExt;
use leptos::prelude::*;
use leptos::wasm_split::SplitLoaderError;

use super::more::MoreItems;
use super::picture_in_picture::PictureInPicture;
use super::reactions::{REACT, ReactionRow, Reactions};
use super::toast::Toasts;
use crate::ui::controls::shortcuts::ShortcutList;
use crate::ui::dialogs::connection_test::CheckView;
use crate::ui::dialogs::layout::LayoutChoices;
use crate::ui::dialogs::record::RecordChoices;
use crate::ui::dialogs::settings::Settings;
use crate::ui::kit::browser_only::BrowserOnly;
use crate::ui::kit::part::{Builder, Part, SecondWasm};
use crate::ui::open_panels::SidePanel;
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
        Part::Side(SidePanel::People, _) => BrowserOnly::new(|| view! { <PeoplePanel/> }),
        Part::Side(SidePanel::Chat, panels) => {
            BrowserOnly::new(move || view! { <ChatPanel panels/> })
        }
        Part::Side(SidePanel::Connection, panels) => {
            BrowserOnly::new(move || view! { <ConnectionPanel panels/> })
        }
        Part::Side(SidePanel::Files, panels) => {
            BrowserOnly::new(move || view! { <FilesPanel panels/> })
        }
        Part::Settings => BrowserOnly::new(|| view! { <Settings/> }),
        Part::Layout => BrowserOnly::new(|| view! { <LayoutChoices/> }),
        Part::Record(panels) => BrowserOnly::new(move || view! { <RecordChoices panels/> }),
        Part::Check => BrowserOnly::new(|| view! { <CheckView/> }),
        Part::Shortcuts => BrowserOnly::new(|| view! { <ShortcutList/> }),
        Part::More(panels) => BrowserOnly::new(move || view! { <MoreItems panels/> }),
        Part::ReactionMenu => BrowserOnly::new(|| view! { <ReactionRow popover=REACT/> }),
        Part::Arrivals(panels) => BrowserOnly::new(move || {
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
