//! Which file names which: read from `use` trees and from paths that stand in the code.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Source, Token, program};

/// The files of the program, and what each names of the others.
pub(crate) struct House {
    /// The files, tests left out.
    pub(crate) files: Vec<Source>,
    /// For each file, in the same order, what it names.
    pub(crate) imports: Vec<Vec<Import>>,
}

/// One thing of another file that a file names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Import {
    /// The file it belongs to: the one of the path's longest part that is a module.
    pub(crate) from: usize,
    /// What is named in there; empty when it is the module itself.
    pub(crate) item: String,
}

impl House {
    /// Reads the program.
    pub(crate) fn of_the_program() -> Self {
        // The binary is a crate of its own: it sees the library from outside.
        let mut files = program();
        files.retain(|file| file.path != "main.rs");
        Self::of(files)
    }

    fn of(files: Vec<Source>) -> Self {
        let modules: BTreeMap<Vec<String>, usize> = files
            .iter()
            .enumerate()
            .map(|(index, file)| (file.module(), index))
            .collect();
        let imports = files
            .iter()
            .enumerate()
            .map(|(index, file)| {
                let mut imports = vec![];
                for path in absolute_paths(file, &modules) {
                    let owner = (0..=path.len())
                        .rev()
                        .find_map(|length| Some((length, *modules.get(&path[..length])?)));
                    if let Some((length, from)) = owner
                        && from != index
                    {
                        let item = path[length..].join("::");
                        let import = Import { from, item };
                        if !imports.contains(&import) {
                            imports.push(import);
                        }
                    }
                }
                imports
            })
            .collect();
        Self { files, imports }
    }

    /// The path of a file below `src`.
    pub(crate) fn path(&self, file: usize) -> &str {
        &self.files[file].path
    }
}

/// The paths a file names, from the root of the crate; what belongs to other crates is left out.
fn absolute_paths(file: &Source, modules: &BTreeMap<Vec<String>, usize>) -> Vec<Vec<String>> {
    let here = file.module();
    let child = |name: &String| {
        let mut module = here.clone();
        module.push(name.clone());
        modules.contains_key(&module)
    };
    let absolute = |path: Vec<String>| {
        let (first, rest) = path.split_first()?;
        let (mut module, mut rest) = match first.as_str() {
            "crate" => (vec![], rest),
            "self" => (here.clone(), rest),
            "super" => (here[..here.len().saturating_sub(1)].to_vec(), rest),
            _ if child(first) => (here.clone(), &path[..]),
            _ => return None,
        };
        while let Some((first, behind)) = rest.split_first()
            && first == "super"
        {
            module.pop();
            rest = behind;
        }
        module.extend(rest.iter().cloned());
        Some(module)
    };
    paths(&file.tokens)
        .into_iter()
        .filter_map(absolute)
        .collect()
}

/// The modules at the top of the crate that a file names with `crate::`.
pub(crate) fn top_modules(file: &Source) -> BTreeSet<String> {
    paths(&file.tokens)
        .into_iter()
        .filter(|path| path.first().is_some_and(|first| first == "crate"))
        .filter_map(|path| path.into_iter().nth(1))
        .collect()
}

/// Every path as it is written: those of `use` trees, each to its leaf, and those in the code that have two parts or more.
fn paths(tokens: &[Token]) -> Vec<Vec<String>> {
    let words: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
    let mut paths = vec![];
    let mut at = 0;
    while at < words.len() {
        let before = at.checked_sub(1).map_or("", |before| words[before]);
        if words[at] == "use" && words.get(at + 1) != Some(&"<") {
            at = tree(&words, at + 1, &[], &mut paths);
        } else if words[at] == "pub" && words[at..].get(1..3) == Some(&["(", "in"]) {
            // How far something is seen is no import.
            at += words[at..].iter().take_while(|word| **word != ")").count();
        } else if is_name(words[at]) && !matches!(before, "::" | "$") {
            let mut path = vec![words[at].to_owned()];
            at += 1;
            while words.get(at) == Some(&"::") && words.get(at + 1).is_some_and(|w| is_name(w)) {
                path.push(words[at + 1].to_owned());
                at += 2;
            }
            if path.len() > 1 {
                paths.push(path);
            }
        } else {
            at += 1;
        }
    }
    paths
}

/// Reads one branch of a `use` tree and returns where it ends.
fn tree(words: &[&str], mut at: usize, trunk: &[String], paths: &mut Vec<Vec<String>>) -> usize {
    let mut path = trunk.to_vec();
    while let Some(word) = words.get(at) {
        match *word {
            "{" => {
                at += 1;
                while at < words.len() && !matches!(words[at], "}" | ";") {
                    at = tree(words, at, &path, paths);
                    at += usize::from(words.get(at) == Some(&","));
                }
                return at + 1;
            }
            "," | "}" | ";" => break,
            "as" => at += 1,
            "::" | "*" => {}
            "self" if !path.is_empty() => {}
            name => path.push(name.to_owned()),
        }
        at += 1;
    }
    paths.push(path);
    at
}

fn is_name(word: &str) -> bool {
    word.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let source = Source::read("room/call/mod.rs", text);
        let paths = paths(&source.tokens).into_iter();
        paths.map(|path| path.join(" ")).collect()
    }

    #[test]
    fn the_reader_of_names_sees_both_forms() {
        assert_eq!(
            read(
                "use crate::room::{A as B, b::{self, C}, d::*};\nlet x = crate::api::f::<u8>(a.b);"
            ),
            [
                "crate room A",
                "crate room b",
                "crate room b C",
                "crate room d",
                "crate api f"
            ]
        );
        let source = Source::read(
            "ui/mod.rs",
            "use crate::{app::{App, shell}, protocol};\nlet x = crate::api::f();",
        );
        let names: Vec<String> = top_modules(&source).into_iter().collect();
        assert_eq!(names, ["api", "app", "protocol"]);
    }

    #[test]
    fn how_far_something_is_seen_is_no_import() {
        assert_eq!(
            read("pub(in crate::room) fn f(x: super::A) {}"),
            ["super A"]
        );
        assert_eq!(read("pub(crate) use self::a::B;"), ["self a B"]);
        assert_eq!(
            read("macro_rules! m { () => { $crate::room::f() } }").len(),
            0
        );
    }

    #[test]
    fn a_path_belongs_to_the_file_of_its_longest_part() {
        let house = House::of(vec![
            Source::read(
                "room/a.rs",
                "use super::call::{Call, state::State};\nuse super::Facade;",
            ),
            Source::read("room/call/mod.rs", "pub mod state;\npub use state::State;"),
            Source::read(
                "room/call/state.rs",
                "fn f() { crate::room::a::g(); std::mem::drop(1) }",
            ),
            Source::read("room/mod.rs", ""),
        ]);
        let import = |from, item: &str| Import {
            from,
            item: item.to_owned(),
        };
        assert_eq!(
            house.imports[0],
            [import(1, "Call"), import(2, "State"), import(3, "Facade")]
        );
        assert_eq!(house.imports[1], [import(2, "State")]);
        assert_eq!(house.imports[2], [import(0, "g")]);
    }
}
