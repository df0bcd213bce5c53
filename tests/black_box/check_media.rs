//! What `visavis check` says of the media port.

use std::net::{IpAddr, UdpSocket};

use tempfile::TempDir;

use super::check::{check, expect};
use super::support::{Server, own_address};

const RELAY: [&str; 2] = ["--turn-listen", "127.0.0.1:0"];

#[tokio::test]
async fn of_a_running_server_it_is_asked_over_udp_and_through_each_relay() {
    let sfu = ["--sfu", "auto", "--sfu-listen", "127.0.0.1:0"];
    let server = Server::start(&[&sfu[..], &RELAY].concat());
    let folder = TempDir::new().unwrap();
    let target = format!("http://{}", server.address());
    let (text, code) = check(folder.path(), &["--url", &target]);
    assert_eq!(code, 0, "{text}");
    expect(&text, '✓', "The media port answers at 127.0.0.1:");
    for over in ["udp", "tcp"] {
        expect(
            &text,
            '✓',
            &format!("transport={over} leads to the media port"),
        );
    }
}

#[tokio::test]
async fn a_closed_media_port_is_told_and_that_relays_lead_there_all_the_same() {
    let Some(IpAddr::V4(own)) = own_address() else {
        return;
    };
    // Nothing comes back from an address of documentation (RFC 5737), and from outside the socket is closed.
    let options = [
        "--listen",
        "0.0.0.0:0",
        "--sfu",
        "always",
        "--sfu-listen",
        "127.0.0.1:0",
        "--sfu-external-ip",
        "203.0.113.9",
    ];
    let server = Server::start(&[&options[..], &RELAY].concat());
    let folder = TempDir::new().unwrap();
    let target = format!("http://{own}:{}", server.address().port());
    let (text, code) = check(folder.path(), &["--url", &target]);
    assert_eq!(code, 1, "{text}");
    expect(
        &text,
        '✗',
        "Nothing comes back from the media port at 203.0.113.9:",
    );
    assert!(text.contains("Open UDP port "), "{text}");
    for over in ["udp", "tcp"] {
        expect(
            &text,
            '✓',
            &format!("transport={over} leads to the media port"),
        );
    }
}

#[tokio::test]
async fn without_an_sfu_nothing_is_said_of_a_media_port() {
    let server = Server::start(&RELAY);
    let folder = TempDir::new().unwrap();
    let target = format!("http://{}", server.address());
    for arguments in [&["--url", &target][..], &[]] {
        let (text, code) = check(folder.path(), arguments);
        assert_eq!(code, 0, "{text}");
        assert!(!text.contains("media") && !text.contains("--sfu"), "{text}");
    }
}

#[tokio::test]
async fn of_a_configuration_the_ports_are_tried_and_the_addresses_looked_at() {
    let folder = TempDir::new().unwrap();
    let busy = UdpSocket::bind("127.0.0.1:0").unwrap();
    let busy = busy.local_addr().unwrap().to_string();
    let one = ["--sfu", "auto", "--sfu-threads", "1", "--sfu-listen"];
    let with = |arguments: &[&str]| check(folder.path(), &[&one[..], arguments].concat());
    let (text, code) = with(&[&busy]);
    assert_eq!(code, 1, "{text}");
    expect(&text, '✗', &format!("--sfu-listen {busy} cannot be used"));
    for (external, mark, words) in [
        ("8.8.4.4", '✓', "--sfu-listen 127.0.0.1:0 is free (UDP)"),
        (
            "172.17.0.2",
            '!',
            "--sfu-external-ip 172.17.0.2 is a private address",
        ),
        ("127.0.0.1", '✗', "nobody else can reach"),
    ] {
        let (text, code) = with(&["127.0.0.1:0", "--sfu-external-ip", external]);
        assert_eq!(code, i32::from(mark == '✗'), "{text}");
        expect(&text, mark, words);
    }
    let named = ["127.0.0.1:0", "--public-url", "https://meet.example.org"];
    let (text, code) = with(&named);
    assert_eq!(code, 0, "{text}");
    expect(
        &text,
        '!',
        "Browsers would be told to send media to 127.0.0.1",
    );
    let (text, _) = with(&[&named[..], &["--turn-external-ip", "8.8.4.4"]].concat());
    assert!(
        !text.contains("Browsers would be told to send media"),
        "{text}"
    );
}
