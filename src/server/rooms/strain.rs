//! What somebody says of what direct connections cost them.
//!
//! Pure. Invariant: whose processor was too slow once is not taken for faster while they have their seat: it is only that the
//! SFU relieves it.

use crate::server::clock::UnixMillis;

/// What direct connections cost somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Strain {
    /// They have been too much, without a pause, since then.
    pub(super) since: Option<UnixMillis>,
    /// The line is too narrow for them at the moment.
    pub(super) is_line_narrow: bool,
    /// The processor was ever too slow for them.
    pub(super) was_processor_slow: bool,
}

impl Strain {
    /// Takes what they say now.
    pub(super) fn said(self, uplink: bool, processor: bool, now: UnixMillis) -> Self {
        Self {
            since: (uplink || processor).then(|| self.since.unwrap_or(now)),
            is_line_narrow: uplink,
            was_processor_slow: self.was_processor_slow || processor,
        }
    }

    /// What is left of it when they come back over another connection, on which they have said nothing yet.
    pub(super) fn of_return(self) -> Self {
        Self {
            was_processor_slow: self.was_processor_slow,
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strain_lasts_from_the_first_of_its_causes_to_the_end_of_the_last() {
        let strain = Strain::default().said(true, false, 1_000);
        let strain = strain.said(false, true, 6_000);
        assert_eq!(strain.since, Some(1_000));
        assert!(!strain.is_line_narrow);
        let over = strain.said(false, false, 11_000);
        assert_eq!(over.since, None);
        assert_eq!(over.said(true, true, 16_000).since, Some(16_000));
    }

    #[test]
    fn a_slow_processor_is_remembered_and_the_rest_is_forgotten_on_return() {
        let strain = Strain::default().said(true, true, 1_000);
        let back = strain.said(false, false, 6_000).of_return();
        assert!(back.was_processor_slow);
        let back = strain.of_return();
        assert_eq!((back.since, back.is_line_narrow), (None, false));
    }
}
