//! People who are called alike, told apart in the order in which they came.
//!
//! Invariant: no two people of a call are shown under names that look the same, and nobody's shown name changes while they
//! are there.

use crate::protocol::DisplayName;
use crate::protocol::display_name::is_mark;
use crate::room::person_name::PersonName;

/// What a letter is without its marks, from U+00C0 on; a question mark where it is no other.
const LATIN: &[u8] = b"AAAAAA?CEEEEIIIIDNOOOOO?OUUUUY?SAAAAAA?CEEEEIIIIDNOOOOO?OUUUUY?YAAAAAACCCCCCCCDDDDEEEEEEEEEEGGGGGGGGHHHHIIIIIIIIII??JJKK?LLLLLL??LLNNNNNN???OOOOOO??RRRRRRSSSSSSSSTTTTTTUUUUUUUUUUUUWWYYYZZZZZZS";

/// The same from U+1E00 on.
const MORE_LATIN: &[u8] = b"AABBBBBBCCDDDDDDDDDDEEEEEEEEEEFFGGHHHHHHHHHHIIIIKKKKKKLLLLLLLLMMMMMMNNNNNNNNOOOOOOOOPPPPRRRRRRRRSSSSSSSSSSTTTTTTTTUUUUUUUUUUVVVVWWWWWWWWWWXXXXYYZZZZZZHTWYAS????AAAAAAAAAAAAAAAAAAAAAAAAEEEEEEEEEEEEEEEEIIIIOOOOOOOOOOOOOOOOOOOOOOOOUUUUUUUUUUUUUUYYYYYYYY??????";

/// What the page calls oneself, as a likeness: nobody is shown so, with brackets or without.
const OWN: &str = "YOU";

/// Such a mark begins with one of these.
const OPENING: [char; 4] = ['(', '[', '{', '（'];

/// These stand around it.
const BRACKETS: [char; 8] = ['(', '[', '{', '（', ')', ']', '}', '）'];

/// The name of somebody who comes while these are there: the first of its kind that looks like none of theirs.
pub(crate) fn told_apart<'a>(
    given: DisplayName,
    others: impl Iterator<Item = (&'a DisplayName, &'a DisplayName)> + Clone,
) -> PersonName {
    let wanted = likeness(given.as_str());
    let bare = DisplayName::parse(without_own_mark(given.as_str()));
    let bare = bare.unwrap_or_else(|_| given.clone());
    let is_alone = wanted != OWN
        && !others
            .clone()
            .any(|(given, shown)| is_like(given, &wanted) || is_like(shown, &wanted));
    if is_alone {
        return PersonName { given, shown: bare };
    }
    let taken: Vec<String> = others.map(|(_, shown)| likeness(shown.as_str())).collect();
    let mut number = 2;
    let mut shown = bare.numbered(number);
    while taken.contains(&likeness(shown.as_str())) {
        number += 1;
        shown = bare.numbered(number);
    }
    PersonName { given, shown }
}

/// Whether a name has this likeness. Most have not from the first letters on, and in a room of hundreds each is looked at whenever
/// somebody comes.
fn is_like(name: &DisplayName, wanted: &str) -> bool {
    letters(without_own_mark(name.as_str())).eq(wanted.chars())
}

/// A name without what looks like the mark behind one's own at its end; of a name that is nothing else, what stands in brackets.
fn without_own_mark(name: &str) -> &str {
    let mut bare = name;
    while let Some(open) = bare.rfind(OPENING)
        && folded(bare[open..].trim_matches(BRACKETS)) == OWN
    {
        if bare[..open].trim().is_empty() {
            return bare.trim_matches(BRACKETS);
        }
        bare = bare[..open].trim_end();
    }
    bare
}

/// What of a name is seen at a glance, but for the mark behind one's own.
fn likeness(name: &str) -> String {
    folded(without_own_mark(name))
}

/// A text without case, spaces and marks, and each letter as the one it is taken for.
fn folded(text: &str) -> String {
    letters(text).collect()
}

/// The letters of such a text.
fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars()
        .filter(|character| !character.is_whitespace() && !is_mark(*character))
        .map(|letter| lookalike(uppercase(letter)))
        .filter(|character| !matches!(character, '\u{200c}' | '\u{200d}' | '\u{fe0f}'))
}

/// The uppercase letter of those scripts whose letters are taken for each other. The tables for all scripts would be a
/// hundredth of what a call begins with.
fn uppercase(letter: char) -> char {
    let code = u32::from(letter);
    let below = match code {
        0x61..=0x7a | 0x3b1..=0x3c1 | 0x3c3..=0x3cb | 0x430..=0x44f | 0xff41..=0xff5a => 0x20,
        0x3ac => 0x26,
        0x3ad..=0x3af => 0x25,
        0x3c2 => 0x1f,
        0x3cc => 0x40,
        0x3cd | 0x3ce => 0x3f,
        0x450..=0x45f => 0x50,
        0x460..=0x481 | 0x48a..=0x4bf | 0x4d0..=0x52f => code % 2,
        0x4c1..=0x4ce => (code + 1) % 2,
        0x4cf => 0xf,
        0x561..=0x586 => 0x30,
        0x24d0..=0x24e9 => 0x1a,
        _ => 0,
    };
    char::from_u32(code - below).unwrap_or(letter)
}

/// The letter that an uppercase one is taken for.
fn lookalike(letter: char) -> char {
    let code = u32::from(letter);
    let (table, place) = match code {
        0xc0..=0x17f => (LATIN, code - 0xc0),
        0x1e00..=0x1eff => (MORE_LATIN, code - 0x1e00),
        // Full width, circled, and the alphabets of mathematics.
        0xff10..=0xff3a => return lookalike_or_self(code - 0xff10 + 0x30),
        0x24b6..=0x24cf => return lookalike_or_self(code - 0x24b6 + 0x41),
        0x1d400..=0x1d6a3 => return lookalike_or_self((code - 0x1d400) % 26 + 0x41),
        _ => return same_shape(letter),
    };
    let base = usize::try_from(place).ok().and_then(|it| table.get(it));
    match base {
        Some(base) if *base != b'?' => same_shape(char::from(*base)),
        _ => letter,
    }
}

fn lookalike_or_self(code: u32) -> char {
    char::from_u32(code).map_or('?', same_shape)
}

/// Of letters and digits of the same shape, one.
fn same_shape(letter: char) -> char {
    match letter {
        '0' | 'Ο' | 'О' | 'Ό' | 'Օ' => 'O',
        '1' | '|' | 'L' | 'Ι' | 'Ί' | 'І' | 'Ї' | 'Ӏ' => 'I',
        'Α' | 'Ά' | 'А' => 'A',
        'Β' | 'В' => 'B',
        'С' | 'Ϲ' => 'C',
        'Ԁ' => 'D',
        'Ε' | 'Έ' | 'Е' | 'Ё' | 'Ѐ' => 'E',
        'Ԍ' => 'G',
        'Η' | 'Ή' | 'Н' | 'Һ' => 'H',
        'Ј' => 'J',
        'Κ' | 'К' | 'Ќ' => 'K',
        'Μ' | 'М' => 'M',
        'Ν' => 'N',
        'Ρ' | 'Р' => 'P',
        'Ԛ' => 'Q',
        'Ѕ' => 'S',
        'Τ' | 'Т' => 'T',
        'Ѵ' => 'V',
        'Ԝ' => 'W',
        'Χ' | 'Х' => 'X',
        'Υ' | 'Ύ' | 'У' | 'Ү' | 'Ў' => 'Y',
        'Ζ' => 'Z',
        'Й' => 'И',
        'Ѓ' => 'Г',
        'Ώ' => 'Ω',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names that are shown of people who come in this order.
    fn shown(given: &[&str]) -> Vec<String> {
        let mut people: Vec<PersonName> = Vec::new();
        for name in given {
            let given = DisplayName::parse(name).unwrap();
            let others = people.iter().map(|name| (&name.given, &name.shown));
            let name = told_apart(given, others);
            people.push(name);
        }
        people.iter().map(|name| name.shown.to_string()).collect()
    }

    #[test]
    fn who_comes_later_gets_a_number() {
        assert_eq!(
            shown(&["Ada", "Ben", "Ada", "Ada"]),
            ["Ada", "Ben", "Ada 2", "Ada 3"]
        );
    }

    #[test]
    fn nobody_looks_like_oneself() {
        assert_eq!(
            shown(&[
                "Ada",
                "Ada (you)",
                "ada(YOU)",
                "Ada [уоu] (you)",
                "(you)",
                "You",
                "ＹＯＵ"
            ]),
            [
                "Ada",
                "Ada 2",
                "ada 3",
                "Ada 4",
                "you 2",
                "You 3",
                "ＹＯＵ 4"
            ]
        );
        assert_eq!(shown(&["Ben (you)", "Ben (work)"]), ["Ben", "Ben (work)"]);
    }

    #[test]
    fn a_number_that_somebody_has_as_a_name_is_passed_over() {
        assert_eq!(shown(&["Ada", "Ada 2", "Ada"]), ["Ada", "Ada 2", "Ada 3"]);
        assert_eq!(shown(&["Ada", "Ada", "Ada 2"]), ["Ada", "Ada 2", "Ada 2 2"]);
    }

    #[test]
    fn who_is_gone_leaves_the_plain_name_to_nobody_while_a_namesake_is_there() {
        let ada = || DisplayName::parse("Ada").unwrap();
        let second = PersonName {
            given: ada(),
            shown: ada().numbered(2),
        };
        let third = told_apart(ada(), [(&second.given, &second.shown)].into_iter());
        assert_eq!(third.shown.as_str(), "Ada 3");
        assert_eq!(third.given, ada());
    }

    #[test]
    fn names_that_look_the_same_are_the_same_and_others_are_not() {
        for alike in [
            "ada",
            "A d a",
            "Аda",
            "Αda",
            "Ａｄａ",
            "𝐀𝐝𝐚",
            "Ⓐⓓⓐ",
            "Àdâ",
            "A\u{301}da",
            "ADA",
        ] {
            assert_eq!(
                shown(&["Ada", alike])[1],
                [alike.trim(), " 2"].concat(),
                "{alike}"
            );
        }
        for (one, other) in [
            ("Ian", "lan"),
            ("Bob", "B0b"),
            ("Zoë", "Zoe\u{308}"),
            ("Nguyễn", "Nguyê\u{303}n"),
            ("Андрей", "Андреи\u{306}"),
            ("Олег", "Oлег"),
            ("Άννα", "αννα"),
            ("Ѓорѓи", "ѓорѓи"),
            ("Ҷамшед", "ҷамшед"),
            ("Ӏамин", "ӏамин"),
            ("Արամ", "արամ"),
        ] {
            assert!(shown(&[one, other])[1].ends_with(" 2"), "{one} {other}");
        }
        for (one, other) in [
            ("Ada", "Adam"),
            ("Ada", "Eda"),
            ("李", "王"),
            ("Ада", "Ева"),
            ("👍", "👎"),
        ] {
            assert_eq!(shown(&[one, other]), [one, other]);
        }
    }

    #[test]
    fn case_is_told_as_it_is_for_all_scripts() {
        let scripts = [
            'a'..='z',
            'ά'..='ώ',
            'а'..='ԯ',
            'ա'..='ֆ',
            'ⓐ'..='ⓩ',
            'ａ'..='ｚ',
        ];
        for letter in scripts.into_iter().flatten() {
            let mut all = letter.to_uppercase();
            if let (Some(one), None) = (all.next(), all.next()) {
                assert_eq!(uppercase(letter), one, "{letter}");
            }
        }
    }

    #[test]
    fn both_tables_are_as_long_as_what_they_stand_for() {
        assert_eq!(
            (LATIN.len(), MORE_LATIN.len()),
            (0x180 - 0xc0, 0x1f00 - 0x1e00)
        );
    }
}
