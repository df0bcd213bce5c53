//! Structured logs on standard error.
//!
//! Invariant: set up once, before anything is logged. Events name rooms and peers by id; names, session descriptions
//! and addresses appear at debug and below only.

use std::str::FromStr;

use thiserror::Error;
use tracing_subscriber::EnvFilter;

use crate::server::config::{Config, LogFormat};

/// Libraries that warn about every malformed packet: what strangers send must not fill the log.
const QUIET: [&str; 2] = ["stun_types=off", "turn_types=off"];

/// What to log, checked while parsing.
#[derive(Clone, Debug)]
pub(crate) struct LogFilter(String);

/// Why a text is not a filter.
#[derive(Clone, Debug, Error)]
#[error("not a log filter: {0}")]
pub(crate) struct LogFilterError(String);

impl FromStr for LogFilter {
    type Err = LogFilterError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        EnvFilter::try_new(text).map_err(|error| LogFilterError(error.to_string()))?;
        Ok(Self(text.to_owned()))
    }
}

/// Starts logging as configured. Does nothing when logging was started before.
pub fn start(config: &Config) {
    let builder = tracing_subscriber::fmt()
        .with_env_filter(
            QUIET.iter().fold(
                EnvFilter::new(&config.log.0),
                |filter, target| match target.parse() {
                    Ok(directive) => filter.add_directive(directive),
                    Err(_) => filter,
                },
            ),
        )
        .with_writer(std::io::stderr)
        .with_target(true);
    let _ = match config.log_format {
        LogFormat::Text => builder
            .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
            .try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
}
