//! Where the server's media port is.

/// Reads the port out of the SFU's answer; `None` when it names no address.
pub fn media_port(answer: &str) -> Option<u16> {
    let mut lines = answer.lines();
    let candidate = lines.find_map(|line| line.strip_prefix("a=candidate:"))?;
    candidate.split(' ').nth(5)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_that_of_the_first_candidate() {
        let answer =
            "v=0\r\na=ice-lite\r\na=candidate:1 1 udp 2130706175 172.18.0.2 3480 typ host\r\n";
        assert_eq!(media_port(answer), Some(3480));
        assert_eq!(media_port("v=0\r\na=ice-lite\r\n"), None);
        assert_eq!(media_port("a=candidate:1 1 udp"), None);
    }
}
