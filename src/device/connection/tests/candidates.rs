//! Candidates of two connections to each other: which are told, and how many are kept.

use super::*;
use crate::device::connection::pairing::{CONNECTED, NOTHING, Pairing, told};

#[test]
fn candidates_are_told_once_in_each_generation() {
    let mut pair = Pairing::new([NOTHING; 2]);
    pair.negotiate(0, false);
    let agent = &mut pair.sides[0].agent;
    let told = agent.take_untold();
    assert_eq!(told.len(), 1);
    assert!(told[0].candidate.contains(" 192.0.2.1 5000 typ host"));
    assert!(agent.take_untold().is_empty());
    agent.add_local(Candidate::host("192.0.2.9:5000".parse().unwrap(), "udp").unwrap());
    assert_eq!(agent.take_untold().len(), 1);
    let offer = agent.offer(true).unwrap();
    let again = agent.take_untold();
    assert_eq!(again.len(), 2);
    let fragment = again[0].username_fragment.as_deref().unwrap();
    assert!(offer.contains(&format!("a=ice-ufrag:{fragment}")));
    agent.set_only_relayed(true);
    assert!(agent.take_untold().is_empty());
}

#[test]
fn candidates_without_end_cost_no_more_than_those_of_one_call() {
    let mut pair = Pairing::connected([NOTHING; 2]);
    let agent = &mut pair.sides[0].agent;
    for number in 0..5_000_u32 {
        let address = std::net::Ipv4Addr::from(0x0a00_0000 + number);
        agent.add_remote(&IceCandidate {
            candidate: format!("candidate:1 1 udp 2130706431 {address} 9 typ host"),
            ..IceCandidate::default()
        });
    }
    assert_eq!(agent.remote_candidates, MOST_REMOTE_CANDIDATES);
    pair.negotiate(1, true);
    assert_eq!(
        pair.sides[0].agent.remote_candidates, 0,
        "another generation"
    );
    assert!(pair.run(5_000, told(CONNECTED, 2)));
}

#[test]
fn addresses_that_are_gone_are_told_no_more_and_own_ones_are_not_without_end() {
    let mut pair = Pairing::connected([NOTHING; 2]);
    let agent = &mut pair.sides[0].agent;
    let base = "192.0.2.1:5000".parse().unwrap();
    for port in 1_000..2_000 {
        let seen = SocketAddr::new("198.51.100.7".parse().unwrap(), port);
        agent.add_local(Candidate::server_reflexive(seen, base, "udp").unwrap());
    }
    assert_eq!(agent.candidates.len(), MOST_CANDIDATES);
    assert!(
        agent.candidates.iter().any(|it| it.addr() == base),
        "it stays"
    );
    for port in 1_000..2_000 {
        agent.remove_local(SocketAddr::new("198.51.100.7".parse().unwrap(), port));
    }
    agent.offer(true).unwrap();
    assert_eq!(agent.take_untold().len(), 1);
}
