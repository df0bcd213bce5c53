//! The panel with the figures of every connection, and two minutes of their history.

use leptos::prelude::*;

use crate::protocol::PeerId;
use crate::room::TrackKind;
use crate::room::quality::{
    CandidateKind, Chart, History, LimitationReason, Metric, ReceivedTrack, Sample, SentTrack,
    VideoSize,
};
use crate::session::{Session, Wish};

use super::avatar::Avatar;
use super::check::CheckButton;
use super::icon::{Icon, IconView};
use super::panels::Panels;
use super::quality::QualityIcon;

/// The size of a chart, in its own units.
const CHART: (f64, f64) = (100.0, 28.0);

/// The charts shown.
const CHARTS: [(Metric, &str); 4] = [
    (Metric::ReceivedBitrate, "Receiving"),
    (Metric::SentBitrate, "Sending"),
    (Metric::Loss, "Lost"),
    (Metric::RoundTrip, "Round trip"),
];

fn rounded(figure: f64) -> String {
    (figure.round() as i64).to_string()
}

/// One digit behind the point, rounded.
fn tenths(figure: f64) -> String {
    let tenths = (figure * 10.0).round() as i64;
    let (whole, rest) = (tenths / 10, (tenths % 10).abs());
    if rest == 0 {
        whole.to_string()
    } else {
        [whole.to_string(), rest.to_string()].join(".")
    }
}

fn bitrate(bits: f64) -> String {
    if bits >= 1_000_000.0 {
        tenths(bits / 1_000_000.0) + " Mbit/s"
    } else {
        rounded(bits / 1_000.0) + " kbit/s"
    }
}

fn figure(metric: Metric, figure: f64) -> String {
    match metric {
        Metric::ReceivedBitrate | Metric::SentBitrate => bitrate(figure),
        Metric::Loss => tenths(figure * 100.0) + " %",
        Metric::Jitter | Metric::RoundTrip => rounded(figure) + " ms",
        Metric::Score | Metric::FramesPerSecond | Metric::Lines => rounded(figure),
    }
}

fn path_words(sample: &Sample) -> Option<String> {
    let relayed = [sample.path.local, sample.path.remote].contains(&Some(CandidateKind::Relay));
    let way = match (relayed, sample.path.local?) {
        (true, _) => "Through a relay",
        (false, CandidateKind::Host) => "Direct, same network",
        (false, _) => "Direct",
    };
    let protocol = sample.path.protocol.as_deref().unwrap_or("udp");
    Some([way, ", ", &protocol.to_uppercase()].concat())
}

fn picture_words(
    size: Option<VideoSize>,
    frames: Option<f64>,
    codec: Option<&String>,
) -> Option<String> {
    let size = size?;
    let mut words = [size.width.to_string(), size.height.to_string()].join("×");
    if let Some(frames) = frames {
        words += &[", ", &rounded(frames), " frames/s"].concat();
    }
    if let Some(codec) = codec {
        words += &[", ", codec].concat();
    }
    Some(words)
}

fn received_picture(track: &ReceivedTrack) -> Option<String> {
    let video = track.video.as_ref()?;
    picture_words(video.size, video.frames_per_second, track.codec.as_ref())
}

fn sent_picture(track: &SentTrack) -> Option<String> {
    let video = track.video.as_ref()?;
    picture_words(video.size, video.frames_per_second, track.codec.as_ref())
}

/// A codec as people write it; browsers tell `opus` as RFC 7587 registers it.
fn codec_words(name: &str) -> String {
    match name {
        "opus" => "Opus",
        other => other,
    }
    .to_owned()
}

fn limitation(sample: &Sample) -> Option<&'static str> {
    let limits = |reason| sample.sent.iter().any(|track| track.limitation == reason);
    if limits(LimitationReason::Cpu) {
        Some("Your processor")
    } else if limits(LimitationReason::Bandwidth) {
        Some("The network")
    } else {
        None
    }
}

/// The figures of one connection with their names, those that are known.
fn figures(history: &History) -> Vec<(&'static str, String)> {
    let Some(latest) = history.latest() else {
        return Vec::new();
    };
    let sample = &latest.sample;
    let of = |metric: Metric| metric.of(latest).map(|number| figure(metric, number));
    let received = |kind| sample.received(kind).and_then(received_picture);
    let sent = |kind| sample.sent(kind).and_then(sent_picture);
    let sound = sample.received(TrackKind::Microphone);
    let all = [
        ("Path", path_words(sample)),
        ("Their picture", received(TrackKind::Camera)),
        ("Their screen", received(TrackKind::ScreenVideo)),
        ("Your picture", sent(TrackKind::Camera)),
        ("Your screen", sent(TrackKind::ScreenVideo)),
        (
            "Sound",
            sound.and_then(|sound| sound.codec.as_deref().map(codec_words)),
        ),
        ("Jitter", of(Metric::Jitter)),
        ("Held back by", limitation(sample).map(str::to_owned)),
    ];
    let known = all.into_iter();
    known
        .filter_map(|(name, figure)| Some((name, figure?)))
        .collect()
}

/// The lines of a chart as the data of an SVG path.
fn path_data(chart: &Chart) -> String {
    let mut data = String::new();
    for line in &chart.lines {
        for (index, point) in line.iter().enumerate() {
            data.push(if index == 0 { 'M' } else { 'L' });
            data += &tenths(point.x * CHART.0);
            data.push(' ');
            data += &tenths((1.0 - point.y) * CHART.1);
        }
    }
    data
}

/// The panel, beside the stage or above it where there is little room.
#[component]
pub fn ConnectionPanel(
    /// Which panels are open.
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
    let export = move |write: fn(&History) -> String, join: [&str; 3]| {
        let histories = session.quality.histories.get_untracked();
        let parts = people.get_untracked().into_iter().filter_map(|(id, name)| {
            let history = histories.get(&id)?;
            Some((name, write(history)))
        });
        let text: Vec<String> = if join[0].is_empty() {
            parts
                .map(|(name, text)| [&name, "\n", &text].concat())
                .collect()
        } else {
            parts
                .filter_map(|(name, text)| {
                    let name = serde_json::to_string(&name).ok()?;
                    Some([&name, ":", &text].concat())
                })
                .collect()
        };
        session.wish(Wish::CopyText(
            [join[0], &text.join(join[1]), join[2]].concat(),
        ));
    };
    view! {
        <div class="connections" tabindex="0" role="region" aria-label="Figures">
            {move || {
                alone
                    .get()
                    .then(|| view! { <p class="connections-none">"Nobody else is here yet."</p> })
            }}
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
                on:click=move |_| export(History::to_text, ["", "\n", ""])
            >
                <IconView icon=Icon::Copy/>
                "Copy as text"
            </button>
            <button
                type="button"
                class="button button-small"
                disabled=move || alone.get()
                on:click=move |_| export(History::to_json, ["{", ",", "}"])
            >
                <IconView icon=Icon::Copy/>
                "Copy as JSON"
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
            let histories = session.quality.histories;
            histories.with(|histories| histories.get(&whose).cloned().unwrap_or_default())
        },
        |_, _| true,
    );
    view! {
        <section class="connection" aria-label=name.clone()>
            <h3 class="connection-name">
                <Avatar name=name.clone()/>
                <span>{name.clone()}</span>
                <QualityIcon peer=id/>
            </h3>
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
            <svg viewBox="0 0 100 28" preserveAspectRatio="none" aria-hidden="true">
                <path d=move || chart.with(path_data)></path>
            </svg>
        </figure>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_people_say_them() {
        assert_eq!(bitrate(1_240_000.0), "1.2 Mbit/s");
        assert_eq!(bitrate(2_000_000.0), "2 Mbit/s");
        assert_eq!(bitrate(87_600.0), "88 kbit/s");
        assert_eq!(figure(Metric::Loss, 0.0123), "1.2 %");
        assert_eq!(figure(Metric::RoundTrip, 41.6), "42 ms");
    }
}
