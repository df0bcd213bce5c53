//! The server binary: reads the configuration, starts the log, and runs the server.

use std::io::Write;
use std::process::ExitCode;

use visavis::server::config::{Config, ConfigError};
use visavis::server::{self, telemetry};

/// The exit code of a wrong configuration.
const BAD_CONFIGURATION: u8 = 2;

fn main() -> ExitCode {
    let config = match Config::parse_from_arguments(std::env::args_os()) {
        Ok(config) => config,
        Err(ConfigError::Shown(text)) => {
            return match write!(std::io::stdout(), "{text}") {
                Ok(()) => ExitCode::SUCCESS,
                Err(_) => ExitCode::FAILURE,
            };
        }
        Err(ConfigError::Invalid(line)) => return complain(&line, BAD_CONFIGURATION),
    };
    telemetry::start(&config);
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return complain(&error.to_string(), 1),
    };
    match runtime.block_on(server::run(config)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(&error.to_string(), 1),
    }
}

fn complain(line: &str, code: u8) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "visavis: {line}");
    ExitCode::from(code)
}
