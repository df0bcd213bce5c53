//! One step of the check: its icon, its name, what came of it, what to do, and what was measured.

use leptos::prelude::*;

use crate::room::connection_test::{Finding, TestProgress, TestStep};
use crate::session::Session;
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::words::connection_test::{advice, figure, name, result};

/// The step's line.
#[component]
pub fn StepView(
    /// This step is shown.
    step: TestStep,
) -> impl IntoView {
    let session = Session::expect();
    let progress = Memo::new(move |_| session.check.with(|check| check.progress(step)));
    view! {
        <li class="check-step" data-state=move || state(progress.get())>
            <IconView icon=Signal::derive(move || icon(progress.get()))/>
            <div class="check-words">
                <p class="check-name">{name(step)}</p>
                <p class="check-result">{move || result(step, progress.get())}</p>
                <p class="check-advice">{move || advice(step, progress.get())}</p>
            </div>
            <p class="check-figure">{move || figure(progress.get())}</p>
        </li>
    }
}

fn state(progress: TestProgress) -> &'static str {
    match progress {
        TestProgress::Waiting => "waiting",
        TestProgress::Running => "running",
        TestProgress::Ended(Finding::Fine(_)) => "fine",
        TestProgress::Ended(Finding::Trouble(_)) => "trouble",
        TestProgress::Ended(Finding::NotOffered | Finding::NotTried(_)) => "absent",
    }
}

fn icon(progress: TestProgress) -> Icon {
    match progress {
        TestProgress::Running => Icon::Busy,
        TestProgress::Ended(Finding::Fine(_)) => Icon::Fine,
        TestProgress::Ended(Finding::Trouble(_)) => Icon::Alert,
        TestProgress::Waiting | TestProgress::Ended(_) => Icon::Absent,
    }
}
