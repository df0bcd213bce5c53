//! Hold the space bar to be heard.
//!
//! Invariant: every `Begin` is followed by exactly one `End`, unless the user takes over the microphone's switch
//! meanwhile; so no lost key event leaves a microphone open.

use crate::room::switch::Switch;

/// A key was pressed somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyTarget {
    /// Nothing there wants the key.
    Page,
    /// A text field takes the key for a character.
    TextField,
    /// A button, a link or a menu is pressed by the key.
    Control,
}

/// Push to talk reacts to the space bar without modifiers, and to what makes its end uncertain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushToTalkEvent {
    /// `keydown` came; the browser repeats it while the key is held.
    Pressed {
        /// The key was pressed there.
        target: KeyTarget,
        /// The microphone's switch stood so at that moment.
        microphone: Switch,
    },
    /// `keyup` came, wherever.
    Released,
    /// The window lost the focus or was hidden: a `keyup` may never come.
    Blurred,
    /// The user set the microphone's switch by other means.
    SwitchedOtherwise,
}

/// The driver does this with the microphone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushToTalkCommand {
    /// The microphone is unmuted.
    Begin,
    /// The microphone is muted again.
    End,
}

/// The key is held, or it is not, and that means something or nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PushToTalk {
    /// Nothing is held.
    #[default]
    Idle,
    /// The key is held, and it opened the microphone.
    Talking,
    /// The key is held, and that means nothing: it began elsewhere or with an open microphone.
    Ignored,
}

impl PushToTalk {
    /// Takes an event and says what to do.
    pub fn handle(&mut self, event: PushToTalkEvent) -> Option<PushToTalkCommand> {
        let (next, command) = match (*self, event) {
            (
                Self::Idle,
                PushToTalkEvent::Pressed {
                    target: KeyTarget::Page,
                    microphone: Switch::Off,
                },
            ) => (Self::Talking, Some(PushToTalkCommand::Begin)),
            (Self::Idle, PushToTalkEvent::Pressed { .. }) => (Self::Ignored, None),
            (held, PushToTalkEvent::Pressed { .. }) => (held, None),
            (Self::Talking, PushToTalkEvent::Released | PushToTalkEvent::Blurred) => {
                (Self::Idle, Some(PushToTalkCommand::End))
            }
            (Self::Talking, PushToTalkEvent::SwitchedOtherwise) => (Self::Ignored, None),
            (_, PushToTalkEvent::Released | PushToTalkEvent::Blurred) => (Self::Idle, None),
            (same, PushToTalkEvent::SwitchedOtherwise) => (same, None),
        };
        *self = next;
        command
    }
}

#[cfg(test)]
mod tests {
    use PushToTalkCommand::{Begin, End};
    use PushToTalkEvent::{Blurred, Released, SwitchedOtherwise};
    use proptest::prelude::*;

    use super::*;

    /// The space bar is pressed on the page while the microphone is muted.
    const PRESSED: PushToTalkEvent = pressed(KeyTarget::Page, Switch::Off);

    const fn pressed(target: KeyTarget, microphone: Switch) -> PushToTalkEvent {
        PushToTalkEvent::Pressed { target, microphone }
    }

    fn commands(events: &[PushToTalkEvent]) -> Vec<PushToTalkCommand> {
        let mut state = PushToTalk::default();
        events
            .iter()
            .filter_map(|event| state.handle(*event))
            .collect()
    }

    #[test]
    fn holding_opens_the_microphone_once_however_often_the_key_repeats() {
        assert_eq!(
            commands(&[PRESSED, PRESSED, PRESSED, Released]),
            [Begin, End]
        );
        assert_eq!(commands(&[PRESSED, Blurred, Released]), [Begin, End]);
    }

    #[test]
    fn keys_meant_for_something_else_and_an_open_microphone_do_nothing() {
        for target in [KeyTarget::TextField, KeyTarget::Control] {
            assert_eq!(
                commands(&[pressed(target, Switch::Off), PRESSED, Released]),
                []
            );
        }
        assert_eq!(
            commands(&[pressed(KeyTarget::Page, Switch::On), PRESSED, Released]),
            []
        );
    }

    #[test]
    fn who_sets_the_switch_while_holding_keeps_it_that_way() {
        assert_eq!(
            commands(&[PRESSED, SwitchedOtherwise, PRESSED, Released]),
            [Begin]
        );
        assert_eq!(
            commands(&[PRESSED, SwitchedOtherwise, Released, PRESSED]),
            [Begin, Begin]
        );
    }

    proptest! {
        #[test]
        fn whatever_happens_letting_go_leaves_nothing_open(choices in proptest::collection::vec(0..6_u8, 0..40)) {
            let events = choices.iter().map(|choice| match choice {
                0 | 1 => PRESSED,
                2 => pressed(KeyTarget::TextField, Switch::Off),
                3 => Released,
                4 => Blurred,
                _ => pressed(KeyTarget::Page, Switch::On),
            });
            let events: Vec<_> = events.chain([Released]).collect();
            let commands = commands(&events);
            prop_assert!(commands.chunks(2).all(|pair| pair == [Begin, End]));
        }
    }
}
