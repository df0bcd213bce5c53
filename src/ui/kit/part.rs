//! Parts of the page that a call does not begin with: what stands in their place until they are here, and fetching them.
//!
//! Invariant: nothing here names the view of any part: the page hands in the way to them, so that they can come with a second
//! wasm. That it cannot be fetched ends nothing, and is tried again.

use std::time::Duration;

use futures::future::LocalBoxFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::browser_only::BrowserOnly;
use super::icon::{Icon, IconView};
use crate::ui::open_panels::{Panels, SidePanel};
use crate::ui::words;

/// The second wasm is fetched this long after the page: what the page itself asks for comes first.
const FETCH_AFTER: Duration = Duration::from_millis(250);

/// The second wasm is fetched again unasked this long after the first, the second and any further failure.
const RETRY_AFTER: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(4),
    Duration::from_secs(15),
];

/// A part of the page that comes with the second wasm.
#[derive(Clone, Copy)]
pub enum Part {
    /// It fills a panel beside the stage.
    Side(SidePanel, Panels),
    /// It fills the settings.
    Settings,
    /// It is the choice of a layout.
    Layout,
    /// It is the choice of what to record.
    Record(Panels),
    /// It is the check of the connection.
    Check,
    /// It is the list of keyboard shortcuts.
    Shortcuts,
    /// It fills the menu behind "More".
    More(Panels),
    /// It fills the menu of reactions.
    ReactionMenu,
    /// It says in the head of the call that this goes through the server, while it does.
    Passage(Panels),
    /// It is the banner of a server whose media port is out of reach, while it is.
    MediaPort,
    /// It is the choice of whether the own media may go through the server.
    ServerMedia,
    /// It shows itself when something happens: notices, reactions, offers of files, the place to drop them, and the small
    /// window. Keys that lead somewhere come with it.
    Arrivals(Panels),
}

/// Builds the view of a part.
pub type Builder = fn(Part) -> BrowserOnly;

/// Fetches the second wasm; `None` when it cannot be fetched.
pub type Fetching = fn() -> LocalBoxFuture<'static, Option<Builder>>;

/// Fetching the second wasm has come this far.
#[derive(Clone, Copy)]
enum Fetched {
    /// Nobody has tried.
    NotYet,
    /// The browser is fetching it.
    UnderWay,
    /// It is here, and builds parts with this.
    Here(Builder),
    /// It failed so many times in a row.
    Failed(usize),
}

/// How far the second wasm is. Cheap to copy; one for each page.
#[derive(Clone, Copy)]
pub struct SecondWasm {
    /// Those who show a part follow this.
    fetched: RwSignal<Fetched>,
    /// The second wasm is fetched with this.
    fetching: Fetching,
}

impl SecondWasm {
    /// Provides it to the page, which fetches it soon, and to every [`PartView`].
    pub fn provide(fetching: Fetching) {
        let later = Self {
            fetched: RwSignal::new(Fetched::NotYet),
            fetching,
        };
        provide_context(later);
        Effect::new(move |_| set_timeout(move || later.fetch(), FETCH_AFTER));
    }

    fn fetch(self) {
        let failures = match self.fetched.try_get_untracked() {
            Some(Fetched::NotYet) => 0,
            Some(Fetched::Failed(failures)) => failures,
            _ => return,
        };
        self.fetched.set(Fetched::UnderWay);
        spawn_local(async move {
            let fetched = (self.fetching)().await;
            // The page may be gone by now.
            self.fetched.try_set(match fetched {
                Some(builder) => Fetched::Here(builder),
                None => {
                    self.fetch_after(failures + 1);
                    Fetched::Failed(failures + 1)
                }
            });
        });
    }

    /// Fetches it again a while after so many failures, unless somebody has tried since.
    fn fetch_after(self, failures: usize) {
        let again = move || {
            let now = self.fetched.try_get_untracked();
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
    /// The part that is shown.
    part: Part,
) -> impl IntoView {
    let later = use_context::<SecondWasm>();
    move || {
        let later = later?;
        match (later.fetched.get(), part) {
            (Fetched::Here(build), part) => Some(build(part)),
            (_, Part::Arrivals(_) | Part::Passage(_) | Part::MediaPort | Part::ServerMedia) => None,
            (Fetched::NotYet | Fetched::UnderWay, _) => {
                later.fetch();
                Some(BrowserOnly::new(
                    || view! { <p class="later">{words::call::LOADING}</p> },
                ))
            }
            (Fetched::Failed(_), _) => Some(BrowserOnly::new(move || view! { <Missing later/> })),
        }
    }
}

/// Says that the second wasm could not be fetched. The call needs nothing of it.
#[component]
fn Missing(later: SecondWasm) -> impl IntoView {
    view! {
        <div class="later" role="alert">
            <p>{words::call::NOT_LOADED}</p>
            <button type="button" class="button button-small" on:click=move |_| later.fetch()>
                <IconView icon=Icon::Again/>
                {words::buttons::TRY_AGAIN}
            </button>
        </div>
    }
}
