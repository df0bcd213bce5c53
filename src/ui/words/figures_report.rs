//! The figures that are copied from the panel: what a person pastes into a message about trouble.
//!
//! Invariant: figures only, and the names they are to stand under. No addresses (they are never read), no ids.

use std::fmt::Write as _;

use crate::room::TrackKind;
use crate::room::quality::{
    History, HistoryPoint, LimitationReason, Metric, ReceivedTrack, SentTrack, VideoSize,
};

/// The figures of these people as text, each under their name.
pub(crate) fn people_to_text(people: &[(&str, &History)]) -> String {
    let texts: Vec<String> = people
        .iter()
        .map(|(name, history)| [name, "\n", &history_text(history)].concat())
        .collect();
    texts.join("\n")
}

/// The newest figures in words, then a table of all points.
fn history_text(history: &History) -> String {
    let mut text = String::new();
    let Some(latest) = history.latest() else {
        return "No figures yet.\n".to_owned();
    };
    describe(latest, &mut text);
    text.push_str("\nago    score  in kbit/s  out kbit/s  loss %  jitter ms  rtt ms  fps\n");
    for point in history.points() {
        let cell = |metric: Metric, unit: f64| {
            metric
                .of(point)
                .map_or_else(|| "-".to_owned(), |figure| format!("{:.0}", figure * unit))
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{:>4.0}s  {:>5}  {:>9}  {:>10}  {:>6}  {:>9}  {:>6}  {:>3}",
            history.seconds_ago(point),
            cell(Metric::Score, 1.0),
            cell(Metric::ReceivedBitrate, 0.001),
            cell(Metric::SentBitrate, 0.001),
            cell(Metric::Loss, 100.0),
            cell(Metric::Jitter, 1.0),
            cell(Metric::RoundTrip, 1.0),
            cell(Metric::FramesPerSecond, 1.0),
        );
    }
    text
}

fn describe(point: &HistoryPoint, text: &mut String) {
    let path = &point.sample.path;
    let mut lines = Vec::new();
    if let Some(score) = point.score {
        lines.push(format!("Score {} of 100", score.value()));
    }
    let kind = |kind| format!("{kind:?}").to_ascii_lowercase();
    if let (Some(local), Some(remote)) = (path.local, path.remote) {
        let protocol = path.protocol.as_deref().unwrap_or("?");
        let through = match path.through_server {
            true => "through the server, ",
            false => "",
        };
        lines.push(format!(
            "Path {through}{} to {} over {protocol}",
            kind(local),
            kind(remote)
        ));
    }
    if let Some(round_trip) = path.round_trip_ms {
        lines.push(format!("Round trip {round_trip:.0} ms"));
    }
    lines.extend(point.sample.received.iter().map(received_line));
    lines.extend(point.sample.sent.iter().map(sent_line));
    for line in lines {
        text.push_str(&line);
        text.push('\n');
    }
}

fn received_line(track: &ReceivedTrack) -> String {
    let mut figures = vec![kilobits(track.bitrate)];
    figures.extend(track.codec.clone());
    figures.extend(track.loss.map(|loss| format!("{:.1} % lost", loss * 100.0)));
    figures.extend(
        track
            .jitter_ms
            .map(|jitter| format!("jitter {jitter:.0} ms")),
    );
    if let Some(video) = &track.video {
        figures.extend(picture(video.size, video.frames_per_second));
    }
    format!("Receiving {}: {}", name(track.kind), figures.join(", "))
}

fn sent_line(track: &SentTrack) -> String {
    let mut figures = vec![kilobits(track.bitrate)];
    figures.extend(track.codec.clone());
    figures.extend(track.loss.map(|loss| format!("{:.1} % lost", loss * 100.0)));
    if let Some(video) = &track.video {
        figures.extend(picture(video.size, video.frames_per_second));
    }
    match track.limitation {
        LimitationReason::None => {}
        LimitationReason::Cpu => figures.push("limited by the processor".to_owned()),
        LimitationReason::Bandwidth => figures.push("limited by the network".to_owned()),
        LimitationReason::Other => figures.push("limited".to_owned()),
    }
    format!("Sending {}: {}", name(track.kind), figures.join(", "))
}

/// What is known of a picture: its size, and how often it comes each second.
fn picture(size: Option<VideoSize>, rate: Option<f64>) -> impl Iterator<Item = String> {
    let size = size.map(|size| format!("{}×{}", size.width, size.height));
    let rate = rate.map(|rate| format!("{rate:.0} fps"));
    size.into_iter().chain(rate)
}

fn kilobits(bitrate: Option<f64>) -> String {
    bitrate.map_or_else(
        || "no rate yet".to_owned(),
        |bitrate| format!("{:.0} kbit/s", bitrate / 1_000.0),
    )
}

fn name(kind: TrackKind) -> &'static str {
    match kind {
        TrackKind::Microphone => "microphone",
        TrackKind::Camera => "camera",
        TrackKind::ScreenAudio => "screen sound",
        TrackKind::ScreenVideo => "screen",
    }
}

#[cfg(test)]
#[path = "tests/figures_report.rs"]
mod tests;
