//! The conversation as it stands in the document: which of its rows, and what one sees of them.
//!
//! Invariant: whatever rows come and go above, what one reads stays where it is on the screen.

use std::ops::Range;

use leptos::html;
use leptos::prelude::*;
use leptos::web_sys::{Element, HtmlDivElement};

use super::message::{MessageLine, lines};
use super::window::RowWindow;
use crate::session::messaging::MessageRow;

/// This near the end counts as at the end, in CSS pixels.
const NEAR_END: i32 = 80;

/// A row is built anew where it becomes the first one or no longer is; another one keeps its element.
const SECOND: &str = "li:nth-child(2)";

/// What is seen of the conversation. Cheap to copy.
#[derive(Clone, Copy)]
pub struct ConversationView {
    /// These messages there are.
    rows: RwSignal<Vec<MessageRow>>,
    /// It decides which of them stand in the document.
    window: StoredValue<RowWindow>,
    /// These stand in the document.
    pub lines: RwSignal<Vec<MessageLine>>,
    /// Earlier ones do not stand in the document.
    pub more: RwSignal<bool>,
    /// So many came at the end since one looked away from it; `None` while it is looked at.
    pub missed: RwSignal<Option<usize>>,
    /// The messages are in this element, which scrolls.
    pub list: NodeRef<html::Div>,
    /// Rows were changed, and the screen was not brought in line with that yet.
    moving: StoredValue<bool>,
    /// So far the list was scrolled when that was looked at last, in CSS pixels.
    top: StoredValue<i32>,
}

impl ConversationView {
    /// The newest of these messages.
    pub fn new(rows: RwSignal<Vec<MessageRow>>) -> Self {
        let view = Self {
            rows,
            window: StoredValue::new(RowWindow::at_the_end()),
            lines: RwSignal::new(Vec::new()),
            more: RwSignal::new(false),
            missed: RwSignal::new(None),
            list: NodeRef::new(),
            moving: StoredValue::new(false),
            top: StoredValue::new(0),
        };
        view.show(RowWindow::settle);
        view
    }

    /// Messages came, went or moved.
    pub fn settle(self) {
        if self.follows() {
            self.show(RowWindow::settle);
        } else {
            self.keep_in_place(RowWindow::settle);
        }
    }

    /// Others are wanted than those that stand in the document.
    pub fn extend(self, which: fn(&mut RowWindow, &[u64]) -> Range<usize>) {
        self.keep_in_place(which);
    }

    /// The newest are wanted, and are followed from now on.
    pub fn newest(self) {
        self.show(RowWindow::newest);
        self.moving.set_value(true);
        self.follow();
    }

    /// Goes to the end, once everything is on the page, if the newest are followed then.
    pub fn follow(self) {
        let Some(list) = self.list.get_untracked() else {
            return;
        };
        request_animation_frame(move || {
            self.moving.try_set_value(false);
            // Somebody may have looked away since.
            if self.window.try_with_value(RowWindow::follows) == Some(true) {
                list.set_scroll_top(list.scroll_height());
                self.top.set_value(list.scroll_top());
            }
        });
    }

    /// The list was scrolled.
    pub fn scrolled(self) {
        let list = self.list.get_untracked();
        let Some(list) = list.filter(|_| !self.moving.get_value()) else {
            return;
        };
        let (height, above) = (list.client_height(), list.scroll_top());
        let below = list.scroll_height() - above - height;
        let at_end = below < NEAR_END;
        let numbers = self.numbers();
        // The end also moves away by itself, as messages come; who looks away from it goes up.
        let before = self.top.get_value();
        self.top.set_value(above);
        if at_end || above < before {
            self.window
                .update_value(|window| window.look(at_end, &numbers));
            self.tell(&numbers);
        }
        // Rows come before one is where they are missing.
        let is_full = self.window.with_value(RowWindow::is_full);
        let last = self
            .lines
            .with_untracked(|lines| lines.last().map(MessageLine::number));
        if above < height && self.more.get_untracked() && !(at_end && is_full) {
            self.extend(RowWindow::earlier);
        } else if below < height && last != numbers.last().copied() {
            self.extend(RowWindow::later);
        }
    }

    fn follows(self) -> bool {
        self.window.with_value(RowWindow::follows)
    }

    fn numbers(self) -> Vec<u64> {
        self.rows
            .with_untracked(|rows| rows.iter().map(|row| row.number).collect())
    }

    /// Shows other rows.
    fn show(self, which: fn(&mut RowWindow, &[u64]) -> Range<usize>) {
        let numbers = self.numbers();
        let shown = self
            .window
            .try_update_value(|window| which(window, &numbers));
        let shown = shown.unwrap_or_default();
        let lines = self
            .rows
            .with_untracked(|rows| lines(rows.get(shown).unwrap_or_default()));
        self.lines.set(lines);
        self.tell(&numbers);
    }

    /// Says what does not stand in the document.
    fn tell(self, numbers: &[u64]) {
        let (more, missed) = self.window.with_value(|window| {
            let missed = (!window.follows()).then(|| window.missed(numbers));
            (window.has_earlier(numbers), missed)
        });
        if self.more.get_untracked() != more {
            self.more.set(more);
        }
        if self.missed.get_untracked() != missed {
            self.missed.set(missed);
        }
    }

    /// Shows other rows, and leaves what is seen where it is.
    fn keep_in_place(self, which: fn(&mut RowWindow, &[u64]) -> Range<usize>) {
        let list = self.list.get_untracked();
        let seen = list.as_ref().and_then(seen);
        self.show(which);
        let (Some(list), Some((row, before))) = (list, seen) else {
            return;
        };
        self.moving.set_value(true);
        // After the rows are on the page, and before they are painted.
        request_animation_frame(move || {
            self.moving.try_set_value(false);
            if row.is_connected() {
                let moved = row.get_bounding_client_rect().top() - before;
                list.set_scroll_top(list.scroll_top() + moved.round() as i32);
            }
        });
    }
}

/// The first row that is seen and keeps its element, and where its upper edge is, in CSS pixels.
fn seen(list: &HtmlDivElement) -> Option<(Element, f64)> {
    let edge = list.get_bounding_client_rect().top();
    let mut row = list.query_selector(SECOND).ok()??;
    loop {
        let place = row.get_bounding_client_rect();
        if place.bottom() > edge {
            return Some((row, place.top()));
        }
        row = row.next_element_sibling()?;
    }
}
