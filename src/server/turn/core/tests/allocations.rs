//! How many allocations there are, and how long each lives.

use super::*;

#[test]
fn a_person_and_the_server_have_so_many_allocations_and_no_more() {
    let mut core = core();
    for (port, username, expected) in [
        (1, ADA, 0),
        (2, ADA, 0),
        (3, ADA, 486),
        (4, BOB, 0),
        (5, BOB, 508),
    ] {
        assert_eq!(opened(&mut core, port, username), expected, "{port}");
    }
    assert_eq!(returned(&mut core, 1, ADA), 0);
    assert_eq!(opened(&mut core, 6, ADA), 0);
}

#[test]
fn the_people_of_an_address_have_so_many_allocations_and_no_more() {
    let mut rules = rules();
    let quotas = Quotas {
        allocations: 10,
        ..quotas()
    };
    rules.accounts = Arc::new(Accounts::new(quotas, NOW));
    let mut core = Core::new(Arc::new(rules), Model::default());
    for (port, username, expected) in [(1, ADA, 0), (2, ADA, 0), (3, BOB, 0), (4, BOB, 486)] {
        assert_eq!(opened(&mut core, port, username), expected, "{port}");
    }
    assert_eq!(returned(&mut core, 1, ADA), 0);
    assert_eq!(opened(&mut core, 4, BOB), 0);
}

#[test]
fn what_somebody_opened_ends_and_nothing_of_others_who_came_after_them() {
    let mut core = core();
    for (port, username) in [(1, ADA), (2, BOB)] {
        assert_eq!(opened(&mut core, port, username), 0);
    }
    assert_eq!(core.rules.accounts.clients_of("ada"), [path(1)]);
    core.end_if_of(&path(2), "ada");
    assert_eq!(core.allocations.len(), 2, "Bob came from there meanwhile");
    core.end_if_of(&path(1), "ada");
    core.end_if_of(&path(1), "ada");
    assert_eq!(core.rules.accounts.allocations(), 1);
    assert!(!core.rules.ports.has("7.7.7.7:50000".parse().unwrap()));
    let request = refresh(&core, ADA, 600);
    assert_eq!(code(&mut core, &path(1), &request), 437);
}

#[test]
fn an_allocation_lives_as_long_as_it_is_refreshed_by_somebody_with_a_seat() {
    let mut core = core();
    assert_eq!(opened(&mut core, 1, ADA), 0);
    let renewed = "1800001200:ada";
    for username in [renewed, ADA, "1799999999:ada"] {
        let request = refresh(&core, username, 600);
        assert_eq!(code(&mut core, &path(1), &request), 0, "{username}");
    }
    let request = refresh(&core, BOB, 600);
    assert_eq!(code(&mut core, &path(1), &request), 441);
    assert_eq!(core.expire(&path(1), NOW + 599_999), Some(NOW + 600_000));
    core.rules.members.leave(&PeerId::new("ada"));
    let request = refresh(&core, renewed, 600);
    assert_eq!(code(&mut core, &path(1), &request), 403);
    assert_eq!(core.expire(&path(1), NOW + 600_000), None);
    assert!(core.allocations.is_empty());
    assert_eq!(core.rules.accounts.allocations(), 0);
    let request = refresh(&core, renewed, 600);
    assert_eq!(code(&mut core, &path(1), &request), 437);
}

#[test]
fn an_allocation_lasts_ten_minutes_however_long_its_client_wants_it() {
    let mut core = core();
    let lifetime = |core: &mut Core<Model>, request: &[u8]| {
        let answer = ask(core, &path(1), request, NOW).unwrap();
        let message = Message::from_bytes(&answer).unwrap();
        message.attribute::<Lifetime>().unwrap().seconds()
    };
    let hour = signed(&core, ADA, ALLOCATE, &|_| {
        vec![udp().remove(0), Box::new(Lifetime::new(3600))]
    });
    assert_eq!(lifetime(&mut core, &hour), 600);
    for wanted in [1, 600, 3600, u32::MAX] {
        let request = refresh(&core, ADA, wanted);
        assert_eq!(lifetime(&mut core, &request), 600, "{wanted}");
        assert_eq!(core.expire(&path(1), NOW), Some(NOW + 600_000));
    }
}

#[test]
fn whoever_lost_their_seat_opens_no_further_way_through_their_allocation() {
    let mut core = core();
    assert_eq!(opened(&mut core, 1, ADA), 0);
    core.rules.members.leave(&PeerId::new("ada"));
    let request = permit(&core, ADA, "5.5.5.5:1000");
    assert_eq!(code(&mut core, &path(1), &request), 403);
    let request = channel(&core, ADA, 0x4000, "5.5.5.5:1000");
    assert_eq!(code(&mut core, &path(1), &request), 403);
    assert_eq!(
        relayed(&mut core, &path(1), &send("5.5.5.5:1000", b"x"), NOW),
        None
    );
    core.rules.members.enter(&PeerId::new("ada"));
    let request = permit(&core, ADA, "5.5.5.5:1000");
    assert_eq!(code(&mut core, &path(1), &request), 0, "who came back");
    core.rules.members.leave(&PeerId::new("ada"));
    assert_eq!(returned(&mut core, 1, ADA), 0, "whoever gives it back");
}
