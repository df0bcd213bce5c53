//! The check of the connection: the button that opens it, and its dialog.
//!
//! Invariant: a check is under way only while its dialog is open.

use leptos::prelude::*;

use super::copy::CopyReport;
use super::step::StepView;
use crate::room::connection_test::{Check, Gravity, TestStep, TestVerdict};
use crate::session::action::ConnectionTestAction;
use crate::session::{Action, Session};
use crate::ui::kit::browser_only::BrowserOnly;
use crate::ui::kit::dialog::Dialog;
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::kit::part::Part;
use crate::ui::words;
use crate::ui::words::connection_verdict::sentence;

/// The button, wherever something may be wrong.
#[component]
pub fn CheckButton(
    /// A press opens the dialog by this.
    open: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <button type="button" class="button button-small" on:click=move |_| open.set(true)>
            <IconView icon=Icon::Signal/>
            {words::buttons::CHECK_THE_CONNECTION}
        </button>
    }
}

/// The button in the lobby, with the dialog behind it.
#[component]
pub fn LobbyCheck() -> impl IntoView {
    let open = RwSignal::new(false);
    let opened = Memo::new(move |before| before == Some(&true) || open.get());
    view! {
        <div class="lobby-check">
            <CheckButton open/>
            {move || opened.get().then(|| BrowserOnly::new(move || view! { <CheckDialog open/> }))}
        </div>
    }
}

/// The dialog. Opening it begins a check, closing it ends the check.
#[component]
pub fn CheckDialog(
    /// The dialog is shown while this is true, and so long the check runs.
    open: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <Dialog open id="check-title" title=words::call::CONNECTION_CHECK part=Part::Check/>
    }
}

/// A check under way, in its dialog.
#[component]
pub fn CheckView() -> impl IntoView {
    let session = Session::expect();
    let start = move || session.ask(Action::Check(ConnectionTestAction::Start));
    start();
    on_cleanup(move || session.ask(Action::Check(ConnectionTestAction::Stop)));
    let check = session.check;
    let verdict = Memo::new(move |_| check.with(TestVerdict::of));
    let running = Memo::new(move |_| !check.with(Check::is_over));
    let steps = TestStep::ALL.map(|step| view! { <StepView step/> });
    view! {
        <div class="check">
            <p class="check-verdict" role="status" data-state=move || verdict.with(state)>
                <IconView icon=Signal::derive(move || verdict.with(icon))/>
                <span>{move || verdict.with(sentence)}</span>
            </p>
            <ol class="check-steps" aria-busy=move || running.get().then_some("true")>
                {steps}
            </ol>
            <CopyReport running/>
            <button
                type="button"
                class="button check-again"
                disabled=move || running.get()
                on:click=move |_| start()
            >
                <IconView icon=Icon::Again/>
                {words::check::CHECK_AGAIN}
            </button>
        </div>
    }
}

fn state(verdict: &TestVerdict) -> &'static str {
    match verdict.gravity() {
        Gravity::Unknown => "running",
        Gravity::Good => "fine",
        Gravity::Limited => "limited",
        Gravity::Bad => "trouble",
    }
}

fn icon(verdict: &TestVerdict) -> Icon {
    match verdict.gravity() {
        Gravity::Unknown => Icon::Busy,
        Gravity::Good => Icon::Fine,
        Gravity::Limited | Gravity::Bad => Icon::Alert,
    }
}
