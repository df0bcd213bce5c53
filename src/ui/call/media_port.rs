//! The banner of a server whose media port is out of reach.

use leptos::prelude::*;

use crate::protocol::PeerId;
use crate::protocol::sfu::SfuTerms;
use crate::room::{CallAction, MediaPortTrouble};
use crate::session::Session;
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::words;

/// The banner. Where the call goes on directly it can be put away, until the trouble is another; where somebody cannot be reached it stays.
#[component]
pub fn MediaPortBanner() -> impl IntoView {
    let session = Session::expect();
    let trouble = Memo::new(move |_| {
        let now = || session.now();
        session.state.with(|state| state.media_port_trouble(&now))
    });
    let is_put_away = RwSignal::new(false);
    Effect::new(move |_| {
        if trouble.get().is_none_or(|trouble| trouble.cut_off > 0) {
            is_put_away.set(false);
        }
    });
    view! {
        <div role="status">
            {move || {
                let trouble = trouble.get().filter(|_| !is_put_away.get())?;
                Some(
                    view! {
                        <div class="banner" class:banner-long=trouble.cut_off != 0>
                            <IconView icon=Icon::Offline/>
                            <p>{words::media_port::media_port_trouble(trouble)}</p>
                            <div class="banner-ways">
                                {(trouble.cut_off > 0).then(|| view! { <NextTry/> })}
                                <Ways trouble is_put_away/>
                            </div>
                        </div>
                    },
                )
            }}
        </div>
    }
}

/// When it is tried next. A timer, which nobody is read out second by second.
#[component]
fn NextTry() -> impl IntoView {
    let session = Session::expect();
    let next = Memo::new(move |_| {
        let now = session.now();
        session.state.with(|state| state.next_media_port_try(now))
    });
    view! {
        <span class="banner-next" role="timer">
            {move || words::media_port::next_try(next.get())}
        </span>
    }
}

/// What can be done about it.
#[component]
fn Ways(trouble: MediaPortTrouble, is_put_away: RwSignal<bool>) -> impl IntoView {
    let session = Session::expect();
    let try_now = move |_| session.act(CallAction::TryAgain(PeerId::new(SfuTerms::PEER)));
    let retry = trouble.has_failed.then(|| {
        view! {
            <button type="button" class="button button-small" on:click=try_now>
                {words::call::TRY_NOW}
            </button>
        }
    });
    let leave = (trouble.cut_off > 0).then(|| {
        view! {
            <button
                type="button"
                class="button button-small"
                on:click=move |_| session.act(CallAction::Leave)
            >
                {words::buttons::LEAVE}
            </button>
        }
    });
    let dismiss = (trouble.cut_off == 0).then(|| {
        view! {
            <button
                type="button"
                class="toast-dismiss"
                aria-label=words::buttons::DISMISS
                on:click=move |_| is_put_away.set(true)
            >
                <IconView icon=Icon::Close/>
            </button>
        }
    });
    (retry, leave, dismiss)
}
