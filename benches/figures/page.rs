//! A page as a browser asks for it: HTTP/1.1 over one connection that is kept open.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Result;

/// A connection on which one request follows the other.
pub(crate) struct Connection {
    stream: TcpStream,
    host: SocketAddr,
    received: Vec<u8>,
}

/// An answer, its body as it came (that is, in its content coding).
pub(crate) struct Answer {
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Connection {
    /// Opens it.
    pub(crate) async fn open(host: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(host).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            host,
            received: Vec::with_capacity(64 * 1024),
        })
    }

    /// Asks for a path and waits for the whole answer, which has to be a success.
    pub(crate) async fn get(&mut self, path: &str, accept_encoding: &str) -> Result<Answer> {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nAccept-Encoding: {accept_encoding}\r\n\r\n",
            self.host
        );
        self.stream.write_all(request.as_bytes()).await?;
        let head = self.read_head().await?;
        if !head.starts_with("http/1.1 200") {
            return Err(format!("{path}: {}", head.lines().next().unwrap_or_default()).into());
        }
        let field = |name: &str| {
            head.lines()
                .find_map(|line| line.strip_prefix(name))
                .map(str::trim)
        };
        let body = if let Some(length) = field("content-length:") {
            self.take(length.parse()?).await?
        } else if field("transfer-encoding:") == Some("chunked") {
            self.read_chunks().await?
        } else {
            return Err(format!("{path}: neither a length nor chunks").into());
        };
        Ok(Answer { body })
    }

    async fn read_head(&mut self) -> Result<String> {
        let end = self.find(b"\r\n\r\n").await?;
        let head = self.take(end + 4).await?;
        Ok(String::from_utf8_lossy(&head).to_ascii_lowercase())
    }

    async fn read_chunks(&mut self) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let end = self.find(b"\r\n").await?;
            let line = self.take(end + 2).await?;
            let length = usize::from_str_radix(std::str::from_utf8(&line)?.trim(), 16)?;
            let mut chunk = self.take(length + 2).await?;
            if length == 0 {
                return Ok(body);
            }
            chunk.truncate(length);
            body.append(&mut chunk);
        }
    }

    async fn find(&mut self, pattern: &[u8]) -> Result<usize> {
        loop {
            if let Some(position) = self
                .received
                .windows(pattern.len())
                .position(|window| window == pattern)
            {
                return Ok(position);
            }
            self.receive().await?;
        }
    }

    async fn take(&mut self, length: usize) -> Result<Vec<u8>> {
        while self.received.len() < length {
            self.receive().await?;
        }
        Ok(self.received.drain(..length).collect())
    }

    async fn receive(&mut self) -> Result<()> {
        match self.stream.read_buf(&mut self.received).await? {
            0 => Err("the server closed the connection".into()),
            _ => Ok(()),
        }
    }
}

/// The path of the wasm that a page loads.
pub(crate) fn wasm_path(html: &str) -> Option<String> {
    let end = html.find(".wasm")? + ".wasm".len();
    let start = html[..end].rfind(['"', '=', '\''])? + 1;
    Some(html[start..end].to_owned())
}
