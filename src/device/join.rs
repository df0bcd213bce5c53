//! `visavis join`: what it is told, and one run of it.
//!
//! Invariant: whatever is wrong with the arguments is said before anybody hears of the device.

use std::io::{self, BufReader};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;
use tokio::sync::mpsc;

use super::connection::gathering::RelayTransport;
use super::engine::driver::{Engine, Program};
use super::engine::options::Options;
use super::engine::termination::Terminations;
use super::exit::JoinEnd;
use super::lines::output::Output;
use super::lines::reader::{LineRead, next_line};
use super::media::source::MediaSource;
use super::socket::address::RoomAddress;
use super::socket::dial::Trust;
use super::words;
use crate::protocol::{DisplayName, NameError};

/// At most so many lines of the program wait for the device.
const LINES_WAITING: usize = 64;

/// A program may take so long to read the last lines.
const LAST_LINES: Duration = Duration::from_secs(2);

/// What `visavis join` is told.
#[derive(Clone, Debug, Args)]
#[command(
    about = "Take part in a room without a browser: a device, a bot, a camera from a file; see docs/devices.md"
)]
pub struct JoinRequest {
    /// The room's address, as people pass it on
    #[arg(value_name = "URL")]
    address: RoomAddress,
    /// The name that others see
    #[arg(long, value_parser = parse_name)]
    name: DisplayName,
    /// Speak with a program: one JSON object a line, orders on standard input, events on standard output
    #[arg(long)]
    stdio: bool,
    /// Wait without end for a server that is not there
    #[arg(long)]
    reconnect: bool,
    /// Keep the right to the seat in this file, to take it back when the program is started again
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Send the pictures of an IVF file with VP8, again and again; - is standard input
    #[arg(long, value_name = "FILE.ivf")]
    video: Option<MediaSource>,
    /// Send the sound of an Ogg file with Opus, again and again; - is standard input
    #[arg(long, value_name = "FILE.ogg")]
    audio: Option<MediaSource>,
    /// Save what others send in this folder: pictures as IVF, sound as Ogg
    #[arg(long, value_name = "FOLDER")]
    save: Option<PathBuf>,
    /// Connect to others through the server's relays alone, and over this
    #[arg(long, value_name = "TRANSPORT")]
    relay: Option<RelayTransport>,
    /// Take any certificate: whoever is in the middle can read and change what the server says
    #[arg(long)]
    insecure: bool,
}

fn parse_name(text: &str) -> Result<DisplayName, NameError> {
    DisplayName::parse(text)
}

/// Takes part in a room until that is over.
pub fn run(request: JoinRequest) -> JoinEnd {
    let stdio = request.stdio;
    let options = match request.into_options() {
        Ok(options) => options,
        Err(end) => return end,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return JoinEnd::Failed(error.to_string()),
    };
    let (program, writing) = match open(stdio) {
        Ok(program) => program,
        Err(error) => return JoinEnd::Failed(error.to_string()),
    };
    let end = runtime.block_on(async {
        let terminations = match Terminations::of_the_process() {
            Ok(terminations) => terminations,
            Err(error) => return JoinEnd::Failed(error.to_string()),
        };
        match Engine::new(options, program, terminations) {
            Ok(engine) => engine.run().await,
            Err(end) => end,
        }
    });
    // Threads that wait for standard input end with the process.
    runtime.shutdown_background();
    if let Some(writing) = writing {
        let until = Instant::now() + LAST_LINES;
        while !writing.is_finished() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    end
}

impl JoinRequest {
    fn into_options(self) -> Result<Options, JoinEnd> {
        let inputs = [
            self.stdio,
            self.video == Some(MediaSource::StandardInput),
            self.audio == Some(MediaSource::StandardInput),
        ];
        if inputs.into_iter().filter(|is_read| *is_read).count() > 1 {
            return Err(JoinEnd::Invalid(words::INPUT_TWICE.to_owned()));
        }
        Ok(Options {
            address: self.address,
            name: self.name,
            reconnects: self.reconnect,
            state: self.state,
            video: self.video,
            audio: self.audio,
            save: self.save,
            meter: None,
            relay: self.relay,
            trust: if self.insecure {
                Trust::Anybody
            } else {
                Trust::Authorities
            },
        })
    }
}

/// The way to the program, if there is one, and the thread that writes to it.
type OpenProgram = (Program, Option<std::thread::JoinHandle<()>>);

fn open(stdio: bool) -> io::Result<OpenProgram> {
    if !stdio {
        let program = Program {
            lines: None,
            output: Output::to_nobody(),
        };
        return Ok((program, None));
    }
    let (sender, lines) = mpsc::channel(LINES_WAITING);
    std::thread::Builder::new()
        .name("lines-in".to_owned())
        .spawn(move || read_all(&sender))?;
    let (output, writing) = Output::to(io::stdout())?;
    let program = Program {
        lines: Some(lines),
        output,
    };
    Ok((program, Some(writing)))
}

/// Reads line after line; a program that says more than is taken waits.
fn read_all(lines: &mpsc::Sender<LineRead>) {
    let mut input = BufReader::new(io::stdin());
    loop {
        let line = next_line(&mut input).unwrap_or(LineRead::End);
        let is_end = line == LineRead::End;
        if lines.blocking_send(line).is_err() || is_end {
            return;
        }
    }
}
