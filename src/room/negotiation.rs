//! Perfect negotiation (W3C WebRTC section 10.7) as a state machine.

/// The negotiation with one peer.
#[derive(Clone, Debug, Default)]
pub struct Negotiation {}
