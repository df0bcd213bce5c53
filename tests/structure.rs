//! The shape of the program, read from its sources: which module may name which, and what may stand where.

#![expect(
    clippy::unwrap_used,
    reason = "a test that meets the unexpected should stop there and say so"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// A source file of the program: its path below `src`, and its text without comments.
struct Source {
    path: String,
    code: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = vec![];
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let code = text
                    .lines()
                    .filter(|line| !line.trim_start().starts_with("//"))
                    .collect::<Vec<_>>()
                    .join("\n");
                let path = path
                    .strip_prefix(&root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .replace('\\', "/");
                sources.push(Source { path, code });
            }
        }
    }
    assert!(sources.len() > 20, "the sources are there");
    sources
}

/// The first part of the path: the module at the top of the crate.
fn module(path: &str) -> &str {
    path.split('/')
        .next()
        .unwrap_or(path)
        .trim_end_matches(".rs")
}

/// The modules of the crate that a text names, as `crate::name` or inside `crate::{…}`.
fn named(code: &str) -> Vec<String> {
    let mut names = vec![];
    for rest in code.split("crate::").skip(1) {
        let identifier = |text: &str| -> String {
            text.trim_start()
                .chars()
                .take_while(|character| character.is_alphanumeric() || *character == '_')
                .collect()
        };
        match rest.strip_prefix('{') {
            None => names.push(identifier(rest)),
            Some(group) => {
                let mut depth = 0;
                let mut start = true;
                for (index, character) in group.char_indices() {
                    match character {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => start = true,
                        character if start && !character.is_whitespace() => {
                            names.push(identifier(&group[index..]));
                            start = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    names
}

#[test]
fn the_reader_of_names_sees_both_forms() {
    let code = "use crate::room::{A, b::C};\nuse crate::{app::{App, shell}, protocol, ui};\nlet x = crate::api::f();";
    assert_eq!(named(code), ["room", "app", "protocol", "ui", "api"]);
}

#[test]
fn dependencies_point_one_way() {
    let everything = [
        "api", "app", "client", "pace", "protocol", "room", "server", "session", "ui", "webm",
    ];
    let mut broken = vec![];
    for Source { path, code } in sources() {
        let allowed: &[&str] = match module(&path) {
            "protocol" => &["protocol"],
            // The pace tells the time in the room's words.
            "pace" => &["pace", "room"],
            "webm" => &["webm"],
            "room" => &["pace", "protocol", "room", "webm"],
            "session" => &["protocol", "room", "session"],
            "client" => &["protocol", "room", "session", "client", "api"],
            "ui" => &["protocol", "room", "session", "client", "ui", "api"],
            "app" => &["protocol", "room", "session", "ui", "app"],
            "api" => &["protocol", "server"],
            "server" if path == "server/http/pages.rs" => &["protocol", "server", "app"],
            "server" => &["protocol", "server"],
            "lib" | "main" => &everything,
            _ => &[],
        };
        for name in named(&code) {
            if everything.contains(&name.as_str()) && !allowed.contains(&name.as_str()) {
                broken.push(format!("{path} names {name}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn the_pure_modules_know_no_browser_no_runtime_no_clock_and_no_chance() {
    let forbidden = [
        "leptos",
        "web_sys",
        "js_sys",
        "wasm_bindgen",
        "tokio",
        "axum",
        "Instant::now",
        "SystemTime",
        "getrandom",
        "rand::",
    ];
    let mut broken = vec![];
    for Source { path, code } in sources() {
        if matches!(module(&path), "pace" | "protocol" | "room" | "webm") {
            broken.extend(
                forbidden
                    .iter()
                    .filter(|word| code.contains(**word))
                    .map(|word| format!("{path} names {word}")),
            );
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn the_two_builds_differ_in_three_places_only() {
    let mut ui_calls = vec![];
    let mut broken = vec![];
    for Source { path, code } in sources() {
        let gates = code.matches("feature = \"ssr\"").count()
            + code.matches("feature = \"hydrate\"").count();
        match module(&path) {
            _ if gates == 0 => {}
            "lib" | "main" => {}
            "ui" => ui_calls.push(path),
            _ => broken.push(path),
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
    assert!(
        ui_calls.len() <= 1,
        "the ui starts the engine in one place: {ui_calls:#?}"
    );
}

#[test]
fn the_ui_names_the_client_in_one_place() {
    let naming = sources().into_iter().filter(|source| {
        module(&source.path) == "ui" && named(&source.code).contains(&"client".into())
    });
    let naming: Vec<String> = naming.map(|source| source.path).collect();
    assert!(naming.len() <= 1, "{naming:#?}");
}

#[test]
fn nothing_is_leaked_to_the_browser_or_left_for_later() {
    let mut broken = vec![];
    for Source { path, code } in sources() {
        for word in [
            ".forget()",
            "mem::forget",
            "todo!(",
            "unimplemented!(",
            "dbg!(",
            "unsafe {",
            "unsafe fn",
        ] {
            if code.contains(word) {
                broken.push(format!("{path} has {word}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn no_file_is_named_for_being_left_over() {
    let vague = [
        "util", "utils", "helper", "helpers", "common", "manager", "misc",
    ];
    let broken: Vec<String> = sources()
        .into_iter()
        .map(|source| source.path)
        .filter(|path| {
            path.split('/')
                .any(|part| vague.contains(&part.trim_end_matches(".rs")))
        })
        .collect();
    assert!(broken.is_empty(), "{broken:#?}");
}
