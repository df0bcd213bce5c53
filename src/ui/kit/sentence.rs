//! Sentences with people's names in them: a name may be written from right to left, and takes nothing along that stands
//! beside it (`<bdi>`, Unicode UAX #9).

use leptos::either::Either;
use leptos::prelude::*;

/// Cuts a sentence where these names stand in it, in their order; every second piece is a name. A name that it does not
/// hold is passed over.
fn pieces<'a>(sentence: &'a str, names: &[&str]) -> Vec<&'a str> {
    let mut pieces = Vec::new();
    let mut rest = sentence;
    for name in names.iter().filter(|name| !name.is_empty()) {
        if let Some((before, behind)) = rest.split_once(name) {
            pieces.push(before);
            pieces.push(&rest[before.len()..rest.len() - behind.len()]);
            rest = behind;
        }
    }
    pieces.push(rest);
    pieces
}

/// The sentence, each of these names in it for itself.
pub fn isolated(sentence: &str, names: &[&str]) -> impl IntoView + use<> {
    pieces(sentence, names)
        .into_iter()
        .enumerate()
        .map(|(index, piece)| {
            let piece = piece.to_owned();
            if index % 2 == 0 {
                Either::Left(piece)
            } else {
                Either::Right(view! { <bdi>{piece}</bdi> })
            }
        })
        .collect_view()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_a_piece_of_its_own_and_the_pieces_are_the_sentence() {
        for (sentence, names, expected) in [
            ("أحمد joined", &["أحمد"][..], &["", "أحمد", " joined"][..]),
            (
                "Ada, Bob and 2 others left",
                &["Ada", "Bob"],
                &["", "Ada", ", ", "Bob", " and 2 others left"],
            ),
            (
                "Ada lost Ada",
                &["Ada", "Ada"],
                &["", "Ada", " lost ", "Ada", ""],
            ),
            ("Link copied", &["Ada"], &["Link copied"]),
            ("Link copied", &["", "copied"], &["Link ", "copied", ""]),
            ("Link copied", &[], &["Link copied"]),
        ] {
            let found = pieces(sentence, names);
            assert_eq!(found, expected);
            assert_eq!(found.concat(), sentence);
        }
    }
}
