//! A face for those without a camera: initials on a colour that stays theirs.

use leptos::prelude::*;

/// There are so many colours; the style sheet names each.
const HUES: u32 = 12;

/// The initials of a name: of its first and last word. A number at its end tells namesakes apart and is none of theirs. The
/// style sheet makes capitals of them.
pub fn initials(name: &str) -> String {
    let unnumbered = match name.rsplit_once(' ') {
        Some((words, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => words,
        _ => name,
    };
    let mut words = unnumbered
        .split_whitespace()
        .filter_map(|word| word.chars().find(|character| !is_punctuation(*character)));
    let first = words.next();
    let last = words.next_back();
    let shown: String = [first, last].into_iter().flatten().collect();
    if shown.is_empty() {
        name.chars().take(1).collect()
    } else {
        shown
    }
}

/// Brackets, quotation marks, dashes and the like.
fn is_punctuation(character: char) -> bool {
    character.is_ascii_punctuation()
        || matches!(character, '\u{a1}'..='\u{bf}' | '\u{2010}'..='\u{205e}' | '\u{3001}'..='\u{303f}')
}

/// The colour of a name, `0..12`: the same wherever and whenever it is shown (FNV-1a).
pub fn hue(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    }) % HUES
}

/// Shows the initials of a name.
#[component]
pub fn Avatar(
    /// The initials and the colour are those of this name.
    #[prop(into)]
    name: Signal<String>,
) -> impl IntoView {
    view! {
        <span class="avatar" aria-hidden="true" data-hue=move || name.with(|name| hue(name))>
            {move || name.with(|name| initials(name))}
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_those_of_the_first_and_last_word() {
        for (name, shown) in [
            ("Ada", "A"),
            ("Ada Lovelace", "AL"),
            ("Ada Lovelace 2", "AL"),
            ("Ada 2", "A"),
            ("007", "0"),
            ("ada maria lovelace", "al"),
            ("„Ada“ – «Lovelace»", "AL"),
            ("(Ben) O'Neill", "BO"),
            ("łukasz", "ł"),
            ("🙂", "🙂"),
            ("李 小龍", "李小"),
        ] {
            assert_eq!(initials(name), shown, "{name}");
        }
    }

    #[test]
    fn a_name_keeps_its_colour_and_names_differ() {
        assert_eq!(hue("Ada"), hue("Ada"));
        assert_ne!(hue("Ada"), hue("Ben"));
        assert!(hue("anybody at all") < HUES);
    }
}
