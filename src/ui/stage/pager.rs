//! Turning the stage's pages when there are more tiles than fit on one.

use leptos::either::Either;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use crate::room::VisitAction;
use crate::room::stage::StageAction;
use crate::session::Session;
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::words;

/// With more pages than this they are counted in words, for which there is room everywhere.
const MOST_DOTS: usize = 6;

/// Arrows, dots, and how many people are elsewhere; nothing while there is one page.
#[component]
pub fn Pager() -> impl IntoView {
    let session = Session::expect();
    let pages = Memo::new(move |_| session.stage_view.with(|view| view.pages));
    let page = Memo::new(move |_| session.stage_view.with(|view| view.page));
    let elsewhere = Memo::new(move |_| session.stage_view.with(|view| view.elsewhere));
    let turn_to = move |page: usize| session.ask(VisitAction::Stage(StageAction::TurnTo(page)));
    let back = move || turn_to(page.get_untracked().saturating_sub(1));
    let on = move || turn_to((page.get_untracked() + 1).min(pages.get_untracked() - 1));
    let on_key = move |event: KeyboardEvent| match event.key().as_str() {
        "ArrowLeft" | "PageUp" => back(),
        "ArrowRight" | "PageDown" => on(),
        _ => {}
    };
    move || {
        let pages = pages.get();
        (pages > 1).then(|| {
            let which = match pages {
                ..=MOST_DOTS => Either::Left(dots(page, pages, turn_to)),
                _ => Either::Right(view! {
                    <span class="pager-words">{move || words::stage::page(page.get() + 1, pages)}</span>
                }),
            };
            view! {
                <nav class="pager" aria-label=words::stage::PAGES on:keydown=on_key>
                    <button
                        type="button"
                        class="pager-arrow"
                        aria-label=words::stage::PREVIOUS_PAGE
                        disabled=move || page.get() == 0
                        on:click=move |_| back()
                    >
                        <IconView icon=Icon::ChevronLeft/>
                    </button>
                    {which}
                    <span class="pager-words">{move || words::stage::elsewhere(elsewhere.get())}</span>
                    <button
                        type="button"
                        class="pager-arrow"
                        aria-label=words::stage::NEXT_PAGE
                        disabled=move || page.get() + 1 == pages
                        on:click=move |_| on()
                    >
                        <IconView icon=Icon::ChevronRight/>
                    </button>
                </nav>
            }
        })
    }
}

/// A dot for each page.
fn dots(
    page: Memo<usize>,
    pages: usize,
    turn_to: impl Fn(usize) + Copy + 'static,
) -> impl IntoView {
    (0..pages)
        .map(|index| {
            let current = move || (page.get() == index).then_some("page");
            view! {
                <button
                    type="button"
                    class="pager-dot"
                    aria-label=words::stage::page(index + 1, pages)
                    aria-current=current
                    on:click=move |_| turn_to(index)
                ></button>
            }
        })
        .collect_view()
}
