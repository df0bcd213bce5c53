//! The rows of long conversations, as one reads, scrolls and others speak.

use proptest::prelude::*;

use super::*;

/// A conversation of so many rows, numbered from here on.
fn rows(from: u64, count: usize) -> Vec<u64> {
    (from..).take(count).collect()
}

#[test]
fn the_newest_rows_stand_in_the_document() {
    let mut window = RowWindow::at_the_end();
    assert_eq!(window.settle(&[]), 0..0);
    assert_eq!(window.settle(&rows(0, 3)), 0..3);
    let mut window = RowWindow::at_the_end();
    assert_eq!(window.settle(&rows(0, 2_000)), 1_920..2_000);
    assert!(window.has_earlier(&rows(0, 2_000)) && window.follows());
}

#[test]
fn who_follows_gets_a_row_for_each_message_and_seldom_loses_any() {
    let mut window = RowWindow::at_the_end();
    let mut before = window.settle(&rows(0, 500));
    let mut moved = 0;
    for count in 501..=1_000 {
        let shown = window.settle(&rows(0, count));
        assert_eq!(shown.end, count);
        assert!(shown.len() <= MOST);
        moved += usize::from(shown.start != before.start);
        before = shown;
    }
    assert!(moved <= 7, "{moved}");
}

#[test]
fn who_scrolls_up_finds_everything_and_what_comes_meanwhile_moves_nothing() {
    let all = rows(0, 2_000);
    let mut window = RowWindow::at_the_end();
    let mut shown = window.settle(&all);
    while window.has_earlier(&all) {
        let before = shown.clone();
        shown = window.earlier(&all);
        assert!(shown.start < before.start && shown.end > before.start + 1);
        assert!(shown.len() <= MOST);
    }
    assert_eq!(shown, 0..MOST);
    assert!(!window.follows());

    let more = rows(0, 2_005);
    assert_eq!(window.settle(&more), 0..MOST);
    assert_eq!(window.missed(&more), 5);
    // The oldest fall off, and what is looked at stays.
    let shifted = rows(100, 1_905);
    assert_eq!(window.settle(&shifted), 0..LEAST.max(MOST - 100));
    while shown.end < shifted.len() {
        shown = window.later(&shifted);
        assert!(shown.len() <= MOST);
    }
    window.look(true, &shifted);
    assert!(window.follows());
    assert_eq!(window.missed(&shifted), 0);
}

#[test]
fn looking_away_and_back_changes_no_row() {
    let all = rows(0, 300);
    let mut window = RowWindow::at_the_end();
    let shown = window.settle(&all);
    window.look(false, &all);
    let more = rows(0, 310);
    assert_eq!(window.settle(&more), shown);
    // Not all of them are there yet: this is not the end.
    window.look(true, &more);
    assert!(!window.follows());
    assert_eq!(window.newest(&more), 230..310);
    assert!(window.follows());
}

proptest! {
    #[test]
    fn whatever_happens_there_are_enough_rows_and_never_too_many(
        steps in proptest::collection::vec((0..7_u8, 0..300_usize), 1..40)
    ) {
        let mut window = RowWindow::at_the_end();
        let mut all: Vec<u64> = Vec::new();
        let mut next = 0;
        for (step, amount) in steps {
            let shown = match step {
                0 => {
                    all.extend(next..next + amount as u64);
                    next += amount as u64;
                    window.settle(&all)
                }
                1 => {
                    all.drain(..amount.min(all.len()));
                    window.settle(&all)
                }
                2 => {
                    all.insert(amount.min(all.len()), next);
                    next += 1;
                    window.settle(&all)
                }
                3 => window.earlier(&all),
                4 => window.later(&all),
                5 => window.newest(&all),
                _ => {
                    window.look(amount % 2 == 0, &all);
                    window.settle(&all)
                }
            };
            prop_assert!(shown.end <= all.len());
            prop_assert!(shown.len() <= MOST && shown.len() >= LEAST.min(all.len()));
            if window.follows() {
                prop_assert_eq!(shown.end, all.len());
            }
            prop_assert!(window.missed(&all) <= all.len());
        }
    }
}
