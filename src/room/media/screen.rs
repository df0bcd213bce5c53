//! Sharing the own screen as a pure model: what is wanted, what the browser's picker is doing, what is shared.
//!
//! Invariant: at most one picker is waited for, and while another screen is being picked the shared one stays shared.

use crate::room::notice::Notice;

/// A picker that ends sooner than this, in ms, was ended by no human, but by a policy.
const FASTEST_CANCEL_MS: u64 = 300;

/// Sharing the own screen stands here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScreenShare {
    /// This browser has no `getDisplayMedia`, as on phones (also: not looked at yet).
    #[default]
    Unsupported,
    /// Nothing is shared.
    Idle,
    /// The browser's picker is open.
    Choosing,
    /// A screen is shared.
    Sharing,
    /// A screen is shared, and the picker for another one is open.
    Switching,
}

/// The user can want this of their screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScreenAction {
    /// They share a screen; another one, if one is shared already.
    Share,
    /// They share nothing more.
    Stop,
}

/// The browser reports this about capturing a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScreenEvent {
    /// This browser can share screens.
    Supported,
    /// Something was picked, and is captured now in place of what was before.
    Started,
    /// Nothing was picked, or it cannot be captured.
    NotStarted {
        /// This is why.
        problem: ScreenProblem,
        /// The picker was open this long, in ms.
        after_ms: u64,
    },
    /// What was shared ended by itself: its window was closed, or the browser's own "Stop sharing" was pressed.
    Ended,
}

/// Nothing is captured, for one of these reasons, told apart by `DOMException.name` (W3C Screen Capture section 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScreenProblem {
    /// `NotAllowedError`: the picker was cancelled, or the browser or the system does not allow it. The browser does not
    /// say which.
    NotAllowed,
    /// Anything else went wrong.
    Failed,
}

impl ScreenProblem {
    /// Tells problems apart by the exception's name, never by its message.
    pub fn from_exception_name(name: &str) -> Self {
        match name {
            "NotAllowedError" => Self::NotAllowed,
            _ => Self::Failed,
        }
    }
}

/// This should happen with the capture of the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScreenCommand {
    /// The browser's picker opens; it ends with `Started` or `NotStarted`.
    Choose,
    /// What is captured stops.
    Stop,
    /// The user is told.
    Notify(Notice),
}

impl ScreenShare {
    /// Whether a screen is shared now.
    pub fn is_sharing(self) -> bool {
        matches!(self, Self::Sharing | Self::Switching)
    }

    /// The user wants something.
    pub fn apply_action(&mut self, action: ScreenAction) -> Vec<ScreenCommand> {
        let (after, commands) = match (action, *self) {
            (ScreenAction::Share, Self::Idle) => (Self::Choosing, vec![ScreenCommand::Choose]),
            (ScreenAction::Share, Self::Sharing) => (Self::Switching, vec![ScreenCommand::Choose]),
            (ScreenAction::Stop, Self::Choosing) => (Self::Idle, Vec::new()),
            (ScreenAction::Stop, Self::Sharing | Self::Switching) => {
                (Self::Idle, vec![ScreenCommand::Stop])
            }
            (_, unchanged) => (unchanged, Vec::new()),
        };
        *self = after;
        commands
    }

    /// The browser reports something.
    pub fn apply_event(&mut self, event: ScreenEvent) -> Vec<ScreenCommand> {
        let (after, commands) = match (event, *self) {
            (ScreenEvent::Supported, Self::Unsupported) => (Self::Idle, Vec::new()),
            (ScreenEvent::Started, Self::Choosing | Self::Switching) => (Self::Sharing, Vec::new()),
            // Nobody wants it any more.
            (ScreenEvent::Started, Self::Idle) => (Self::Idle, vec![ScreenCommand::Stop]),
            (ScreenEvent::NotStarted { problem, after_ms }, Self::Choosing) => {
                (Self::Idle, explanation(problem, after_ms))
            }
            (ScreenEvent::NotStarted { problem, after_ms }, Self::Switching) => {
                (Self::Sharing, explanation(problem, after_ms))
            }
            (ScreenEvent::Ended, Self::Sharing) => (Self::Idle, Vec::new()),
            (ScreenEvent::Ended, Self::Switching) => (Self::Choosing, Vec::new()),
            (_, unchanged) => (unchanged, Vec::new()),
        };
        *self = after;
        commands
    }
}

/// Whoever cancelled knows it; everything else is told.
fn explanation(problem: ScreenProblem, after_ms: u64) -> Vec<ScreenCommand> {
    let notice = match problem {
        ScreenProblem::NotAllowed if after_ms >= FASTEST_CANCEL_MS => return Vec::new(),
        ScreenProblem::NotAllowed => Notice::ScreenNotAllowed,
        ScreenProblem::Failed => Notice::ScreenFailed,
    };
    vec![ScreenCommand::Notify(notice)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sharing() -> ScreenShare {
        let mut screen = ScreenShare::default();
        screen.apply_event(ScreenEvent::Supported);
        assert_eq!(
            screen.apply_action(ScreenAction::Share),
            [ScreenCommand::Choose]
        );
        assert!(!screen.is_sharing());
        assert_eq!(screen.apply_event(ScreenEvent::Started), []);
        assert!(screen.is_sharing());
        screen
    }

    fn not_started(problem: ScreenProblem, after_ms: u64) -> ScreenEvent {
        ScreenEvent::NotStarted { problem, after_ms }
    }

    #[test]
    fn a_browser_without_screen_capture_is_never_asked() {
        let mut screen = ScreenShare::default();
        assert_eq!(screen.apply_action(ScreenAction::Share), []);
        assert_eq!(screen, ScreenShare::Unsupported);
    }

    #[test]
    fn a_second_press_while_the_picker_is_open_opens_no_other() {
        let mut screen = ScreenShare::Idle;
        screen.apply_action(ScreenAction::Share);
        assert_eq!(screen.apply_action(ScreenAction::Share), []);
    }

    #[test]
    fn sharing_ends_by_the_button_and_by_itself() {
        let mut screen = sharing();
        assert_eq!(
            screen.apply_action(ScreenAction::Stop),
            [ScreenCommand::Stop]
        );
        assert_eq!(screen, ScreenShare::Idle);
        let mut screen = sharing();
        assert_eq!(screen.apply_event(ScreenEvent::Ended), []);
        assert_eq!(screen, ScreenShare::Idle);
    }

    #[test]
    fn the_shared_screen_stays_shared_while_another_is_picked() {
        let mut screen = sharing();
        assert_eq!(
            screen.apply_action(ScreenAction::Share),
            [ScreenCommand::Choose]
        );
        assert!(screen.is_sharing());
        let mut cancelled = screen;
        assert_eq!(
            cancelled.apply_event(not_started(ScreenProblem::NotAllowed, 2_000)),
            []
        );
        assert_eq!(cancelled, ScreenShare::Sharing);
        screen.apply_event(ScreenEvent::Ended);
        assert!(!screen.is_sharing());
        screen.apply_event(ScreenEvent::Started);
        assert_eq!(screen, ScreenShare::Sharing);
    }

    #[test]
    fn what_is_picked_after_the_user_changed_their_mind_is_stopped() {
        let mut screen = ScreenShare::Idle;
        screen.apply_action(ScreenAction::Share);
        screen.apply_action(ScreenAction::Stop);
        assert_eq!(
            screen.apply_event(ScreenEvent::Started),
            [ScreenCommand::Stop]
        );
        assert_eq!(screen, ScreenShare::Idle);
    }

    #[test]
    fn cancelling_is_no_error_but_a_policy_and_a_failure_are_told() {
        let told = |problem, after_ms| {
            let mut screen = ScreenShare::Choosing;
            let commands = screen.apply_event(not_started(problem, after_ms));
            assert_eq!(screen, ScreenShare::Idle);
            commands
        };
        assert_eq!(told(ScreenProblem::NotAllowed, 1_500), []);
        assert_eq!(
            told(ScreenProblem::NotAllowed, 5),
            [ScreenCommand::Notify(Notice::ScreenNotAllowed)]
        );
        assert_eq!(
            told(ScreenProblem::Failed, 1_500),
            [ScreenCommand::Notify(Notice::ScreenFailed)]
        );
    }

    #[test]
    fn problems_are_told_apart_by_name() {
        for (name, problem) in [
            ("NotAllowedError", ScreenProblem::NotAllowed),
            ("NotReadableError", ScreenProblem::Failed),
            ("InvalidStateError", ScreenProblem::Failed),
        ] {
            assert_eq!(ScreenProblem::from_exception_name(name), problem);
        }
    }
}
