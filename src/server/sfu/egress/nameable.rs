//! How many packets a receiver's reports may still name.
//!
//! Invariant: reports make work for no more than [`AT_ONCE`] packets, and [`FOR_EACH`] more for each packet that was sent, however
//! many they name and however often they come. Whoever names more is not believed until more was sent.

/// Reports may name so many packets at once: all that went out in the seconds for which a receiver was not heard.
const AT_ONCE: usize = 8_192;

/// Each packet that was sent may be named so often: as one that came or did not, and, on a line that loses half of everything, each
/// time that it is asked for again.
const FOR_EACH: usize = 8;

/// How many packets a receiver's reports may still name.
#[derive(Debug)]
pub(super) struct Nameable(usize);

impl Default for Nameable {
    fn default() -> Self {
        Self(AT_ONCE)
    }
}

impl Nameable {
    /// Notes that a packet was sent.
    pub(super) fn sent(&mut self) {
        self.0 = AT_ONCE.min(self.0 + FOR_EACH);
    }

    /// Gives what a report names, as far as it may be named.
    pub(super) fn limit<I: Iterator>(&mut self, named: I) -> impl Iterator<Item = I::Item> {
        named.map_while(|it| {
            self.0 = self.0.checked_sub(1)?;
            Some(it)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_name_so_many_at_once_and_then_so_many_for_each_packet() {
        let mut nameable = Nameable::default();
        assert_eq!(nameable.limit(0..AT_ONCE - 1).count(), AT_ONCE - 1);
        assert_eq!(nameable.limit(0..100).count(), 1);
        assert_eq!(nameable.limit(0..100).count(), 0);
        nameable.sent();
        nameable.sent();
        assert_eq!(nameable.limit(0..100).count(), 2 * FOR_EACH);
    }

    #[test]
    fn what_is_not_named_is_not_saved_up() {
        let mut nameable = Nameable::default();
        (0..100).for_each(|_| nameable.sent());
        assert_eq!(nameable.limit(0..).count(), AT_ONCE);
    }
}
