use super::*;

const EVERYWHERE: [&str; 2] = ["0.0.0.0:3480", "[::]:3481"];

fn addresses(texts: &[&str]) -> Vec<IpAddr> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn told(external: &[&str], own: &[&str], named: Option<&str>, bound: &[&str]) -> Vec<String> {
    let reached = ReachedAt {
        named: named.map(|text| text.parse().unwrap()),
        local: None,
    };
    told_to(external, own, reached, bound)
}

fn told_to(external: &[&str], own: &[&str], reached: ReachedAt, bound: &[&str]) -> Vec<String> {
    let bound: Vec<SocketAddr> = bound.iter().map(|text| text.parse().unwrap()).collect();
    let bound = BoundAddresses {
        v4: bound.iter().copied().find(SocketAddr::is_ipv4),
        v6: bound.iter().copied().find(SocketAddr::is_ipv6),
    };
    let candidates = candidates(&addresses(external), &addresses(own), reached, bound);
    candidates.iter().map(ToString::to_string).collect()
}

#[test]
fn the_machines_addresses_are_told_and_first_where_they_came_in() {
    let own = ["192.0.2.1", "2001:db8::1"];
    assert_eq!(
        told(&[], &own, Some("192.168.7.1"), &EVERYWHERE),
        ["192.168.7.1:3480", "192.0.2.1:3480", "[2001:db8::1]:3481"]
    );
    let reached = ReachedAt::new(
        Some("meet.example.org"),
        Some("::ffff:192.0.2.1".parse().unwrap()),
    );
    assert_eq!(
        told_to(&[], &own, reached, &EVERYWHERE),
        ["192.0.2.1:3480", "[2001:db8::1]:3481"],
        "a mapped address is the one inside, and none is told twice"
    );
    let reached = ReachedAt::new(
        Some("192.168.7.1:3000"),
        Some("172.18.0.2".parse().unwrap()),
    );
    assert_eq!(
        told_to(&[], &own, reached, &EVERYWHERE),
        [
            "192.168.7.1:3480",
            "172.18.0.2:3480",
            "192.0.2.1:3480",
            "[2001:db8::1]:3481"
        ],
        "a forwarded port: the address of the host, then that of the container"
    );
    assert_eq!(
        told(&[], &own, None, &EVERYWHERE),
        ["192.0.2.1:3480", "[2001:db8::1]:3481"]
    );
}

#[test]
fn announced_addresses_stand_for_the_others_of_their_version() {
    let own = ["172.18.0.2", "2001:db8::1"];
    assert_eq!(
        told(&["203.0.113.9"], &own, Some("172.18.0.2"), &EVERYWHERE),
        ["203.0.113.9:3480", "[2001:db8::1]:3481"]
    );
    assert_eq!(
        told(
            &["203.0.113.9", "2001:db8::9"],
            &own,
            Some("127.0.0.1"),
            &["172.18.0.2:3480"]
        ),
        ["203.0.113.9:3480"],
        "there is no socket for the other version, and none on loopback"
    );
}

#[test]
fn loopback_is_told_to_whoever_came_over_it() {
    let own = ["192.0.2.1"];
    for came_in in ["127.0.0.1", "::1"] {
        assert_eq!(
            told(&[], &own, Some(came_in), &EVERYWHERE),
            ["192.0.2.1:3480", "127.0.0.1:3480", "[::1]:3481"],
            "{came_in}"
        );
    }
    assert_eq!(
        told(&["203.0.113.9"], &own, Some("127.0.0.1"), &["0.0.0.0:3480"]),
        ["203.0.113.9:3480", "127.0.0.1:3480"]
    );
    let proxied = ReachedAt::new(Some("meet.example.org"), Some("127.0.0.1".parse().unwrap()));
    assert_eq!(
        told_to(&[], &own, proxied, &EVERYWHERE),
        ["192.0.2.1:3480"],
        "it is a proxy that came over loopback"
    );
    let own = ["127.0.0.1", "192.0.2.1", "::1"];
    assert_eq!(
        told(&[], &own, Some("192.0.2.1"), &EVERYWHERE),
        ["192.0.2.1:3480"]
    );
    assert_eq!(
        told(&[], &own, None, &["127.0.0.1:3480"]),
        Vec::<String>::new()
    );
    assert_eq!(
        told(&[], &own, Some("127.0.0.1"), &["127.0.0.2:3480"]),
        ["127.0.0.2:3480"]
    );
}

#[test]
fn where_a_socket_is_bound_by_name_it_is_reached_there_alone() {
    let own = ["192.0.2.1", "2001:db8::1"];
    for came_in in [None, Some("127.0.0.1"), Some("192.0.2.1")] {
        let bound = ["198.51.100.1:3480", "[2001:db8::7]:3481"];
        assert_eq!(told(&[], &own, came_in, &bound), bound);
    }
}

#[test]
fn what_leads_nowhere_is_told_to_nobody() {
    let own = [
        "0.0.0.0",
        "169.254.3.4",
        "255.255.255.255",
        "224.0.0.1",
        "fe80::1",
        "ff02::1",
        "::",
    ];
    assert_eq!(
        told(&[], &own, Some("fe80::1"), &EVERYWHERE),
        Vec::<String>::new()
    );
    assert_eq!(told(&["192.0.2.1"], &own, None, &[]), Vec::<String>::new());
}

#[test]
fn many_addresses_are_cut_to_eight_and_no_version_takes_all() {
    let texts = |count: usize, prefix: &str| -> Vec<String> {
        (1..=count)
            .map(|number| format!("{prefix}{number}"))
            .collect()
    };
    for (v4, v6, expected) in [
        (20, 20, (4, 4)),
        (20, 1, (7, 1)),
        (2, 20, (2, 6)),
        (20, 0, (8, 0)),
    ] {
        let own = [texts(v4, "192.0.2."), texts(v6, "2001:db8::")].concat();
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        let told = told(&[], &own, None, &EVERYWHERE);
        let of_v6 = told.iter().filter(|text| text.starts_with('[')).count();
        assert_eq!((told.len() - of_v6, of_v6), expected);
    }
}
