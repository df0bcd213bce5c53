//! What needs to be known while it lasts: the outage, a server that passes no media on, the blocked sound, a device that failed in the call.

use leptos::prelude::*;

use crate::room::{CallAction, RoomState};
use crate::session::{Action, Session, Sound};
use crate::ui::dialogs::connection_test::CheckButton;
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::kit::part::{Part, PartView};
use crate::ui::kit::problem::Problem;
use crate::ui::open_panels::Panels;
use crate::ui::remote_audio::play_all;
use crate::ui::words;
use crate::ui::words::status::Now;

/// The socket may be gone this long before it is worth a word, in ms.
const OUTAGE_SHOWN_AFTER_MS: u64 = 3_500;

fn outage_is_shown(state: &RoomState, now: Now<'_>) -> bool {
    matches!(state, RoomState::Reconnecting(_, outage) if now().since(outage.since) >= OUTAGE_SHOWN_AFTER_MS)
}

/// All banners of the call.
#[component]
pub fn Banners(
    /// A banner may open the check of the connection.
    panels: Panels,
) -> impl IntoView {
    view! {
        <div class="banners">
            <OutageBanner panels/>
            <PartView part=Part::MediaPort/>
            <SoundBanner/>
            <MediaBanner/>
        </div>
    }
}

#[component]
fn OutageBanner(panels: Panels) -> impl IntoView {
    let session = Session::expect();
    let shown = Memo::new(move |_| {
        let now = || session.now();
        session.state.with(|state| outage_is_shown(state, &now))
    });
    view! {
        <div role="status">
            {move || {
                shown
                    .get()
                    .then(|| {
                        view! {
                            <div class="banner">
                                <IconView icon=Icon::Offline/>
                                <p>{words::call::RECONNECTING}</p>
                                <button
                                    type="button"
                                    class="button button-small"
                                    on:click=move |_| session.act(CallAction::RetryNow)
                                >
                                    {words::call::TRY_NOW}
                                </button>
                                <CheckButton open=panels.check/>
                            </div>
                        }
                    })
            }}
        </div>
    }
}

#[component]
fn SoundBanner() -> impl IntoView {
    let session = Session::expect();
    let allow = move |_| {
        play_all(session);
        session.ask(Action::AllowSound);
    };
    view! {
        <div role="status">
            {move || {
                (session.sound.get() == Sound::Blocked)
                    .then(|| {
                        view! {
                            <div class="banner">
                                <IconView icon=Icon::Sound/>
                                <p>{words::call::SOUND_BLOCKED}</p>
                                <button
                                    type="button"
                                    class="button button-primary button-small"
                                    on:click=allow
                                >
                                    {words::call::TAP_TO_HEAR}
                                </button>
                            </div>
                        }
                    })
            }}
        </div>
    }
}

/// Problems known since the lobby are not told again.
#[component]
fn MediaBanner() -> impl IntoView {
    let session = Session::expect();
    let problems = Memo::new(move |_| session.media.with(words::media_problems));
    let known = RwSignal::new(problems.get_untracked());
    Effect::new(move |_| {
        let problems = problems.get();
        known.update(|known| known.retain(|words| problems.contains(words)));
    });
    view! {
        <div role="status">
            {move || {
                problems
                    .get()
                    .into_iter()
                    .filter(|words| known.with(|known| !known.contains(words)))
                    .map(|words| {
                        let dismissed = words.clone();
                        view! {
                            <div class="banner banner-problem">
                                <Problem words/>
                                <button
                                    type="button"
                                    class="toast-dismiss"
                                    aria-label=words::buttons::DISMISS
                                    on:click=move |_| {
                                        known.update(|known| known.push(dismissed.clone()));
                                    }
                                >
                                    <IconView icon=Icon::Close/>
                                </button>
                            </div>
                        }
                    })
                    .collect_view()
            }}
        </div>
    }
}
