//! The page's title.

use crate::room::attention::TitlePart;

/// The title: `(3) Muted · team-standup`. The program's name comes behind it.
pub(crate) fn page_title(parts: &[TitlePart<'_>]) -> String {
    let mut title = String::new();
    let mut gap = "";
    for part in parts {
        title.push_str(gap);
        gap = match part {
            TitlePart::Unread(_) => " ",
            TitlePart::Muted | TitlePart::Room(_) => " · ",
        };
        match part {
            TitlePart::Unread(count @ ..=99) => title += &["(", &count.to_string(), ")"].concat(),
            TitlePart::Unread(_) => title.push_str("(99+)"),
            TitlePart::Muted => title.push_str("Muted"),
            TitlePart::Room(room) => title.push_str(room.as_str()),
        }
    }
    title
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::RoomName;

    #[test]
    fn a_title_is_read_in_a_narrow_tab() {
        let room = RoomName::parse("team-standup").unwrap();
        let here = TitlePart::Room(&room);
        assert_eq!(page_title(&[here]), "team-standup");
        assert_eq!(
            page_title(&[TitlePart::Unread(3), TitlePart::Muted, here]),
            "(3) Muted · team-standup"
        );
        assert_eq!(
            page_title(&[TitlePart::Unread(1_000), here]),
            "(99+) team-standup"
        );
        assert_eq!(page_title(&[]), "");
    }
}
