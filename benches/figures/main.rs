//! The server's figures beside those of the Node relay, the size of the wasm, the time of the lobby's page, what devices cost, the
//! figures of a device that sends updates beside those of other libraries, of the TURN relay beside those of coturn, and of the SFU
//! beside those of Janus.
//!
//! Those that are compared are driven by the same client in alternating turns. What is measured is a process of its own, and what it
//! used is read from `/proc`, so that the client's own work is in no figure. Run it with `make bench`; `VISAVIS_BIN` is the binary.
//!
//! `VISAVIS_BENCH_ONLY` names the parts that are measured, with commas between them: `messages`, `connections`, `page`, `devices`,
//! `updates`, `relay`, `sfu`. Without it all are.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod device;
mod load;
mod page;
mod participant;
mod process;
mod relay;
mod sfu;
mod turn;
mod updates;

use std::path::{Path, PathBuf};
use std::process::Command;

use process::Server;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Turns of each server.
const TURNS: usize = 5;

/// Relayed messages in a turn.
const MESSAGES: usize = 200_000;

/// Idle connections of the memory figure, where the limit on open files allows.
const CONNECTIONS: usize = 20_000;

/// Requests for the lobby's page.
const PAGES: usize = 2_000;

/// What can be measured by itself, in the order in which it is measured. The first four are one table.
const PARTS: [&str; 7] = [
    "messages",
    "connections",
    "page",
    "devices",
    "updates",
    "relay",
    "sfu",
];

/// One of the two servers that are compared.
#[derive(Clone)]
enum Contender {
    Visavis(PathBuf),
    NodeRelay(PathBuf),
}

impl Contender {
    fn start(&self) -> Result<Server> {
        match self {
            Self::Visavis(binary) => {
                let data = tempfile::tempdir()?;
                let mut command = Command::new(binary);
                command
                    .args([
                        "--listen",
                        "127.0.0.1:0",
                        "--message-rate",
                        "0",
                        "--no-turn",
                        "--sfu",
                        "off",
                    ])
                    .args(["--max-connections", "100000"])
                    .arg("--data-dir")
                    .arg(data.path());
                Server::start(command, Some(data))
            }
            Self::NodeRelay(script) => {
                let mut command = Command::new("node");
                command.arg(script);
                Server::start(command, None)
            }
        }
    }
}

fn number(variable: &str, otherwise: usize) -> Result<usize> {
    match std::env::var(variable) {
        Ok(text) => Ok(text.parse()?),
        Err(_) => Ok(otherwise),
    }
}

/// The parts that are wanted, in their order.
fn wanted_parts() -> Result<Vec<&'static str>> {
    let Ok(only) = std::env::var("VISAVIS_BENCH_ONLY") else {
        return Ok(PARTS.to_vec());
    };
    let names: Vec<&str> = only.split(',').map(str::trim).collect();
    if let Some(name) = names.iter().find(|name| !PARTS.contains(name)) {
        let parts = PARTS.join(", ");
        return Err(format!("VISAVIS_BENCH_ONLY: no part is called {name:?}; {parts}").into());
    }
    Ok(PARTS
        .into_iter()
        .filter(|part| names.contains(part))
        .collect())
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The figure that `share` (0–1) of all figures do not exceed.
fn quantile(figures: &mut [f64], share: f64) -> f64 {
    figures.sort_by(f64::total_cmp);
    let rank = (share * figures.len() as f64).ceil() as usize;
    figures
        .get(rank.saturating_sub(1))
        .copied()
        .unwrap_or(f64::NAN)
}

fn row(what: &str, visavis: &str, node: &str, remark: &str) {
    println!("| {what:<46} | {visavis:>14} | {node:>14} | {remark:<34} |");
}

async fn relayed_messages(contenders: &[Contender; 2]) -> Result<()> {
    let messages = number("VISAVIS_BENCH_MESSAGES", MESSAGES)?;
    let mut figures = [Vec::new(), Vec::new()];
    for _ in 0..TURNS {
        for (contender, figures) in contenders.iter().zip(&mut figures) {
            let server = contender.start()?;
            let pairs = load::Pairs::join(server.address()).await?;
            let pairs = pairs.relay(messages / 10).await?;
            let before = server.cpu_seconds()?;
            pairs.relay(messages).await?;
            figures.push((server.cpu_seconds()? - before) / messages as f64 * 1e6);
        }
    }
    let [visavis, node] = figures.map(median);
    row(
        "server CPU per relayed message",
        &format!("{visavis:.1} µs"),
        &format!("{node:.1} µs"),
        &format!(
            "ratio {:.2}, median of {TURNS}, {messages} each",
            visavis / node
        ),
    );
    Ok(())
}

async fn idle_connections(contenders: &[Contender; 2]) -> Result<()> {
    let wanted = number("VISAVIS_BENCH_CONNECTIONS", CONNECTIONS)?;
    let connections = wanted.min(process::open_files()?.saturating_sub(200));
    let mut figures = Vec::new();
    for contender in contenders {
        let server = contender.start()?;
        load::settle().await;
        let before = server.resident_kib()?;
        let crowd = load::Crowd::join(server.address(), connections).await?;
        load::settle().await;
        figures.push((server.resident_kib()? - before) / connections as f64);
        drop(crowd);
    }
    let [visavis, node] = figures.as_slice() else {
        return Err("two contenders have two figures".into());
    };
    row(
        "server RSS per idle joined connection",
        &format!("{visavis:.1} KiB"),
        &format!("{node:.1} KiB"),
        &format!("ratio {:.2}, {connections} connections", visavis / node),
    );
    Ok(())
}

async fn the_page(visavis: &Contender) -> Result<()> {
    let server = visavis.start()?;
    let mut connection = page::Connection::open(server.address()).await?;
    let lobby = connection.get("/r/bench-room", "identity").await?;
    let wasm = page::wasm_path(&lobby.text()).ok_or("the lobby's page names no wasm")?;
    let (directory, _) = wasm.rsplit_once('/').ok_or("the wasm has no directory")?;
    let later = format!("{directory}/split_later.wasm");
    for (path, name) in [
        (&wasm, "first wasm"),
        (&later, "second wasm, fetched later"),
    ] {
        let raw = connection.get(path, "identity").await?.body.len() as f64 / 1024.0;
        let brotli = connection.get(path, "br").await?.body.len() as f64 / 1024.0;
        row(
            name,
            &format!("{brotli:.0} KiB"),
            "",
            &format!("as sent (brotli), of {raw:.0} KiB"),
        );
    }

    for _ in 0..PAGES / 10 {
        connection.get("/r/bench-room", "identity").await?;
    }
    let before = server.cpu_seconds()?;
    let mut times = Vec::with_capacity(PAGES);
    for _ in 0..PAGES {
        let started = std::time::Instant::now();
        connection.get("/r/bench-room", "identity").await?;
        times.push(started.elapsed().as_secs_f64() * 1e3);
    }
    let cpu = (server.cpu_seconds()? - before) / PAGES as f64 * 1e3;
    row(
        "lobby HTML, p50 / p99 of the whole request",
        &format!(
            "{:.2} / {:.2} ms",
            quantile(&mut times, 0.5),
            quantile(&mut times, 0.99)
        ),
        "",
        &format!("{PAGES} in turn; server CPU {cpu:.2} ms"),
    );
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let binary = std::env::var_os("VISAVIS_BIN")
        .map_or_else(|| root.join("target/release/visavis"), PathBuf::from);
    let contenders = [
        Contender::Visavis(binary.clone()),
        Contender::NodeRelay(root.join("benches/node-relay/relay.js")),
    ];
    let parts = wanted_parts()?;
    println!("{}\n", process::machine()?);
    if PARTS[..4].iter().any(|part| parts.contains(part)) {
        row("figure", "visavis", "Node ws relay", "");
        println!("|{:-<48}|{:->16}|{:->16}|{:-<36}|", "", ":", ":", "");
    }
    let visavis = &contenders[0];
    for part in parts {
        match part {
            "messages" => relayed_messages(&contenders).await?,
            "connections" => idle_connections(&contenders).await?,
            "page" => the_page(visavis).await?,
            "devices" => device::figures(visavis, &binary).await?,
            "updates" => updates::figures(visavis, &binary).await?,
            "relay" => relay::figures(visavis).await?,
            _ => sfu::figures(&binary)?,
        }
    }
    Ok(())
}
