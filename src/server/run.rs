//! The life of the process, from its start to the end of every connection.
//!
//! Invariant: what is started here is stopped here. [`run`] returns when every connection is closed or four seconds
//! after it was asked to stop.

use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

use super::clock::Clock;
use super::config::{Config, MESH_CAPACITY, TlsSource};
use super::http::router::router;
use super::http::state::ServerState;
use super::net::connection_table::ConnectionLimits;
use super::net::listener::Reception;
use super::net::tls::{Application, TlsConfig, TlsError};
use super::process::figures_line::FiguresLine;
use super::process::ready_line::Announcement;
use super::process::start_error::StartError;
use super::secrets::resume_token::KEY_BYTES;
use super::sfu::{Sfu, SfuMode, SfuStartError};
use super::tasks::Tasks;
use super::turn::{self, Members, RelayedCalls, RunningRelay};
use super::{http, net, process, secrets};
use crate::protocol::CloseCode;

/// Connections have this long to end when the server stops.
const STOP_DEADLINE: Duration = Duration::from_secs(4);

/// So much of it is for small calls to take their direct connections again, before anybody's connection is closed.
const HANDOVER: Duration = Duration::from_millis(2_500);

/// The listener that leads to HTTPS takes so many connections, of one address half of them.
const REDIRECTED_CONNECTIONS: usize = 64;

/// Serves until SIGTERM or SIGINT.
///
/// # Errors
/// [`StartError`] when it cannot start.
pub async fn run(config: Config) -> Result<(), StartError> {
    // Rendering needs it. It fails only when it was set before, in the same process.
    let _ = any_spawner::Executor::init_tokio();
    let data_dir = config.data_dir()?;
    let key = secrets::key::load_or_create(&data_dir)?;
    let clock = Clock::start();
    let tls = tls_config(&config, &data_dir)?;
    if tls.is_none() && config.redirect_http.is_some() {
        return Err(StartError::RedirectWithoutTls);
    }
    let (listener, address) = bind(config.listen)?;
    let redirect = config.redirect_http.map(bind).transpose()?;
    let members = Members::default();
    let beside = Tasks::default();
    let sfu = start_sfu(&config)?;
    let calls = relayed_calls(&config, sfu.as_ref());
    let relay = start_relay(
        &config,
        calls,
        tls.as_ref(),
        &key,
        members.clone(),
        clock,
        &beside,
    )?;
    let own = relay.as_ref().map(|relay| relay.announcement.clone());
    let state = Arc::new(ServerState::new(
        &config,
        &key,
        clock,
        members,
        own,
        sfu.clone(),
        &beside,
    )?);
    let mut terminate = signal(SignalKind::terminate()).map_err(StartError::Signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(StartError::Signals)?;
    let mut questions = signal(SignalKind::user_defined1()).map_err(StartError::Signals)?;
    let (asked, answering) = (state.clone(), sfu.clone());
    beside.spawn(async move {
        while questions.recv().await.is_some() {
            FiguresLine {
                uptime: clock.now().saturating_sub(clock.started_at()) / 1_000,
                connections: asked.connections.count(),
                rooms: asked.rooms.count(),
                sfu: answering.as_ref().map(Sfu::figures).unwrap_or_default(),
            }
            .write();
        }
    });
    if config.test_controls {
        let mut flips = signal(SignalKind::user_defined2()).map_err(StartError::Signals)?;
        let rooms = state.rooms.clone();
        beside.spawn(async move {
            while flips.recv().await.is_some() {
                rooms.flip_modes().await;
            }
        });
    }
    let stop = CancellationToken::new();
    let limits = config.connection_limits();
    process::file_limit::allow(limits.most + relay.as_ref().map_or(0, |relay| relay.most_files));
    let reception = Reception {
        limits,
        proxies: state.proxies.clone(),
        headers: http::headers::lines(tls.as_ref().map(TlsConfig::issuer)).into(),
    };
    let acceptor = match &tls {
        Some(tls) => {
            beside.spawn(tls.follow());
            Some(tls.acceptor(Application::Http)?)
        }
        None => None,
    };
    let mut serving = JoinSet::new();
    serving.spawn(net::listener::serve(
        listener,
        acceptor,
        router(&state, address, tls.as_ref().map(TlsConfig::issuer)),
        reception.clone(),
        stop.clone(),
        state.tasks.clone(),
    ));
    let announcement = Announcement {
        address,
        tls: tls.as_ref(),
        redirect: redirect.as_ref().map(|(_, address)| *address),
        behind_proxy: !config.trusted_proxies.is_empty(),
        public: config.public_urls(),
        data_dir: &data_dir,
    };
    if let Some((listener, _)) = redirect {
        serving.spawn(net::listener::serve(
            listener,
            None,
            http::redirect::router(address.port(), config.public_urls()),
            Reception {
                limits: ConnectionLimits {
                    most: REDIRECTED_CONNECTIONS,
                    most_of_one_address: REDIRECTED_CONNECTIONS / 2,
                },
                headers: http::headers::lines(None).into(),
                ..reception
            },
            stop.clone(),
            state.tasks.clone(),
        ));
    }
    // At once, for whoever reads one line only and closes the pipe.
    std::io::stdout()
        .write_all(announcement.to_string().as_bytes())
        .map_err(StartError::Output)?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!(
        connections = state.connections.count(),
        rooms = state.rooms.count(),
        "stopping"
    );
    let deadline = Instant::now() + STOP_DEADLINE;
    stop.cancel();
    let handover = timeout(HANDOVER, state.rooms.hand_over());
    let (_, handed_over) = tokio::join!(serving.join_all(), handover);
    if handed_over.is_err() {
        tracing::info!("some small calls did not get around the SFU in time");
    }
    state.rooms.close();
    state.connections.close_all(CloseCode::Restarting);
    state.tasks.close();
    let connections = async {
        state.tasks.wait().await;
        state.rooms.ended().await;
    };
    if timeout_at(deadline, connections).await.is_err() {
        tracing::warn!(
            connections = state.connections.count(),
            "some connections did not end in time"
        );
    }
    // The SFU and the relay end last: who calls over them is told why before they are cut off.
    if let Some(sfu) = sfu {
        let _ = tokio::task::spawn_blocking(move || sfu.stop()).await;
    }
    beside.stop().await;
    Ok(())
}

fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { address, source };
    let listener = net::listener::bind(address).map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

fn tls_config(config: &Config, data_dir: &Path) -> Result<Option<TlsConfig>, TlsError> {
    match config.tls() {
        TlsSource::None => Ok(None),
        TlsSource::Files(files) => TlsConfig::from_files(files).map(Some),
        TlsSource::SelfSigned => {
            TlsConfig::self_signed(data_dir, process::host_names::names(config.listen.ip()))
                .map(Some)
        }
    }
}

/// Starts the SFU, unless it is switched off. A port that nobody named and that is taken switches it off, where calls may be direct.
fn start_sfu(config: &Config) -> Result<Option<Sfu>, StartError> {
    if config.sfu.mode == SfuMode::Off {
        return Ok(None);
    }
    let external = match config.sfu.external_ip.as_slice() {
        [] => &config.turn.external_ip,
        external => external,
    };
    match Sfu::start(&config.sfu, external) {
        Ok(sfu) => Ok(Some(sfu)),
        Err(SfuStartError::DefaultPort { place, source }) if config.sfu.mode == SfuMode::Auto => {
            tracing::warn!(
                error = %source,
                "UDP {place} is not to be had: the SFU is off, and calls of every size are direct; free the port, name another with \
                 --sfu-listen, or say --sfu off",
            );
            Ok(None)
        }
        Err(error) => Err(StartError::Sfu(error)),
    }
}

/// Says what calls the relay is for: with an SFU a person has direct connections to few people, and one to the SFU.
fn relayed_calls(config: &Config, sfu: Option<&Sfu>) -> RelayedCalls {
    let others = |people: u32| people.saturating_sub(1);
    let capacity = config.room_capacity(sfu.is_some());
    let connections = match sfu {
        None => others(capacity),
        Some(_) => others(capacity.min(MESH_CAPACITY)) + 1,
    };
    RelayedCalls {
        connections,
        door: sfu.map(Sfu::door),
    }
}

fn start_relay(
    config: &Config,
    calls: RelayedCalls,
    tls: Option<&TlsConfig>,
    key: &[u8; KEY_BYTES],
    members: Members,
    clock: Clock,
    tasks: &Tasks,
) -> Result<Option<RunningRelay>, StartError> {
    let acceptor = tls.map(|tls| tls.acceptor(Application::Turn)).transpose()?;
    turn::start(&config.turn, calls, acceptor, key, members, clock, tasks)
        .map_err(|(address, source)| StartError::Relay { address, source })
}
