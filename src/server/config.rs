//! What the operator can decide: one struct, every argument also an environment variable `VISAVIS_*`.
//!
//! Invariant: a [`Config`] that exists is usable; everything that can be checked without the system was checked while
//! parsing. `--help` is the reference.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::Args;
use ipnet::IpNet;
use thiserror::Error;

use super::ice::{IceServerOption, IceServers, RelayUrl, SharedRelays, SharedSecret};
use super::net::cidr;
use super::net::connection_table::ConnectionLimits;
use super::net::origin::Origin;
use super::net::public_urls::{PublicUrls, UrlList};
use super::net::tls::CertificateFiles;
use super::process::start_error::StartError;
use super::process::telemetry::LogOptions;
use super::sfu::SfuOptions;
use super::turn::{Announcement, TurnOptions};
use crate::protocol::IceTransportPolicy;

/// So many plain HTTP connections are taken beyond the number of WebSockets, so that pages and health checks are still
/// answered when every WebSocket is taken.
const SPARE_CONNECTIONS: usize = 64;

/// An address may have so many connections for each WebSocket it may have. Where a school sits behind one address, as many can
/// load the page (browsers take up to six connections for it, for moments) as are in calls already.
const CONNECTIONS_PER_SOCKET: usize = 2;

/// So many people reach each other directly at the most where there is an SFU, and have a room without one: with more, each would have
/// to send everything so often that few lines carry it.
pub(super) const MESH_CAPACITY: u32 = 12;

/// So many people have a room where there is an SFU.
const SFU_CAPACITY: u32 = 100;

/// Everything the server is told when it starts.
#[derive(Clone, Debug, Args)]
pub struct Config {
    /// Address and port to listen on; port 0 picks a free one
    #[arg(
        long,
        env = "VISAVIS_LISTEN",
        default_value = "127.0.0.1:3000",
        value_name = "IP:PORT"
    )]
    pub(super) listen: SocketAddr,

    /// Certificate chain in PEM, for HTTPS on --listen; read again when the file changes
    #[arg(
        long,
        env = "VISAVIS_TLS_CERT",
        value_name = "FILE",
        requires = "tls_key"
    )]
    tls_cert: Option<PathBuf>,

    /// Private key of --tls-cert, in PEM
    #[arg(
        long,
        env = "VISAVIS_TLS_KEY",
        value_name = "FILE",
        requires = "tls_cert"
    )]
    tls_key: Option<PathBuf>,

    /// HTTPS with a certificate the server makes itself, for a LAN: browsers warn once, and cameras work
    #[arg(long, env = "VISAVIS_TLS_SELF_SIGNED", conflicts_with_all = ["tls_cert", "tls_key"])]
    tls_self_signed: bool,

    /// A second address and port, of plain HTTP, that leads to HTTPS
    #[arg(long, env = "VISAVIS_REDIRECT_HTTP", value_name = "IP:PORT")]
    pub(super) redirect_http: Option<SocketAddr>,

    /// Network of a reverse proxy whose X-Forwarded-For and X-Forwarded-Proto are believed; may be repeated
    #[arg(
        long = "trusted-proxy",
        env = "VISAVIS_TRUSTED_PROXY",
        value_name = "CIDR",
        value_parser = cidr::parse,
        value_delimiter = ' '
    )]
    pub(super) trusted_proxies: Vec<IpNet>,

    /// Folder of the key that lets people keep their seats over a restart, and of the self-signed certificate; the
    /// platform's data folder when absent
    #[arg(long, env = "VISAVIS_DATA_DIR", value_name = "FOLDER")]
    data_dir: Option<PathBuf>,

    /// SIGUSR2 sends every call the other way: through the SFU, or back to direct connections
    #[arg(long, env = "VISAVIS_TEST_CONTROLS", hide = true)]
    pub(super) test_controls: bool,

    /// Most people in one room; 100 when absent, and 12 where calls never go through this server
    #[arg(long, env = "VISAVIS_ROOM_CAPACITY", value_name = "PEOPLE",
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    room_capacity: Option<u32>,

    /// Most WebSockets at a time, and most rooms
    #[arg(long, env = "VISAVIS_MAX_CONNECTIONS", default_value_t = 20_000, value_name = "SOCKETS",
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    max_connections: u32,

    /// Most WebSockets from one address (of IPv6, from one /64, and four times as many from one /48), and half of the TCP
    /// connections it may have; loopback and --trusted-proxy are not counted
    #[arg(long, env = "VISAVIS_MAX_CONNECTIONS_PER_ADDRESS", default_value_t = 500, value_name = "SOCKETS",
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    max_connections_per_address: u32,

    /// Messages per second of one connection, with a burst of ten seconds' worth; 0 switches this limit off, and those
    /// on what one person sends another
    #[arg(long, env = "VISAVIS_MESSAGE_RATE", default_value_t = 100, value_name = "MESSAGES",
          value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub(super) message_rate: u32,

    /// Address at which people open the site, such as https://meet.example.org: requests for any other host are turned away; may
    /// be repeated
    #[arg(long = "public-url", env = "VISAVIS_PUBLIC_URL", value_name = "URL")]
    public_urls: Vec<UrlList>,

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

    /// A TURN server that shares --turn-secret, such as turn:example.org:3478?transport=udp; may be repeated
    #[arg(
        long = "turn-url",
        env = "VISAVIS_TURN_URL",
        value_name = "URL",
        value_delimiter = ' ',
        requires = "turn_secret"
    )]
    pub(super) turn_urls: Vec<RelayUrl>,

    /// The secret shared with the servers of --turn-url (coturn: static-auth-secret); better given by the environment
    #[arg(
        long,
        env = "VISAVIS_TURN_SECRET",
        value_name = "SECRET",
        requires = "turn_urls",
        hide_env_values = true
    )]
    pub(super) turn_secret: Option<SharedSecret>,

    #[command(flatten)]
    pub(super) turn: TurnOptions,

    #[command(flatten)]
    pub(super) sfu: SfuOptions,

    /// Which candidates browsers may use: with relay, nobody learns another's address, and all media takes a TURN server
    #[arg(long, env = "VISAVIS_ICE_TRANSPORT_POLICY", default_value = "all", value_name = "all|relay",
          value_parser = ice_transport_policy)]
    pub(super) ice_transport_policy: IceTransportPolicy,

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

    /// The log.
    #[command(flatten)]
    pub log: LogOptions,
}

/// A span of time as the operator writes it: seconds, 0.05 to 86,400, fractions allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seconds(Duration);

impl Seconds {
    /// Gives the span.
    pub(super) fn duration(self) -> Duration {
        self.0
    }

    /// Gives the span in ms.
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

/// Where the certificate comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TlsSource {
    /// There is no certificate, and the server speaks plain HTTP.
    None,
    /// The operator's files hold it, and are read again when they change.
    Files(CertificateFiles),
    /// The server makes one itself, which browsers warn about once.
    SelfSigned,
}

impl Config {
    /// Says where the certificate comes from.
    pub(super) fn tls(&self) -> TlsSource {
        match (&self.tls_cert, &self.tls_key) {
            (Some(certificate), Some(key)) => TlsSource::Files(CertificateFiles {
                certificate: certificate.clone(),
                key: key.clone(),
            }),
            _ if self.tls_self_signed => TlsSource::SelfSigned,
            _ => TlsSource::None,
        }
    }

    /// Finds the folder of what is kept over a restart.
    ///
    /// # Errors
    /// When none is named, and the platform names none.
    pub(super) fn data_dir(&self) -> Result<PathBuf, StartError> {
        match &self.data_dir {
            Some(folder) => Ok(folder.clone()),
            None => directories::ProjectDirs::from("", "", "visavis")
                .map(|folders| folders.data_dir().to_owned())
                .ok_or(StartError::NoDataFolder),
        }
    }

    /// Says how many people are in one room at the most, where there is an SFU or not.
    pub(super) fn room_capacity(&self, has_sfu: bool) -> u32 {
        let usual = if has_sfu { SFU_CAPACITY } else { MESH_CAPACITY };
        self.room_capacity.unwrap_or(usual)
    }

    /// Gathers the addresses at which people open the site.
    pub(super) fn public_urls(&self) -> PublicUrls {
        PublicUrls::new(&self.public_urls)
    }

    /// Says how many WebSockets may be open at a time.
    pub(super) fn most_connections(&self) -> usize {
        usize_of(self.max_connections)
    }

    /// Says how many WebSockets of one address may be open at a time.
    pub(super) fn most_connections_of_one_address(&self) -> usize {
        usize_of(self.max_connections_per_address)
    }

    /// Says how many TCP connections may be open at a time.
    pub(super) fn connection_limits(&self) -> ConnectionLimits {
        ConnectionLimits {
            most: self.most_connections() + SPARE_CONNECTIONS,
            most_of_one_address: self.most_connections_of_one_address() * CONNECTIONS_PER_SOCKET,
        }
    }

    /// Gathers what clients are told about STUN and TURN, this server's own relay included.
    pub(super) fn ice_servers(&self, own: Option<Announcement>) -> IceServers {
        let secret = self.turn_secret.clone();
        IceServers {
            fixed: self
                .ice_servers
                .iter()
                .map(IceServerOption::to_protocol)
                .collect(),
            shared: secret.map(|secret| SharedRelays {
                urls: self.turn_urls.clone(),
                secret,
            }),
            own,
            policy: self.ice_transport_policy,
        }
    }
}

fn usize_of(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn ice_transport_policy(text: &str) -> Result<IceTransportPolicy, &'static str> {
    match text {
        "all" => Ok(IceTransportPolicy::All),
        "relay" => Ok(IceTransportPolicy::Relay),
        _ => Err("expected all or relay"),
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;
    use crate::server::command_line::{CommandLine, Invocation, NoInvocation};
    use crate::server::sfu::SfuMode;

    fn parse(arguments: &[&str]) -> Result<Config, NoInvocation> {
        let arguments = ["visavis"].iter().chain(arguments).map(OsString::from);
        match Invocation::parse(arguments)? {
            Invocation::Serve(config) => Ok(config),
            other => panic!("{other:?}"),
        }
    }

    fn complaint(arguments: &[&str]) -> String {
        match parse(arguments) {
            Err(NoInvocation::Invalid(line)) => line,
            other => panic!("{arguments:?} gave {other:?}"),
        }
    }

    #[test]
    fn no_arguments_are_a_working_configuration() {
        let config = parse(&[]).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
        assert_eq!(config.sfu.mode, SfuMode::Auto);
        assert_eq!(config.room_capacity(true), 100);
        assert_eq!(config.room_capacity(false), 12);
        let named = parse(&["--room-capacity", "30"]).unwrap();
        assert_eq!([true, false].map(|sfu| named.room_capacity(sfu)), [30, 30]);
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
            ["--turn-listen", "3478"],
            ["--turn-external-ip", "example.org"],
            ["--turn-allow-peer", "lan"],
            ["--turn-relay-ports", "50000"],
            ["--turn-allocations", "0"],
            ["--turn-allocations-per-address", "0"],
            ["--turn-bandwidth-per-address", "0"],
            ["--allowed-origin", "example.org/path"],
            ["--public-url", "meet.example.org"],
            ["--seat-kept", "never"],
            ["--log", "a=b=c"],
            ["--log-format", "xml"],
            ["--redirect-http", "80"],
            ["--trusted-proxy", "10.0.0.0/64"],
            ["--ice-transport-policy", "host"],
            ["--sfu", "maybe"],
            ["--sfu-listen", "3480"],
            ["--sfu-external-ip", "example.org"],
            ["--sfu-threads", "9"],
            ["--sfu-bandwidth", "0"],
        ] {
            let line = complaint(&arguments);
            assert!(line.contains(arguments[0]), "{line}");
            assert!(!line.contains('\n'), "{line}");
        }
    }

    #[test]
    fn options_that_need_each_other_are_told_so() {
        for arguments in [
            vec!["--tls-cert", "a"],
            vec!["--tls-key", "a"],
            vec!["--tls-cert", "a", "--tls-key", "b", "--tls-self-signed"],
            vec!["--turn-url", "turn:example.org"],
            vec!["--turn-secret", "hidden"],
        ] {
            assert!(complaint(&arguments).contains("--t"), "{arguments:?}");
        }
    }

    #[test]
    fn the_certificate_comes_from_files_from_us_or_not_at_all() {
        assert_eq!(parse(&[]).unwrap().tls(), TlsSource::None);
        let own = parse(&["--tls-self-signed"]).unwrap();
        assert_eq!(own.tls(), TlsSource::SelfSigned);
        let files = parse(&["--tls-cert", "a", "--tls-key", "b"]).unwrap();
        assert!(matches!(files.tls(), TlsSource::Files(files) if files.key.as_os_str() == "b"));
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
    fn public_addresses_may_be_repeated_and_listed() {
        let list = "https://a.example,https://b.example https://c.example/";
        let config = parse(&[
            "--public-url",
            list,
            "--public-url",
            "http://d.example:3000",
        ]);
        let urls = config.unwrap().public_urls();
        let urls: Vec<String> = urls.iter().map(ToString::to_string).collect();
        let expected = [
            "https://a.example",
            "https://b.example",
            "https://c.example",
            "http://d.example:3000",
        ];
        assert_eq!(urls, expected);
        assert!(!parse(&[]).unwrap().public_urls().are_named());
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
        for argument in CommandLine::command().get_arguments() {
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
