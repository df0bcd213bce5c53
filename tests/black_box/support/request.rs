//! Plain HTTP, one request per connection.

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Server, wait};

pub(crate) struct Response {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Response {
    /// Whether there is such a header.
    pub(crate) fn has_header(&self, name: &str) -> bool {
        let mut headers = self.head.lines().filter_map(|line| line.split_once(": "));
        headers.any(|(header, _)| header.eq_ignore_ascii_case(name))
    }

    /// A header's value; panics when there is none, or more than one.
    pub(crate) fn header(&self, name: &str) -> &str {
        let values: Vec<&str> = self
            .head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .filter(|(header, _)| header.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .collect();
        assert_eq!(values.len(), 1, "{name} in {}", self.head);
        values[0]
    }
}

/// Sends a request line's method and path, more header lines, and a body.
pub(crate) async fn request(server: &Server, line: &str, headers: &[&str], body: &str) -> Response {
    request_for(server, &server.address().to_string(), line, headers, body).await
}

/// The same for a host that may not be the server's address.
pub(crate) async fn request_for(
    server: &Server,
    host: &str,
    line: &str,
    headers: &[&str],
    body: &str,
) -> Response {
    let stream = TcpStream::connect(server.address()).await.unwrap();
    request_over(stream, host, line, headers, body).await
}

/// The same over a stream that is there already.
pub(crate) async fn request_over(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    host: impl std::fmt::Display,
    line: &str,
    headers: &[&str],
    body: &str,
) -> Response {
    let mut text = format!("{line} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
    if !body.is_empty() || line.starts_with("POST") {
        text += &format!("content-length: {}\r\n", body.len());
    }
    for header in headers {
        text += &format!("{header}\r\n");
    }
    text += &format!("\r\n{body}");
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    wait("a response", stream.read_to_end(&mut answer))
        .await
        .unwrap();
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").expect("a response");
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Response {
        status,
        head: head.to_owned(),
        body: body.to_owned(),
    }
}
