//! What the program is asked to do: serve, which is what it does when nothing is said, check, take part in a room, or put load on
//! a server.
//!
//! Invariant: whatever is wrong with the arguments is said on one line.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};

use super::check::CheckRequest;
use super::config::Config;
use crate::device::join::JoinRequest;
use crate::device::load::arguments::LoadRequest;

/// The arguments, as clap reads them.
#[derive(Debug, Parser)]
#[command(
    name = "visavis",
    version,
    about = "Self-hosted video rooms from one binary: open a link, see each other",
    max_term_width = 100,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true
)]
pub(super) struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    config: Config,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(Box<CheckRequest>),
    Join(Box<JoinRequest>),
    Load(Box<LoadRequest>),
}

/// What the program is asked to do.
#[derive(Debug)]
pub enum Invocation {
    /// The server is to run with this configuration.
    Serve(Config),
    /// The configuration is to be tested, and a running server if one is named.
    Check(CheckRequest),
    /// A room is to be taken part in.
    Join(Box<JoinRequest>),
    /// Many are to take part, and it is to be measured how they fare.
    Load(Box<LoadRequest>),
}

/// Why there is nothing to do: help was asked for, or something in the arguments or the environment is wrong.
#[derive(Debug)]
pub enum NoInvocation {
    /// `--help` or `--version` was asked for: this is the text to print, and no failure.
    Shown(String),
    /// One line names the option and what is wrong with it.
    Invalid(String),
}

impl Invocation {
    /// Reads the arguments (the program's name first) and the environment.
    ///
    /// # Errors
    /// [`NoInvocation`], which says what to print and whether it is a failure.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, NoInvocation> {
        match CommandLine::try_parse_from(arguments) {
            Ok(CommandLine {
                command: Some(Command::Check(request)),
                ..
            }) => Ok(Self::Check(*request)),
            Ok(CommandLine {
                command: Some(Command::Join(request)),
                ..
            }) => Ok(Self::Join(request)),
            Ok(CommandLine {
                command: Some(Command::Load(request)),
                ..
            }) => Ok(Self::Load(request)),
            Ok(CommandLine { config, .. }) => Ok(Self::Serve(config)),
            Err(error) => match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                    Err(NoInvocation::Shown(error.to_string()))
                }
                _ => Err(NoInvocation::Invalid(one_line(&error.to_string()))),
            },
        }
    }
}

/// Takes the part of clap's message before its usage and hints, on one line.
fn one_line(message: &str) -> String {
    let facts = message
        .lines()
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"));
    let words: Vec<&str> = facts.flat_map(str::split_whitespace).collect();
    let line = words.join(" ");
    line.strip_prefix("error: ").unwrap_or(&line).to_owned()
}
