//! Close codes of the WebSocket: why it ended, and whether to come back.

/// Why the socket was closed (RFC 6455 section 7.4 below 4000, Visavis' own above).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseCode {
    /// 1001: the server goes away.
    GoingAway,
    /// 1008: the client broke a rule.
    Policy,
    /// 1009: a message was too large.
    TooLarge,
    /// 1012: the server restarts.
    Restarting,
    /// 4001: this seat was resumed from another socket.
    ResumedElsewhere,
    /// 4003: removed from the room.
    Removed,
    /// 4008: the client did not read fast enough.
    TooSlow,
    /// 4029: the client sent too much.
    Flooding,
    /// Any other code, 1006 (no close frame) among them.
    Other(u16),
}

impl From<u16> for CloseCode {
    fn from(code: u16) -> Self {
        match code {
            1001 => Self::GoingAway,
            1008 => Self::Policy,
            1009 => Self::TooLarge,
            1012 => Self::Restarting,
            4001 => Self::ResumedElsewhere,
            4003 => Self::Removed,
            4008 => Self::TooSlow,
            4029 => Self::Flooding,
            other => Self::Other(other),
        }
    }
}

impl From<CloseCode> for u16 {
    fn from(code: CloseCode) -> Self {
        match code {
            CloseCode::GoingAway => 1001,
            CloseCode::Policy => 1008,
            CloseCode::TooLarge => 1009,
            CloseCode::Restarting => 1012,
            CloseCode::ResumedElsewhere => 4001,
            CloseCode::Removed => 4003,
            CloseCode::TooSlow => 4008,
            CloseCode::Flooding => 4029,
            CloseCode::Other(other) => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_survives_the_wire() {
        for code in 1000..=4999 {
            assert_eq!(u16::from(CloseCode::from(code)), code);
        }
    }
}
