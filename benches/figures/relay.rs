//! The figures of the TURN relay beside those of coturn, with the same client in alternating turns.
//!
//! Invariant: every relayed message crosses two relays of the server, for both contenders alike.

use std::net::{SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::load::Seat;
use crate::process::Server;
use crate::turn::{Login, Pairs, Relayed};
use crate::{Contender, Result, TURNS, median, number, quantile};

/// Seconds of a turn.
const SECONDS: usize = 5;

/// What coturn and the client share.
const SECRET: &str = "north";

struct Turn {
    relayed: Relayed,
    cpu_seconds: f64,
}

/// Prints them; says so where coturn is not installed.
pub(crate) async fn figures(visavis: &Contender) -> Result<()> {
    let Contender::Visavis(binary) = visavis else {
        return Err("the relay is that of Visavis".into());
    };
    let coturn = Command::new("turnserver").arg("--version").output();
    if coturn.is_err() {
        println!(
            "\nSKIPPED: no figures of the relay, because coturn (turnserver) is not installed"
        );
        return Ok(());
    }
    let time = Duration::from_secs(u64::try_from(number("VISAVIS_BENCH_SECONDS", SECONDS)?)?);
    let mut turns = [Vec::new(), Vec::new()];
    for _ in 0..TURNS {
        turns[0].push(of_visavis(binary, time).await?);
        turns[1].push(of_coturn(time)?);
    }
    let [ours, theirs] = turns.map(Summary::of);
    println!();
    row(
        "figure of the TURN relay, over UDP",
        "Visavis",
        "coturn",
        "",
    );
    println!("|{:-<48}|{:->16}|{:->16}|{:-<36}|", "", ":", ":", "");
    row(
        "relayed messages per server CPU second",
        &format!("{:.0}", ours.per_second),
        &format!("{:.0}", theirs.per_second),
        &format!(
            "ratio {:.2}, median of {TURNS}",
            ours.per_second / theirs.per_second
        ),
    );
    row(
        "delay, p50 / p99",
        &format!("{:.2} / {:.2} ms", ours.p50, ours.p99),
        &format!("{:.2} / {:.2} ms", theirs.p50, theirs.p99),
        "1100 bytes, across two relays",
    );
    row(
        "lost",
        &format!("{:.2} %", ours.lost),
        &format!("{:.2} %", theirs.lost),
        &format!("of {} a second", ours.pace / time.as_secs().max(1) as usize),
    );
    Ok(())
}

fn row(what: &str, visavis: &str, coturn: &str, remark: &str) {
    println!("| {what:<46} | {visavis:>14} | {coturn:>14} | {remark:<34} |");
}

/// The medians of the turns.
struct Summary {
    per_second: f64,
    p50: f64,
    p99: f64,
    lost: f64,
    pace: usize,
}

impl Summary {
    fn of(mut turns: Vec<Turn>) -> Self {
        let of = |figure: &dyn Fn(&mut Turn) -> f64, turns: &mut Vec<Turn>| {
            median(turns.iter_mut().map(figure).collect())
        };
        let arrived = |turn: &Turn| turn.relayed.delays.len() as f64;
        Self {
            per_second: of(&|turn| arrived(turn) / turn.cpu_seconds, &mut turns),
            p50: of(&|turn| quantile(&mut turn.relayed.delays, 0.5), &mut turns),
            p99: of(&|turn| quantile(&mut turn.relayed.delays, 0.99), &mut turns),
            lost: of(
                &|turn| (1.0 - arrived(turn) / turn.relayed.sent as f64) * 100.0,
                &mut turns,
            ),
            pace: turns.first().map_or(0, |turn| turn.relayed.sent),
        }
    }
}

fn measure(server: &Server, relay: SocketAddr, login: &Login, time: Duration) -> Result<Turn> {
    let pairs = Pairs::connect(relay, login)?;
    pairs.talk(time / 10)?;
    let before = server.cpu_seconds()?;
    let relayed = pairs.talk(time)?;
    let cpu_seconds = server.cpu_seconds()? - before;
    Ok(Turn {
        relayed,
        cpu_seconds,
    })
}

async fn of_visavis(binary: &PathBuf, time: Duration) -> Result<Turn> {
    let data = tempfile::tempdir()?;
    let mut command = Command::new(binary);
    command
        .args(["--listen", "127.0.0.1:0", "--turn-listen", "127.0.0.1:0"])
        .args(["--turn-allocations", "100", "--turn-bandwidth", "100000"])
        .args(["--turn-max-bandwidth", "1000000", "--data-dir"])
        .arg(data.path());
    let server = Server::start(command, Some(data))?;
    let seat = Seat::take(server.address()).await?;
    measure(&server, seat.relay, &seat.login, time)
}

fn of_coturn(time: Duration) -> Result<Turn> {
    let data = tempfile::tempdir()?;
    let relay = UdpSocket::bind("127.0.0.1:0")?.local_addr()?;
    let mut command = Command::new("turnserver");
    command
        .args(["-n", "--no-cli", "--no-tls", "--no-dtls", "--no-stdout-log"])
        .args(["--allow-loopback-peers", "--listening-ip=127.0.0.1"])
        .args(["--relay-ip=127.0.0.1", "--realm=bench", "--use-auth-secret"])
        .arg(format!("--static-auth-secret={SECRET}"))
        .arg(format!("--listening-port={}", relay.port()))
        .arg(format!("--log-file={}", data.path().join("log").display()))
        .arg(format!("--pidfile={}", data.path().join("pid").display()))
        .arg(format!("--userdb={}", data.path().join("users").display()));
    let server = Server::start_silent(command, relay, data)?;
    measure(&server, relay, &Login::shared(SECRET)?, time)
}
