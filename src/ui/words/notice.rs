//! What is told in passing.

use std::borrow::Cow;

use super::chat::message_problem;
use crate::protocol::DisplayName;
use crate::room::messaging::channel::Channel;
use crate::room::messaging::chat::Addressed;
use crate::room::{
    DeviceKind, Excerpt, MessagingError, Names, Notice, Occasion, OfferError, ReactionError,
};

/// What a notice says; nothing of its own where it is said in the words of somebody's tile.
pub fn notice(notice: &Notice) -> Option<Cow<'static, str>> {
    Some(match notice {
        Notice::People(occasion, names, _) => people(*occasion, names).into(),
        Notice::Unreachable(_) => return None,
        Notice::Copied => "Copied".into(),
        Notice::NotCopied => "The browser did not let us copy".into(),
        Notice::RecordingSaved => "Your recording is in your downloads".into(),
        Notice::RecordingFull => {
            "No space left. What was recorded until now is in your downloads".into()
        }
        Notice::RecordingTooSlow => {
            "Your disk is too slow for this recording, so it ends here. What there is gets saved".into()
        }
        Notice::RecordingFailed => "The recording could not be saved whole".into(),
        Notice::RecordingUnavailable => "This browser cannot record".into(),
        Notice::RecordingUnfinished => {
            "Save or discard the recording that was interrupted first".into()
        }
        Notice::ScreenNotAllowed => {
            "Nothing is shared. If you wanted to, allow this page and your browser to record the screen.".into()
        }
        Notice::ScreenFailed => {
            "That could not be shared. Try another window or the whole screen.".into()
        }
        Notice::BackOnline => "You are back online".into(),
        Notice::Refused(said) => said.clone().into(),
        Notice::NotSent(error) => not_sent(*error),
        Notice::CutOff(name, channel) => {
            let what = match channel {
                Channel::Chat => "Messages",
                Channel::Files => "Files",
                Channel::Live => "Reactions and pointers",
            };
            format!("{what} from {name} are blocked: what came was not in order").into()
        }
        Notice::FellBack(DeviceKind::Microphone) => {
            "Your microphone is gone. The default one is used now.".into()
        }
        Notice::FellBack(DeviceKind::Camera) => {
            "Your camera is gone. The default one is used now.".into()
        }
        Notice::FellBack(DeviceKind::Speaker) => {
            "Your speaker is gone. The default one is used now.".into()
        }
        Notice::NotUsable(DeviceKind::Camera) => "That camera could not be started.".into(),
        Notice::NotUsable(DeviceKind::Microphone) => "That microphone could not be started.".into(),
        Notice::NotUsable(DeviceKind::Speaker) => "That speaker could not be used.".into(),
        Notice::InUseAgain(device) => format!("{device} is back and in use again").into(),
        Notice::NewDevice(device) => format!("{device} was connected").into(),
        Notice::SpeakingWhileMuted => "You are muted. Nobody hears you.".into(),
        Notice::AddressNotHidden => {
            "This server has no relay, so your address is not hidden here.".into()
        }
        Notice::LinkCopied => "Link copied".into(),
        Notice::LinkNotCopied => {
            "The link could not be copied. Copy it from the address bar.".into()
        }
    })
}

/// The names of people and devices in what a notice says, in their order.
pub fn names(notice: &Notice) -> Vec<&str> {
    match notice {
        Notice::People(_, names, _) => std::iter::once(&names.first)
            .chain(&names.second)
            .map(DisplayName::as_str)
            .collect(),
        Notice::CutOff(name, _) => vec![name.as_str()],
        Notice::InUseAgain(device) | Notice::NewDevice(device) => vec![device],
        _ => Vec::new(),
    }
}

/// The first words of the newest message of these people: with its author where they are several.
pub fn beginning(names: &Names, said: &Excerpt) -> String {
    match names.second {
        Some(_) => [said.author.as_str(), ": ", &said.beginning].concat(),
        None => said.beginning.clone(),
    }
}

/// What is told of people.
fn people(occasion: Occasion, names: &Names) -> String {
    let who = who(names);
    let are_many = names.second.is_some();
    let behind = match (occasion, are_many) {
        (Occasion::Came | Occasion::DeviceCame, _) => " joined",
        (Occasion::Went, _) => " left",
        (Occasion::Lost, _) => " lost the connection",
        (Occasion::DeviceWent, false) => " is gone",
        (Occasion::DeviceWent, true) => " are gone",
        (Occasion::Removed, false) => " was removed",
        (Occasion::Removed, true) => " were removed",
        (Occasion::HandRaised, _) => " raised a hand",
        (Occasion::SharesScreen, false) => " shares their screen",
        (Occasion::SharesScreen, true) => " share their screens",
        (Occasion::RecordingStarted, false) => " is recording this call",
        (Occasion::RecordingStarted, true) => " are recording this call",
        (Occasion::RecordingStopped, _) => " stopped recording",
        (Occasion::Said(Addressed::Direct), _) => " wrote to you alone",
        (Occasion::Said(Addressed::Everyone), _) => return ["New message from ", &who].concat(),
    };
    who + behind
}

/// The first two by their names, and how many there are besides.
fn who(names: &Names) -> String {
    let first = names.first.to_string();
    match (&names.second, names.others) {
        (None, _) => first,
        (Some(second), 0) => [&first, " and ", second.as_str()].concat(),
        (Some(second), 1) => [&first, ", ", second.as_str(), " and 1 other"].concat(),
        (Some(second), others) => [
            &first,
            ", ",
            second.as_str(),
            " and ",
            &others.to_string(),
            " others",
        ]
        .concat(),
    }
}

fn not_sent(error: MessagingError) -> Cow<'static, str> {
    match error {
        MessagingError::Message(error) => message_problem(error).into(),
        MessagingError::Offer(OfferError::NobodyThere) => {
            "There is nobody to send files to.".into()
        }
        MessagingError::Offer(OfferError::TooMany { count }) => {
            format!("These are {count} files; at most 1,000 can be sent at once.").into()
        }
        MessagingError::Reaction(ReactionError::TooFast) => {
            "That was a lot at once. Wait a moment.".into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::MessageError;

    #[test]
    fn what_happens_to_many_is_told_in_one_sentence() {
        let all = ["Quentin", "Noor", "Ben", "Cem"].map(|name| DisplayName::parse(name).unwrap());
        for (count, words) in [
            (1, "Quentin left"),
            (2, "Quentin and Noor left"),
            (3, "Quentin, Noor and 1 other left"),
            (4, "Quentin, Noor and 2 others left"),
        ] {
            let names = Names::of(&all[..count]).unwrap();
            let told = Notice::People(Occasion::Went, names, None);
            assert_eq!(notice(&told).unwrap(), words);
        }
        let both = Names::of(&all[..2]).unwrap();
        for (occasion, words) in [
            (Occasion::DeviceCame, "Quentin and Noor joined"),
            (Occasion::DeviceWent, "Quentin and Noor are gone"),
            (
                Occasion::RecordingStarted,
                "Quentin and Noor are recording this call",
            ),
            (
                Occasion::SharesScreen,
                "Quentin and Noor share their screens",
            ),
            (
                Occasion::Said(Addressed::Everyone),
                "New message from Quentin and Noor",
            ),
        ] {
            let told = Notice::People(occasion, both.clone(), None);
            assert_eq!(notice(&told).unwrap(), words);
        }
    }

    #[test]
    fn the_newest_message_of_several_people_begins_with_its_author() {
        let all = ["Quentin", "Noor"].map(|name| DisplayName::parse(name).unwrap());
        let said = Excerpt {
            author: all[1].clone(),
            beginning: "At noon?".to_owned(),
        };
        for (of, words) in [(&all[1..], "At noon?"), (&all[..], "Noor: At noon?")] {
            assert_eq!(beginning(&Names::of(of).unwrap(), &said), words);
        }
    }

    #[test]
    fn what_is_not_sent_is_told_with_the_reason() {
        for (error, words) in [
            (
                MessagingError::Message(MessageError::NobodyThere),
                "This person is no longer in the room.",
            ),
            (
                MessagingError::Offer(OfferError::TooMany { count: 1_001 }),
                "These are 1001 files; at most 1,000 can be sent at once.",
            ),
            (
                MessagingError::Reaction(ReactionError::TooFast),
                "That was a lot at once. Wait a moment.",
            ),
        ] {
            assert_eq!(notice(&Notice::NotSent(error)).unwrap(), words);
        }
    }
    #[test]
    fn the_names_in_a_notice_are_found_in_its_words() {
        let one = DisplayName::parse("Zoë").unwrap();
        let all = ["Zoë", "Zoë 2", "Ben"].map(|name| DisplayName::parse(name).unwrap());
        let several = Names::of(&all).unwrap();
        for (told, expected) in [
            (Notice::of(Occasion::Came, one.clone()), vec!["Zoë"]),
            (
                Notice::said(Addressed::Direct, one.clone(), "psst".to_owned()),
                vec!["Zoë"],
            ),
            (Notice::CutOff(one, Channel::Chat), vec!["Zoë"]),
            (
                Notice::People(Occasion::Lost, several, None),
                vec!["Zoë", "Zoë 2"],
            ),
            (
                Notice::NewDevice("Zoë’s headphones".to_owned()),
                vec!["Zoë’s headphones"],
            ),
            (Notice::LinkCopied, vec![]),
        ] {
            let words = notice(&told).unwrap();
            assert_eq!(names(&told), expected);
            for name in expected {
                assert!(words.contains(name), "{words}");
            }
        }
    }
}
