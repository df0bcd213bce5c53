//! The server binary: reads the configuration, starts the log, and runs the server or checks what it would run on.

use std::io::Write;
use std::process::ExitCode;

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
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return complain(&error.to_string(), 1),
    };
    match invocation {
        Invocation::Serve(config) => {
            telemetry::start(&config.log);
            match runtime.block_on(server::run(config)) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => complain(&error.to_string(), 1),
            }
        }
        Invocation::Check(request) => match runtime.block_on(check::run(request)) {
            Ok(CheckVerdict::Good) => ExitCode::SUCCESS,
            Ok(CheckVerdict::Bad) => ExitCode::FAILURE,
            Err(error) => complain(&error.to_string(), 1),
        },
    }
}

fn complain(line: &str, code: u8) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "visavis: {line}");
    ExitCode::from(code)
}
