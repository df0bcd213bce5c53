//! What is told in passing.

use std::borrow::Cow;

use super::chat::message_problem;
use crate::room::messaging::channel::Channel;
use crate::room::messaging::chat::Addressed;
use crate::room::{DeviceKind, MessagingError, Notice, OfferError, ReactionError};

/// What a notice says.
pub fn notice(notice: &Notice) -> Cow<'static, str> {
    match notice {
        Notice::Came(name) => format!("{name} joined").into(),
        Notice::Went(name) => format!("{name} left").into(),
        Notice::Lost(name) => format!("{name} lost the connection").into(),
        Notice::Unreachable(name) => format!(
            "No way to {name}’s computer was found. If this goes on, one of your networks may block calls"
        )
        .into(),
        Notice::Removed(name) => format!("{name} was removed").into(),
        Notice::HandRaised(name) => format!("{name} raised a hand").into(),
        Notice::Copied => "Copied".into(),
        Notice::NotCopied => "The browser did not let us copy".into(),
        Notice::Said(name, Addressed::Everyone) => format!("New message from {name}").into(),
        Notice::Said(name, Addressed::Direct) => format!("{name} wrote to you alone").into(),
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
        Notice::RecordingStarted(name) => format!("{name} is recording this call").into(),
        Notice::RecordingStopped(name) => format!("{name} stopped recording").into(),
        Notice::SharesScreen(name) => format!("{name} shares their screen").into(),
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
            assert_eq!(notice(&Notice::NotSent(error)), words);
        }
    }
}
