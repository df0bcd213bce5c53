//! What a call does not begin with: a second wasm, fetched while nobody waits for it.
//!
//! Responsible for which parts of the page are in it, for fetching it, and for what stands in their place until it is
//! here. Invariant: whatever names the views of [`Part`]s is behind [`builder`], so that none of them is in the first
//! wasm; that it cannot be fetched ends nothing, and is tried again.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::SplitLoaderError;

use super::more::MoreItems;
use super::picture_in_picture::PictureInPicture;
use super::reactions::{REACT, ReactionRow, Reactions};
use crate::ui::controls::shortcuts::ShortcutList;
use crate::ui::dialogs::connection_test::CheckView;
use crate::ui::dialogs::layout::LayoutChoices;
use crate::ui::dialogs::record::RecordChoices;
use crate::ui::dialogs::settings::Settings;
use crate::ui::kit::browser_only::BrowserOnly;
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::open_panels::{Panels, SidePanel};
use crate::ui::panels::chat::ChatPanel;
use crate::ui::panels::connection::ConnectionPanel;
use crate::ui::panels::files::{DropTarget, FileOffers, FilesPanel};
use crate::ui::panels::people::PeoplePanel;

/// How long after the page the second wasm is fetched: what the page itself asks for comes first.
const FETCH_AFTER: Duration = Duration::from_millis(250);

/// How long after the first, the second and any further failure it is fetched again unasked.
const RETRY_AFTER: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(4),
    Duration::from_secs(15),
];

/// A part of the page that comes with the second wasm.
#[derive(Clone, Copy)]
pub enum Part {
    /// What is in a panel beside the stage.
    Side(SidePanel, Panels),
    /// What is in the settings.
    Settings,
    /// The choice of a layout.
    Layout,
    /// The choice of what to record.
    Record(Panels),
    /// The check of the connection.
    Check,
    /// The list of keyboard shortcuts.
    Shortcuts,
    /// What is in the menu behind "More".
    More(Panels),
    /// What is in the menu of reactions.
    ReactionMenu,
    /// What shows itself when something happens: reactions, offers of files, the place to drop them, and the small window.
    Arrivals(Panels),
}

type Builder = fn(Part) -> BrowserOnly;

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
                <Reactions/>
                <FileOffers panels/>
                <DropTarget panels/>
                <PictureInPicture panels/>
            }
        }),
    }
}

#[derive(Clone, Copy)]
enum Fetched {
    NotYet,
    UnderWay,
    Here(Builder),
    /// So many times in a row.
    Failed(usize),
}

/// How far the second wasm is. Cheap to copy; one for each page.
#[derive(Clone, Copy)]
pub struct SecondWasm(RwSignal<Fetched>);

impl SecondWasm {
    /// Provides it to the page, which fetches it soon, and to every [`PartView`].
    pub fn provide() {
        let later = Self(RwSignal::new(Fetched::NotYet));
        provide_context(later);
        Effect::new(move |_| set_timeout(move || later.fetch(), FETCH_AFTER));
    }

    fn fetch(self) {
        let failures = match self.0.try_get_untracked() {
            Some(Fetched::NotYet) => 0,
            Some(Fetched::Failed(failures)) => failures,
            _ => return,
        };
        self.0.set(Fetched::UnderWay);
        spawn_local(async move {
            let fetched = builder().await;
            // The page may be gone by now.
            self.0.try_set(match fetched {
                Ok(builder) => Fetched::Here(builder),
                Err(_) => {
                    self.fetch_after(failures + 1);
                    Fetched::Failed(failures + 1)
                }
            });
        });
    }

    /// Fetches it again a while after so many failures, unless somebody has tried since.
    fn fetch_after(self, failures: usize) {
        let again = move || {
            let now = self.0.try_get_untracked();
            if matches!(now, Some(Fetched::Failed(now)) if now == failures) {
                self.fetch();
            }
        };
        set_timeout(again, RETRY_AFTER[failures.min(RETRY_AFTER.len()) - 1]);
    }
}

/// A part, or what stands in its place.
#[component]
pub fn PartView(
    /// Which.
    part: Part,
) -> impl IntoView {
    let later = use_context::<SecondWasm>();
    move || {
        let later = later?;
        match (later.0.get(), part) {
            (Fetched::Here(build), part) => Some(build(part)),
            (_, Part::Arrivals(_)) => None,
            (Fetched::NotYet | Fetched::UnderWay, _) => {
                later.fetch();
                Some(BrowserOnly::new(
                    || view! { <p class="later">"Loading…"</p> },
                ))
            }
            (Fetched::Failed(_), _) => {
                Some(BrowserOnly::new(move || view! { <Missing later/> }))
            }
        }
    }
}

/// Says that the second wasm could not be fetched. The call needs nothing of it.
#[component]
fn Missing(later: SecondWasm) -> impl IntoView {
    view! {
        <div class="later" role="alert">
            <p>"This part of the page could not be loaded. The call goes on."</p>
            <button type="button" class="button button-small" on:click=move |_| later.fetch()>
                <IconView icon=Icon::Again/>
                "Try again"
            </button>
        </div>
    }
}
