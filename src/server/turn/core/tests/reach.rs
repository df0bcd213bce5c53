//! Whom an allocation reaches, and who reaches its client through it.

use super::*;

#[test]
fn data_go_to_permitted_peers_and_come_from_them() {
    let mut core = core();
    let peer: SocketAddr = "1.1.1.1:99".parse().unwrap();
    assert_eq!(opened(&mut core, 1, ADA), 0);
    assert_eq!(
        relayed(&mut core, &path(1), &send("1.1.1.1:99", b"hello"), NOW),
        None
    );
    assert_eq!(core.peer_sent(&path(1), peer, 5, NOW), None);

    let request = permit(&core, ADA, "1.1.1.1:0");
    assert_eq!(code(&mut core, &path(1), &request), 0);
    assert_eq!(
        relayed(&mut core, &path(1), &send("1.1.1.1:99", b"hello"), NOW),
        Some((50_000, peer, b"hello".to_vec()))
    );
    assert_eq!(
        core.peer_sent(&path(1), peer, 5, NOW),
        Some(None),
        "an indication"
    );
    assert_eq!(
        relayed(&mut core, &path(2), &send("1.1.1.1:99", b"hello"), NOW),
        None,
        "another client"
    );

    let request = channel(&core, ADA, 0x4001, "1.1.1.1:99");
    assert_eq!(code(&mut core, &path(1), &request), 0);
    let bytes = channel_data(0x4001, b"hello");
    assert_eq!(
        relayed(&mut core, &path(1), &bytes, NOW),
        Some((50_000, peer, b"hello".to_vec()))
    );
    assert_eq!(core.peer_sent(&path(1), peer, 5, NOW), Some(Some(0x4001)));
    assert_eq!(
        relayed(&mut core, &path(1), &bytes[..8], NOW),
        None,
        "cut short"
    );
    assert_eq!(
        relayed(&mut core, &path(1), &channel_data(0x4002, b"hello"), NOW),
        None
    );
    assert_eq!(
        core.peer_sent(&path(1), peer, 5, NOW + 300_000),
        None,
        "the permission ended"
    );
}

#[test]
fn addresses_that_are_not_public_are_refused_wherever_they_are_named() {
    let mut core = core();
    assert_eq!(opened(&mut core, 1, ADA), 0);
    for peer in [
        "127.0.0.1:80",
        "10.0.0.1:80",
        "192.168.1.1:80",
        "169.254.169.254:80",
        "255.255.255.255:80",
    ] {
        let request = permit(&core, ADA, peer);
        assert_eq!(code(&mut core, &path(1), &request), 403, "{peer}");
        let request = channel(&core, ADA, 0x4000, peer);
        assert_eq!(code(&mut core, &path(1), &request), 403, "{peer}");
        assert_eq!(
            relayed(&mut core, &path(1), &send(peer, b"x"), NOW),
            None,
            "{peer}"
        );
    }
    for (peer, expected) in [
        ("[::1]:80", 403),
        ("[::ffff:127.0.0.1]:80", 403),
        ("[2a00::1]:80", 443),
    ] {
        let request = permit(&core, ADA, peer);
        assert_eq!(code(&mut core, &path(1), &request), expected, "{peer}");
    }
    for number in [0x3fff, 0x8000, 0xffff] {
        let request = channel(&core, ADA, number, "1.1.1.1:99");
        assert_eq!(code(&mut core, &path(1), &request), 400, "{number:x}");
    }
}

#[test]
fn of_this_machine_only_other_relays_are_reached() {
    let mut core = core();
    assert_eq!(opened(&mut core, 1, ADA), 0);
    assert_eq!(opened(&mut core, 2, BOB), 0);
    let request = permit(&core, ADA, "7.7.7.7:50001");
    assert_eq!(code(&mut core, &path(1), &request), 0);
    let relay =
        |core: &mut Core<Model>, peer| relayed(core, &path(1), &send(peer, b"x"), NOW).is_some();
    assert!(relay(&mut core, "7.7.7.7:50001"));
    assert!(!relay(&mut core, "7.7.7.7:22"));
    assert!(!relay(&mut core, "7.7.7.7:0"));
    assert_eq!(
        core.peer_sent(&path(1), "7.7.7.7:53".parse().unwrap(), 5, NOW),
        None
    );
    assert_eq!(returned(&mut core, 2, BOB), 0);
    assert!(!relay(&mut core, "7.7.7.7:50001"), "its relay has ended");
}

#[test]
fn this_machine_is_not_reached_by_another_way_to_write_its_address() {
    let core = core();
    let own = Ipv4Addr::new(7, 7, 7, 7);
    assert_eq!(core.reach_of(own.into()), None);
    for form in forms(own) {
        assert_eq!(core.reach_of(form.into()), None, "{form}");
    }
    for form in forms(Ipv4Addr::new(9, 9, 9, 9)) {
        assert_eq!(core.reach_of(form.into()), Some(Reach::EveryPort), "{form}");
    }
}

#[test]
fn an_opened_network_leads_not_back_to_this_machine() {
    let mut rules = rules();
    rules.filter = PeerFilter::new(vec!["fd00::/8".parse().unwrap()]);
    let core = Core::new(Arc::new(rules), Model::default());
    assert!(core.reach_of("fd00::9".parse().unwrap()).is_some());
    let own = "fd00::5efe:7.7.7.7".parse().unwrap();
    assert_eq!(core.reach_of(own), None);
}

#[test]
fn whatever_address_relays_have_only_they_are_reached_there() {
    let mut core = core();
    assert_eq!(opened(&mut core, 1, ADA), 0);
    let own = Ipv4Addr::new(7, 7, 7, 7);
    assert_eq!(core.reach_of(own.into()), Some(Reach::OwnPorts));
    for form in forms(own) {
        assert_eq!(core.reach_of(form.into()), None, "{form}");
    }
}

/// A core beside an SFU at 10.0.0.5:3480, which is also the machine's 7.7.7.7:3480.
fn core_beside_an_sfu() -> Core<Model> {
    let rules = rules();
    let places = ["10.0.0.5:3480", "7.7.7.7:3480"].map(|place| place.parse().unwrap());
    rules.media.note(0, &places);
    Core::new(Arc::new(rules), Model::default())
}

#[test]
fn of_the_sfus_addresses_its_ports_are_reached_and_nothing_else() {
    let mut core = core_beside_an_sfu();
    assert_eq!(opened(&mut core, 1, ADA), 0);
    for address in ["10.0.0.5", "7.7.7.7"] {
        let peer = |port: u16| format!("{address}:{port}");
        let request = permit(&core, ADA, &peer(22));
        assert_eq!(
            code(&mut core, &path(1), &request),
            0,
            "addresses are permitted"
        );
        let relay = |core: &mut Core<Model>, port| {
            relayed(core, &path(1), &send(&peer(port), b"x"), NOW).is_some()
        };
        assert!(relay(&mut core, 3480), "{address}");
        for port in [22, 80, 3478, 3479, 3481, 50_001] {
            assert!(!relay(&mut core, port), "{address}:{port}");
            let from = peer(port).parse().unwrap();
            assert_eq!(core.peer_sent(&path(1), from, 5, NOW), None, "{from}");
        }
        let from = peer(3480).parse().unwrap();
        assert_eq!(core.peer_sent(&path(1), from, 5, NOW), Some(None));
        for (number, port, answers) in [(0x4000, 3480, true), (0x4001, 22, false)] {
            let number = number + u16::from(address == "7.7.7.7") * 8;
            let request = channel(&core, ADA, number, &peer(port));
            assert_eq!(code(&mut core, &path(1), &request), 0);
            let data = channel_data(number, b"x");
            let passes = relayed(&mut core, &path(1), &data, NOW).is_some();
            assert_eq!(passes, answers, "{address}:{port}");
        }
    }
    for other in ["10.0.0.4:3480", "10.0.0.6:3480", "127.0.0.1:3480"] {
        let request = permit(&core, ADA, other);
        assert_eq!(code(&mut core, &path(1), &request), 403, "{other}");
    }
}

#[test]
fn the_sfu_is_not_heard_without_a_permission_nor_beyond_the_quota() {
    let mut core = core_beside_an_sfu();
    let sfu = "10.0.0.5:3480".parse().unwrap();
    assert_eq!(opened(&mut core, 1, ADA), 0);
    assert_eq!(core.peer_sent(&path(1), sfu, 5, NOW), None);
    let request = permit(&core, ADA, "10.0.0.5:3480");
    assert_eq!(code(&mut core, &path(1), &request), 0);
    let passed = |core: &Core<Model>| {
        let sent = (0..10_000).filter(|_| core.peer_sent(&path(1), sfu, 1_200, NOW).is_some());
        sent.count()
    };
    // Half a second of 100 Mbit/s.
    assert!((5_000..5_400).contains(&passed(&core)));
    assert_eq!(passed(&core), 0);
    assert_eq!(
        core.peer_sent(&path(2), sfu, 5, NOW + 1_000),
        None,
        "another client"
    );
}

#[test]
fn the_sfus_addresses_are_not_reached_by_another_way_to_write_them() {
    let core = core_beside_an_sfu();
    for own in [Ipv4Addr::new(7, 7, 7, 7), Ipv4Addr::new(10, 0, 0, 5)] {
        assert_eq!(core.reach_of(own.into()), Some(Reach::OwnPorts));
        for form in forms(own) {
            assert_eq!(core.reach_of(form.into()), None, "{form}");
        }
    }
}
