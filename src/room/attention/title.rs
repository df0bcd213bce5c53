//! The page's title: what somebody in another tab needs to know.

use std::borrow::Cow;

use crate::protocol::RoomName;
use crate::room::switch::Switch;

/// What the title tells.
#[derive(Clone, Copy, Debug)]
pub struct TitleFacts<'a> {
    /// The room, while in one.
    pub room: Option<&'a RoomName>,
    /// Messages not read yet.
    pub unread: usize,
    /// The own microphone; `None` while not in a call.
    pub microphone: Option<Switch>,
}

/// The title, the most urgent first, since tabs are narrow: `(3) Muted · team-standup`. The program's name comes behind it.
pub fn page_title(facts: TitleFacts<'_>) -> String {
    let unread: Cow<'static, str> = match facts.unread {
        0 => "".into(),
        count @ 1..=99 => format!("({count}) ").into(),
        _ => "(99+) ".into(),
    };
    let muted = (facts.microphone == Some(Switch::Off)).then_some("Muted");
    let parts: Vec<&str> = [muted, facts.room.map(RoomName::as_str)]
        .into_iter()
        .flatten()
        .collect();
    format!("{unread}{}", parts.join(" · "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_says_what_is_unread_and_whether_one_is_muted() {
        let room = RoomName::parse("team-standup").unwrap();
        let title = |unread, microphone| {
            page_title(TitleFacts {
                room: Some(&room),
                unread,
                microphone,
            })
        };
        assert_eq!(title(0, Some(Switch::On)), "team-standup");
        assert_eq!(title(3, Some(Switch::Off)), "(3) Muted · team-standup");
        assert_eq!(title(1_000, None), "(99+) team-standup");
        let nowhere = TitleFacts {
            room: None,
            unread: 0,
            microphone: None,
        };
        assert_eq!(page_title(nowhere), "");
    }
}
