//! The table of a case: medians of the rounds, and how far these were apart where a row has one figure.
//!
//! Invariant: what stands in a row was measured at the same step for both, but for the rows of the step at which most arrived.

use super::case::{Case, Size, Step};
use super::measuring::Reading;
use crate::median;

/// One turn of a server.
#[derive(Clone, Debug)]
pub(crate) struct Turn {
    /// Memory of the server for each person, in KiB.
    pub(crate) kib: f64,
    /// What was measured at each step; the first is at the rate that both sustain.
    pub(crate) steps: Vec<Reading>,
}

impl Turn {
    /// The first step. There always is one.
    fn steady(&self) -> &Reading {
        &self.steps[0]
    }

    /// The step at which most arrived.
    fn most(&self) -> &Reading {
        let steps = self.steps.iter();
        let most = steps.max_by(|one, other| one.per_second().total_cmp(&other.per_second()));
        most.unwrap_or(self.steady())
    }
}

/// What a row says of a turn.
type Figures = fn(&Turn) -> Vec<f64>;

/// A row: what it is, of which figures, with so many digits after the point, and a remark.
type Row = (&'static str, Figures, usize, &'static str);

const ROWS: [Row; 14] = [
    (
        "packets out per server CPU second",
        |it| vec![it.steady().per_cpu_second()],
        0,
        "those that arrived",
    ),
    (
        "packets out in a second",
        |it| vec![it.steady().per_second()],
        0,
        "",
    ),
    (
        "processor used by server / clients, %",
        |it| it.steady().shares().to_vec(),
        0,
        "each has one",
    ),
    (
        "lost, %",
        |it| vec![it.steady().lost()],
        3,
        "of what was to arrive",
    ),
    (
        "delay p50 / p95 / p99, ms",
        |it| it.steady().delays.to_vec(),
        2,
        "from client to client",
    ),
    (
        "late / twice",
        |it| it.steady().disorder.map(|it| it as f64).to_vec(),
        0,
        "packets",
    ),
    (
        "looked into / damaged",
        |it| it.steady().contents.map(|it| it as f64).to_vec(),
        0,
        "packets",
    ),
    (
        "keyframes asked for / packets asked for again",
        |it| it.steady().requests.map(|it| it as f64).to_vec(),
        0,
        "",
    ),
    (
        "datagrams to clients for each packet",
        |it| vec![it.steady().datagrams / it.steady().got],
        2,
        "with padding and reports",
    ),
    (
        "memory of the server for a person, KiB",
        |it| vec![it.kib],
        0,
        "RSS",
    ),
    (
        "at most: packets out per server CPU second",
        |it| vec![it.most().per_cpu_second()],
        0,
        "where most arrived",
    ),
    (
        "at most: packets out in a second",
        |it| vec![it.most().per_second()],
        0,
        "",
    ),
    (
        "at most: processor used by server / clients, %",
        |it| it.most().shares().to_vec(),
        0,
        "whose is full",
    ),
    ("at most: lost, %", |it| vec![it.most().lost()], 2, ""),
];

/// Prints the table.
pub(crate) fn print(case: Case, names: &[String], turns: &[Vec<Turn>]) {
    let rounds = turns.first().map_or(0, Vec::len);
    let name = |place: usize| names.get(place).cloned().unwrap_or_default();
    println!();
    row(case.words(), [name(0), name(1)], "");
    println!("|{:-<62}|{:->30}|{:->30}|{:-<28}|", "", ":", ":", "");
    for (what, figures, digits, remark) in ROWS {
        let cell = |place: usize| {
            let turns = turns.get(place).map(Vec::as_slice).unwrap_or_default();
            words(turns.iter().map(figures).collect(), digits)
        };
        row(what, [cell(0), cell(1)], remark);
    }
    for (number, step) in case.steps(Size::Whole).into_iter().enumerate() {
        let cell = |place: usize| {
            let turns = turns.get(place).map(Vec::as_slice).unwrap_or_default();
            let readings = turns.iter().filter_map(|turn| turn.steps.get(number));
            at_step(&readings.collect::<Vec<_>>())
        };
        row(
            &step_words(step),
            [cell(0), cell(1)],
            "per CPU s / lost, % / p99, ms",
        );
    }
    println!("medians of {rounds}");
}

fn step_words(Step { rooms, factor }: Step) -> String {
    format!("rooms: {rooms}, packets of a stream: {factor} times")
}

fn at_step(readings: &[&Reading]) -> String {
    if readings.is_empty() {
        return String::new();
    }
    let of = |figure: fn(&Reading) -> f64| median(readings.iter().map(|it| figure(it)).collect());
    let rate = of(Reading::per_cpu_second);
    let [lost, delay] = [of(Reading::lost), of(|it| it.delays[2])];
    let paused = of(|it| it.paused as f64);
    let paused = (paused > 0.0).then(|| format!(" ({paused:.0} paused)"));
    format!(
        "{rate:.0} / {lost:.2} / {delay:.1}{}",
        paused.unwrap_or_default()
    )
}

fn words(figures: Vec<Vec<f64>>, digits: usize) -> String {
    let places = figures.first().map_or(0, Vec::len);
    let column = |place: usize| -> Vec<f64> {
        let column = figures.iter().filter_map(|figures| figures.get(place));
        column.copied().collect()
    };
    let medians = (0..places).map(|place| format!("{:.digits$}", median(column(place))));
    let medians = medians.collect::<Vec<_>>().join(" / ");
    if places != 1 || figures.len() < 2 {
        return medians;
    }
    let mut all = column(0);
    all.sort_by(f64::total_cmp);
    let (least, most) = (all[0], all[all.len() - 1]);
    format!("{medians} ({least:.digits$}–{most:.digits$})")
}

fn row(what: &str, [ours, theirs]: [String; 2], remark: &str) {
    println!("| {what:<60} | {ours:>28} | {theirs:>28} | {remark:<26} |");
}
