//! The panel with the figures of every connection, and two minutes of their history.

use leptos::prelude::*;

use super::chart::{VIEW_BOX, path_data};
use super::passage::{FailingNote, PassageNote};
use crate::protocol::PeerId;
use crate::room::quality::{History, Metric, people_to_json};
use crate::session::{Action, Session};
use crate::ui::dialogs::connection_test::CheckButton;
use crate::ui::kit::avatar::Avatar;
use crate::ui::kit::icon::{Icon, IconView};
use crate::ui::open_panels::Panels;
use crate::ui::stage::quality::QualityIcon;
use crate::ui::words;
use crate::ui::words::figures::{figure, figures};
use crate::ui::words::figures_report::people_to_text;

/// These charts are shown.
const CHARTS: [(Metric, &str); 4] = [
    (Metric::ReceivedBitrate, words::connection::RECEIVING),
    (Metric::SentBitrate, words::connection::SENDING),
    (Metric::Loss, words::connection::LOST),
    (Metric::RoundTrip, words::connection::ROUND_TRIP),
];

/// The panel, beside the stage or above it where there is little room.
#[component]
pub fn ConnectionPanel(
    /// A button opens the check of the connection.
    panels: Panels,
) -> impl IntoView {
    let session = Session::expect();
    let people = Memo::new(move |_| {
        session.state.with(|state| {
            state.call().map_or_else(Vec::new, |call| {
                let people = call.people.iter();
                people
                    .map(|person| (person.id.clone(), person.name.to_string()))
                    .collect()
            })
        })
    });
    let alone = Memo::new(move |_| people.with(Vec::is_empty));
    let copy = move |write: fn(&[(&str, &History)]) -> String| {
        let people = people.get_untracked();
        let text = session.quality.with_untracked(|quality| {
            let known = people
                .iter()
                .filter_map(|(id, name)| Some((name.as_str(), quality.history(id)?)));
            write(&known.collect::<Vec<_>>())
        });
        session.ask(Action::CopyText(text));
    };
    view! {
        <div class="connections" tabindex="0" role="region" aria-label=words::connection::FIGURES>
            {move || {
                alone
                    .get()
                    .then(|| view! { <p class="connections-none">{words::connection::NOBODY}</p> })
            }}
            <PassageNote/>
            <For each=move || people.get() key=Clone::clone let((id, name))>
                <Connection id name/>
            </For>
        </div>
        <div class="connections-foot">
            <CheckButton open=panels.check/>
            <button
                type="button"
                class="button button-small"
                disabled=move || alone.get()
                on:click=move |_| copy(people_to_text)
            >
                <IconView icon=Icon::Copy/>
                {words::connection::COPY_AS_TEXT}
            </button>
            <button
                type="button"
                class="button button-small"
                disabled=move || alone.get()
                on:click=move |_| copy(people_to_json)
            >
                <IconView icon=Icon::Copy/>
                {words::connection::COPY_AS_JSON}
            </button>
        </div>
    }
}

#[component]
fn Connection(id: PeerId, name: String) -> impl IntoView {
    let session = Session::expect();
    let whose = id.clone();
    let history = Memo::new_with_compare(
        move |_| {
            let quality = session.quality;
            quality.with(|quality| quality.history(&whose).cloned().unwrap_or_default())
        },
        |_, _| true,
    );
    view! {
        <section class="connection" aria-label=name.clone()>
            <h3 class="connection-name">
                <Avatar name=name.clone()/>
                <span dir="auto">{name.clone()}</span>
                <QualityIcon peer=id.clone()/>
            </h3>
            <FailingNote peer=id/>
            <dl class="figures">
                {move || {
                    history
                        .with(figures)
                        .into_iter()
                        .map(|(name, figure)| {
                            view! {
                                <div>
                                    <dt>{name}</dt>
                                    <dd>{figure}</dd>
                                </div>
                            }
                        })
                        .collect_view()
                }}
            </dl>
            <div class="charts">
                {CHARTS
                    .into_iter()
                    .map(|(metric, name)| view! { <ChartView metric name history/> })
                    .collect_view()}
            </div>
        </section>
    }
}

#[component]
fn ChartView(metric: Metric, name: &'static str, history: Memo<History>) -> impl IntoView {
    let chart = Memo::new_with_compare(
        move |_| history.with(|history| history.chart(metric)),
        |_, _| true,
    );
    let latest = move || {
        let latest = chart.with(|chart| chart.latest);
        latest.map_or_else(|| "–".to_owned(), |latest| figure(metric, latest))
    };
    view! {
        <figure class="chart">
            <figcaption>
                <span>{name}</span>
                <span class="chart-latest">{latest}</span>
            </figcaption>
            <svg viewBox=VIEW_BOX preserveAspectRatio="none" aria-hidden="true">
                <path d=move || chart.with(|chart| path_data(&chart.lines))></path>
            </svg>
        </figure>
    }
}
