//! The page's title: what somebody in another tab needs to know.

use crate::protocol::RoomName;
use crate::room::switch::Switch;

/// What is known where the title is decided.
#[derive(Clone, Copy, Debug)]
pub struct TitleFacts<'a> {
    /// The participant is in this room, or about to enter it.
    pub room: Option<&'a RoomName>,
    /// This many messages are not read yet.
    pub unread: usize,
    /// The own microphone is on or off; `None` while not in a call.
    pub microphone: Option<Switch>,
}

/// One thing that the title tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TitlePart<'a> {
    /// This many messages are not read yet, at least one.
    Unread(usize),
    /// Nobody hears the user.
    Muted,
    /// The page is about this room.
    Room(&'a RoomName),
}

/// What the title tells, the most urgent first, since tabs are narrow.
pub fn title_parts(facts: TitleFacts<'_>) -> Vec<TitlePart<'_>> {
    let unread = (facts.unread > 0).then_some(TitlePart::Unread(facts.unread));
    let muted = (facts.microphone == Some(Switch::Off)).then_some(TitlePart::Muted);
    let room = facts.room.map(TitlePart::Room);
    [unread, muted, room].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_tells_what_is_unread_and_whether_one_is_muted() {
        let room = RoomName::parse("team-standup").unwrap();
        let told = |unread, microphone| {
            title_parts(TitleFacts {
                room: Some(&room),
                unread,
                microphone,
            })
        };
        let here = TitlePart::Room(&room);
        assert_eq!(told(0, Some(Switch::On)), [here]);
        assert_eq!(
            told(3, Some(Switch::Off)),
            [TitlePart::Unread(3), TitlePart::Muted, here]
        );
        assert_eq!(told(1_000, None), [TitlePart::Unread(1_000), here]);
        let nowhere = TitleFacts {
            room: None,
            unread: 0,
            microphone: None,
        };
        assert_eq!(title_parts(nowhere), []);
    }
}
