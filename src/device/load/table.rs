//! The figures in the end, as people read them.

use super::report::{Report, Times};
use super::usage::Spent;
use super::words;

/// Names stand in a column this wide.
const NAMES: usize = 18;

/// The table of a report, a line for each figure there is.
pub(crate) fn table(report: &Report) -> String {
    let mut table = Table::default();
    people(&mut table, report);
    let phases = &report.phases;
    for (name, times) in [
        ("socket", &phases.socket),
        ("welcome", &phases.welcome),
        ("ICE", &phases.ice),
        ("DTLS", &phases.dtls),
        ("first packet", &phases.first_packet),
        ("first key frame", &phases.first_key_frame),
    ] {
        table.times(name, times, "");
    }
    let tracks = format!("{} of {}", report.tracks.got, report.tracks.expected);
    table.row("tracks", &tracks);
    for (name, media) in [("pictures", &report.pictures), ("sound", &report.sound)] {
        if media.frames > 0 {
            let rate = media.bytes as f64 * 8e-6 / report.seconds.max(0.001);
            let much = format!("{} frames, {rate:.2} Mbit/s", media.frames);
            table.times(name, &media.delay, &much);
        }
    }
    media(&mut table, report);
    let messages = &report.messages;
    if messages.sent > 0 || messages.received > 0 {
        let much = format!(
            "{} received, {} lost, {} reordered, {} twice",
            messages.received, messages.lost, messages.reordered, messages.duplicates
        );
        table.times("messages", &messages.delay, &much);
    }
    if report.slow_lines > 0 {
        let words = format!("{}, over which not all pictures went", report.slow_lines);
        table.row("slow lines", &words);
    }
    for (code, count) in &report.errors {
        table.row("not done", &format!("{count} × {code}"));
    }
    if report.left_out > 0 {
        let words = format!(
            "{} frames were not made: this machine is too slow",
            report.left_out
        );
        table.row("left out", &words);
    }
    for (name, spent) in [
        ("this process", &report.load),
        ("the server", &report.server),
    ] {
        if let Some(spent) = spent {
            table.row(name, &spent_words(spent));
        }
    }
    table.text
}

fn people(table: &mut Table, report: &Report) {
    let joins = &report.joins;
    table.row(
        "time",
        &format!(
            "{:.1} s{}",
            report.seconds,
            if report.interrupted {
                ", ended early"
            } else {
                ""
            }
        ),
    );
    let came = format!(
        "{} of {} came in, {} in the end",
        joins.joined, joins.begun, joins.inside
    );
    table.row("people", &came);
    for (name, reasons) in [
        ("refused", &joins.refused),
        ("unreachable", &joins.unreachable),
        ("failed", &joins.failed),
    ] {
        if !reasons.is_empty() {
            table.row(name, &words::counted(reasons));
        }
    }
    if joins.cut_off > 0 {
        let words = format!(
            "{} times, of which {} found it again",
            joins.cut_off, joins.reconnected
        );
        table.row("lost the server", &words);
    }
}

fn media(table: &mut Table, report: &Report) {
    let packets = &report.packets;
    let all = packets.received + packets.lost;
    if all == 0 {
        return;
    }
    let share = packets.lost as f64 / all as f64 * 100.0;
    table.row(
        "packets",
        &format!(
            "{} received, {} lost ({share:.2} %), {} reordered, {} twice, {} not repaired",
            packets.received,
            packets.lost,
            packets.reordered,
            packets.duplicates,
            packets.unrepaired
        ),
    );
    let feedback = &report.feedback;
    let asked = format!("{} NACK, {} PLI", feedback.nacks, feedback.plis);
    table.row("asked for", &asked);
    let freezes = &report.freezes;
    let frozen = format!("{}, {:.1} s together", freezes.count, freezes.seconds);
    table.row("freezes", &frozen);
}

fn spent_words(spent: &Spent) -> String {
    format!(
        "{:.2} s of processor ({:.2} cores), {:.1} MiB",
        spent.cpu_seconds,
        spent.cores,
        spent.rss_kib as f64 / 1024.0
    )
}

#[derive(Default)]
struct Table {
    text: String,
}

impl Table {
    fn row(&mut self, name: &str, words: &str) {
        self.text.push_str(&format!("{name:<NAMES$}{words}\n"));
    }

    /// A row with times, if there are any, and something behind them.
    fn times(&mut self, name: &str, times: &Times, more: &str) {
        let mut words = match (times.p50, times.p95, times.p99, times.max) {
            (Some(p50), Some(p95), Some(p99), Some(max)) => {
                format!("p50 {p50:.1} ms, p95 {p95:.1}, p99 {p99:.1}, most {max:.1}")
            }
            _ if more.is_empty() => return,
            _ => String::new(),
        };
        if !words.is_empty() && !more.is_empty() {
            words.push_str("; ");
        }
        words.push_str(more);
        self.row(name, &words);
    }
}
