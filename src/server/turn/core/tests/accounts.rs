use super::*;
use crate::server::turn::core::five_tuple::ClientTransport;

fn quotas() -> Quotas {
    Quotas {
        allocations_per_person: 2,
        allocations_per_address: 3,
        allocations: 3,
        reserve: 0,
        bandwidth_per_person: Bandwidth::megabits(8),
        bandwidth_per_address: Bandwidth::megabits(12),
        bandwidth: Bandwidth::megabits(16),
    }
}

fn accounts(quotas: Quotas) -> Arc<Accounts> {
    Arc::new(Accounts::new(quotas, 0))
}

fn client(address: &str, port: u16) -> ClientPath {
    ClientPath {
        remote: (address.parse::<IpAddr>().unwrap(), port).into(),
        link: ClientTransport::Datagram {
            socket: 0,
            local: None,
        },
    }
}

/// Takes one for a person of this address.
fn take_at(
    accounts: &Arc<Accounts>,
    person: &str,
    address: &str,
    port: u16,
) -> Result<Account, OverQuota> {
    accounts.take(client(address, port), person, Standing::Seated, 0)
}

/// Takes one for a person who shares their address with nobody.
fn take(accounts: &Arc<Accounts>, person: &str, port: u16) -> Result<Account, OverQuota> {
    let address = format!("8.8.4.{}", person.len());
    take_at(accounts, person, &address, port)
}

#[test]
fn a_visitor_has_a_small_share_of_their_own() {
    let accounts = accounts(Quotas {
        allocations: 100,
        allocations_per_person: 50,
        allocations_per_address: 60,
        bandwidth_per_person: Bandwidth::megabits(500),
        bandwidth_per_address: Bandwidth::megabits(600),
        bandwidth: Bandwidth::megabits(1_000),
        ..quotas()
    });
    let visit = |port| accounts.take(client("8.8.8.8", port), "visitor", Standing::Visiting, 0);
    let open: Vec<_> = (0..8).map(|port| visit(port).unwrap()).collect();
    assert_eq!(visit(9).unwrap_err(), OverQuota::Person);
    let passed = (0..10_000).filter(|_| open[0].allows(1_000, 0)).count();
    assert!((3_000..=3_200).contains(&passed), "{passed}");
    assert!(take(&accounts, "ada", 1).is_ok());
}

#[test]
fn a_person_and_the_server_have_so_many_allocations_and_no_more() {
    let accounts = accounts(quotas());
    let first = take(&accounts, "ada", 1).unwrap();
    let _second = take(&accounts, "ada", 2).unwrap();
    assert_eq!(take(&accounts, "ada", 3).unwrap_err(), OverQuota::Person);
    let _third = take(&accounts, "bobby", 1).unwrap();
    assert_eq!(take(&accounts, "eve", 4).unwrap_err(), OverQuota::Server);
    drop(first);
    assert!(take(&accounts, "eve", 4).is_ok());
    assert_eq!(accounts.allocations(), 2);
}

#[test]
fn whoever_leaves_and_comes_back_as_somebody_else_gets_no_more_than_their_address_may_have() {
    let accounts = accounts(Quotas {
        allocations: 1_000,
        allocations_per_address: 40,
        ..quotas()
    });
    for network in ["8.8.4.", "2a00:1:2:3::"] {
        let mut open = vec![];
        for number in 0..100 {
            // Of IPv6 one has a whole /64.
            let host = if network.contains(':') { number } else { 4 };
            let (person, address) = (format!("{network}{number}"), format!("{network}{host}"));
            match take_at(&accounts, &person, &address, number) {
                Ok(account) => open.push(account),
                Err(over) => assert_eq!(over, OverQuota::Address),
            }
        }
        assert_eq!(open.len(), 40, "{network}");
        assert!(take_at(&accounts, "ada", "9.9.9.9", 1).is_ok());
        assert!(take_at(&accounts, "ada", "2a00:1:2:4::1", 1).is_ok());
        drop(open);
        let address = format!("{network}4");
        assert!(take_at(&accounts, "ada", &address, 1).is_ok());
    }
}

#[test]
fn what_is_left_at_last_goes_to_addresses_that_have_none() {
    let accounts = accounts(Quotas {
        allocations: 10,
        allocations_per_person: 100,
        allocations_per_address: 100,
        reserve: 3,
        ..quotas()
    });
    let greedy = |port| take_at(&accounts, "eve", "8.8.4.4", port);
    let mut open: Vec<_> = (0..7).map(|port| greedy(port).unwrap()).collect();
    assert_eq!(greedy(8).unwrap_err(), OverQuota::Address);
    for number in 1..=3 {
        let address = format!("9.9.9.{number}");
        open.push(take_at(&accounts, &address, &address, 1).unwrap());
        assert!(greedy(8).is_err(), "{number}");
    }
    let late = || take_at(&accounts, "late", "9.9.9.4", 1);
    assert_eq!(late().unwrap_err(), OverQuota::Server);
    open.swap_remove(0);
    assert_eq!(greedy(8).unwrap_err(), OverQuota::Address);
    assert!(late().is_ok());
}

#[test]
fn loopback_is_not_counted() {
    let accounts = accounts(Quotas {
        allocations: 10,
        allocations_per_address: 1,
        reserve: 9,
        bandwidth_per_address: Bandwidth::megabits(1),
        bandwidth: Bandwidth::megabits(100),
        ..quotas()
    });
    for address in ["127.0.0.1", "::1"] {
        let open = ["ada", "bob", "eve"].map(|who| take_at(&accounts, who, address, 1).unwrap());
        for account in open {
            assert!(account.allows(200_000, 0), "{address}");
        }
    }
}

#[test]
fn nobody_is_known_without_an_allocation_once_their_meters_are_at_rest() {
    let accounts = accounts(quotas());
    let known = |person: &str| format!("{:?}", accounts.open.lock()).contains(person);
    let quiet = take(&accounts, "quiet", 1).unwrap();
    drop(quiet);
    assert!(!known("quiet") && !known("8.8.4.5"));
    let loud = take(&accounts, "loud", 1).unwrap();
    assert!(loud.allows(400_000, 0));
    drop(loud);
    assert!(known("loud") && known("8.8.4.4"));
    drop(accounts.take(client("9.9.9.9", 1), "ada", Standing::Seated, 500));
    assert!(!known("loud") && !known("8.8.4.4"));
}

#[test]
fn a_persons_clients_are_found() {
    let accounts = accounts(quotas());
    let open = [take(&accounts, "ada", 1), take(&accounts, "ada", 2)];
    let _bobs = take(&accounts, "bobby", 3);
    let mut clients = accounts.clients_of("ada");
    clients.sort_by_key(|client| client.remote);
    assert_eq!(clients, [client("8.8.4.3", 1), client("8.8.4.3", 2)]);
    drop(open);
    assert!(accounts.clients_of("ada").is_empty());
}

#[test]
fn the_allocations_of_a_person_share_their_bandwidth_as_do_those_of_an_address_and_of_the_server() {
    let accounts = accounts(Quotas {
        allocations: 10,
        ..quotas()
    });
    let at_once = |account: &Account| (0..1000).filter(|_| account.allows(1000, 0)).count();
    let [one, two, bob] = [("ada", 1), ("ada", 2), ("bob", 3)]
        .map(|(who, port)| take_at(&accounts, who, "8.8.4.4", port).unwrap());
    let passed = at_once(&one) + at_once(&two);
    assert!((490..=500).contains(&passed), "{passed}");
    let bobs = at_once(&bob);
    assert!((240..=260).contains(&bobs), "{bobs} left");
    let eves = at_once(&take_at(&accounts, "eve", "9.9.9.9", 1).unwrap());
    assert!((240..=260).contains(&eves), "{eves} left");
}
