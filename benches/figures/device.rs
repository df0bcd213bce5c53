//! What devices cost, and how many of them one processor carries: `visavis join` and `visavis load` against a server of their own.
//!
//! Invariant: what is measured of a process is read from `/proc` between two moments at which nobody comes or goes.

use std::path::Path;
use std::time::Instant;

use serde_json::{Value, json};

use crate::participant::{Bench, Device, Load, Stack};
use crate::{Contender, Result, number, quantile, row};

/// People who receive pictures with 500 kbit/s, each from one other.
const RECEIVERS: usize = 150;

/// Devices that join, one after the other.
const JOINS: usize = 20;

/// Seats of the load that does nothing.
const IDLE_SEATS: usize = 200;

/// The figures of devices.
pub(crate) async fn figures(visavis: &Contender, binary: &Path) -> Result<()> {
    let server = visavis.start()?;
    let bench = Bench {
        binary: binary.to_owned(),
        server: &server,
    };
    pairs(&bench).await?;
    receivers(&bench).await?;
    first_telemetry(&bench).await?;
    idle_seats(&bench).await
}

/// Pairs of a sender and a receiver, all in one process on one thread.
async fn pairs(bench: &Bench<'_>) -> Result<()> {
    let receivers = number("VISAVIS_BENCH_RECEIVERS", RECEIVERS)?;
    let rooms = receivers.to_string();
    let load = Load::start(
        bench,
        "bench-pairs",
        receivers * 2,
        &[
            "--rooms",
            &rooms,
            "--pattern",
            "webinar",
            "--publish",
            "vp8:360p",
        ],
    )?;
    let cores = load.cores().await?;
    let report = load.end().await?;
    if report["tracks"]["got"] != report["tracks"]["expected"] {
        return Err(format!("tracks are missing: {}", report["tracks"]).into());
    }
    let p95 = report["pictures"]["delay"]["p95"].as_f64();
    row(
        "senders and receivers of 500 kbit/s, for a core",
        &format!("{:.0}", receivers as f64 / cores),
        "",
        &format!(
            "{receivers}: {cores:.2} cores, p95 {:.1} ms, {} left out",
            p95.unwrap_or(f64::NAN),
            report["leftOut"]
        ),
    );
    Ok(())
}

/// Receivers alone on their thread: those who send to them are another process.
async fn receivers(bench: &Bench<'_>) -> Result<()> {
    let receivers = number("VISAVIS_BENCH_RECEIVERS", RECEIVERS)?;
    let count = receivers.to_string();
    let rooms = ["--rooms", &count, "--people", "1"];
    let sending = [&rooms[..], &["--publish", "vp8:360p"]].concat();
    let senders = Load::start(bench, "bench-receivers", receivers, &sending)?;
    let load = Load::start(bench, "bench-receivers", receivers, &rooms)?;
    let cores = load.cores().await?;
    let report = load.end().await?;
    senders.end().await?;
    // Each gets one to begin with.
    if report["pictures"]["keyFrames"].as_u64() < Some(receivers as u64) {
        return Err(format!("pictures are missing: {}", report["pictures"]).into());
    }
    row(
        "receivers of 500 kbit/s, for a core",
        &format!("{:.0}", receivers as f64 / cores),
        "",
        &format!(
            "{receivers}: {cores:.2} cores, {} packets lost",
            report["packets"]["lost"]
        ),
    );
    Ok(())
}

/// From the start of a program that measures something to when somebody in the room has the first of it.
async fn first_telemetry(bench: &Bench<'_>) -> Result<()> {
    let mut times = Vec::new();
    for turn in 0..JOINS {
        let room = format!("bench-first-{turn}");
        let mut listener = Device::start(bench, Stack::Visavis, &room)?;
        listener
            .await_line(|line| line["event"] == "joined")
            .await?;
        let began = Instant::now();
        let mut device = Device::start(bench, Stack::Visavis, &room)?;
        device.await_connected(1).await?;
        let line = json!({"topic": "telemetry/temperature", "data": {"celsius": 21}});
        device.say(&line).await?;
        let is_it = |line: &Value| line["topic"] == "telemetry/temperature";
        listener.await_line(is_it).await?;
        times.push(began.elapsed().as_secs_f64() * 1e3);
    }
    let [p50, p95] = [0.5, 0.95].map(|share| quantile(&mut times, share));
    row(
        "start of a device to its first telemetry",
        &format!("{p50:.0} / {p95:.0} ms"),
        "",
        &format!("p50 / p95 of {JOINS}, program included"),
    );
    Ok(())
}

/// What one more participant of a load costs while nothing happens.
async fn idle_seats(bench: &Bench<'_>) -> Result<()> {
    let rooms = (IDLE_SEATS / 2).to_string();
    let load = Load::start(bench, "bench-seats", IDLE_SEATS, &["--rooms", &rooms])?;
    let cores = load.cores().await?;
    let kib = load.resident_kib()?;
    load.end().await?;
    row(
        "load: RSS per idle participant, with one peer",
        &format!("{:.0} KiB", kib / IDLE_SEATS as f64),
        "",
        &format!("{IDLE_SEATS}: {:.1} % of a core", cores * 100.0),
    );
    Ok(())
}
