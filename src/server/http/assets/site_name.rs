//! How a file that the build put into the site is called by the page.
//!
//! Invariant: the name is the same for every build of the same file. The build writes a digest into the names of the
//! package's files so that it finishes them before it compiles the server; the page and the server leave it out, since
//! the directory they stand in already carries one digest for all of them.

/// Length of the digest in a file's name: 128 bits in unpadded base64.
const DIGEST_CHARACTERS: usize = 22;

/// What the script that fetches the second wasm begins with. The first wasm imports from it by its whole name.
const SPLIT_LOADER: &str = "__wasm_split.";

/// The name without the digest: `pkg/visavis.kKZfmcFxgr-3OvvHLZsPzA.js` is `pkg/visavis.js`. Other names are unchanged.
pub(super) fn site_name(path: &str) -> String {
    let (directory, file) = match path.rfind('/') {
        Some(slash) => path.split_at(slash + 1),
        None => ("", path),
    };
    let mut parts: Vec<&str> = file.split('.').collect();
    if let [_, .., digest, _] = parts.as_slice()
        && is_digest(digest)
        && !file.starts_with(SPLIT_LOADER)
    {
        parts.remove(parts.len() - 2);
    }
    format!("{directory}{}", parts.join("."))
}

fn is_digest(part: &str) -> bool {
    part.len() == DIGEST_CHARACTERS
        && part
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}
