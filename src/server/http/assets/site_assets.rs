//! What the server answers to those who ask for a file of the site.

use std::borrow::Cow;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use rust_embed::RustEmbed;

use super::representation::{Coding, media_type, names_entity_tag};
use super::site_name;

/// The build puts the package's files into this directory.
const BUILT_PACKAGE_DIR: &str = "pkg";

/// What stands under the hashed directory never changes, and is cached so.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// The files in the root (icons, manifest) keep their names when their content changes.
const BRIEFLY: &str = "public, max-age=300";

/// In a debug build every file may change at any time.
const NEVER: &str = "no-cache";

#[derive(RustEmbed)]
#[folder = "$VISAVIS_SITE"]
#[allow_missing = true]
struct Embedded;

/// The path segment under which the package is served: `pkg-` and a digest of its content in a release build, `pkg` in a
/// debug build. This is what `LeptosOptions::site_pkg_dir` has to be.
const PACKAGE_DIR: &str = env!("VISAVIS_PACKAGE_DIR");

/// A file as it is stored.
struct StoredFile {
    /// The content is borrowed from the binary in a release build, and read from disk in a debug build.
    bytes: Cow<'static, [u8]>,
    /// The SHA-256 digest of the content becomes the entity tag.
    digest: [u8; 32],
}

/// Everything a server answers from the site.
#[derive(Clone, Copy)]
pub(in crate::server::http) struct SiteAssets {
    /// The package is served under this path segment, [`PACKAGE_DIR`].
    package_dir: &'static str,
    /// The package's files are sent with this `Cache-Control`.
    package_caching: &'static str,
    /// All other files are sent with this `Cache-Control`.
    root_caching: &'static str,
    /// This finds a file by its name in the site; tests have a site of their own.
    read: fn(&str) -> Option<StoredFile>,
}

impl SiteAssets {
    /// Takes the site of this binary.
    pub(in crate::server::http) fn load() -> Self {
        let (package_caching, root_caching) = if cfg!(debug_assertions) {
            (NEVER, NEVER)
        } else {
            (FOREVER, BRIEFLY)
        };
        Self {
            package_dir: PACKAGE_DIR,
            package_caching,
            root_caching,
            read: read_embedded,
        }
    }

    /// Gives the path segment under which the package is served, [`PACKAGE_DIR`].
    pub(in crate::server::http) fn package_dir(&self) -> &'static str {
        self.package_dir
    }

    /// Answers a `GET` or `HEAD` of one of the site's files, and whatever asks for a file of another build's package;
    /// `None` for every other path, which is somebody else's to answer. `path` starts with a slash.
    pub(in crate::server::http) fn respond(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
    ) -> Option<Response> {
        let path = path.strip_prefix('/')?;
        let (first, rest) = path.split_once('/').unwrap_or((path, ""));
        let (name, caching) = if first == self.package_dir && !rest.is_empty() {
            (format!("{BUILT_PACKAGE_DIR}/{rest}"), self.package_caching)
        } else if is_package_dir(first) {
            return Some(empty(StatusCode::NOT_FOUND));
        } else {
            (path.to_owned(), self.root_caching)
        };
        let accept_encoding = header_text(headers, header::ACCEPT_ENCODING);
        let Some((file, coding)) = self.find(&name, accept_encoding) else {
            return (first == self.package_dir).then(|| empty(StatusCode::NOT_FOUND));
        };
        if method != Method::GET && method != Method::HEAD {
            let mut response = empty(StatusCode::METHOD_NOT_ALLOWED);
            response
                .headers_mut()
                .insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            return Some(response);
        }
        Some(represent(method, headers, &name, file, coding, caching))
    }

    fn find(&self, name: &str, accept_encoding: &str) -> Option<(StoredFile, Coding)> {
        if Coding::BY_PREFERENCE.iter().any(|coding| {
            let suffix = coding.suffix();
            !suffix.is_empty() && name.ends_with(suffix)
        }) {
            return None;
        }
        let stem = name
            .strip_suffix("_bg.wasm")
            .map(|stem| format!("{stem}.wasm"));
        let name = stem.as_deref().unwrap_or(name);
        Coding::BY_PREFERENCE
            .into_iter()
            .filter(|coding| coding.is_accepted(accept_encoding))
            .find_map(|coding| {
                let file = (self.read)(&format!("{name}{}", coding.suffix()))?;
                Some((file, coding))
            })
    }
}

fn represent(
    method: &Method,
    request: &HeaderMap,
    name: &str,
    file: StoredFile,
    coding: Coding,
    caching: &'static str,
) -> Response {
    let digest = data_encoding::HEXLOWER.encode(&file.digest[..12]);
    let entity_tag = format!("\"{digest}\"");
    let unchanged = names_entity_tag(header_text(request, header::IF_NONE_MATCH), &entity_tag);
    let mut response = empty(if unchanged {
        StatusCode::NOT_MODIFIED
    } else {
        StatusCode::OK
    });
    let length = file.bytes.len();
    if !unchanged && method == Method::GET {
        *response.body_mut() = Body::from(match file.bytes {
            Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            Cow::Owned(bytes) => Bytes::from(bytes),
        });
    }
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Ok(value) = HeaderValue::try_from(entity_tag) {
        headers.insert(header::ETAG, value);
    }
    if !unchanged {
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(media_type(name)),
        );
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        if let Some(token) = coding.token() {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(token));
        }
    }
    response
}

fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

fn header_text(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

fn is_package_dir(segment: &str) -> bool {
    segment == BUILT_PACKAGE_DIR
        || segment
            .strip_prefix(BUILT_PACKAGE_DIR)
            .is_some_and(|digest| digest.starts_with('-'))
}

fn read_embedded(name: &str) -> Option<StoredFile> {
    let file = Embedded::get(name).or_else(|| {
        // A release build has already left the digests out of the names.
        if cfg!(not(debug_assertions)) {
            return None;
        }
        Embedded::iter()
            .find(|path| site_name::site_name(path) == name)
            .and_then(|path| Embedded::get(&path))
    })?;
    Some(StoredFile {
        digest: file.metadata.sha256_hash(),
        bytes: file.data,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_sample(name: &str) -> Option<StoredFile> {
        let (bytes, digest): (&[u8], u8) = match name {
            "pkg/visavis.js" => (b"import", 1),
            "pkg/visavis.js.br" => (b"br", 2),
            "pkg/visavis.wasm" => (b"\0asm", 3),
            "favicon.svg" => (b"<svg/>", 4),
            _ => return None,
        };
        Some(StoredFile {
            bytes: Cow::Borrowed(bytes),
            digest: [digest; 32],
        })
    }

    fn site() -> SiteAssets {
        SiteAssets {
            package_dir: "pkg-0123",
            package_caching: FOREVER,
            root_caching: BRIEFLY,
            read: read_sample,
        }
    }

    fn get(path: &str, fields: &[(header::HeaderName, &str)]) -> Option<Response> {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.insert(name, HeaderValue::from_str(value).unwrap());
        }
        site().respond(&Method::GET, path, &headers)
    }

    fn field(response: &Response, name: header::HeaderName) -> &str {
        header_text(response.headers(), name)
    }

    #[test]
    fn the_package_is_immutable_and_comes_in_the_coding_the_client_accepts() {
        let coded = get(
            "/pkg-0123/visavis.js",
            &[(header::ACCEPT_ENCODING, "gzip, br")],
        )
        .unwrap();
        assert_eq!(coded.status(), StatusCode::OK);
        assert_eq!(field(&coded, header::CONTENT_ENCODING), "br");
        assert_eq!(field(&coded, header::CONTENT_LENGTH), "2");
        assert_eq!(
            field(&coded, header::CONTENT_TYPE),
            "text/javascript; charset=utf-8"
        );
        assert_eq!(field(&coded, header::CACHE_CONTROL), FOREVER);
        assert_eq!(field(&coded, header::VARY), "Accept-Encoding");

        let plain = get("/pkg-0123/visavis.js", &[]).unwrap();
        assert_eq!(field(&plain, header::CONTENT_ENCODING), "");
        assert_eq!(field(&plain, header::CONTENT_LENGTH), "6");
        assert_ne!(field(&plain, header::ETAG), field(&coded, header::ETAG));
    }

    #[test]
    fn the_wasm_is_found_under_both_of_its_names() {
        for name in ["visavis.wasm", "visavis_bg.wasm"] {
            let response = get(&format!("/pkg-0123/{name}"), &[]).unwrap();
            assert_eq!(response.status(), StatusCode::OK);
            assert_eq!(field(&response, header::CONTENT_TYPE), "application/wasm");
        }
    }

    #[test]
    fn a_file_the_client_already_has_is_not_sent_again() {
        let first = get("/favicon.svg", &[]).unwrap();
        assert_eq!(field(&first, header::CACHE_CONTROL), BRIEFLY);
        let tag = field(&first, header::ETAG).to_owned();
        let second = get("/favicon.svg", &[(header::IF_NONE_MATCH, &tag)]).unwrap();
        assert_eq!(second.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(field(&second, header::ETAG), tag);
        assert_eq!(field(&second, header::CONTENT_LENGTH), "");
    }

    #[test]
    fn another_builds_package_and_missing_files_of_this_one_are_not_found() {
        for path in [
            "/pkg-4567/visavis.js",
            "/pkg/visavis.js",
            "/pkg-0123/other.js",
            "/pkg-0123/",
            "/pkg-0123",
            "/pkg-0123/visavis.js.br",
        ] {
            assert_eq!(
                get(path, &[]).unwrap().status(),
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
    }

    #[test]
    fn other_paths_are_left_to_others() {
        for path in ["/", "/r/team", "/favicon.ico", "/favicon.svg.gz", "/pkgs"] {
            assert!(get(path, &[]).is_none(), "{path}");
        }
    }

    #[test]
    fn a_head_says_the_length_and_other_methods_are_refused() {
        let head = site()
            .respond(&Method::HEAD, "/favicon.svg", &HeaderMap::new())
            .unwrap();
        assert_eq!(field(&head, header::CONTENT_LENGTH), "6");
        let post = site()
            .respond(&Method::POST, "/favicon.svg", &HeaderMap::new())
            .unwrap();
        assert_eq!(post.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(field(&post, header::ALLOW), "GET, HEAD");
    }

    #[test]
    fn the_digest_the_build_writes_into_a_name_is_left_out() {
        let cases = [
            ("pkg/visavis.kKZfmcFxgr-3OvvHLZsPzA.js", "pkg/visavis.js"),
            ("pkg/visavis.js", "pkg/visavis.js"),
            (
                "pkg/__wasm_split.kKZfmcFxgr-3OvvHLZsPzA.js",
                "pkg/__wasm_split.kKZfmcFxgr-3OvvHLZsPzA.js",
            ),
            ("pkg/snippets/a.b/inline0.js", "pkg/snippets/a.b/inline0.js"),
            ("favicon.svg", "favicon.svg"),
            ("kKZfmcFxgr-3OvvHLZsPzA.js", "kKZfmcFxgr-3OvvHLZsPzA.js"),
        ];
        for (built, name) in cases {
            assert_eq!(site_name::site_name(built), name);
        }
    }
}
