//! What OWASP ASVS 5.0 asks of media servers in V17.2, item by item: each test is named after its item, and docs/security.md
//! names the tests.

mod handshakes;
mod packets;
