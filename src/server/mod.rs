//! The server: pages, the signaling WebSocket, and the life of the process.
//!
//! Invariant: what is started here is stopped here. [`run`] returns when every connection is closed or four seconds
//! after it was asked to stop.

pub mod check;
pub mod command_line;
pub mod config;
pub mod http;
mod net;
pub mod process;
mod secrets;
mod signaling;

mod clock;
mod ice;
mod network;
mod rooms;
mod turn;

pub(crate) use http::pages::{create_room, who_is_inside};
pub(crate) use ice::precall::visitor_ice_servers;

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::from_fn;
use axum::routing::{get, post};
use leptos::IntoView;
use leptos::prelude::{LeptosOptions, provide_context};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::clock::Clock;
use self::config::{Config, TlsSource};
use self::http::assets::SiteAssets;
use self::http::origin::{OriginPolicy, WithoutOrigin};
use self::http::pages::Pages;
use self::http::state::ServerState;
use self::ice::precall::PrecallPeers;
use self::net::proxy::TrustedProxies;
use self::net::tls::{Application, Issuer, TlsConfig, TlsError};
use self::process::ready_line::Announcement;
use self::process::start_error::StartError;
use self::rooms::Rooms;
use self::secrets::resume_token::{KEY_BYTES, TokenSigner};
use self::signaling::connection::ConnectionSettings;
use self::signaling::connections::Connections;
use self::turn::{Members, RunningRelay};
use crate::protocol::{CloseCode, IceTransportPolicy, Limits, MESSAGE_BYTES};

/// How long connections have to end when the server stops.
const STOP_DEADLINE: Duration = Duration::from_secs(4);

/// Plain HTTP connections that are taken beyond the number of WebSockets, so that pages and health checks are still
/// answered when every WebSocket is taken.
const SPARE_CONNECTIONS: usize = 64;

/// Most bytes of a request's body; no form is larger.
const BODY_BYTES: usize = 16 * 1024;

/// Serves until SIGTERM or SIGINT.
///
/// # Errors
/// [`StartError`] when it cannot start.
pub async fn run(config: Config) -> Result<(), StartError> {
    // Rendering needs it. It fails only when it was set before, in the same process.
    let _ = any_spawner::Executor::init_tokio();
    let data_dir = data_dir(&config)?;
    let key = secrets::key::load_or_create(&data_dir)?;
    let clock = Clock::start();
    let tls = tls_config(&config, &data_dir)?;
    if tls.is_none() && config.redirect_http.is_some() {
        return Err(StartError::RedirectWithoutTls);
    }
    let (listener, address) = bind(config.listen)?;
    let redirect = config.redirect_http.map(bind).transpose()?;
    let members = Members::default();
    let relay = start_relay(&config, tls.as_ref(), &key, members.clone(), clock)?;
    let own = relay.as_ref().map(|relay| relay.announcement.clone());
    let state = Arc::new(state(&config, &key, clock, members, own)?);
    let mut terminate = signal(SignalKind::terminate()).map_err(StartError::Signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(StartError::Signals)?;
    let stop = CancellationToken::new();
    let most = usize_of(config.max_connections) + SPARE_CONNECTIONS;
    process::file_limit::allow(most + relay.as_ref().map_or(0, |relay| relay.most_files));
    let acceptor = match &tls {
        Some(tls) => {
            tokio::spawn(stop.clone().run_until_cancelled_owned(tls.follow()));
            Some(tls.acceptor(Application::Http)?)
        }
        None => None,
    };
    let mut serving = JoinSet::new();
    serving.spawn(net::listener::serve(
        listener,
        acceptor,
        router(&state, address, tls.as_ref()),
        most,
        stop.clone(),
        state.tasks.clone(),
    ));
    let announcement = Announcement {
        address,
        tls: tls.as_ref(),
        redirect: redirect.as_ref().map(|(_, address)| *address),
        behind_proxy: !config.trusted_proxies.is_empty(),
        data_dir: &data_dir,
    };
    if let Some((listener, _)) = redirect {
        serving.spawn(net::listener::serve(
            listener,
            None,
            http::redirect::router(address.port()).layer(from_fn(http::headers::secure)),
            SPARE_CONNECTIONS,
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
    stop.cancel();
    serving.join_all().await;
    state.rooms.close();
    state.connections.close_all(CloseCode::Restarting);
    state.tasks.close();
    if timeout(STOP_DEADLINE, state.tasks.wait()).await.is_err() {
        tracing::warn!(
            connections = state.connections.count(),
            "some connections did not end in time"
        );
    }
    Ok(())
}

fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { address, source };
    let listener = net::listener::bind(address).map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

fn data_dir(config: &Config) -> Result<PathBuf, StartError> {
    match &config.data_dir {
        Some(folder) => Ok(folder.clone()),
        None => directories::ProjectDirs::from("", "", "visavis")
            .map(|folders| folders.data_dir().to_owned())
            .ok_or(StartError::NoDataFolder),
    }
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

fn start_relay(
    config: &Config,
    tls: Option<&TlsConfig>,
    key: &[u8; KEY_BYTES],
    members: Members,
    clock: Clock,
) -> Result<Option<RunningRelay>, StartError> {
    let acceptor = tls.map(|tls| tls.acceptor(Application::Turn)).transpose()?;
    turn::start(
        &config.turn,
        config.room_capacity,
        acceptor,
        key,
        members,
        clock,
    )
    .map_err(|(address, source)| StartError::Relay { address, source })
}

fn state(
    config: &Config,
    key: &[u8; KEY_BYTES],
    clock: Clock,
    members: Members,
    own: Option<turn::Announcement>,
) -> Result<ServerState, StartError> {
    let signer = TokenSigner::new(key)?;
    let limits = Limits {
        room_capacity: config.room_capacity,
        message_bytes: u32::try_from(MESSAGE_BYTES).unwrap_or(u32::MAX),
        message_rate: config.message_rate,
        seat_kept_ms: config.seat_kept.millis(),
    };
    let most = usize_of(config.max_connections);
    let without_origin = if config.require_origin {
        WithoutOrigin::Refused
    } else {
        WithoutOrigin::Allowed
    };
    let ice_servers = config.ice_servers(own);
    if ice_servers.policy == IceTransportPolicy::Relay && !ice_servers.relays() {
        return Err(StartError::RelayWithoutServer);
    }
    Ok(ServerState {
        visitors: PrecallPeers::new(ice_servers.clone(), members.clone(), clock),
        rooms: Rooms::new(limits, ice_servers, members, signer, clock, most),
        connections: Connections::new(most, usize_of(config.max_connections_per_address)),
        origins: OriginPolicy {
            allowed: config.allowed_origins.clone(),
            without_origin,
        },
        proxies: TrustedProxies::new(config.trusted_proxies.clone()),
        connection_settings: ConnectionSettings {
            message_rate: config.message_rate,
            ping_interval: config.ping_interval.duration(),
        },
        tasks: TaskTracker::new(),
    })
}

fn router(state: &Arc<ServerState>, address: SocketAddr, tls: Option<&TlsConfig>) -> Router {
    let assets = SiteAssets::load();
    let options = LeptosOptions::builder()
        .output_name("visavis")
        .site_addr(address)
        .site_pkg_dir(assets.package_dir())
        .build();
    let pages = Pages::new(options, assets);
    let shared = Arc::clone(state);
    let functions = move |request: Request| {
        let shared = Arc::clone(&shared);
        let context = move || {
            provide_context(shared.rooms.clone());
            provide_context(Arc::clone(&shared));
        };
        leptos_axum::handle_server_fns_with_context(context, request)
    };
    let router = Router::new()
        .route("/ws", get(http::websocket::upgrade))
        .with_state(Arc::clone(state))
        .route("/healthz", get(async || "ok"))
        .route("/api/{*function}", post(functions))
        .fallback(http::pages::page)
        .with_state(pages)
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(from_fn(net::listener::limit_time))
        .layer(from_fn(http::headers::secure));
    match tls.map(TlsConfig::issuer) {
        Some(Issuer::Authority) => router.layer(from_fn(http::headers::insist_on_https)),
        Some(Issuer::Ourselves) | None => router,
    }
}

/// The document around the app, as it is rendered for one request.
fn document(options: LeptosOptions, path: String) -> impl IntoView {
    crate::app::shell(options, &path)
}

fn usize_of(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
