//! An answer in the words that clients read.
//!
//! Pure. Invariant: nothing but the priorities of candidates (RFC 8445 section 5.1.2) is other than the library wrote it.

/// Our candidates have this type preference: less than a client's own have that is not behind a relay, and more than those that are.
/// Of a pair the smaller of both priorities counts first, so that ours decides between the client's networks.
const TYPE_PREFERENCE: u32 = 96;

/// How often ICE was restarted for a connection.
#[derive(Debug, Default)]
pub(super) struct Restarts {
    /// The line of the last answer that names its user name fragment, which is another one after a restart.
    ufrag: String,
    /// So often it was, until then, as far as that can be said.
    count: u8,
}

impl Restarts {
    /// Gives the candidates of an answer higher priorities after each restart. A browser whose network has changed may go on with the
    /// pair that it had for 3.5 s, until questions of which it asks one each 2.5 s have failed, unless a pair turns up that ranks higher.
    pub(super) fn rank(&mut self, answer: &str) -> String {
        let mut lines = answer.lines();
        let ufrag = lines.find(|line| line.starts_with("a=ice-ufrag:"));
        let ufrag = ufrag.unwrap_or_default();
        if !self.ufrag.is_empty() && self.ufrag != ufrag {
            self.count = self.count.saturating_add(1);
        }
        ufrag.clone_into(&mut self.ufrag);
        let lines = answer.split_inclusive('\n');
        lines
            .map(|line| with_rank(line, self.count).unwrap_or_else(|| line.to_owned()))
            .collect()
    }
}

fn with_rank(line: &str, restarts: u8) -> Option<String> {
    let candidate = line.strip_prefix("a=candidate:")?;
    let mut words: Vec<&str> = candidate.split(' ').collect();
    let priority: u32 = words.get(3)?.parse().ok()?;
    let [_, _, preference, component] = priority.to_be_bytes().map(u32::from);
    let priority = TYPE_PREFERENCE << 24 | u32::from(restarts) << 16 | preference << 8 | component;
    let priority = priority.to_string();
    words[3] = &priority;
    Some(format!("a=candidate:{}", words.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(ufrag: &str, v4: u32, v6: u32) -> String {
        format!(
            "v=0\r\na=ice-ufrag:{ufrag}\r\na=candidate:1 1 udp {v4} 192.0.2.1 3480 typ host\r\n\
             a=candidate:2 1 udp {v6} 2001:db8::1 3480 typ host ufrag x\r\na=end-of-candidates\r\n"
        )
    }

    #[test]
    fn after_each_restart_candidates_rank_higher_and_their_order_stays() {
        let mut restarts = Restarts::default();
        let mut ranked = |ufrag| restarts.rank(&answer(ufrag, 2_130_706_175, 2_130_706_431));
        assert_eq!(ranked("a"), answer("a", 1_610_678_015, 1_610_678_271));
        assert_eq!(ranked("a"), answer("a", 1_610_678_015, 1_610_678_271));
        assert_eq!(ranked("b"), answer("b", 1_610_743_551, 1_610_743_807));
        for _ in 0..200 {
            ranked("c");
            ranked("d");
        }
        assert_eq!(ranked("e"), answer("e", 1_627_389_695, 1_627_389_951));
    }
}
