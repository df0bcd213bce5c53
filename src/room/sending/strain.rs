//! What sending directly costs.

/// Whether sending to everybody directly is too much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Strain {
    /// The line up was found to carry much less than what people would be sent.
    pub uplink: bool,
    /// The processor did not keep up with what is sent.
    pub processor: bool,
}
