//! Dependencies between the modules at the top of the crate point one way.

use super::imports::{House, top_modules};
use super::source::everything;

const MODULES: [&str; 13] = [
    "api",
    "app",
    "client",
    "device",
    "histogram",
    "pace",
    "protocol",
    "random",
    "room",
    "server",
    "session",
    "ui",
    "webm",
];

/// What the files of a module may name of the others, tests included.
fn allowed(module: &str, path: &str) -> &'static [&'static str] {
    match module {
        "histogram" | "protocol" | "webm" | "pace" | "random" => &[],
        "room" => &["pace", "protocol", "random", "webm"],
        "session" => &["protocol", "room"],
        "client" => &["protocol", "room", "session", "api"],
        "ui" => &["protocol", "room", "session", "client", "api"],
        "app" => &["protocol", "room", "session", "ui"],
        "api" => &["protocol", "server"],
        "device" => &["histogram", "pace", "protocol", "room", "webm"],
        // Who checks a server goes there as its clients do.
        "server" if path.starts_with("server/check/") => &["pace", "protocol", "webm", "device"],
        "server" if path == "server/command_line.rs" => &["protocol", "device"],
        // Who serves the page has to know which one it is.
        "server" if path == "server/http/pages.rs" => &["pace", "protocol", "webm", "app"],
        "server" => &["histogram", "pace", "protocol", "random", "webm"],
        "lib" | "main" => &MODULES,
        _ => &[],
    }
}

#[test]
fn dependencies_point_one_way() {
    let mut broken = vec![];
    for source in everything() {
        let module = source.top();
        for name in top_modules(&source) {
            let is_allowed = name == module || allowed(module, &source.path).contains(&&*name);
            if MODULES.contains(&name.as_str()) && !is_allowed {
                broken.push(format!("{} names {name}", source.path));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn the_ui_names_the_client_in_one_place() {
    let naming: Vec<String> = everything()
        .into_iter()
        .filter(|source| source.top() == "ui" && top_modules(source).contains("client"))
        .map(|source| source.path)
        .collect();
    assert!(naming.len() <= 1, "{naming:#?}");
}

#[test]
fn the_server_takes_of_devices_only_the_way_to_a_server_and_what_the_command_line_asks() {
    let house = House::of_the_program();
    let mut broken = vec![];
    for (file, imports) in house.imports.iter().enumerate() {
        for import in imports {
            let (one, other) = (house.path(file), house.path(import.from));
            let is_asked = ["device/join.rs", "device/load/arguments.rs"].contains(&other);
            let is_allowed = other.starts_with("device/socket/") || is_asked;
            if one.starts_with("server/") && other.starts_with("device/") && !is_allowed {
                broken.push(format!("{one} imports {other}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn nothing_of_devices_is_in_the_wasm() {
    let everything = everything();
    let library = everything.iter().find(|source| source.path == "lib.rs");
    let words: Vec<&str> = library
        .unwrap()
        .tokens
        .iter()
        .map(|token| token.text.as_str())
        .collect();
    let server_only = ["#", "[", "cfg", "(", "feature", "=", "\"ssr\"", ")", "]"];
    let declared = [&server_only[..], &["pub", "mod", "device", ";"]].concat();
    let is_declared = words.windows(declared.len()).any(|some| *some == declared);
    assert!(
        is_declared,
        "the library declares devices for the server alone"
    );
    let manifest = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let manifest = std::fs::read_to_string(manifest).unwrap();
    let features = manifest
        .split("\n[")
        .find(|part| part.starts_with("features]"));
    let hydrate = features.and_then(|part| part.lines().find(|line| line.starts_with("hydrate")));
    for dependency in ["str0m", "turn-client-proto", "ogg"] {
        let name = format!("dep:{dependency}");
        assert!(
            hydrate.is_some_and(|line| !line.contains(&name)),
            "{dependency}"
        );
        let declared = manifest
            .lines()
            .find(|line| line.starts_with(&format!("{dependency} =")));
        assert!(
            declared.is_some_and(|line| line.contains("optional = true")),
            "{dependency}"
        );
    }
}

#[test]
fn the_two_builds_differ_in_three_places_only() {
    let mut ui_calls = vec![];
    let mut broken = vec![];
    for source in everything() {
        let gates = source.code.matches("feature = \"ssr\"").count()
            + source.code.matches("feature = \"hydrate\"").count();
        match source.top() {
            _ if gates == 0 => {}
            "lib" | "main" => {}
            "ui" => ui_calls.push(source.path),
            _ => broken.push(source.path),
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
    assert!(
        ui_calls.len() <= 1,
        "the ui starts the engine in one place: {ui_calls:#?}"
    );
}
