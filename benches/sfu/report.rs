//! The table of a case: medians of the rounds, and how far these were apart.
//!
//! Invariant: what is compared was measured at the same step.

use super::case::Case;
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
    fn steady(&self) -> Reading {
        self.steps[0]
    }

    /// The step at which most came.
    fn most(&self) -> Reading {
        let steps = self.steps.iter().copied();
        let most = steps.max_by(|one, other| one.per_second().total_cmp(&other.per_second()));
        most.unwrap_or(self.steady())
    }
}

/// What a row says of a turn.
type Figure = fn(&Turn) -> Vec<f64>;

/// Prints the table.
pub(crate) fn print(case: Case, names: &[String], turns: &[Vec<Turn>]) {
    let rounds = turns.first().map_or(0, Vec::len);
    println!();
    let name = |place: usize| names.get(place).cloned().unwrap_or_default();
    row(case.words(), [name(0), name(1)], "");
    println!("|{:-<62}|{:->28}|{:->28}|{:-<32}|", "", ":", ":", "");
    let rows: [(&str, usize, Figure, &str); 13] = [
        (
            "packets out per server CPU second",
            0,
            |it| vec![it.steady().per_cpu_second()],
            "arrived",
        ),
        (
            "packets out in a second",
            0,
            |it| vec![it.steady().per_second()],
            "",
        ),
        (
            "server's / clients' processor used, %",
            0,
            |it| it.steady().shares().to_vec(),
            "",
        ),
        (
            "lost, %",
            3,
            |it| vec![it.steady().lost()],
            "of what was to come",
        ),
        (
            "delay p50 / p95 / p99, ms",
            2,
            |it| it.steady().delays.to_vec(),
            "client to client",
        ),
        (
            "late / twice",
            0,
            |it| it.steady().disorder.map(|it| it as f64).to_vec(),
            "packets",
        ),
        (
            "looked into / damaged",
            0,
            |it| it.steady().contents.map(|it| it as f64).to_vec(),
            "packets",
        ),
        (
            "keyframes asked for / packets asked for again",
            0,
            |it| it.steady().requests.map(|it| it as f64).to_vec(),
            "",
        ),
        (
            "server's memory for a person, KiB",
            0,
            |it| vec![it.kib],
            "RSS",
        ),
        (
            "at most: packets out per server CPU second",
            0,
            |it| vec![it.most().per_cpu_second()],
            "of the step with most arriving",
        ),
        (
            "at most: packets out in a second",
            0,
            |it| vec![it.most().per_second()],
            "",
        ),
        (
            "at most: server's / clients' processor used, %",
            0,
            |it| it.most().shares().to_vec(),
            "who was full",
        ),
        ("at most: lost, %", 2, |it| vec![it.most().lost()], ""),
    ];
    for (what, digits, figure, remark) in rows {
        let mut cells = [const { String::new() }; 2];
        for (cell, turns) in cells.iter_mut().zip(turns) {
            *cell = words(turns, figure, digits);
        }
        row(what, cells, remark);
    }
    println!("medians of {rounds}, with the least and the most where one figure stands");
}

fn words(turns: &[Turn], figure: Figure, digits: usize) -> String {
    let all: Vec<Vec<f64>> = turns.iter().map(figure).collect();
    let places = all.first().map_or(0, Vec::len);
    let column = |place: usize| -> Vec<f64> {
        let column = all.iter().filter_map(|figures| figures.get(place));
        column.copied().collect()
    };
    let medians = (0..places).map(|place| format!("{:.digits$}", median(column(place))));
    let medians = medians.collect::<Vec<_>>().join(" / ");
    if places != 1 || all.len() < 2 {
        return medians;
    }
    let (least, most) = column(0).into_iter().fold(
        (f64::INFINITY, f64::NEG_INFINITY),
        |(least, most), figure| (least.min(figure), most.max(figure)),
    );
    format!("{medians} ({least:.digits$}–{most:.digits$})")
}

fn row(what: &str, [ours, theirs]: [String; 2], remark: &str) {
    println!("| {what:<60} | {ours:>26} | {theirs:>26} | {remark:<30} |");
}
