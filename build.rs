//! Prepares the site for the server binary.
//!
//! A release build of the server carries the site inside: this compresses every file that the browser's build left in the
//! site directory and names the package's directory by a digest of its content. `src/server/http/assets/site_assets.rs` embeds the result.
//! A debug build of the server is only told where the site is. The browser's build is only told whether its wasm will be split.

#[path = "src/server/http/assets/site_name.rs"]
mod site_name;

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

use sha2::{Digest, Sha256};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Brotli's best compression; the wasm costs a few seconds once per release build.
const BROTLI_QUALITY: i32 = 11;

/// Brotli's largest window without the large-window extension, in bits.
const BROTLI_WINDOW: i32 = 24;

/// What `cargo leptos build --split` tells the linker, and nobody else does.
const SPLITS: &str = "--emit-relocs";

fn main() -> Result<()> {
    println!("cargo::rustc-check-cfg=cfg(split_wasm)");
    if env::var("CARGO_ENCODED_RUSTFLAGS").is_ok_and(|flags| flags.contains(SPLITS)) {
        println!("cargo::rustc-cfg=split_wasm");
    }
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/server/http/assets/site_name.rs");
    println!("cargo::rerun-if-env-changed=LEPTOS_SITE_ROOT");
    if env::var_os("CARGO_FEATURE_SSR").is_none() {
        return Ok(());
    }
    let built = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?)
        .join(env::var("LEPTOS_SITE_ROOT").unwrap_or_else(|_| "target/site".to_owned()));
    if env::var("PROFILE")? == "debug" {
        announce(&built, "pkg");
        return Ok(());
    }

    println!("cargo::rerun-if-changed={}", built.display());
    let files = read_site(&built)?;
    if files.is_empty() {
        println!(
            "cargo::warning=no site in {}: this server has no browser half. `cargo leptos build --release --split` builds both.",
            built.display()
        );
    }
    let prepared = PathBuf::from(env::var("OUT_DIR")?).join("site");
    remove_others(&prepared, &files)?;
    for (name, content) in &files {
        prepare(&prepared.join(name), content)?;
    }
    announce(&prepared, &format!("pkg-{}", digest_of_package(&files)));
    Ok(())
}

fn announce(site: &Path, package_dir: &str) {
    println!("cargo::rustc-env=VISAVIS_SITE={}", site.display());
    println!("cargo::rustc-env=VISAVIS_PACKAGE_DIR={package_dir}");
}

/// Every file of the site that a page may ask for, by the name it calls it.
fn read_site(root: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    let mut renamed = Vec::new();
    let mut directories = vec![root.to_owned()];
    while let Some(directory) = directories.pop() {
        let Ok(entries) = fs::read_dir(&directory) else {
            continue;
        };
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                directories.push(path);
                continue;
            }
            let relative = path
                .strip_prefix(root)?
                .to_string_lossy()
                .replace('\\', "/");
            if !relative
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .starts_with('.')
            {
                let name = site_name::site_name(&relative);
                if name != relative {
                    renamed.push((file_name(&relative), file_name(&name)));
                }
                files.insert(name, fs::read(&path)?);
            }
        }
    }
    // Scripts that name each other do so by the new names: under two names a script would be two.
    for (_, content) in files.iter_mut().filter(|(name, _)| name.ends_with(".js")) {
        let mut text = String::from_utf8(std::mem::take(content))?;
        for (old, new) in &renamed {
            text = text.replace(old, new);
        }
        *content = text.into_bytes();
    }
    Ok(files)
}

fn file_name(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}

fn digest_of_package(files: &BTreeMap<String, Vec<u8>>) -> String {
    let mut digest = Sha256::new();
    for (name, content) in files.iter().filter(|(name, _)| name.starts_with("pkg/")) {
        digest.update((name.len() as u64).to_le_bytes());
        digest.update(name);
        digest.update((content.len() as u64).to_le_bytes());
        digest.update(content);
    }
    digest.finalize()[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Removes what an earlier build prepared and this one does not have.
fn remove_others(prepared: &Path, files: &BTreeMap<String, Vec<u8>>) -> Result<()> {
    for name in read_site(prepared)?.into_keys() {
        let of = name.trim_end_matches(".br").trim_end_matches(".gz");
        if !files.contains_key(of) {
            fs::remove_file(prepared.join(&name))?;
        }
    }
    Ok(())
}

/// Writes a file and its compressed forms, those that are smaller; nothing when an earlier build did so.
fn prepare(path: &Path, content: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|existing| existing == content) {
        return Ok(());
    }
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    let _ = fs::remove_file(path);
    write_if_smaller(path, "br", content, &brotli(content)?)?;
    write_if_smaller(path, "gz", content, &gzip(content)?)?;
    // The file itself comes last: its presence says that the others are done.
    fs::write(path, content)?;
    Ok(())
}

fn write_if_smaller(path: &Path, extension: &str, content: &[u8], compressed: &[u8]) -> Result<()> {
    let path = PathBuf::from(format!("{}.{extension}", path.display()));
    if compressed.len() < content.len() {
        fs::write(path, compressed)?;
    } else if path.exists() {
        fs::remove_file(path)?;
    }
    Ok(())
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: BROTLI_WINDOW,
        size_hint: content.len(),
        ..Default::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*content, &mut compressed, &parameters)?;
    Ok(compressed)
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}
