//! The sources of the program as the other tests read them: in tokens, without comments and without what only tests see.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// One word or sign of a source file, and the line it begins on.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    /// The token as it is written; a literal with its quotes.
    pub(crate) text: String,
    line: usize,
}

/// A source file of the program.
pub(crate) struct Source {
    /// The path below `src`.
    pub(crate) path: String,
    /// The text without comments, tests included.
    pub(crate) code: String,
    /// What is compiled into the program: the items under `cfg(test)` are not here.
    pub(crate) tokens: Vec<Token>,
    /// The modules this file declares under `cfg(test)`.
    test_modules: Vec<String>,
}

impl Source {
    /// Reads a file's text.
    pub(crate) fn read(path: &str, text: &str) -> Self {
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect::<Vec<_>>()
            .join("\n");
        let (tokens, test_modules) = without_tests(tokens(text));
        Self {
            path: path.to_owned(),
            code,
            tokens,
            test_modules,
        }
    }

    /// The first part of the path: the module at the top of the crate.
    pub(crate) fn top(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or(&self.path);
        first.trim_end_matches(".rs")
    }

    /// The module that the file is, from the root of the crate.
    pub(crate) fn module(&self) -> Vec<String> {
        let path = self.path.trim_end_matches(".rs");
        let mut parts: Vec<String> = path.split('/').map(str::to_owned).collect();
        if matches!(parts.last().map(String::as_str), Some("mod" | "lib")) {
            parts.pop();
        }
        parts
    }

    /// How many lines hold code: neither blank lines nor comments count, nor what only tests see.
    pub(crate) fn lines_of_code(&self) -> usize {
        let mut lines = BTreeSet::new();
        for token in &self.tokens {
            lines.extend(token.line..=token.line + token.text.matches('\n').count());
        }
        lines.len()
    }

    fn is_in_folder(&self, name: &str) -> bool {
        self.path.split('/').rev().skip(1).any(|part| part == name)
    }
}

/// Every file below `src`, tests too.
pub(crate) fn everything() -> Vec<Source> {
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
                let path = path.strip_prefix(&root).unwrap().to_str().unwrap();
                sources.push(Source::read(&path.replace('\\', "/"), &text));
            }
        }
    }
    assert!(sources.len() > 20, "the sources are there");
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    sources
}

/// The files that are compiled into the program: neither folders called `tests` nor modules declared under `cfg(test)`.
pub(crate) fn program() -> Vec<Source> {
    let all = everything();
    let tests: Vec<Vec<String>> = all
        .iter()
        .flat_map(|source| {
            source.test_modules.iter().map(|name| {
                let mut module = source.module();
                module.push(name.clone());
                module
            })
        })
        .collect();
    all.into_iter()
        .filter(|source| !source.is_in_folder("tests"))
        .filter(|source| !tests.iter().any(|test| source.module().starts_with(test)))
        .collect()
}

/// Takes a text apart. Comments are left out; a lifetime loses its tick.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let characters: Vec<char> = text.chars().collect();
    let mut tokens = vec![];
    let (mut at, mut line) = (0, 1);
    while at < characters.len() {
        let rest = &characters[at..];
        let length = length_of_token(rest);
        let token: String = rest[..length].iter().collect();
        let newlines = token.matches('\n').count();
        let is_comment = token.starts_with("//") || token.starts_with("/*");
        if !is_comment && !token.trim().is_empty() && token != "'" {
            tokens.push(Token { text: token, line });
        }
        at += length;
        line += newlines;
    }
    tokens
}

fn length_of_token(rest: &[char]) -> usize {
    let starts = |text: &str| {
        text.chars()
            .enumerate()
            .all(|(index, c)| rest.get(index) == Some(&c))
    };
    let until = |from: usize, end: &str| {
        let end: Vec<char> = end.chars().collect();
        (from..rest.len())
            .find(|&at| rest[at..].starts_with(&end))
            .map_or(rest.len(), |at| at + end.len())
    };
    let word = rest.iter().take_while(|c| is_word(**c)).count();
    if starts("//") {
        return until(2, "\n");
    }
    if starts("/*") {
        return until(2, "*/");
    }
    if starts("r\"") || starts("br\"") {
        return until(until(0, "\""), "\"");
    }
    if starts("r#") || starts("br#") {
        let hashes = rest.iter().skip(word).take_while(|c| **c == '#').count();
        if rest.get(word + hashes) == Some(&'"') {
            return until(word + hashes + 1, &format!("\"{}", "#".repeat(hashes)));
        }
        return word + 1;
    }
    if word > 0 {
        return word;
    }
    if starts("::") {
        return 2;
    }
    match rest[0] {
        '"' => quoted(rest, '"'),
        '\'' if rest.get(1) == Some(&'\\') || rest.get(2) == Some(&'\'') => quoted(rest, '\''),
        _ => 1,
    }
}

/// How long a literal in quotes is; a backslash takes the character after it along.
fn quoted(rest: &[char], quote: char) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != quote {
        at += if rest[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(rest.len())
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Leaves out the items under `cfg(test)`, and says which modules were declared so.
fn without_tests(tokens: Vec<Token>) -> (Vec<Token>, Vec<String>) {
    let mark = ["#", "[", "cfg", "(", "test", ")", "]"];
    let is_mark = |at: usize| {
        mark.iter()
            .enumerate()
            .all(|(index, sign)| tokens.get(at + index).is_some_and(|t| t.text == *sign))
    };
    let (mut kept, mut modules) = (vec![], vec![]);
    let mut at = 0;
    while at < tokens.len() {
        if is_mark(at) {
            let end = end_of_item(&tokens, at + mark.len());
            let item = &tokens[at..end];
            if let [.., keyword, name, end] = item
                && keyword.text == "mod"
                && end.text == ";"
            {
                modules.push(name.text.clone());
            }
            at = end;
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    (kept, modules)
}

/// Where an item ends, further attributes of it included: behind its semicolon or its block.
fn end_of_item(tokens: &[Token], from: usize) -> usize {
    let mut depth = 0;
    for (index, token) in tokens.iter().enumerate().skip(from) {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" => depth -= 1,
            "}" => {
                depth -= 1;
                if depth == 0 {
                    return index + 1;
                }
            }
            ";" if depth == 0 => return index + 1,
            _ => {}
        }
        if depth < 0 {
            return index;
        }
    }
    tokens.len()
}

#[test]
fn comments_literals_and_tests_are_told_from_code() {
    let text = r##"
//! crate::no
use crate::a; /* crate::no */
fn f<'a>(c: char) -> &'a str { if c == '"' || c == '\'' { "crate::no \" {" } else { r#"}"# } }

#[cfg(test)]
#[path = "tests/x.rs"]
pub(crate) mod tests;
#[cfg(test)]
mod more {
    fn g() -> [u8; 2] { [1; 2] }
}
fn last() {}
"##;
    let source = Source::read("room/mod.rs", text);
    let words: Vec<&str> = source.tokens.iter().map(|t| t.text.as_str()).collect();
    assert!(!words.contains(&"no"), "{words:?}");
    assert!(!words.contains(&"g"), "{words:?}");
    assert!(words.contains(&"last"), "{words:?}");
    assert_eq!(source.test_modules, ["tests"]);
    assert_eq!(source.lines_of_code(), 3);
}
