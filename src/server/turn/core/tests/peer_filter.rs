use proptest::prelude::*;

use super::*;
use crate::server::turn::core::embedded::forms;

const REFUSED_V4: [&str; 24] = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.254",
    "255.255.255.255",
];
const PUBLIC_V4: [&str; 12] = [
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.0.0.1",
    "172.15.0.1",
    "172.32.0.1",
    "192.0.1.1",
    "192.169.0.1",
    "198.20.0.1",
    "223.255.255.255",
];

fn allows(text: &str) -> bool {
    PeerFilter::default().allows(text.parse().unwrap())
}

#[test]
fn addresses_that_are_not_public_are_refused_in_every_form() {
    for text in REFUSED_V4 {
        assert!(!allows(text), "{text}");
        for form in forms(text.parse().unwrap()) {
            assert!(
                !PeerFilter::default().allows(form.into()),
                "{form} for {text}"
            );
        }
    }
    for text in [
        "::",
        "::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "fc00::1",
        "fdff::1",
        "ff02::1",
        "2001:db8::1",
        "3fff::1",
        "100::1",
        "2001:2::1",
        "2001:10::1",
        "64:ff9b:1::101:101",
        "64:ff9b:1:101:101::1",
        "fe80::5efe:1.1.1.1",
        "fd00::200:5efe:1.1.1.1",
        "2001:db8::5efe:1.1.1.1",
        "5f00::1",
        "4000::1",
        "1::1",
    ] {
        assert!(!allows(text), "{text}");
    }
}

#[test]
fn public_addresses_are_allowed() {
    for text in PUBLIC_V4 {
        assert!(allows(text), "{text}");
        for form in forms(text.parse().unwrap()) {
            assert!(
                PeerFilter::default().allows(form.into()),
                "{form} for {text}"
            );
        }
    }
    for text in [
        "2606:4700:4700::1111",
        "2a00:1450::1",
        "2001:4860:4860::8888",
        "3ffe::1",
    ] {
        assert!(allows(text), "{text}");
    }
}

#[test]
fn an_opened_range_is_open_and_its_neighbours_are_not() {
    let filter = PeerFilter::new(vec![
        "192.168.7.0/24".parse().unwrap(),
        "fd00::/16".parse().unwrap(),
    ]);
    assert!(filter.allows("192.168.7.9".parse().unwrap()));
    assert!(filter.allows("fd00::9".parse().unwrap()));
    assert!(!filter.allows("192.168.8.9".parse().unwrap()));
    assert!(!filter.allows("fd01::9".parse().unwrap()));
}

proptest! {
    #[test]
    fn no_form_is_allowed_whose_ipv4_address_is_refused(bits in any::<u32>()) {
        let inner = Ipv4Addr::from_bits(bits);
        let filter = PeerFilter::default();
        for form in forms(inner) {
            prop_assert!(!filter.allows(form.into()) || filter.allows(inner.into()), "{form}");
        }
    }
}
