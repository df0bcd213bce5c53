//! What a device costs, and how many of them one processor carries: `visavis join` and `visavis load` against a server of their own.
//!
//! Invariant: what is measured of a process is read from `/proc` between two moments at which nobody comes or goes.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::process::{Server, cpu_seconds_of, resident_kib_of};
use crate::{Contender, Result, number, quantile, row};

/// People who receive pictures with 500 kbit/s, each from one other.
const RECEIVERS: usize = 150;

/// Devices that join, one after the other.
const JOINS: usize = 20;

/// People who are told of updates.
const LISTENERS: usize = 10;

/// Updates each second.
const UPDATES: u32 = 20;

/// Seats of the load that does nothing.
const IDLE_SEATS: usize = 200;

/// So many join each second.
const RATE: usize = 40;

/// After this time connections are there and have come to rest.
const SETTLING: Duration = Duration::from_secs(5);

/// It is measured for so long.
const MEASURED: Duration = Duration::from_secs(10);

/// The figures of devices.
pub(crate) async fn figures(visavis: &Contender, binary: &Path) -> Result<()> {
    let server = visavis.start()?;
    let bench = Bench {
        binary: binary.to_owned(),
        server: &server,
    };
    bench.receivers().await?;
    bench.updates().await?;
    bench.first_telemetry().await?;
    bench.idle_device().await?;
    bench.idle_seats().await
}

struct Bench<'a> {
    binary: PathBuf,
    server: &'a Server,
}

impl Bench<'_> {
    fn url(&self, room: &str) -> String {
        format!("http://{}/r/{room}", self.server.address())
    }

    /// Pairs of a sender and a receiver, all in one process on one thread.
    async fn receivers(&self) -> Result<()> {
        let receivers = number("VISAVIS_BENCH_RECEIVERS", RECEIVERS)?;
        let rooms = receivers.to_string();
        let load = Load::start(
            self,
            "bench-receivers",
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
            "receivers of 500 kbit/s per core, with senders",
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

    /// A device that tells many of something many times a second.
    async fn updates(&self) -> Result<()> {
        let people = LISTENERS.to_string();
        let load = Load::start(self, "bench-updates", LISTENERS, &["--people", &people])?;
        sleep(load.settled_after()).await;
        let mut device = Device::start(self, "bench-updates")?;
        for _ in 0..LISTENERS {
            device
                .await_line(|line| line["event"] == "connected")
                .await?;
        }
        let (before, began) = (device.cpu_seconds()?, Instant::now());
        let mut ticks = interval(Duration::from_secs(1) / UPDATES);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut update = 0;
        while began.elapsed() < MEASURED {
            ticks.tick().await;
            update += 1;
            let line = json!({"topic": "game/state", "data": [update, 7, 9], "reliable": false});
            device.say(&line).await?;
        }
        let cores = (device.cpu_seconds()? - before) / began.elapsed().as_secs_f64();
        row(
            "device with 20 updates/s to 10 people, of a core",
            &format!("{:.2} %", cores * 100.0),
            "",
            &format!("{update} updates"),
        );
        load.end().await?;
        Ok(())
    }

    /// From the start of a program that measures something to when somebody in the room has the first of it.
    async fn first_telemetry(&self) -> Result<()> {
        let mut times = Vec::new();
        for turn in 0..JOINS {
            let room = format!("bench-first-{turn}");
            let mut listener = Device::start(self, &room)?;
            listener
                .await_line(|line| line["event"] == "joined")
                .await?;
            let began = Instant::now();
            let mut device = Device::start(self, &room)?;
            device
                .await_line(|line| line["event"] == "connected")
                .await?;
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

    async fn idle_device(&self) -> Result<()> {
        let mut one = Device::start(self, "bench-idle")?;
        let mut other = Device::start(self, "bench-idle")?;
        for device in [&mut one, &mut other] {
            device
                .await_line(|line| line["event"] == "connected")
                .await?;
        }
        sleep(SETTLING).await;
        let kib = resident_kib_of(one.id()?)?;
        row(
            "RSS of an idle device",
            &format!("{:.1} MiB", kib / 1024.0),
            "",
            "connected to one other",
        );
        Ok(())
    }

    /// What one more participant of a load costs while nothing happens.
    async fn idle_seats(&self) -> Result<()> {
        let rooms = (IDLE_SEATS / 2).to_string();
        let load = Load::start(self, "bench-seats", IDLE_SEATS, &["--rooms", &rooms])?;
        let cores = load.cores().await?;
        let kib = resident_kib_of(load.id()?)?;
        load.end().await?;
        row(
            "load: RSS per idle participant, with one peer",
            &format!("{:.0} KiB", kib / IDLE_SEATS as f64),
            "",
            &format!("{IDLE_SEATS}: {:.1} % of a core", cores * 100.0),
        );
        Ok(())
    }
}

/// `visavis load` as it runs.
struct Load {
    child: Child,
    seats: usize,
}

impl Load {
    fn start(bench: &Bench<'_>, room: &str, seats: usize, arguments: &[&str]) -> Result<Self> {
        let duration = (SETTLING + MEASURED + MEASURED).as_secs().to_string();
        let child = Command::new(&bench.binary)
            .args(["load", &bench.url(room), "--json"])
            .args(["--rate", &RATE.to_string(), "--duration", &duration])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        Ok(Self { child, seats })
    }

    fn id(&self) -> Result<u32> {
        Ok(self.child.id().ok_or("the load has ended")?)
    }

    /// After this time everybody is there.
    fn settled_after(&self) -> Duration {
        Duration::from_secs_f64(self.seats as f64 / RATE as f64) + SETTLING
    }

    /// How much of a processor it uses once everybody is there.
    async fn cores(&self) -> Result<f64> {
        sleep(self.settled_after()).await;
        let (before, began) = (cpu_seconds_of(self.id()?)?, Instant::now());
        sleep(MEASURED).await;
        Ok((cpu_seconds_of(self.id()?)? - before) / began.elapsed().as_secs_f64())
    }

    /// Ends it; what it measured.
    async fn end(self) -> Result<Value> {
        let id = self.id()?.to_string();
        Command::new("kill").args(["-INT", &id]).status().await?;
        let output = self.child.wait_with_output().await?;
        Ok(serde_json::from_slice(&output.stdout)?)
    }
}

/// `visavis join` as it runs, and its lines.
struct Device {
    child: Child,
    input: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Device {
    fn start(bench: &Bench<'_>, room: &str) -> Result<Self> {
        let mut child = Command::new(&bench.binary)
            .args(["join", &bench.url(room), "--name", "Device", "--stdio"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let input = child.stdin.take().ok_or("no standard input")?;
        let output = child.stdout.take().ok_or("no standard output")?;
        Ok(Self {
            child,
            input,
            lines: BufReader::new(output).lines(),
        })
    }

    fn id(&self) -> Result<u32> {
        Ok(self.child.id().ok_or("the device has ended")?)
    }

    fn cpu_seconds(&self) -> Result<f64> {
        cpu_seconds_of(self.id()?)
    }

    async fn say(&mut self, line: &Value) -> Result<()> {
        Ok(self.input.write_all(format!("{line}\n").as_bytes()).await?)
    }

    async fn await_line(&mut self, is_it: impl Fn(&Value) -> bool) -> Result<()> {
        while let Some(line) = self.lines.next_line().await? {
            if is_it(&serde_json::from_str(&line)?) {
                return Ok(());
            }
        }
        Err("the device has ended".into())
    }
}
