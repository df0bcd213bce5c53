//! `/`: start a room, or get into one.

use std::borrow::Cow;

use leptos::prelude::*;
use leptos_meta::Title;

use super::not_found::StartRoom;
use crate::room::parse_invitation;
use crate::ui::kit::brand::{Facing, PageFooter, PageHeader};
use crate::ui::kit::early_form::EarlyForm;
use crate::ui::kit::has_sfu::HasSfu;
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::words;

/// The page people see first.
#[component]
pub fn HomePage() -> impl IntoView {
    let has_sfu = HasSfu::expect();
    view! {
        <Title text=""/>
        <PageHeader/>
        <main class="home">
            <div class="home-words">
                <h1>{words::pages::HOME_TITLE}</h1>
                <p class="lead">
                    {words::pages::HOME_LEAD}
                </p>
                <div class="home-ways">
                    <StartRoom/>
                    <p class="home-or" aria-hidden="true">{words::pages::OR}</p>
                    <JoinForm/>
                </div>
                <ul class="home-facts" role="list">
                    <li>
                        <IconView icon=Icon::Users/>
                        {words::pages::where_calls_run(has_sfu)}
                    </li>
                    <li>
                        <IconView icon=Icon::Lock/>
                        {words::pages::encrypted(has_sfu)}
                    </li>
                    <li>
                        <IconView icon=Icon::Server/>
                        {words::pages::OWN_SERVER}
                    </li>
                </ul>
            </div>
            <Facing/>
        </main>
        <PageFooter/>
    }
}

#[component]
fn JoinForm() -> impl IntoView {
    let field = NodeRef::<leptos::html::Input>::new();
    let (problem, set_problem) = signal(None::<Cow<'static, str>>);
    let join = move || {
        let Some(field) = field.get_untracked() else {
            return;
        };
        match parse_invitation(&field.value()) {
            Ok(room) => {
                set_problem.set(None);
                drop(window().location().assign(&format!("/r/{room}")));
            }
            Err(error) => {
                set_problem.set(Some(words::invitation_problem(error)));
                drop(field.focus());
            }
        }
    };
    view! {
        <EarlyForm class="join-form" on_submit=join>
            <label class="field-label" for="invitation">{words::pages::LINK_OR_NAME}</label>
            <div class="join-row">
                <input
                    node_ref=field
                    id="invitation"
                    class="field"
                    name="room"
                    type="text"
                    dir="auto"
                    inputmode="url"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    placeholder="team-standup"
                    aria-describedby="invitation-problem"
                    aria-invalid=move || problem.with(Option::is_some).then_some("true")
                    on:input=move |_| set_problem.set(None)
                />
                <button class="button" type="submit">
                    {words::buttons::JOIN}
                    <IconView icon=Icon::ArrowRight/>
                </button>
            </div>
            <p id="invitation-problem" class="field-problem" role="alert">
                {move || problem.get()}
            </p>
        </EarlyForm>
    }
}
