//! Where the operator has named the site's addresses, nothing is served under any other.

use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use super::support::{Response, Server, request_for, wait};

const NAMED: [&str; 2] = ["--public-url", "https://meet.example,http://10.0.0.7:3000"];

async fn get(server: &Server, host: &str, path: &str) -> Response {
    request_for(server, host, &format!("GET {path}"), &[], "").await
}

/// Tries to open a WebSocket for a host, from a page of an origin; gives the status.
async fn socket(server: &Server, host: &str, origin: Option<&str>) -> u16 {
    let url = format!("ws://{}/ws", server.address());
    let mut request = url.into_client_request().unwrap();
    request.headers_mut().insert("host", host.parse().unwrap());
    if let Some(origin) = origin {
        request
            .headers_mut()
            .insert("origin", origin.parse().unwrap());
    }
    let stream = TcpStream::connect(server.address()).await.unwrap();
    let upgrading = tokio_tungstenite::client_async(request, stream);
    match wait("an upgrade", upgrading).await {
        Ok((_, response)) => response.status().as_u16(),
        Err(Error::Http(response)) => response.status().as_u16(),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_name_that_somebody_else_lets_lead_here_gets_nothing() {
    let server = Server::start(&NAMED);
    let by_address = server.address().to_string();
    for host in [
        "evil.example",
        "meet.example.evil.example",
        by_address.as_str(),
    ] {
        for path in ["/", "/r/abc", "/favicon.svg", "/ws", "/nowhere"] {
            let answer = get(&server, host, path).await;
            assert_eq!(answer.status, 421, "{host}{path}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            assert!(!answer.body.contains("meet.example"), "{}", answer.body);
        }
        let form = ["content-type: application/x-www-form-urlencoded"];
        let asked = request_for(&server, host, "POST /api/create_room", &form, "").await;
        assert_eq!(asked.status, 421);
        let origin = format!("http://{host}");
        assert_eq!(socket(&server, host, Some(&origin)).await, 421);
        assert_eq!(socket(&server, host, None).await, 421);
        let health = get(&server, host, "/healthz").await;
        assert_eq!((health.status, health.body.as_str()), (200, "ok"));
    }
    for host in ["meet.example", "meet.example:443", "10.0.0.7:3000"] {
        assert_eq!(get(&server, host, "/").await.status, 200, "{host}");
    }
}

#[tokio::test]
async fn only_the_sites_own_pages_may_connect_and_ask() {
    let server = Server::start(&NAMED);
    let host = "meet.example";
    for (origin, status) in [
        (None, 101),
        (Some("https://meet.example"), 101),
        (Some("http://10.0.0.7:3000"), 101),
        (Some("http://meet.example"), 403),
        (Some("https://evil.example"), 403),
        (Some("null"), 403),
    ] {
        assert_eq!(socket(&server, host, origin).await, status, "{origin:?}");
    }
    // The pages let nobody know where they are, which hides their origin when they send a plain form.
    for (headers, status) in [
        (vec![], 200),
        (vec!["origin: https://meet.example"], 200),
        (vec!["origin: null"], 200),
        (vec!["origin: null", "sec-fetch-site: same-origin"], 200),
        (vec!["origin: null", "sec-fetch-site: cross-site"], 403),
        (vec!["origin: https://evil.example"], 403),
    ] {
        let answer = request_for(&server, host, "POST /api/create_room", &headers, "").await;
        assert_eq!(answer.status, status, "{headers:?}");
    }
}

#[tokio::test]
async fn without_an_address_named_every_host_is_served_as_before() {
    let server = Server::start(&[]);
    assert_eq!(get(&server, "evil.example", "/").await.status, 200);
    let origin = Some("http://evil.example");
    assert_eq!(socket(&server, "evil.example", origin).await, 101);
}
