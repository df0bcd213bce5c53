//! Behind reverse proxies: whose word on where people come from is believed.

use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;

use super::support::{Server, wait};

async fn connect(
    server: &Server,
    headers: &[(&'static str, &'static str)],
) -> Result<WebSocketStream<TcpStream>, u16> {
    let url = format!("ws://{}/ws", server.address());
    let mut request = url.into_client_request().unwrap();
    for (name, value) in headers {
        let value = HeaderValue::from_static(value);
        request.headers_mut().insert(*name, value);
    }
    let stream = TcpStream::connect(server.address()).await.unwrap();
    let upgrading = tokio_tungstenite::client_async(request, stream);
    match wait("an upgrade", upgrading).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn people_behind_a_trusted_proxy_are_counted_by_their_own_addresses() {
    let server = Server::start(&[
        "--max-connections-per-address",
        "1",
        "--trusted-proxy",
        "127.0.0.0/8",
    ]);
    let from = |address| [("x-forwarded-for", address)];
    let ada = connect(&server, &from("203.0.113.1")).await;
    assert!(ada.is_ok());
    let again = connect(&server, &from("203.0.113.1")).await;
    assert_eq!(again.err(), Some(429));
    let forged = connect(&server, &from("6.6.6.6, 203.0.113.1")).await;
    assert_eq!(forged.err(), Some(429));
    assert!(connect(&server, &from("203.0.113.2")).await.is_ok());
}

#[tokio::test]
async fn anybody_elses_word_counts_for_nothing() {
    let server = Server::start(&["--max-connections-per-address", "1"]);
    let headers = [
        ("x-forwarded-for", "203.0.113.1"),
        ("x-forwarded-proto", "https"),
    ];
    let both = (
        connect(&server, &headers).await,
        connect(&server, &headers).await,
    );
    assert!(both.0.is_ok() && both.1.is_ok());
}

#[tokio::test]
async fn behind_a_proxy_that_speaks_https_a_page_in_the_clear_is_foreign() {
    let server = Server::start(&["--trusted-proxy", "127.0.0.1"]);
    for (origin, expected) in [
        ("https://meet.example", None),
        ("http://meet.example", Some(403)),
    ] {
        let headers = [
            ("host", "meet.example"),
            ("origin", origin),
            ("x-forwarded-proto", "https"),
        ];
        let refusal = connect(&server, &headers).await.err();
        assert_eq!(refusal, expected, "{origin}");
    }
}
