//! The figures of the SFU beside those of Janus' VideoRoom, with the same clients in alternating turns.
//!
//! The server has the first processor and the clients the second, which they share with nobody. A case is measured at a rate that
//! both sustain, then there is more and more of it until one of the processors is full or packets are lost.
//!
//! `VISAVIS_BENCH_CASES` names some of `a,b,c,d`; `VISAVIS_BENCH_ROUNDS` and `VISAVIS_BENCH_SECONDS` say how often and how long; with one
//! round there is none to warm up. `VISAVIS_BENCH_SMALL=1` shows only that all of it works. `VISAVIS_BENCH_SERVERS` takes `visavis` or `janus` alone. `VISAVIS_BENCH_JANUS_LOOPS` is Janus' `event_loops`.
//!
//! Invariant: a figure is of packets that arrived at a client, whole and in their order as far as that was looked at.

#[path = "../sfu/mod.rs"]
mod rooms;

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use rooms::case::{Case, Size};
use rooms::contender::Contender;
use rooms::crowd::Crowd;
use rooms::measuring::{Reading, measure, settle};
use rooms::processors::{self, Pinned};
use rooms::report::{Turn, print};

use crate::{Result, number};

/// Rounds, each with a turn of each server.
const ROUNDS: usize = 3;

/// Seconds of a turn at the rate that both sustain; a step to saturation has half of it.
const SECONDS: usize = 5;

/// At this loss, in percent, there is no use in more.
const LOST: f64 = 1.0;

/// From this share of a processor on, in percent, it is full.
const FULL: f64 = 96.0;

/// Prints them; says so where Janus is not installed.
pub(crate) fn figures(binary: &Path) -> Result<()> {
    let Some(pinned) = Pinned::to_the_second()? else {
        println!("\nSKIPPED: no figures of the SFU, because there is one processor alone");
        return Ok(());
    };
    let address = processors::own_address();
    let contenders = contenders(binary, address)?;
    if size()? == Size::Small {
        println!(
            "\nVISAVIS_BENCH_SMALL: a few people and small pictures, which shows that all works and is no figure"
        );
    }
    let mut failed = 0;
    for case in wanted_cases()? {
        let contenders = contenders.iter().filter(|it| it.does(case));
        let contenders: Vec<&Contender> = contenders.collect();
        let names: Vec<String> = contenders.iter().map(|it| it.name()).collect();
        // What one case lacks says nothing of the others.
        match rounds(&contenders, case, address) {
            Ok(turns) => print(case, &names, &turns),
            Err(error) => {
                println!("\nFAILED: {error}");
                failed += 1;
            }
        }
    }
    drop(pinned);
    match failed {
        0 => Ok(()),
        _ => Err(format!("{failed} cases of the SFU could not be measured").into()),
    }
}

/// Ours, and Janus where there is one to compare with.
fn contenders(binary: &Path, address: IpAddr) -> Result<Vec<Contender>> {
    let mut contenders = vec![Contender::Visavis(binary.to_owned())];
    match Contender::janus() {
        _ if address.is_loopback() => {
            println!("\nJanus does not serve loopback: the SFU's figures are of Visavis alone");
        }
        Some(janus) => contenders.push(janus),
        None => println!("\nJanus is not installed: the SFU's figures are of Visavis alone"),
    }
    if let Ok(only) = std::env::var("VISAVIS_BENCH_SERVERS") {
        let is_wanted = |it: &Contender| {
            let name = it.name().to_lowercase();
            only.split(',').any(|word| name.starts_with(word.trim()))
        };
        contenders.retain(is_wanted);
    }
    Ok(contenders)
}

/// How much of each case is wanted.
fn size() -> Result<Size> {
    Ok(match number("VISAVIS_BENCH_SMALL", 0)? {
        0 => Size::Whole,
        _ => Size::Small,
    })
}

fn wanted_cases() -> Result<Vec<Case>> {
    let Ok(only) = std::env::var("VISAVIS_BENCH_CASES") else {
        return Ok(Case::ALL.to_vec());
    };
    let case = |letter: &str| {
        let mut cases = Case::ALL.into_iter();
        let case = cases.find(|case| case.letter() == letter.trim());
        case.ok_or_else(|| format!("VISAVIS_BENCH_CASES: no case is called {letter:?}").into())
    };
    only.split(',').map(case).collect()
}

/// The turns of each contender, without the round that warms up.
fn rounds(contenders: &[&Contender], case: Case, address: IpAddr) -> Result<Vec<Vec<Turn>>> {
    let rounds = number("VISAVIS_BENCH_ROUNDS", ROUNDS)?.max(1);
    let warms_up = rounds > 1;
    let seconds = number("VISAVIS_BENCH_SECONDS", SECONDS)?.max(1);
    let time = Duration::from_secs(u64::try_from(seconds)?);
    let mut turns = vec![vec![]; contenders.len()];
    for round in 0..rounds + usize::from(warms_up) {
        for (contender, turns) in contenders.iter().zip(&mut turns) {
            let turn = turn(contender, case, address, time)
                .map_err(|error| format!("{}, {contender:?}: {error}", case.words()))?;
            if !warms_up || round > 0 {
                turns.push(turn);
            }
        }
    }
    Ok(turns)
}

fn turn(contender: &Contender, case: Case, address: IpAddr, time: Duration) -> Result<Turn> {
    let size = size()?;
    let server = contender.start(address)?;
    let before = server.resident_kib()?;
    let mut crowd = Crowd::new(case, size, address)?;
    contender.fill(&mut crowd, server.address(), 0)?;
    let missing = settle(&mut crowd)?;
    if missing > 0 {
        let paused = crowd.paused();
        return Err(format!("{missing} streams do not come, of {paused} the server says that there is no bandwidth for them").into());
    }
    let kib = (server.resident_kib()? - before) / crowd.people as f64;
    let steady = measure(&mut crowd, &server, time)?;
    if steady.contents[1] > 0 {
        return Err(format!("{} packets were damaged", steady.contents[1]).into());
    }
    let mut steps = vec![steady];
    let mut rooms = 1;
    for step in case.steps(size).into_iter().skip(1) {
        if steps.last().is_some_and(is_enough) {
            break;
        }
        while rooms < step.rooms {
            contender.fill(&mut crowd, server.address(), rooms)?;
            rooms += 1;
        }
        crowd.set_factor(step.factor);
        settle(&mut crowd)?;
        steps.push(measure(&mut crowd, &server, time / 2)?);
    }
    Ok(Turn { kib, steps })
}

/// Says whether there is no use in more.
fn is_enough(reading: &Reading) -> bool {
    reading.lost() > LOST || reading.shares().into_iter().any(|share| share > FULL)
}
