//! When to try the server again: a short table with full jitter.
//!
//! Invariant: the first attempt is quick, no wait is longer than the table's last entry, and no two clients that lost
//! the same server come back in step.

/// Upper bound of the wait before each attempt, in ms; the last holds for all later ones. A server restarts within
/// seconds, so that the table stays short for the first quarter of a minute: who waits then is in a call.
const LONGEST_WAIT_MS: [u64; 16] = [
    250, 500, 1_000, 1_500, 1_500, 1_500, 1_500, 1_500, 1_500, 1_500, 1_500, 1_500, 2_000, 3_000,
    4_000, 5_000,
];

/// The wait before attempt `attempt` (0 is the first), in ms: between half and all of the table's entry.
/// `chance` is a random number in `0.0..1.0`.
pub fn wait_ms(attempt: u32, chance: f64) -> u64 {
    let index = usize::try_from(attempt)
        .unwrap_or(usize::MAX)
        .min(LONGEST_WAIT_MS.len() - 1);
    let longest = LONGEST_WAIT_MS[index];
    let half = longest / 2;
    half + (half as f64 * chance.clamp(0.0, 1.0)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_to_five_seconds_and_stays_there() {
        let longest: Vec<u64> = (0..18).map(|attempt| wait_ms(attempt, 1.0)).collect();
        assert!(longest.is_sorted());
        assert_eq!(longest[..3], [250, 500, 1_000]);
        assert_eq!(longest[15..], [5_000; 3]);
        assert_eq!(wait_ms(u32::MAX, 1.0), 5_000);
    }

    #[test]
    fn a_server_that_is_back_within_twelve_seconds_is_found_within_two() {
        let mut waited = 0;
        for attempt in 0.. {
            let wait = wait_ms(attempt, 1.0);
            waited += wait;
            if waited > 12_000 {
                break;
            }
            assert!(wait < 2_000);
        }
    }

    #[test]
    fn chance_spreads_the_clients_over_half_of_the_wait() {
        assert_eq!(wait_ms(15, 0.0), 2_500);
        assert_eq!(wait_ms(15, 0.5), 3_750);
        assert_eq!(wait_ms(15, 7.0), 5_000);
    }
}
