//! What negotiation reads out of a session description: whose connection wrote it, its ICE generation, and how long it is.
//!
//! Invariant: reading never fails. What a description does not say cannot tell two connections apart.

/// At most so many ICE user fragments are kept of one description; one for each media section is usual, one for all
/// with BUNDLE.
const MOST_FRAGMENTS: usize = 16;

/// A description has at most so many media sections. A call has five: two of sound, two of pictures, and data.
const MOST_SECTIONS: usize = 8;

/// The part of a session description (RFC 8866) that identifies the connection behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Description {
    /// The `o=` line has this `sess-id`, constant for one `RTCPeerConnection` (RFC 8829 section 5.2.1).
    session: Option<String>,
    /// The first `a=fingerprint` says this (RFC 8122): one for each certificate, and browsers make one for each
    /// connection.
    fingerprint: Option<String>,
    /// Every `a=ice-ufrag` stands here (RFC 8839 section 5.4), without repetition.
    fragments: Vec<String>,
    /// It has so many media sections (RFC 8866 section 5.14).
    sections: usize,
}

impl Description {
    /// Reads what there is.
    pub(crate) fn read(sdp: &str) -> Self {
        let mut description = Self::default();
        // Some browsers take either for the end of a line.
        for line in sdp.split(['\r', '\n']) {
            let line = line.trim_end();
            if line.starts_with("m=") {
                description.sections += 1;
            } else if let Some(origin) = line.strip_prefix("o=") {
                description.session = origin.split(' ').nth(1).map(str::to_owned);
            } else if let Some(fingerprint) = line.strip_prefix("a=fingerprint:") {
                description
                    .fingerprint
                    .get_or_insert_with(|| fingerprint.to_ascii_uppercase());
            } else if let Some(fragment) = line.strip_prefix("a=ice-ufrag:")
                && description.fragments.len() < MOST_FRAGMENTS
                && !description.has_fragment(fragment)
            {
                description.fragments.push(fragment.to_owned());
            }
        }
        description
    }

    /// Whether it has more sections than a call needs: each makes the browser work, and the answer longer.
    pub(crate) fn is_excessive(&self) -> bool {
        self.sections > MOST_SECTIONS
    }

    /// Whether both were written by the same connection, as far as they tell. Another certificate is another
    /// connection. Some clients write a new `sess-id` into every description, so that alone proves nothing: a shared
    /// ICE generation outweighs it.
    pub(crate) fn same_connection(&self, other: &Self) -> bool {
        if let (Some(mine), Some(theirs)) = (&self.fingerprint, &other.fingerprint)
            && mine != theirs
        {
            return false;
        }
        match (&self.session, &other.session) {
            (Some(mine), Some(theirs)) if mine != theirs => self
                .fragments
                .iter()
                .any(|fragment| other.has_fragment(fragment)),
            _ => true,
        }
    }

    /// Whether both are of the same ICE generation, as far as they tell.
    pub(crate) fn same_generation(&self, other: &Self) -> bool {
        let mut mine = self.fragments.iter();
        self.fragments.is_empty()
            || other.fragments.is_empty()
            || mine.any(|fragment| other.has_fragment(fragment))
    }

    /// Whether the ICE generation called `fragment` is part of it.
    pub(crate) fn has_fragment(&self, fragment: &str) -> bool {
        self.fragments.iter().any(|known| known == fragment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sdp(session: &str, fingerprint: &str, fragment: &str) -> Description {
        Description::read(&format!(
            "v=0\r\no=- {session} 2 IN IP4 127.0.0.1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=ice-ufrag:{fragment}\r\na=fingerprint:sha-256 {fingerprint}\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=ice-ufrag:{fragment}\r\n"
        ))
    }

    #[test]
    fn a_renegotiation_and_an_ice_restart_come_from_the_same_connection() {
        assert!(sdp("1", "AA", "x").same_connection(&sdp("1", "AA", "x")));
        assert!(sdp("1", "AA", "x").same_connection(&sdp("1", "aa", "y")));
    }

    #[test]
    fn another_certificate_is_another_connection() {
        assert!(!sdp("1", "AA", "x").same_connection(&sdp("1", "BB", "x")));
    }

    #[test]
    fn a_new_session_id_counts_only_with_new_ice_credentials() {
        assert!(sdp("1", "AA", "x").same_connection(&sdp("2", "AA", "x")));
        assert!(!sdp("1", "AA", "x").same_connection(&sdp("2", "AA", "y")));
    }

    #[test]
    fn what_says_nothing_tells_nothing_apart() {
        assert!(Description::read("").same_connection(&sdp("1", "AA", "x")));
        assert!(Description::read("o=\r\no=-").same_connection(&Description::read("garbage")));
    }

    #[test]
    fn eight_sections_are_taken_and_a_ninth_is_not() {
        let sections =
            |count| Description::read(&"m=video 9 RTP/AVP 96\r\na=mid:1\r\n".repeat(count));
        assert!(!sections(8).is_excessive());
        assert!(sections(9).is_excessive());
        assert!(Description::read(&"m=video 9\r".repeat(9)).is_excessive());
    }

    #[test]
    fn fragments_are_bounded() {
        let many: String = (0..1_000)
            .map(|index| format!("a=ice-ufrag:{index}\n"))
            .collect();
        assert_eq!(Description::read(&many).fragments.len(), MOST_FRAGMENTS);
    }
}
