//! What documents say of tests, beside the tests that there are.

use std::collections::BTreeSet;
use std::path::Path;

/// The items of section V17.2 of OWASP ASVS 5.0, and those of them that do not apply.
const ITEMS: [u32; 8] = [1, 2, 3, 4, 5, 6, 7, 8];
const WITHOUT_TEST: [u32; 1] = [7];

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The words of a text that are names of such tests.
fn names(text: &str) -> BTreeSet<String> {
    let words = text.split(|it: char| !it.is_ascii_alphanumeric() && it != '_');
    let names = words.filter(|word| word.starts_with("v17_2_"));
    names.map(str::to_owned).collect()
}

/// The names of the functions of a text that the test runner calls.
fn tests(text: &str) -> BTreeSet<String> {
    let tests = text.split("#[tokio::test]").skip(1);
    let names = tests.filter_map(|test| test.split("fn ").nth(1)?.split('(').next());
    names.map(str::to_owned).collect()
}

#[test]
fn every_item_of_asvs_v17_2_stands_in_the_table_with_its_tests() {
    let document = read("docs/security.md");
    let mut there = BTreeSet::new();
    for file in ["handshakes", "packets"] {
        let path = format!("tests/black_box/sfu_asvs_v17_2/{file}.rs");
        there.extend(tests(&read(&path)));
    }
    assert_eq!(names(&document), there, "the document names other tests");
    for item in ITEMS {
        let start = format!("| 17.2.{item} ");
        let rows: Vec<&str> = document
            .lines()
            .filter(|it| it.starts_with(&start))
            .collect();
        let [row] = rows[..] else {
            panic!("17.2.{item} has {} rows", rows.len());
        };
        let own = format!("v17_2_{item}_");
        let named = names(row);
        assert!(named.iter().all(|name| name.starts_with(&own)), "{row}");
        assert_eq!(named.is_empty(), WITHOUT_TEST.contains(&item), "{row}");
    }
}
