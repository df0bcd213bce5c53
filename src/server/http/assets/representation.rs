//! Which representation of a file a request gets (RFC 9110, sections 8.8, 12.5.3 and 13.1.2).
//!
//! Invariant: a coding the client did not accept is never chosen; without a usable `Accept-Encoding` it is the identity.

/// A content coding the site is stored in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// The file is compressed with Brotli (RFC 7932).
    Brotli,
    /// The file is compressed with gzip (RFC 1952).
    Gzip,
    /// The file is as it is.
    Identity,
}

impl Coding {
    /// What precedes what when a client accepts both equally: smallest first.
    pub(super) const BY_PREFERENCE: [Self; 3] = [Self::Brotli, Self::Gzip, Self::Identity];

    /// Gives the suffix of the embedded file that holds this coding.
    pub(super) fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
            Self::Identity => "",
        }
    }

    /// Gives the token of `Content-Encoding`, which the identity does not have.
    pub(super) fn token(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }

    /// Says whether the value of an `Accept-Encoding` field lets the server choose this coding.
    pub(super) fn is_accepted(self, accept_encoding: &str) -> bool {
        let Some(token) = self.token() else {
            return true;
        };
        let weight_of = |name: &str| {
            accept_encoding
                .split(',')
                .map(parse_weighted)
                .find(|(coding, _)| coding.eq_ignore_ascii_case(name))
                .map(|(_, weight)| weight)
        };
        weight_of(token).or_else(|| weight_of("*")).unwrap_or(0.0) > 0.0
    }
}

fn parse_weighted(element: &str) -> (&str, f32) {
    let mut parts = element.split(';').map(str::trim);
    let coding = parts.next().unwrap_or_default();
    let weight = parts
        .find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.trim().eq_ignore_ascii_case("q").then(|| value.trim())
        })
        .map_or(1.0, |value| value.parse().unwrap_or(0.0));
    (coding, weight)
}

/// Says whether the value of an `If-None-Match` field names this entity tag, by weak comparison.
pub(super) fn names_entity_tag(if_none_match: &str, entity_tag: &str) -> bool {
    if_none_match
        .split(',')
        .map(|tag| tag.trim().trim_start_matches("W/"))
        .any(|tag| tag == "*" || tag == entity_tag)
}

/// Tells the media type of a file by the end of its name.
pub(super) fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "wasm" => "application/wasm",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webmanifest" => "application/manifest+json",
        "json" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(accept_encoding: &str) -> Coding {
        Coding::BY_PREFERENCE
            .into_iter()
            .find(|coding| coding.is_accepted(accept_encoding))
            .unwrap()
    }

    #[test]
    fn a_browser_gets_brotli() {
        assert_eq!(chosen("gzip, deflate, br, zstd"), Coding::Brotli);
    }

    #[test]
    fn a_weight_of_zero_refuses_a_coding() {
        assert_eq!(chosen("br;q=0, gzip;q=0.5"), Coding::Gzip);
        assert_eq!(chosen("*;q=0"), Coding::Identity);
        assert_eq!(chosen("*, br; Q=0.0"), Coding::Gzip);
    }

    #[test]
    fn without_a_word_from_the_client_nothing_is_coded() {
        assert_eq!(chosen(""), Coding::Identity);
        assert_eq!(chosen("deflate"), Coding::Identity);
        assert_eq!(chosen("br;q=nonsense"), Coding::Identity);
    }

    #[test]
    fn entity_tags_are_compared_weakly_and_in_lists() {
        assert!(names_entity_tag("\"a\", W/\"b\"", "\"b\""));
        assert!(names_entity_tag("*", "\"b\""));
        assert!(!names_entity_tag("\"ab\"", "\"b\""));
    }
}
