//! Finds the links in a text.
//!
//! Invariant: the segments together are the text, a link's `href` starts with `http:`, `https:` or `mailto:`, and there are at
//! most [`LINKS`] of them: each is a piece of the page, and a text may have room for a thousand.

/// At most so many addresses of a text become links; those behind them stay text.
const LINKS: usize = 20;

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// This is to be shown as it is.
    Text(String),
    /// This is to be shown as a link (`rel="noopener noreferrer"`, a new tab).
    Link {
        /// The link leads there.
        href: String,
        /// The link reads like this: exactly what was typed.
        shown: String,
    },
}

/// Cuts a text into plain pieces and links. Punctuation that ends a sentence is not part of a link, nor is a closing
/// bracket that was opened before it. An address with a user in it (`https://bank.example@other.example`) is no link:
/// it is made to be misread.
pub fn linkify(text: &str) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    let mut after_word = false;
    let mut links = 0;
    while let Some(first) = rest.chars().next() {
        if links == LINKS {
            plain.push_str(rest);
            break;
        }
        let link = if after_word { None } else { link_at(rest) };
        if let Some(link) = link {
            links += 1;
            if !plain.is_empty() {
                segments.push(Segment::Text(std::mem::take(&mut plain)));
            }
            segments.push(Segment::Link {
                href: link.to_owned(),
                shown: link.to_owned(),
            });
            rest = rest.strip_prefix(link).unwrap_or_default();
            after_word = true;
        } else {
            plain.push(first);
            rest = rest.strip_prefix(first).unwrap_or_default();
            after_word = first.is_alphanumeric();
        }
    }
    if !plain.is_empty() {
        segments.push(Segment::Text(plain));
    }
    segments
}

/// The link this text starts with.
fn link_at(text: &str) -> Option<&str> {
    let scheme = ["https://", "http://", "mailto:"]
        .into_iter()
        .find(|scheme| {
            text.get(..scheme.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        })?;
    let end = text
        .find(|c: char| {
            c.is_whitespace() || matches!(c, '<' | '>' | '"' | '`' | '{' | '}' | '\\' | '|' | '^')
        })
        .unwrap_or(text.len());
    let link = without_trailing_punctuation(text.get(..end)?);
    let target = link.get(scheme.len()..)?;
    leads_somewhere(scheme, target).then_some(link)
}

fn leads_somewhere(scheme: &str, target: &str) -> bool {
    if scheme == "mailto:" {
        let address = target.split('?').next().unwrap_or_default();
        return address.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty() && host.starts_with(char::is_alphanumeric)
        });
    }
    let authority = target.split(['/', '?', '#']).next().unwrap_or_default();
    !authority.contains('@') && authority.starts_with(|c: char| c.is_alphanumeric() || c == '[')
}

fn without_trailing_punctuation(mut link: &str) -> &str {
    while let Some(last) = link.chars().next_back() {
        let opening = match last {
            ')' => Some('('),
            ']' => Some('['),
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '…' | '»' | '“' | '”' | '’' => {
                None
            }
            _ => break,
        };
        if let Some(opening) = opening
            && link.matches(opening).count() >= link.matches(last).count()
        {
            break;
        }
        link = link.strip_suffix(last).unwrap_or_default();
    }
    link
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn links(text: &str) -> Vec<String> {
        linkify(text)
            .into_iter()
            .filter_map(|segment| match segment {
                Segment::Link { href, .. } => Some(href),
                Segment::Text(_) => None,
            })
            .collect()
    }

    #[test]
    fn links_are_found_without_the_punctuation_around_them() {
        let table: &[(&str, &[&str])] = &[
            ("see https://a.example/x.", &["https://a.example/x"]),
            ("(https://a.example/x_(y))", &["https://a.example/x_(y)"]),
            (
                "<https://a.example>, HTTP://B.example!",
                &["https://a.example", "HTTP://B.example"],
            ),
            (
                "https://a.example/?q=1&r=2#top?",
                &["https://a.example/?q=1&r=2#top"],
            ),
            ("http://[::1]:3000/r/x", &["http://[::1]:3000/r/x"]),
            (
                "write mailto:ada@a.example, please",
                &["mailto:ada@a.example"],
            ),
            ("„https://a.example“", &["https://a.example"]),
            (
                "https://münchen.example/straße",
                &["https://münchen.example/straße"],
            ),
        ];
        for (text, found) in table {
            assert_eq!(links(text), *found, "{text}");
        }
    }

    #[test]
    fn nothing_else_is_a_link() {
        for text in [
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://a.example",
            "xhttps://a.example",
            "https://",
            "https:// a.example",
            "https://bank.example@evil.example/",
            "mailto:nobody",
            "mailto:@",
            "www.a.example",
            "https://..",
        ] {
            assert_eq!(links(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn the_first_twenty_addresses_become_links_and_the_rest_stays_text() {
        let text = "https://a.example/ ".repeat(900);
        assert_eq!(links(&text).len(), LINKS);
        let segments = linkify(&text);
        assert_eq!(segments.len(), 2 * LINKS);
        let Some(Segment::Text(rest)) = segments.last() else {
            panic!("the text ends with a link");
        };
        assert_eq!(rest.matches("https://").count(), 900 - LINKS);
    }

    proptest! {
        #[test]
        fn the_segments_are_the_text_and_links_lead_only_where_they_may(
            text in "(https?://|mailto:|[a-z@./()<>\"' ]|\\PC){0,40}"
        ) {
            let segments = linkify(&text);
            let mut whole = String::new();
            for segment in &segments {
                match segment {
                    Segment::Text(plain) => whole.push_str(plain),
                    Segment::Link { href, shown } => {
                        let lower = href.to_ascii_lowercase();
                        prop_assert!(["http://", "https://", "mailto:"].iter().any(|s| lower.starts_with(s)));
                        prop_assert!(!href.contains(char::is_whitespace));
                        whole.push_str(shown);
                    }
                }
            }
            prop_assert_eq!(whole, text);
        }
    }
}
