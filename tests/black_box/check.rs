//! The verdicts of `visavis check`: on a configuration, and on a running server.

use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::support::{Server, certificate_pem, failed_start};

/// What was printed, and the exit code.
pub(crate) fn check(folder: &Path, arguments: &[&str]) -> (String, i32) {
    let arguments: Vec<&str> = ["check"].iter().chain(arguments).copied().collect();
    let output = failed_start(folder, &arguments, &[]);
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(complaint, "");
    let text = String::from_utf8(output.stdout).unwrap();
    (text, output.status.code().unwrap())
}

/// Fails unless a line has the mark and the words.
pub(crate) fn expect(text: &str, mark: char, words: &str) {
    let found = text
        .lines()
        .any(|line| line.trim_start().starts_with(mark) && line.contains(words));
    assert!(found, "no {mark} with {words:?} in\n{text}");
}

#[tokio::test]
async fn a_good_configuration_passes_and_nothing_is_left_behind() {
    let folder = TempDir::new().unwrap();
    let pem = folder.path().join("both.pem");
    std::fs::write(&pem, certificate_pem()).unwrap();
    let pem = pem.to_str().unwrap();
    let data = folder.path().join("data");
    let (text, code) = check(&data, &["--tls-cert", pem, "--tls-key", pem]);
    assert_eq!(code, 0, "{text}");
    for words in ["--listen 127.0.0.1:0", "data folder", "one pair", "days"] {
        expect(&text, '✓', words);
    }
    expect(&text, '!', "It answers under every name");
    assert!(!text.contains('✗'), "{text}");
    let named = [
        "--tls-cert",
        pem,
        "--tls-key",
        pem,
        "--public-url",
        "https://localhost",
    ];
    let (text, code) = check(&data, &named);
    assert_eq!(code, 0, "{text}");
    expect(&text, '✓', "open at https://localhost and nowhere else");
    assert!(!data.exists());
}

#[tokio::test]
async fn whatever_is_wrong_with_a_configuration_is_said_with_what_to_do() {
    let folder = TempDir::new().unwrap();
    let (one, other) = (
        folder.path().join("one.pem"),
        folder.path().join("other.pem"),
    );
    std::fs::write(&one, certificate_pem()).unwrap();
    std::fs::write(&other, certificate_pem()).unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let (one, other) = (one.to_str().unwrap(), other.to_str().unwrap());
    for (arguments, words) in [
        (vec!["--listen", &taken], "cannot be used"),
        (vec!["--listen", "0.0.0.0:0"], "Cameras will not work"),
        (
            vec!["--tls-cert", one, "--tls-key", other],
            "is not that of",
        ),
        (vec!["--redirect-http", "127.0.0.1:0"], "leads to HTTPS"),
        (
            vec!["--ice-server", "stun:127.0.0.1"],
            "nobody else can reach",
        ),
        (vec!["--ice-transport-policy", "relay"], "no TURN server"),
    ] {
        let (text, code) = check(folder.path(), &arguments);
        assert_eq!(code, 1, "{text}");
        expect(&text, '✗', words);
    }
    let (text, code) = check(&file, &[]);
    assert_eq!(code, 1, "{text}");
    expect(&text, '✗', "data folder");
    let busy = UdpSocket::bind("127.0.0.1:0").unwrap();
    let busy = busy.local_addr().unwrap().to_string();
    let (text, code) = check(folder.path(), &["--turn-listen", &busy]);
    assert_eq!(code, 1, "{text}");
    expect(&text, '✗', &format!("--turn-listen {busy} cannot be used"));
    for (external, mark, words) in [
        ("172.17.0.2", '!', "a private address"),
        ("127.0.0.1", '✗', "nobody else can reach"),
    ] {
        let relay = ["--turn-listen", "0.0.0.0:0", "--turn-external-ip", external];
        let (text, code) = check(folder.path(), &relay);
        assert_eq!(code, i32::from(mark == '✗'), "{text}");
        expect(&text, '✓', "--turn-listen 0.0.0.0:0 is free");
        expect(&text, mark, words);
    }
    let (text, code) = check(folder.path(), &["--turn-listen", "127.0.0.1:0"]);
    assert_eq!(code, 0, "{text}");
    expect(
        &text,
        '!',
        "--turn-listen 127.0.0.1 is an address that nobody else can reach",
    );
    let open = folder.path().join("open");
    std::fs::create_dir(&open).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    std::fs::set_permissions(&open, mode).unwrap();
    let (text, code) = check(&open, &[]);
    assert_eq!(code, 0, "{text}");
    expect(&text, '!', "Other users can write to the data folder");
    let private = ["--ice-server", "stun:10.0.0.1"];
    let (text, code) = check(folder.path(), &private);
    assert_eq!(code, 0, "{text}");
    expect(&text, '!', "private address");
}

#[tokio::test]
async fn a_running_server_is_visited_and_its_stun_servers_are_asked() {
    let stun = UdpSocket::bind("127.0.0.1:0").unwrap();
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let url = format!("stun:{}", stun.local_addr().unwrap());
    let silent_url = format!("stun:{}", silent.local_addr().unwrap());
    std::thread::spawn(move || {
        let mut packet = [0; 1500];
        while let Ok((length, from)) = stun.recv_from(&mut packet) {
            stun.send_to(&binding_answer(&packet[..length], from), from)
                .unwrap();
        }
    });
    let server = Server::start(&["--ice-server", &url]);
    let target = format!("http://{}", server.address());
    let folder = TempDir::new().unwrap();
    let (text, code) = check(folder.path(), &["--url", &target]);
    assert_eq!(code, 0, "{text}");
    for words in ["The page is there", "A room was joined", &url] {
        expect(&text, '✓', words);
    }
    expect(&text, '!', "no relay");

    let server = Server::start(&["--ice-server", &silent_url]);
    let target = format!("http://{}", server.address());
    let (text, code) = check(folder.path(), &["--url", &target]);
    assert_eq!(code, 1, "{text}");
    expect(&text, '✗', "nothing came back");
}

/// RFC 8489 by hand: a success response with XOR-MAPPED-ADDRESS.
fn binding_answer(request: &[u8], from: std::net::SocketAddr) -> Vec<u8> {
    let std::net::SocketAddr::V4(from) = from else {
        panic!("{from}")
    };
    let mut answer = vec![0x01, 0x01, 0, 12];
    answer.extend(&request[4..20]);
    answer.extend([0x00, 0x20, 0, 8, 0, 1]);
    answer.extend((from.port() ^ 0x2112).to_be_bytes());
    answer.extend((from.ip().to_bits() ^ 0x2112_a442).to_be_bytes());
    answer
}

#[tokio::test]
async fn a_certificate_that_browsers_warn_about_is_named_and_the_rest_is_tested_all_the_same() {
    let server = Server::start(&["--tls-self-signed"]);
    let folder = TempDir::new().unwrap();
    let target = format!("https://{}", server.address());
    let (text, code) = check(folder.path(), &["--url", &target]);
    assert_eq!(code, 1, "{text}");
    expect(&text, '✗', "do not trust the certificate");
    let fingerprint = server.announcement().lines().last().unwrap().trim();
    expect(&text, '✗', fingerprint);
    expect(&text, '✓', "A room was joined");
}

#[tokio::test]
async fn where_there_is_no_server_or_another_one_it_says_so() {
    let folder = TempDir::new().unwrap();
    let gone = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = format!("http://{}", gone.local_addr().unwrap());
    drop(gone);
    let (text, code) = check(folder.path(), &["--url", &target]);
    assert_eq!(code, 1, "{text}");
    expect(&text, '✗', "Nothing answers");

    let server = Server::start(&["--tls-self-signed"]);
    let target = format!("http://{}", server.address());
    let (text, code) = check(folder.path(), &["--url", &target]);
    assert_eq!(code, 1, "{text}");
    expect(&text, '✗', "page");

    let server = Server::start(&["--public-url", "https://meet.example"]);
    let target = format!("http://{}", server.address());
    let (text, code) = check(folder.path(), &["--url", &target]);
    assert_eq!(code, 1, "{text}");
    expect(&text, '✗', "not open at this address");

    let server = Server::start(&[]);
    let target = format!("https://{}", server.address());
    let (text, code) = check(folder.path(), &["--url", &target]);
    assert_eq!(code, 1, "{text}");
    expect(&text, '✗', "No TLS connection");
}

/// coturn on loopback with the secret "north", if it is installed.
struct Coturn(Child, u16);

impl Coturn {
    fn start(folder: &Path) -> Option<Self> {
        let port = free_port();
        let mut command = Command::new("turnserver");
        command
            .args(["-n", "--no-cli", "--no-tls", "--no-dtls", "--fingerprint"])
            .args(["--allow-loopback-peers", "--listening-ip=127.0.0.1"])
            .args(["--relay-ip=127.0.0.1", "--realm=test", "--use-auth-secret"])
            .args(["--static-auth-secret=north", "--log-file=stdout"])
            .arg(format!("--listening-port={port}"))
            .arg(format!("--pidfile={}", folder.join("pid").display()))
            .arg(format!("--userdb={}", folder.join("users").display()))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        match command.spawn() {
            Ok(child) => {
                let mut coturn = Self(child, port);
                coturn.until_it_answers();
                Some(coturn)
            }
            Err(error) => {
                eprintln!("SKIPPED: coturn's turnserver cannot be started: {error}");
                None
            }
        }
    }

    /// It opens the port for UDP later than the one for TCP, and each only some time after it was started.
    fn until_it_answers(&mut self) {
        let client = UdpSocket::bind("127.0.0.1:0").unwrap();
        client.connect(("127.0.0.1", self.1)).unwrap();
        client
            .set_read_timeout(Some(Duration::from_millis(100)))
            .unwrap();
        // A binding request: its type, no attributes, the magic cookie, and any transaction's id (RFC 8489, section 5).
        let request = [&[0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42][..], &[7; 12]].concat();
        let mut answer = [0; 256];
        while TcpStream::connect(("127.0.0.1", self.1)).is_err()
            || client.send(&request).is_err()
            || client.recv(&mut answer).is_err()
        {
            let ended = self.0.try_wait().unwrap();
            assert!(ended.is_none(), "coturn ended by itself: {ended:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// A port that is free for UDP and TCP, of those that no system gives to whoever asks for any: coturn tries a taken one again
/// for minutes, and another test's connection may take any of the others in the moment between.
fn free_port() -> u16 {
    let first = u16::try_from(std::process::id() % 10_000).unwrap();
    (0..10_000)
        .map(|step| 10_000 + (first + step) % 10_000)
        .find(|port| {
            UdpSocket::bind(("127.0.0.1", *port)).is_ok()
                && TcpListener::bind(("127.0.0.1", *port)).is_ok()
        })
        .expect("a free port")
}

impl Drop for Coturn {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn real_data_is_relayed_through_coturn_over_udp_and_tcp_with_the_shared_secret() {
    let folder = TempDir::new().unwrap();
    let Some(coturn) = Coturn::start(folder.path()) else {
        return;
    };
    let urls = ["udp", "tcp"].map(|over| format!("turn:127.0.0.1:{}?transport={over}", coturn.1));
    let options = |secret| {
        [
            "--turn-url",
            &urls[0],
            "--turn-url",
            &urls[1],
            "--turn-secret",
            secret,
        ]
    };
    let server = Server::start(&options("north"));
    let target = format!("http://{}", server.address());
    let (text, code) = check(folder.path(), &["--url", &target]);
    assert_eq!(code, 0, "{text}");
    for url in &urls {
        expect(&text, '✓', &format!("{url} relays data"));
    }

    let server = Server::start(&options("south"));
    let target = format!("http://{}", server.address());
    let (text, code) = check(folder.path(), &["--url", &target]);
    assert_eq!(code, 1, "{text}");
    expect(&text, '✗', "it refused: 401");
}
