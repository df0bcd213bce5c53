use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::server::sfu::stun_fixture::{attribute, message};

fn address(number: u16) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 7], 1_000 + number))
}

fn request(username: &str) -> Vec<u8> {
    let priority = attribute(0x0024, &[1, 2, 3, 4]);
    let username = attribute(0x0006, username.as_bytes());
    let integrity = attribute(0x0008, &[0; 20]);
    message(0x0001, &[priority, username, integrity])
}

fn found<S: Copy + Eq + Hash>(
    demux: &Demux<S>,
    from: SocketAddr,
    bytes: &[u8],
    now: Instant,
) -> Option<S> {
    demux.find(from, bytes, now).map(|owner| owner.session())
}

/// Somebody at the address proves the fragment. Gives whose it is.
fn prove<S: Copy + Eq + Hash>(
    demux: &mut Demux<S>,
    from: SocketAddr,
    ufrag: &str,
    now: Instant,
) -> Option<S> {
    let owner = demux.find(from, &request(&format!("{ufrag}:theirs")), now)?;
    let session = owner.session();
    match owner {
        Owner::Claimed(claim) => demux.bind(claim),
        Owner::Bound(_) => panic!("a request claims"),
    }
    Some(session)
}

const MEDIA: [u8; 20] = [0x80; 20];

#[test]
fn a_request_names_its_session_and_media_come_from_where_one_was_accepted() {
    let now = Instant::now();
    let mut demux = Demux::default();
    demux.learn('a', "mine", now);
    assert_eq!(found(&demux, address(1), &MEDIA, now), None);
    assert_eq!(
        found(&demux, address(1), &request("mine:theirs"), now),
        Some('a')
    );
    assert_eq!(
        found(&demux, address(1), &MEDIA, now),
        None,
        "the request alone proves nothing"
    );
    assert_eq!(prove(&mut demux, address(1), "mine", now), Some('a'));
    assert_eq!(demux.find(address(1), &MEDIA, now), Some(Owner::Bound('a')));
    assert_eq!(found(&demux, address(2), &MEDIA, now), None);
}

#[test]
fn a_request_for_nobody_is_nobodys_even_from_a_bound_address() {
    let now = Instant::now();
    let mut demux = Demux::default();
    demux.learn('a', "mine", now);
    assert_eq!(prove(&mut demux, address(1), "mine", now), Some('a'));
    for username in [
        "other:theirs",
        "theirs:mine",
        "mine",
        "",
        ":mine",
        "min:theirs",
    ] {
        let bytes = request(username);
        let is_named = username.contains(':');
        let expected = (!is_named).then_some('a');
        assert_eq!(
            found(&demux, address(1), &bytes, now),
            expected,
            "{username}"
        );
    }
}

#[test]
fn only_a_whole_binding_request_names_a_session() {
    let now = Instant::now();
    let mut demux = Demux::default();
    demux.learn('a', "mine", now);
    let username = attribute(0x0006, b"mine:theirs");
    let integrity = attribute(0x0008, &[0; 20]);
    assert_eq!(
        found(
            &demux,
            address(1),
            &message(0x0001, std::slice::from_ref(&username)),
            now
        ),
        Some('a')
    );
    let alone = std::slice::from_ref(&username);
    let response = message(0x0101, alone);
    let mut longer = message(0x0001, alone);
    longer.push(0);
    let mut shorter = message(0x0001, alone);
    shorter.pop();
    let mut cookieless = message(0x0001, alone);
    let unsigned = message(0x0001, &[integrity, username.clone()]);
    cookieless[4] = 0;
    for bytes in [unsigned, response, longer, shorter, cookieless] {
        assert_eq!(found(&demux, address(1), &bytes, now), None, "{bytes:?}");
    }
}

#[test]
fn the_fragment_before_a_restart_counts_for_ten_seconds() {
    let start = Instant::now();
    let mut demux = Demux::default();
    demux.learn('a', "old", start);
    demux.learn('a', "new", start);
    demux.learn('a', "new", start + Duration::from_secs(9));
    for (seconds, old) in [(0, Some('a')), (9, Some('a')), (10, None), (11, None)] {
        let now = start + Duration::from_secs(seconds);
        assert_eq!(
            found(&demux, address(1), &request("old:theirs"), now),
            old,
            "{seconds}"
        );
        assert_eq!(
            found(&demux, address(1), &request("new:theirs"), now),
            Some('a')
        );
    }
}

#[test]
fn a_fragment_belongs_to_whoever_had_it_first() {
    let now = Instant::now();
    let mut demux = Demux::default();
    demux.learn('a', "mine", now);
    demux.learn('b', "mine", now);
    assert_eq!(
        found(&demux, address(1), &request("mine:theirs"), now),
        Some('a')
    );
    demux.forget('b');
    assert_eq!(
        found(&demux, address(1), &request("mine:theirs"), now),
        Some('a')
    );
}

#[test]
fn of_five_addresses_the_one_goes_that_was_proved_longest_ago() {
    let now = Instant::now();
    let mut demux = Demux::default();
    demux.learn('a', "mine", now);
    for number in [1, 2, 3, 4, 1, 5] {
        assert_eq!(prove(&mut demux, address(number), "mine", now), Some('a'));
    }
    let bound: Vec<u16> = (0..9)
        .filter(|number| found(&demux, address(*number), &MEDIA, now).is_some())
        .collect();
    assert_eq!(bound, [1, 3, 4, 5]);
}

#[test]
fn an_address_moves_to_the_session_that_proved_it_last() {
    let now = Instant::now();
    let mut demux = Demux::default();
    demux.learn('a', "one", now);
    demux.learn('b', "two", now);
    assert_eq!(prove(&mut demux, address(1), "one", now), Some('a'));
    assert_eq!(prove(&mut demux, address(1), "two", now), Some('b'));
    assert_eq!(found(&demux, address(1), &MEDIA, now), Some('b'));
    demux.forget('a');
    assert_eq!(
        found(&demux, address(1), &MEDIA, now),
        Some('b'),
        "it is no longer that session's to forget"
    );
}

#[test]
fn nothing_leads_to_a_forgotten_session() {
    let now = Instant::now();
    let mut demux = Demux::default();
    demux.learn('a', "old", now);
    demux.learn('a', "new", now);
    assert_eq!(prove(&mut demux, address(1), "new", now), Some('a'));
    let late = demux.find(address(2), &request("new:theirs"), now);
    demux.forget('a');
    match late {
        Some(Owner::Claimed(claim)) => demux.bind(claim),
        other => panic!("{other:?}"),
    }
    assert!(demux.by_address.is_empty() && demux.by_ufrag.is_empty() && demux.sessions.is_empty());
}

#[derive(Clone, Debug)]
enum Step {
    Learn(u8, u8),
    Prove(u8, u16),
    Forget(u8),
    Later(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0..4_u8, 0..12_u8).prop_map(|(session, ufrag)| Step::Learn(session, ufrag)),
        6 => (0..12_u8, 0..10_u16).prop_map(|(ufrag, from)| Step::Prove(ufrag, from)),
        1 => (0..4_u8).prop_map(Step::Forget),
        1 => (0..12_u8).prop_map(Step::Later),
    ];
    prop::collection::vec(step, 0..200)
}

proptest! {
    #[test]
    fn an_address_is_bound_to_whom_it_proved_last_and_everything_is_bounded(steps in steps()) {
        let mut now = Instant::now();
        let mut demux: Demux<u8> = Demux::default();
        let mut proved: BTreeMap<SocketAddr, u8> = BTreeMap::new();
        for step in steps {
            match step {
                Step::Learn(session, ufrag) => demux.learn(session, &ufrag.to_string(), now),
                Step::Prove(ufrag, from) => {
                    let from = address(from);
                    if let Some(session) = prove(&mut demux, from, &ufrag.to_string(), now) {
                        proved.insert(from, session);
                    }
                }
                Step::Forget(session) => {
                    demux.forget(session);
                    proved.retain(|_, owner| *owner != session);
                }
                Step::Later(seconds) => now += Duration::from_secs(seconds.into()),
            }
            for (from, session) in &demux.by_address {
                prop_assert_eq!(proved.get(from), Some(session));
            }
            let mut addresses = BTreeSet::new();
            let mut ufrags = BTreeSet::new();
            for (session, known) in &demux.sessions {
                prop_assert!(known.addresses.len() <= MOST_ADDRESSES && known.ufrags.len() <= MOST_UFRAGS);
                for address in &known.addresses {
                    prop_assert_eq!(demux.by_address.get(address), Some(session));
                    prop_assert!(addresses.insert(*address));
                }
                for ufrag in &known.ufrags {
                    prop_assert_eq!(demux.by_ufrag.get(ufrag).map(|named| named.session), Some(*session));
                    prop_assert!(ufrags.insert(ufrag));
                }
            }
            prop_assert_eq!(addresses.len(), demux.by_address.len());
            prop_assert_eq!(ufrags.len(), demux.by_ufrag.len());
        }
    }

    #[test]
    fn no_bytes_are_too_strange(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let now = Instant::now();
        let mut demux = Demux::default();
        demux.learn('a', "mine", now);
        prop_assert_eq!(found(&demux, address(1), &bytes, now), None);
    }

    #[test]
    fn no_change_of_a_request_is_too_strange(at in 0..68_usize, byte: u8, cut in 0..68_usize) {
        let now = Instant::now();
        let mut demux = Demux::default();
        demux.learn('a', "mine", now);
        let mut bytes = request("mine:theirs");
        prop_assert_eq!(bytes.get(32..37), Some(&b"mine:"[..]));
        let is_changed = std::mem::replace(&mut bytes[at], byte) != byte;
        let decides = at < 8 || (32..37).contains(&at);
        let named = found(&demux, address(1), &bytes, now);
        prop_assert!(named.is_none() || !is_changed || !decides);
        bytes.truncate(cut);
        prop_assert_eq!(found(&demux, address(1), &bytes, now), None);
    }
}
