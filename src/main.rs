//! The binary: runs the server, checks what it would run on, takes part in a room, or puts load on a server.

use std::io::Write;
use std::process::ExitCode;

use visavis::device::exit::JoinEnd;
use visavis::device::join;
use visavis::device::load;
use visavis::server;
use visavis::server::check::{self, CheckVerdict};
use visavis::server::command_line::{Invocation, NoInvocation};
use visavis::server::process::telemetry;

/// The program ends with this code when its configuration is wrong.
const BAD_CONFIGURATION: u8 = 2;

fn main() -> ExitCode {
    let invocation = match Invocation::parse(std::env::args_os()) {
        Ok(invocation) => invocation,
        Err(NoInvocation::Shown(text)) => {
            return match write!(std::io::stdout(), "{text}") {
                Ok(()) => ExitCode::SUCCESS,
                Err(_) => ExitCode::FAILURE,
            };
        }
        Err(NoInvocation::Invalid(line)) => return complain(&line, BAD_CONFIGURATION),
    };
    match invocation {
        Invocation::Serve(config) => {
            telemetry::start(&config.log);
            match on_all_cores(server::run(config)) {
                Ok(Ok(())) => ExitCode::SUCCESS,
                Ok(Err(error)) => complain(&error.to_string(), 1),
                Err(error) => complain(&error.to_string(), 1),
            }
        }
        Invocation::Check(request) => match on_all_cores(check::run(request)) {
            Ok(Ok(CheckVerdict::Good)) => ExitCode::SUCCESS,
            Ok(Ok(CheckVerdict::Bad)) => ExitCode::FAILURE,
            Ok(Err(error)) | Err(error) => complain(&error.to_string(), 1),
        },
        Invocation::Join(request) => exit(&join::run(*request)),
        Invocation::Load(request) => exit(&load::run::run(*request)),
    }
}

fn exit(end: &JoinEnd) -> ExitCode {
    match end.exit_code() {
        0 => ExitCode::SUCCESS,
        code => complain(&end.words(), code),
    }
}

/// Runs something that has work for every core.
fn on_all_cores<F: Future>(work: F) -> std::io::Result<F::Output> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    Ok(runtime.block_on(work))
}

fn complain(line: &str, code: u8) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "visavis: {line}");
    ExitCode::from(code)
}
