//! What is said on the stage: names of tiles and of what can be done with them.

use crate::room::quality::Indicator;

pub(crate) const HAND_RAISED: &str = "Hand raised";
pub(crate) const MUTED: &str = "Muted";
pub(crate) const FULL_SCREEN: &str = "Full screen";

// The own screen, while it is shared.
pub(crate) const YOUR_SCREEN: &str = "Your screen";
pub(crate) const SHARING: &str = "You are sharing your screen";

// What somebody sees who is alone.
pub(crate) const FIRST_ONE: &str = "You are the first one here";
pub(crate) const SEND_LINK: &str =
    "Send this link to whoever should join. Anyone who has it can come in.";
pub(crate) const COPY_INVITATION: &str = "Copy invitation link";

// The pages of the stage.
pub(crate) const PAGES: &str = "Pages of people";
pub(crate) const PREVIOUS_PAGE: &str = "Previous page";
pub(crate) const NEXT_PAGE: &str = "Next page";

/// One of the pages; `number` counts from one.
pub(crate) fn page(number: usize, pages: usize) -> String {
    format!("Page {number} of {pages}")
}

/// So many people are on other pages than the one that is shown; nothing when nobody is.
pub(crate) fn elsewhere(people: usize) -> String {
    match people {
        0 => String::new(),
        people => format!("and {people} more"),
    }
}

/// The own tile, where it is read out.
pub(crate) fn own_tile(name: &str) -> String {
    [name, OWN_MARK].concat()
}

/// This stands behind the own name, in an element of its own.
pub(crate) const OWN_MARK: &str = " (you)";

/// Somebody else's screen.
pub(crate) fn screen_of(name: &str) -> String {
    format!("{name}’s screen")
}

/// The button that shows one of several shared screens.
pub(crate) fn show(name: &str) -> String {
    format!("Show {name}")
}

/// A shared screen of which nothing has come yet.
pub(crate) fn waiting_for(name: &str) -> String {
    format!("Waiting for {name}…")
}

/// A picture stands still for want of bandwidth.
pub(crate) const PAUSED: &str = "Paused: slow connection";

/// The button that pins a tile, or lets it go.
pub(crate) fn pin(pinned: bool, name: &str) -> String {
    if pinned {
        format!("Unpin {name}")
    } else {
        format!("Pin {name}")
    }
}

/// The button that fills the screen with a tile.
pub(crate) fn full_screen(name: &str) -> String {
    format!("Full screen: {name}")
}

/// How well somebody's media arrives, and whether some of it may come through the server.
pub(crate) const fn indicator(indicator: Indicator, is_direct: bool) -> &'static str {
    match (indicator, is_direct) {
        (Indicator::Good, true) => "Connection good",
        (Indicator::Fair, true) => "Connection fair",
        (Indicator::Poor, true) => "Connection poor",
        (Indicator::Good, false) => "Connection good, through the server",
        (Indicator::Fair, false) => "Connection fair, through the server",
        (Indicator::Poor, false) => "Connection poor, through the server",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_on_other_pages_is_counted_in_words() {
        assert_eq!([0, 1, 34].map(elsewhere), ["", "and 1 more", "and 34 more"]);
    }
}
