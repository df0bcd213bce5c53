//! The servers that are compared, each alone on a processor and with nothing in its way that can be switched off.
//!
//! Invariant: nothing is installed from here. What is not there is not compared with.

use std::fs;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::case::Case;
use super::crowd::Crowd;
use super::{janus, visavis};
use crate::Result;
use crate::process::Server;

/// The server has this processor alone.
const SERVER_PROCESSOR: &str = "0";

/// One of the servers.
#[derive(Clone, Debug)]
pub(crate) enum Contender {
    /// Ours: this binary.
    Visavis(PathBuf),
    /// Janus of this version with its VideoRoom.
    Janus(String),
}

impl Contender {
    /// Janus, where it is installed.
    pub(crate) fn janus() -> Option<Self> {
        let output = Command::new("janus").arg("--version").output().ok()?;
        let words = String::from_utf8_lossy(&output.stdout);
        // "Janus version: 1102 (1.1.2)"
        let (_, rest) = words.split_once('(')?;
        let (version, _) = rest.split_once(')')?;
        Some(Self::Janus(version.to_owned()))
    }

    /// What it is called.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Visavis(_) => "Visavis".to_owned(),
            Self::Janus(version) => format!("Janus {version}"),
        }
    }

    /// Starts it; its media have this address of the machine.
    pub(crate) fn start(&self, address: IpAddr) -> Result<Server> {
        match self {
            Self::Visavis(binary) => start_visavis(binary, address),
            Self::Janus(_) => start_janus(),
        }
    }

    /// Fills the room of this number with the people of the case.
    pub(crate) fn fill(&self, crowd: &mut Crowd, server: SocketAddr, room: usize) -> Result<()> {
        match self {
            Self::Visavis(_) => visavis::fill(crowd, server, &format!("bench-sfu-{room}")),
            Self::Janus(_) => janus::fill(crowd, server, room),
        }
    }

    /// Says whether it can do what the case is about.
    pub(crate) fn does(&self, case: Case) -> bool {
        matches!(self, Self::Visavis(_)) || case.is_compared()
    }
}

fn start_visavis(binary: &Path, address: IpAddr) -> Result<Server> {
    let data = tempfile::tempdir()?;
    let mut command = on_its_processor(binary);
    command
        .args(["--listen", "127.0.0.1:0", "--no-turn"])
        .args(["--message-rate", "0", "--room-capacity", "200"])
        .args(["--sfu", "always", "--sfu-bandwidth", "1000000"])
        .args(["--sfu-threads", "1", "--sfu-listen"])
        .arg(SocketAddr::new(address, 0).to_string())
        .arg("--data-dir")
        .arg(data.path());
    Server::start(command, Some(data))
}

fn start_janus() -> Result<Server> {
    let folder = tempfile::tempdir()?;
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    // One loop for all is what serves most on one processor; 0 is Janus' own choice, a thread for each connection.
    let loops = crate::number("VISAVIS_BENCH_JANUS_LOOPS", 1)?;
    let general = format!(
        "general: {{\n debug_level = 2\n event_loops = {loops}\n session_timeout = 0\n}}\n\
         media: {{\n rtp_port_range = \"20000-24000\"\n}}\n\
         nat: {{\n ice_lite = true\n ignore_mdns = true\n}}\n\
         plugins: {{\n disable = \"{OTHER_PLUGINS}\"\n}}\n\
         transports: {{\n disable = \"{OTHER_TRANSPORTS}\"\n}}\n"
    );
    let transport = format!(
        "general: {{\n ws = true\n ws_ip = \"{}\"\n ws_port = {}\n wss = false\n}}\n",
        address.ip(),
        address.port()
    );
    for (name, text) in [
        ("janus.jcfg", general.as_str()),
        ("janus.transport.websockets.jcfg", transport.as_str()),
        ("janus.plugin.videoroom.jcfg", "general: {\n}\n"),
    ] {
        fs::write(folder.path().join(name), text)?;
    }
    let mut command = on_its_processor(Path::new("janus"));
    command.arg("--configs-folder").arg(folder.path());
    Server::start_silent(command, address, folder)
}

const OTHER_PLUGINS: &str = "libjanus_audiobridge.so,libjanus_duktape.so,libjanus_echotest.so,libjanus_lua.so,\
    libjanus_nosip.so,libjanus_recordplay.so,libjanus_sip.so,libjanus_streaming.so,libjanus_textroom.so,\
    libjanus_videocall.so,libjanus_voicemail.so";

const OTHER_TRANSPORTS: &str =
    "libjanus_http.so,libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,libjanus_rabbitmq.so";

fn on_its_processor(program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", SERVER_PROCESSOR]).arg(program);
    command
}
