//! The site: the browser's half of the program and the files beside it, carried inside the binary.
//!
//! A release build embeds every file, already compressed, and serves the package under a directory named by the digest of
//! its content, so that browsers keep it for good. A debug build reads the same files from disk at each request.
//! Invariant: what stands under the hashed directory never changes; everything else is asked for again soon.

mod representation;
mod site_assets;
mod site_name;

pub(super) use site_assets::SiteAssets;
