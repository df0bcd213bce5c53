//! Which candidates there are with the help of the STUN servers, and so whether those answer.

use futures::StreamExt;

use super::course::Course;
use super::end::End;
use super::wait::within;
use crate::client::report::{Report, Reporter};
use crate::client::rtc::connection::IceConfiguration;
use crate::protocol::{IceServer, IceTransportPolicy};
use crate::room::connection_test::{Finding, FoundCandidate, Gathering, Trouble, stun_servers};
use crate::room::quality::CandidateKind;
use crate::room::{PeerEvent, Route};

/// Gathering may take this long, in ms.
const PATIENCE_MS: u64 = 6_000;

/// Gathers, and says whether STUN answers.
pub(super) async fn finding(course: &Course, servers: &[IceServer]) -> Finding {
    let servers: Vec<IceServer> = stun_servers(servers)
        .into_iter()
        .map(|test| test.server)
        .collect();
    let count = servers.len();
    let ice = IceConfiguration {
        servers,
        policy: IceTransportPolicy::All,
        route: Route::Any,
    };
    let (reporter, mut reports) = Reporter::new();
    let Ok(end) = End::open(&ice, 0, &reporter) else {
        return Finding::Trouble(Trouble::StunSilent);
    };
    let begun = course.clock.now();
    let mut told = false;
    let gathering = async {
        if end.gather().await.is_err() {
            return;
        }
        while let Some(report) = reports.next().await {
            let Report::Path {
                event: PeerEvent::Candidate(candidate),
                ..
            } = report
            else {
                continue;
            };
            let Some(candidate) = candidate else {
                return;
            };
            course.gathered(&candidate);
            let found = FoundCandidate::parse(&candidate.candidate);
            told |= found.is_some_and(|found| found.kind == CandidateKind::Srflx);
        }
    };
    within(&course.window, PATIENCE_MS, gathering).await;
    let gathering = Gathering {
        servers: count,
        told,
        failed: end.has_complained(),
        took_ms: course.clock.now().since(begun),
    };
    gathering.finding()
}
