//! Under which addresses the site is open to the public, where the operator has said so.
//!
//! A page of another site can let its own name lead to this server (DNS rebinding): then its `Host` and its `Origin` are equal, and
//! nothing but the name shows that they are foreign. Invariant: with addresses named, no other host is the site's.

use std::str::FromStr;

use super::origin::{Origin, OriginError};

/// The addresses at which people open the site; with none named, every host is taken for the site's.
#[derive(Clone, Debug, Default)]
pub(crate) struct PublicUrls(Vec<Origin>);

/// The addresses in one argument, separated by commas or blanks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UrlList(Vec<Origin>);

impl FromStr for UrlList {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let urls = text
            .split([',', ' '])
            .filter(|url| !url.is_empty())
            .map(|url| url.strip_suffix('/').unwrap_or(url).parse())
            .collect::<Result<Vec<Origin>, _>>()?;
        if urls.is_empty() {
            return Err(OriginError);
        }
        Ok(Self(urls))
    }
}

impl PublicUrls {
    /// Takes the addresses of all the operator's arguments together.
    pub(crate) fn new(lists: &[UrlList]) -> Self {
        Self(lists.iter().flat_map(|list| list.0.clone()).collect())
    }

    /// Lists them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Origin> {
        self.0.iter()
    }

    /// Says whether the operator named any.
    pub(crate) fn are_named(&self) -> bool {
        !self.0.is_empty()
    }

    /// Says whether a page of this origin is one of the site's, where addresses are named.
    pub(super) fn contain(&self, origin: &Origin) -> bool {
        self.0.contains(origin)
    }

    /// Says whether a request for this host, with a port or without, is one for the site.
    pub(crate) fn serve(&self, authority: &str) -> bool {
        !self.are_named() || self.0.iter().any(|url| url.is_at(authority))
    }

    /// Finds the address over HTTPS whose host is this, on whatever port.
    pub(crate) fn secure_url_of(&self, host: &str) -> Option<&Origin> {
        self.0.iter().find(|url| url.is_secure_at(host))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(lists: &[&str]) -> PublicUrls {
        let lists: Vec<UrlList> = lists.iter().map(|list| list.parse().unwrap()).collect();
        PublicUrls::new(&lists)
    }

    #[test]
    fn only_hosts_that_were_named_are_the_sites() {
        let urls = urls(&[
            "https://meet.example.org/,http://10.0.0.7:3000",
            "https://Other.example:8443",
        ]);
        for host in [
            "meet.example.org",
            "MEET.example.org",
            "meet.example.org:443",
            "10.0.0.7:3000",
            "other.example:8443",
        ] {
            assert!(urls.serve(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "meet.example.org.evil.example",
            "meet.example.org:80",
            "meet.example.org:8443",
            "other.example",
            "10.0.0.7",
            "127.0.0.1:3000",
            "user@meet.example.org",
        ] {
            assert!(!urls.serve(host), "{host}");
        }
        assert_eq!(urls.iter().count(), 3);
    }

    #[test]
    fn with_none_named_every_host_is_the_sites() {
        assert!(PublicUrls::default().serve("evil.example"));
        assert!(!PublicUrls::default().are_named());
    }

    #[test]
    fn the_address_over_https_is_found_by_its_host() {
        let urls =
            urls(&["http://meet.example.org https://meet.example.org:8443,https://[2001:db8::1]"]);
        let found = |host| urls.secure_url_of(host).map(ToString::to_string);
        assert_eq!(
            found("Meet.example.org").as_deref(),
            Some("https://meet.example.org:8443")
        );
        assert_eq!(
            found("[2001:db8::1]").as_deref(),
            Some("https://[2001:db8::1]")
        );
        assert_eq!(found("evil.example"), None);
    }

    #[test]
    fn what_is_no_address_of_a_site_is_refused() {
        for list in [
            "",
            ",",
            "meet.example.org",
            "https://a.example/r/abc",
            "https://a.example//",
            "ftp://a.example",
        ] {
            assert_eq!(list.parse::<UrlList>(), Err(OriginError), "{list}");
        }
    }
}
