//! What the operator can decide: one struct, every argument also an environment variable `VISAVIS_*`.
//!
//! Invariant: a [`Config`] that exists is usable; everything that can be checked without the system was checked while
//! parsing. `--help` is the reference.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{Parser, ValueEnum};
use thiserror::Error;

use super::ice::IceServerOption;
use super::origin::Origin;
use super::telemetry::LogFilter;

/// Self-hosted video rooms from one binary: open a link, see each other.
#[derive(Clone, Debug, Parser)]
#[command(name = "visavis", version, about, max_term_width = 100)]
pub struct Config {
    /// Address and port to listen on; port 0 picks a free one
    #[arg(
        long,
        env = "VISAVIS_LISTEN",
        default_value = "127.0.0.1:3000",
        value_name = "IP:PORT"
    )]
    pub(super) listen: SocketAddr,

    /// Folder of the key that lets people keep their seats over a restart; the platform's data folder when absent
    #[arg(long, env = "VISAVIS_DATA_DIR", value_name = "FOLDER")]
    pub(super) data_dir: Option<PathBuf>,

    /// Most people in one room
    #[arg(long, env = "VISAVIS_ROOM_CAPACITY", default_value_t = 12, value_name = "PEOPLE",
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(super) room_capacity: u32,

    /// Most WebSockets at a time, and most rooms
    #[arg(long, env = "VISAVIS_MAX_CONNECTIONS", default_value_t = 20_000, value_name = "SOCKETS",
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(super) max_connections: u32,

    /// Messages per second of one connection, with a burst of ten seconds' worth; 0 switches the limit off
    #[arg(long, env = "VISAVIS_MESSAGE_RATE", default_value_t = 100, value_name = "MESSAGES",
          value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub(super) message_rate: u32,

    /// A further origin whose pages may connect, such as https://example.org; may be repeated
    #[arg(
        long = "allowed-origin",
        env = "VISAVIS_ALLOWED_ORIGIN",
        value_name = "ORIGIN",
        value_delimiter = ' '
    )]
    pub(super) allowed_origins: Vec<Origin>,

    /// Refuse clients that send no Origin, which is to say clients that are not browsers
    #[arg(long, env = "VISAVIS_REQUIRE_ORIGIN")]
    pub(super) require_origin: bool,

    /// A STUN or TURN server for the clients: URL or URL,username=NAME,credential=SECRET; may be repeated
    #[arg(
        long = "ice-server",
        env = "VISAVIS_ICE_SERVER",
        value_name = "SERVER",
        value_delimiter = ' ',
        hide_env_values = true
    )]
    pub(super) ice_servers: Vec<IceServerOption>,

    /// Seconds a seat is kept after its connection was lost
    #[arg(
        long,
        env = "VISAVIS_SEAT_KEPT",
        default_value = "30",
        value_name = "SECONDS"
    )]
    pub(super) seat_kept: Seconds,

    /// Seconds between pings; a connection silent for three times as long is dropped
    #[arg(
        long,
        env = "VISAVIS_PING_INTERVAL",
        default_value = "5",
        value_name = "SECONDS"
    )]
    pub(super) ping_interval: Seconds,

    /// What to log, in the syntax of tracing's EnvFilter: info, debug, visavis=debug,warn
    #[arg(
        long,
        env = "VISAVIS_LOG",
        default_value = "info",
        value_name = "FILTER"
    )]
    pub(super) log: LogFilter,

    /// How to write the log, which goes to standard error
    #[arg(long, env = "VISAVIS_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text, value_name = "FORMAT")]
    pub(super) log_format: LogFormat,
}

/// The log's shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    /// One line of text per event.
    Text,
    /// One JSON object per event.
    Json,
}

/// A span of time as the operator writes it: seconds, 0.05 to 86,400, fractions allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seconds(Duration);

impl Seconds {
    /// The span.
    pub(super) fn duration(self) -> Duration {
        self.0
    }

    /// The span in ms.
    pub(super) fn millis(self) -> u64 {
        u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX)
    }
}

/// Why a text is not a span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected a number of seconds from 0.05 to 86400")]
pub(super) struct SecondsError;

impl FromStr for Seconds {
    type Err = SecondsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let seconds: f64 = text.parse().map_err(|_| SecondsError)?;
        if !(0.05..=86_400.0).contains(&seconds) {
            return Err(SecondsError);
        }
        Ok(Self(Duration::from_secs_f64(seconds)))
    }
}

/// Why there is no configuration: help was asked for, or something in it is wrong.
#[derive(Debug)]
pub enum ConfigError {
    /// `--help` or `--version`: the text to print; not a failure.
    Shown(String),
    /// One line that names the option and what is wrong with it.
    Invalid(String),
}

impl Config {
    /// Reads the arguments (the program's name first) and the environment.
    ///
    /// # Errors
    /// [`ConfigError`], which says what to print and whether it is a failure.
    pub fn parse_from_arguments(
        arguments: impl IntoIterator<Item = OsString>,
    ) -> Result<Self, ConfigError> {
        Self::try_parse_from(arguments).map_err(|error| match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                ConfigError::Shown(error.to_string())
            }
            _ => ConfigError::Invalid(one_line(&error.to_string())),
        })
    }
}

/// The part of clap's message before its usage and hints, on one line.
fn one_line(message: &str) -> String {
    let facts = message
        .lines()
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"));
    let words: Vec<&str> = facts.flat_map(str::split_whitespace).collect();
    let line = words.join(" ");
    line.strip_prefix("error: ").unwrap_or(&line).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Config, ConfigError> {
        Config::parse_from_arguments(["visavis"].iter().chain(arguments).map(OsString::from))
    }

    fn complaint(arguments: &[&str]) -> String {
        match parse(arguments) {
            Err(ConfigError::Invalid(line)) => line,
            other => panic!("{arguments:?} gave {other:?}"),
        }
    }

    #[test]
    fn no_arguments_are_a_working_configuration() {
        let config = parse(&[]).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
        assert_eq!(config.room_capacity, 12);
        assert_eq!(config.max_connections, 20_000);
        assert_eq!(config.message_rate, 100);
        assert_eq!(config.seat_kept.millis(), 30_000);
        assert!(config.ice_servers.is_empty());
    }

    #[test]
    fn a_bad_value_is_named_on_one_line() {
        for arguments in [
            ["--listen", "everywhere"],
            ["--room-capacity", "0"],
            ["--max-connections", "many"],
            ["--message-rate", "fast"],
            ["--ice-server", "http://example.org"],
            ["--allowed-origin", "example.org/path"],
            ["--seat-kept", "never"],
            ["--log", "a=b=c"],
            ["--log-format", "xml"],
        ] {
            let line = complaint(&arguments);
            assert!(line.contains(arguments[0]), "{line}");
            assert!(!line.contains('\n'), "{line}");
        }
    }

    #[test]
    fn an_unknown_option_is_refused() {
        assert!(complaint(&["--lisen", "127.0.0.1:1"]).contains("--lisen"));
    }

    #[test]
    fn lists_may_be_repeated() {
        let config = parse(&[
            "--ice-server",
            "stun:a.example",
            "--ice-server",
            "stun:b.example:3478",
        ])
        .unwrap();
        assert_eq!(config.ice_servers.len(), 2);
    }

    #[test]
    fn spans_of_time_have_bounds() {
        assert_eq!("0.5".parse::<Seconds>().unwrap().millis(), 500);
        for bad in ["", "0", "-1", "NaN", "inf", "1e9"] {
            assert_eq!(bad.parse::<Seconds>(), Err(SecondsError), "{bad}");
        }
    }

    #[test]
    fn every_option_is_also_an_environment_variable() {
        use clap::CommandFactory;
        for argument in Config::command().get_arguments() {
            let Some(long) = argument.get_long() else {
                continue;
            };
            if matches!(long, "help" | "version") {
                continue;
            }
            let expected = format!("VISAVIS_{}", long.to_uppercase().replace('-', "_"));
            assert_eq!(
                argument.get_env().and_then(|name| name.to_str()),
                Some(expected.as_str())
            );
        }
    }
}
