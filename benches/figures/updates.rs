//! What a device costs that sends updates, and one that is idle, beside devices on aiortc and on node-datachannel.
//!
//! All three come as newcomers into the same room and are given the same lines, in alternating turns: ten people of a `visavis
//! load` are there, and a `visavis join` that prints what it receives. Its delay is in the figures of all three alike.
//!
//! Invariant: a stack that cannot be had here, or does not come through, has no figures; the others have theirs, and nothing fails.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::time::{MissedTickBehavior, interval, sleep, sleep_until, timeout};

use crate::participant::{Bench, Device, Load, MEASURED, SETTLING, Stack};
use crate::{Contender, Result, median, quantile};

/// Turns of each stack.
const TURNS: usize = 3;

/// People of the load.
const PEOPLE: usize = 10;

/// Updates each second.
const UPDATES: u32 = 20;

/// When nothing arrives for so long after the last update was sent, what is missing is lost.
const LATE: Duration = Duration::from_secs(1);

/// The topic of updates.
const TOPIC: &str = "game/state";

/// Prints them as a table of their own, and below it why a stack has none.
pub(crate) async fn figures(visavis: &Contender, binary: &Path) -> Result<()> {
    let server = visavis.start()?;
    let bench = Bench {
        binary: binary.to_owned(),
        server: &server,
    };
    let mut columns = [
        Column::of(Stack::Visavis, "Visavis").await,
        Column::of(Stack::Aiortc, "aiortc").await,
        Column::of(Stack::NodeDatachannel, "node-datachannel").await,
    ];
    for turn in 0..TURNS {
        for (place, column) in columns.iter_mut().enumerate() {
            let room = format!("bench-updates-{turn}-{place}");
            column.take_turn(&bench, &room).await?;
        }
    }
    print(&mut columns);
    Ok(())
}

fn print(columns: &mut [Column; 3]) {
    println!();
    let names = columns.each_ref().map(|column| column.name.clone());
    row("figure of a device, with ten people", &names, "");
    println!(
        "|{:-<48}|{:->20}|{:->20}|{:->25}|{:-<36}|",
        "", ":", ":", ":", ""
    );
    row(
        "20 updates/s to eleven, of a core",
        &cells(columns, |turns| {
            format!("{:.2} %", median_of(turns, |turn| turn.cores * 100.0))
        }),
        &format!("median of {TURNS}"),
    );
    row(
        "RSS after that",
        &cells(columns, |turns| {
            let kib = median_of(turns, |turn| turn.resident_kib);
            format!("{:.1} MiB", kib / 1024.0)
        }),
        "",
    );
    row(
        "an order to the listener's line, p50 / p99",
        &cells(columns, |turns| {
            let [p50, p99] = [0.5, 0.99]
                .map(|share| median_of(turns, |turn| quantile(&mut turn.updates.delays, share)));
            format!("{p50:.2} / {p99:.2} ms")
        }),
        "the listener is Visavis for all",
    );
    row(
        "updates that arrived there",
        &cells(columns, |turns| {
            let arrived: usize = turns.iter().map(|turn| turn.updates.delays.len()).sum();
            let written: usize = turns.iter().map(|turn| turn.updates.written.len()).sum();
            format!("{arrived} of {written}")
        }),
        "all turns together",
    );
    row(
        "RSS of an idle device / of it its own",
        &cells(columns, |turns| {
            let kib: [fn(&mut Turn) -> f64; 2] =
                [|turn| turn.idle.resident_kib, |turn| turn.idle.own_kib];
            let [resident, own] = kib.map(|kib| median_of(turns, kib) / 1024.0);
            format!("{resident:.1} / {own:.1} MiB")
        }),
        "connected to one other",
    );
    for column in columns {
        if let Err(reason) = &column.turns {
            println!("\nSKIPPED: no figures of {}: {reason}", column.name);
        }
    }
}

fn row(what: &str, [visavis, aiortc, datachannel]: &[String; 3], remark: &str) {
    println!("| {what:<46} | {visavis:>18} | {aiortc:>18} | {datachannel:>23} | {remark:<34} |");
}

fn cells(columns: &mut [Column; 3], figure: impl Fn(&mut [Turn]) -> String) -> [String; 3] {
    columns.each_mut().map(|column| match &mut column.turns {
        Ok(turns) => figure(turns),
        Err(_) => "–".to_owned(),
    })
}

fn median_of(turns: &mut [Turn], figure: impl Fn(&mut Turn) -> f64) -> f64 {
    median(turns.iter_mut().map(figure).collect())
}

/// A stack with what its turns brought so far, or with why there are none.
struct Column {
    stack: Stack,
    name: String,
    turns: std::result::Result<Vec<Turn>, String>,
}

impl Column {
    async fn of(stack: Stack, name: &str) -> Self {
        let version = stack.version().await;
        Self {
            stack,
            name: version.clone().unwrap_or_else(|_| name.to_owned()),
            turns: version.map(|_| Vec::new()),
        }
    }

    /// Fails only where Visavis does; another stack that does takes no more turns.
    async fn take_turn(&mut self, bench: &Bench<'_>, room: &str) -> Result<()> {
        let Ok(turns) = &mut self.turns else {
            return Ok(());
        };
        match Turn::take(bench, self.stack, room).await {
            Ok(turn) => turns.push(turn),
            Err(error) if self.stack == Stack::Visavis => return Err(error),
            Err(error) => self.turns = Err(error.to_string()),
        }
        Ok(())
    }
}

/// What devices of a stack needed.
struct Turn {
    /// Of one that sent updates: so much of a core.
    cores: f64,
    /// Memory it had in use then.
    resident_kib: f64,
    updates: Updates,
    /// Memory of another one that does nothing.
    idle: Memory,
}

/// Memory of a process.
struct Memory {
    resident_kib: f64,
    /// Without what it shares with others who run the same program.
    own_kib: f64,
}

impl Turn {
    /// Nobody has been in the room before.
    async fn take(bench: &Bench<'_>, stack: Stack, room: &str) -> Result<Self> {
        let idle = idle(bench, stack, &format!("{room}-idle")).await?;
        let people = PEOPLE.to_string();
        let load = Load::start(bench, room, PEOPLE, &["--people", &people])?;
        let mut listener = Device::start(bench, Stack::Visavis, room)?;
        listener.await_connected(PEOPLE).await?;
        sleep(load.settled_after()).await;
        let mut device = Device::start(bench, stack, room)?;
        device.await_connected(PEOPLE + 1).await?;

        let mut updates = Updates::default();
        let (before, began) = (device.cpu_seconds()?, Instant::now());
        updates.send(&mut device, &mut listener).await?;
        let cores = (device.cpu_seconds()? - before) / began.elapsed().as_secs_f64();
        let resident_kib = device.resident_kib()?;
        updates.await_the_last(&mut listener).await?;
        load.end().await?;
        Ok(Self {
            cores,
            resident_kib,
            updates,
            idle,
        })
    }
}

/// Memory of a device that is connected to one other, and has come to rest.
async fn idle(bench: &Bench<'_>, stack: Stack, room: &str) -> Result<Memory> {
    let mut other = Device::start(bench, Stack::Visavis, room)?;
    other.await_line(|line| line["event"] == "joined").await?;
    let mut device = Device::start(bench, stack, room)?;
    device.await_connected(1).await?;
    sleep(SETTLING).await;
    Ok(Memory {
        resident_kib: device.resident_kib()?,
        own_kib: device.own_kib()?,
    })
}

/// What became of updates; each bears its number.
#[derive(Default)]
struct Updates {
    /// When each was written to the device.
    written: Vec<Instant>,
    /// From then to the listener's line, in ms, of each that arrived.
    delays: Vec<f64>,
}

impl Updates {
    /// Sends them at their pace, for as long as it is measured.
    async fn send(&mut self, device: &mut Device, listener: &mut Device) -> Result<()> {
        let end = tokio::time::Instant::now() + MEASURED;
        let mut ticks = interval(Duration::from_secs(1) / UPDATES);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased; // the end comes before an update that is due at the same time
                () = sleep_until(end) => return Ok(()),
                line = listener.next_line() => self.hear(&line?)?,
                _ = ticks.tick() => {
                    let data = json!([self.written.len(), 7, 9]);
                    let line = json!({"topic": TOPIC, "data": data, "reliable": false});
                    self.written.push(Instant::now());
                    device.say(&line).await?;
                }
            }
        }
    }

    /// Hears what is still under way.
    async fn await_the_last(&mut self, listener: &mut Device) -> Result<()> {
        while self.delays.len() < self.written.len() {
            let Ok(line) = timeout(LATE, listener.next_line()).await else {
                break;
            };
            self.hear(&line?)?;
        }
        Ok(())
    }

    fn hear(&mut self, line: &Value) -> Result<()> {
        if line["topic"] == TOPIC {
            let number = line["data"][0].as_u64().ok_or("an update has no number")?;
            let written = self.written.get(usize::try_from(number)?);
            let written = written.ok_or("an update that was not sent")?;
            self.delays.push(written.elapsed().as_secs_f64() * 1e3);
        }
        Ok(())
    }
}
