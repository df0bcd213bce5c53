//! Structured logs on standard error.
//!
//! Invariant: set up once, before anything is logged; a log that nobody reads any more, or a full disk under it, ends
//! nothing. Events name rooms and peers by id; names, session descriptions and addresses appear at debug and below only.

use std::str::FromStr;

use clap::{Args, ValueEnum};
use thiserror::Error;
use tracing_subscriber::EnvFilter;

/// Libraries that warn about every malformed packet: what strangers send must not fill the log.
const QUIET: [&str; 2] = ["stun_types=off", "turn_types=off"];

/// What the operator can decide about the log.
#[derive(Clone, Debug, Args)]
pub struct LogOptions {
    /// What to log, in the syntax of tracing's EnvFilter: info, debug, visavis=debug,warn
    #[arg(
        id = "log",
        long = "log",
        env = "VISAVIS_LOG",
        default_value = "info",
        value_name = "FILTER"
    )]
    filter: LogFilter,

    /// How to write the log, which goes to standard error
    #[arg(id = "log_format", long = "log-format", env = "VISAVIS_LOG_FORMAT", value_enum,
          default_value_t = LogFormat::Text, value_name = "FORMAT")]
    format: LogFormat,
}

/// The log's shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    /// Each event is a line of text.
    Text,
    /// Each event is a JSON object on a line of its own.
    Json,
}

/// What to log, checked while parsing.
#[derive(Clone, Debug)]
struct LogFilter(String);

/// Why a text is not a filter.
#[derive(Clone, Debug, Error)]
#[error("not a log filter: {0}")]
struct LogFilterError(String);

impl FromStr for LogFilter {
    type Err = LogFilterError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        EnvFilter::try_new(text).map_err(|error| LogFilterError(error.to_string()))?;
        Ok(Self(text.to_owned()))
    }
}

/// Starts logging as configured. Does nothing when logging was started before.
pub fn start(options: &LogOptions) {
    let builder =
        tracing_subscriber::fmt()
            .with_env_filter(QUIET.iter().fold(
                EnvFilter::new(&options.filter.0),
                |filter, target| match target.parse() {
                    Ok(directive) => filter.add_directive(directive),
                    Err(_) => filter,
                },
            ))
            .with_writer(std::io::stderr)
            // A line that cannot be written is lost: complaining of it there would panic, and keep it for the next try.
            .log_internal_errors(false)
            .with_target(true);
    let _ = match options.format {
        LogFormat::Text => builder
            .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
            .try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
}
