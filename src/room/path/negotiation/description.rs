//! What negotiation reads out of a session description: whose connection wrote it, its ICE generation, and how long it is.
//!
//! Invariant: reading never fails. What a description does not say cannot tell two connections apart.

use crate::room::path::command::Shape;
use crate::room::path::sections::lines;

/// At most so many ICE user fragments are kept of one description; one for each media section is usual, one for all
/// with BUNDLE.
const MOST_FRAGMENTS: usize = 16;

/// At most so many media sources are kept of one description; two for each media section are usual.
const MOST_SOURCES: usize = 16;

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
    /// Every `a=ssrc` names its source here (RFC 5576 section 4.1), without repetition: at random, for as long as a
    /// connection lasts.
    sources: Vec<String>,
    /// It has so many media sections (RFC 8866 section 5.14).
    sections: usize,
}

/// One connection wrote two descriptions, or two did, as far as they tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Authorship {
    /// One wrote both.
    Same,
    /// Each was written by another.
    Different,
    /// They differ in all that the same connection keeps only usually, and have nothing in common that another could
    /// not have.
    Unclear,
}

impl Description {
    /// Reads what there is.
    pub(crate) fn read(sdp: &str) -> Self {
        let mut description = Self::default();
        for line in lines(sdp) {
            if line.starts_with("m=") {
                description.sections += 1;
            } else if let Some(origin) = line.strip_prefix("o=") {
                description.session = origin.split(' ').nth(1).map(str::to_owned);
            } else if let Some(fingerprint) = line.strip_prefix("a=fingerprint:") {
                description
                    .fingerprint
                    .get_or_insert_with(|| fingerprint.to_ascii_uppercase());
            } else if let Some(fragment) = line.strip_prefix("a=ice-ufrag:") {
                note(&mut description.fragments, fragment, MOST_FRAGMENTS);
            } else if let Some(source) = line.strip_prefix("a=ssrc:") {
                let source = source.split(' ').next().unwrap_or_default();
                note(&mut description.sources, source, MOST_SOURCES);
            }
        }
        description
    }

    /// Whether it has more sections than a connection of this shape needs: each makes the browser work, and the answer longer.
    pub(crate) fn is_excessive(&self, shape: Shape) -> bool {
        self.sections > shape.most_sections()
    }

    /// Whether both were certainly written by the same connection, as far as they tell. What differs in doubt is taken for
    /// another connection: to replace one that is the same costs a moment, to apply what is another's costs all that repair
    /// takes.
    pub(crate) fn same_connection(&self, other: &Self) -> bool {
        self.authorship(other) == Authorship::Same
    }

    /// Whether both may have been written by the same connection: when there is another reason to think so.
    pub(crate) fn may_be_same_connection(&self, other: &Self) -> bool {
        self.authorship(other) != Authorship::Different
    }

    /// Another certificate is another connection. The same is no proof, for some clients have one for all connections; nor
    /// is another `sess-id`, for some write a new one into every description: a shared ICE generation or media source
    /// outweighs it.
    fn authorship(&self, other: &Self) -> Authorship {
        if let (Some(mine), Some(theirs)) = (&self.fingerprint, &other.fingerprint)
            && mine != theirs
        {
            return Authorship::Different;
        }
        let is_other_session = match (&self.session, &other.session) {
            (Some(mine), Some(theirs)) => mine != theirs,
            _ => false,
        };
        if !is_other_session
            || share(&self.fragments, &other.fragments)
            || share(&self.sources, &other.sources)
        {
            return Authorship::Same;
        }
        if self.sources.is_empty() || other.sources.is_empty() {
            Authorship::Unclear
        } else {
            Authorship::Different
        }
    }

    /// Whether both are of the same ICE generation, as far as they tell.
    pub(crate) fn same_generation(&self, other: &Self) -> bool {
        self.fragments.is_empty()
            || other.fragments.is_empty()
            || share(&self.fragments, &other.fragments)
    }

    /// Whether the ICE generation called `fragment` is part of it.
    pub(crate) fn has_fragment(&self, fragment: &str) -> bool {
        self.fragments.iter().any(|known| known == fragment)
    }
}

/// Adds what is not there yet, as long as there is room.
fn note(known: &mut Vec<String>, text: &str, most: usize) {
    if known.len() < most && !known.iter().any(|one| one == text) {
        known.push(text.to_owned());
    }
}

fn share(one: &[String], other: &[String]) -> bool {
    one.iter().any(|text| other.contains(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::path::command::SlotCounts;

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
    fn with_one_certificate_for_all_connections_their_media_sources_tell_them_apart() {
        let with_sources = |session, fragment, sources: [u32; 2]| {
            let lines =
                sources.map(|source| format!("a=ssrc:{source} cname:x\na=ssrc:{source} msid:y\n"));
            let base =
                format!("o=- {session} 0 IN IP4 0\na=fingerprint:f\na=ice-ufrag:{fragment}\n");
            Description::read(&[base, lines.concat()].concat())
        };
        let known = with_sources("1", "x", [10, 11]);
        assert!(known.same_connection(&with_sources("2", "y", [11, 12])));
        let other = with_sources("2", "y", [20, 21]);
        assert!(!known.same_connection(&other));
        assert!(!known.may_be_same_connection(&other));
        let silent = Description::read("o=- 2 0 IN IP4 0\na=fingerprint:f\na=ice-ufrag:y\n");
        assert!(!known.same_connection(&silent));
        assert!(known.may_be_same_connection(&silent));
        assert!(!known.may_be_same_connection(&sdp("1", "AA", "x")));
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
        assert!(!sections(8).is_excessive(Shape::Mesh));
        assert!(sections(9).is_excessive(Shape::Mesh));
        assert!(Description::read(&"m=video 9\r".repeat(9)).is_excessive(Shape::Mesh));
        let hub = Shape::Hub(SlotCounts {
            voices: 8,
            pictures: 16,
        });
        assert!(!sections(40).is_excessive(hub));
        assert!(sections(41).is_excessive(hub));
    }

    #[test]
    fn fragments_and_sources_are_bounded() {
        let many: String = (0..1_000)
            .map(|index| format!("a=ice-ufrag:{index}\na=ssrc:{index} cname:x\n"))
            .collect();
        assert_eq!(Description::read(&many).fragments.len(), MOST_FRAGMENTS);
        assert_eq!(Description::read(&many).sources.len(), MOST_SOURCES);
    }
}
