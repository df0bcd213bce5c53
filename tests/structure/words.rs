//! Words that may not stand in a file, names that no file has, and how long one may be.

use super::source::{Token, everything, program, tokens};

/// What a file may not name when it decides without doing: who reads the clock or waits is somebody else.
const CLOCKS_AND_RUNTIMES: [&str; 4] = ["tokio", "Instant::now", "SystemTime", "axum"];

/// What the modules of both builds may not name besides.
const BROWSERS_AND_CHANCE: [&str; 6] = [
    "leptos",
    "web_sys",
    "js_sys",
    "wasm_bindgen",
    "getrandom",
    "rand::",
];

/// Files of the server that decide without doing.
const PURE_IN_THE_SERVER: [&str; 14] = [
    "server/net/address_rates.rs",
    "server/net/client_networks.rs",
    "server/net/connection_table.rs",
    "server/net/network_counts.rs",
    "server/rooms/admission.rs",
    "server/rooms/core.rs",
    "server/rooms/join_queue.rs",
    "server/rooms/kept_seats.rs",
    "server/rooms/leaving.rs",
    "server/rooms/mode.rs",
    "server/rooms/mode_facts.rs",
    "server/rooms/open_rooms.rs",
    "server/rooms/strain.rs",
    "server/rooms/target_rates.rs",
];

#[test]
fn the_pure_modules_know_no_browser_no_runtime_no_clock_and_no_chance() {
    let mut broken = vec![];
    for source in everything() {
        let is_pure = matches!(
            source.top(),
            "histogram" | "pace" | "protocol" | "room" | "webm"
        );
        let is_pure_in_the_server = PURE_IN_THE_SERVER.contains(&source.path.as_str())
            || (source.path.starts_with("server/turn/core/") && !source.path.contains("/tests/"));
        let mut forbidden = vec![];
        if is_pure || is_pure_in_the_server {
            forbidden.extend(CLOCKS_AND_RUNTIMES);
        }
        if is_pure {
            forbidden.extend(BROWSERS_AND_CHANCE);
        }
        for word in forbidden {
            if source.code.contains(word) {
                broken.push(format!("{} names {word}", source.path));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn nothing_is_leaked_to_the_browser_or_left_for_later() {
    let mut broken = vec![];
    for source in everything() {
        for word in [
            ".forget()",
            "mem::forget",
            "todo!(",
            "unimplemented!(",
            "dbg!(",
            "unsafe {",
            "unsafe fn",
        ] {
            if source.code.contains(word) {
                broken.push(format!("{} has {word}", source.path));
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
    let broken: Vec<String> = everything()
        .into_iter()
        .map(|source| source.path)
        .filter(|path| {
            path.split('/')
                .any(|part| vague.contains(&part.trim_end_matches(".rs")))
        })
        .collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

/// The first token of a file that neither declares a module nor imports or re-exports.
fn first_definition(tokens: &[Token]) -> Option<&Token> {
    let mut at = 0;
    let behind = |from: usize, end: &str| {
        let rest = tokens.iter().skip(from);
        from + rest.take_while(|token| token.text != end).count() + 1
    };
    while let Some(token) = tokens.get(at) {
        let next = tokens.get(at + 1).map(|token| token.text.as_str());
        at = match token.text.as_str() {
            "#" => behind(at, "]"),
            "pub" if next == Some("(") => behind(at, ")"),
            "pub" => at + 1,
            "mod" if tokens.get(at + 2).is_none_or(|token| token.text != ";") => {
                return Some(token);
            }
            "mod" | "use" => behind(at, ";"),
            _ => return Some(token),
        };
    }
    None
}

#[test]
fn a_mod_rs_declares_and_re_exports() {
    let broken: Vec<String> = program()
        .into_iter()
        .filter(|source| source.path.ends_with("/mod.rs"))
        .filter_map(|source| {
            let definition = first_definition(&source.tokens)?;
            Some(format!("{} has `{}`", source.path, definition.text))
        })
        .collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn a_definition_is_told_from_a_declaration() {
    let first = |text: &str| first_definition(&tokens(text)).map(|token| token.text.clone());
    let declarations =
        "//! It is.\n#[cfg(test)]\nmod a;\npub(crate) mod b;\npub use b::{C, d as e};";
    assert_eq!(first(declarations), None);
    for (definition, word) in [
        ("mod a;\npub(crate) const B: u8 = 1;", "const"),
        ("use a::b;\n#[derive(Debug)]\nstruct C;", "struct"),
        ("mod a { fn b() {} }", "mod"),
        ("words! { A }", "words"),
    ] {
        assert_eq!(first(definition).as_deref(), Some(word));
    }
}

/// The first word of a literal that holds several; `None` for every other token.
fn first_of_several_words(token: &str) -> Option<&str> {
    let text = token.trim_start_matches(['b', 'r', '#']);
    let text = text.strip_prefix('"')?.trim_end_matches('#');
    let mut words = text.strip_suffix('"')?.split_whitespace();
    let first = words.next()?;
    words.next().is_some().then_some(first)
}

#[test]
fn the_room_gives_reasons_and_no_sentences() {
    let mut broken = vec![];
    for source in program() {
        if !matches!(source.top(), "room" | "session") {
            continue;
        }
        for (index, token) in source.tokens.iter().enumerate() {
            let Some(first) = first_of_several_words(&token.text) else {
                continue;
            };
            let before: Vec<&str> = source.tokens[index.saturating_sub(2)..index]
                .iter()
                .map(|token| token.text.as_str())
                .collect();
            // Those of an `Error` are for programmers, and begin as theirs do; a reason is a comment.
            let is_allowed = match before[..] {
                ["error", "("] => !first.starts_with(char::is_uppercase),
                ["reason", "="] => true,
                _ => false,
            };
            if !is_allowed {
                broken.push(format!("{} says {}", source.path, token.text));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// Most lines of code of a file; blank lines, comments and tests do not count.
const LINES_OF_CODE: usize = 300;

#[test]
fn no_file_is_too_long_to_be_read() {
    let broken: Vec<String> = program()
        .into_iter()
        .map(|source| (source.lines_of_code(), source.path))
        .filter(|(lines, _)| *lines > LINES_OF_CODE)
        .map(|(lines, path)| format!("{path} has {lines} lines of code"))
        .collect();
    assert!(broken.is_empty(), "{broken:#?}");
}
