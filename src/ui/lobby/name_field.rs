//! {words::lobby::YOUR_NAME}: typed by hand, or remembered from the last visit.
//!
//! Invariant: what somebody typed is never overwritten, and nobody is asked for a name that is remembered, however early they press.
//! The field is uncontrolled, so that it works before hydration.

use leptos::html;
use leptos::prelude::*;
use leptos::web_sys::HtmlInputElement;

use crate::protocol::{DisplayName, NameError};
use crate::session::Session;
use crate::ui::words;

/// The field and what was found wrong with its content.
#[derive(Clone, Copy)]
pub struct NameField {
    /// The user types the name here.
    field: NodeRef<html::Input>,
    /// The name was refused for this; `None` while nothing is wrong with it.
    problem: RwSignal<Option<NameError>>,
    /// The user has typed something.
    typed: StoredValue<bool>,
    /// The name is remembered here.
    session: Session,
}

impl NameField {
    /// A field not yet on the page.
    pub fn unplaced() -> Self {
        Self {
            field: NodeRef::new(),
            problem: RwSignal::new(None),
            typed: StoredValue::new(false),
            session: Session::expect(),
        }
    }

    /// Puts the remembered name into a field that nobody has typed into.
    fn fill(&self, field: &HtmlInputElement) {
        if !self.typed.get_value() && field.value().is_empty() {
            let preferences = &self.session.preferences;
            field.set_value(&preferences.with_untracked(|it| it.name.clone()));
        }
    }

    /// The name, or the problem shown and the field focused.
    pub fn read(&self) -> Option<DisplayName> {
        let field = self.field.get_untracked()?;
        self.fill(&field);
        match DisplayName::parse(&field.value()) {
            Ok(name) => {
                self.problem.set(None);
                Some(name)
            }
            Err(error) => {
                self.problem.set(Some(error));
                drop(field.focus());
                None
            }
        }
    }
}

/// Shows the field.
#[component]
pub fn NameFieldView(
    /// The view shows this field, which the form reads.
    name: NameField,
) -> impl IntoView {
    let NameField {
        field,
        problem,
        typed,
        session,
    } = name;
    Effect::new(move |_| {
        session.preferences.track();
        if let Some(field) = field.get() {
            name.fill(&field);
        }
    });
    view! {
        <div class="name">
            <label class="field-label" for="your-name">{words::lobby::YOUR_NAME}</label>
            <input
                node_ref=field
                id="your-name"
                class="field field-large"
                name="name"
                type="text"
                dir="auto"
                autocomplete="name"
                enterkeyhint="go"
                spellcheck="false"
                aria-required="true"
                aria-describedby="your-name-problem"
                aria-invalid=move || problem.with(Option::is_some).then_some("true")
                on:input=move |_| {
                    typed.set_value(true);
                    problem.set(None);
                }
            />
            <p id="your-name-problem" class="field-problem" role="alert">
                {move || problem.get().map(words::lobby::name_problem)}
            </p>
        </div>
    }
}
