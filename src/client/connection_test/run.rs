//! The check of the connection: tries what a call needs, one thing after the other, and writes down what it finds.
//!
//! Invariant: it joins no room but one of its own, and that only where the server has a media port to try; it turns no device on, and
//! tells nobody but the server and the announced STUN and TURN servers anything. Dropping its future ends all of it.

use futures::future::join;
use leptos::prelude::*;
use web_sys::Window;

use super::course::Course;
use super::wait::pause;
use super::{gathering, media, relay, server, socket};
use crate::client::browser::clock::Clock;
use crate::client::browser::environment;
use crate::protocol::{CheckServers, IceServer};
use crate::room::DeviceKind;
use crate::room::connection_test::{
    Check, Finding, Obstacle, RelayTransport, TestStep, Trouble, device_finding, page_finding,
    relays,
};
use crate::session::Session;

/// The user has this long to answer the browser's question about devices when all else is done, in ms.
const ANSWER_MS: u64 = 3_000;
/// The answer is looked for so often, in ms.
const LOOK_MS: u64 = 250;

/// At most so many URLs of one transport are tried; one that works is enough.
const URLS_TRIED: usize = 2;

/// Runs a check from its begin to its end.
pub(crate) async fn run(window: Window, session: Session) {
    let course = Course {
        clock: Clock::of(&window),
        window,
        session,
    };
    course.session.check.set(Check::new(
        course.window.navigator().user_agent().unwrap_or_default(),
        course.window.location().origin().unwrap_or_default(),
    ));
    let page = page_finding(environment::detect(&course.window));
    course.end(TestStep::Page, page);
    if matches!(page, Finding::Trouble(_)) {
        course.update(|check| check.give_up(Obstacle::Page));
        return;
    }
    course.look_at_devices();
    course.begin(TestStep::Server);
    let server = server::finding(&course).await;
    course.end(TestStep::Server, server);
    let servers = match server {
        Finding::Fine(_) => server::ask().await,
        _ => Err(Obstacle::ServersUnknown),
    };
    join(course.try_socket(), course.try_network(servers)).await;
    course.try_media().await;
    course.wait_for_devices().await;
}

impl Course {
    /// Judges microphone and camera by what is known of them; says whether both are.
    fn look_at_devices(&self) -> bool {
        let mut known = true;
        for (step, kind) in [
            (TestStep::Microphone, DeviceKind::Microphone),
            (TestStep::Camera, DeviceKind::Camera),
        ] {
            let media = self.session.media;
            match media.with_untracked(|media| device_finding(media, kind)) {
                Some(finding) => self.end(step, finding),
                None => {
                    known = false;
                    self.begin(step);
                }
            }
        }
        known
    }

    async fn wait_for_devices(&self) {
        for _ in 0..ANSWER_MS / LOOK_MS {
            if self.look_at_devices() {
                return;
            }
            pause(&self.window, LOOK_MS).await;
        }
        self.update(|check| {
            for step in [TestStep::Microphone, TestStep::Camera] {
                if check.finding(step).is_none() {
                    check.end(step, Finding::Trouble(Trouble::Unanswered));
                }
            }
        });
    }

    async fn try_socket(&self) {
        self.begin(TestStep::Socket);
        let finding = socket::finding(self).await;
        self.end(TestStep::Socket, finding);
    }

    async fn try_media(&self) {
        self.begin(TestStep::Media);
        let finding = media::finding(self).await;
        self.end(TestStep::Media, finding);
    }

    async fn try_network(&self, servers: Result<CheckServers, Obstacle>) {
        let servers = match servers {
            Ok(CheckServers::Granted { ice_servers, .. }) => Ok(ice_servers),
            Ok(CheckServers::TooMany) => Err(Obstacle::TooManyChecks),
            Err(obstacle) => Err(obstacle),
        };
        let (known, obstacle) = match servers {
            Ok(servers) => (servers, None),
            Err(obstacle) => (Vec::new(), Some(obstacle)),
        };
        let urls = known.iter().flat_map(|server| server.urls.iter().cloned());
        self.update(|check| check.tried(urls));
        self.begin(TestStep::Stun);
        self.begin(TestStep::Candidates);
        let stun = gathering::finding(self, &known).await;
        self.end(TestStep::Stun, obstacle.map_or(stun, Finding::NotTried));
        for transport in RelayTransport::ALL {
            let step = TestStep::Relay(transport);
            self.begin(step);
            let finding = match obstacle {
                Some(obstacle) => Finding::NotTried(obstacle),
                None => self.try_relays(&known, transport).await,
            };
            self.end(step, finding);
        }
        self.update(Check::sum_up_candidates);
    }

    async fn try_relays(&self, servers: &[IceServer], transport: RelayTransport) -> Finding {
        let mut finding = Finding::NotOffered;
        for test in relays(servers, transport).iter().take(URLS_TRIED) {
            finding = relay::finding(self, test).await;
            if matches!(finding, Finding::Fine(_)) {
                break;
            }
        }
        finding
    }
}
