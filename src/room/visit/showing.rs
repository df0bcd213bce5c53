//! When what is different is shown: at once, and what is different again and again at most once a frame.
//!
//! Invariant: whatever is different is shown in the end, what the user does at once, and what others can make different not more
//! often than somebody could see it.

use super::effect::{Aspect, VisitEffect};
use crate::room::moment::Moment;

/// A frame takes so long on most screens, in ms.
const FRAME_MS: u64 = 16;

/// The values of devices are shown at most so often, in ms: nobody reads faster.
const DASHBOARD_MS: u64 = 250;

/// The list of files is shown at most so often, in ms: it has a card for each.
const FILES_MS: u64 = 250;

/// What was shown of late, and what waits.
#[derive(Clone, Debug, Default)]
pub(super) struct Showing(Vec<Shown>);

/// A part of what is shown.
#[derive(Clone, Debug)]
struct Shown {
    /// It is this one.
    aspect: Aspect,
    /// It may be shown again then.
    again_at: Moment,
    /// It is different since it was shown.
    is_waiting: bool,
}

impl Showing {
    /// Takes out of the effects what was shown a moment ago, and adds what waited and is due.
    pub(super) fn pace(&mut self, effects: &mut Vec<VisitEffect>, now: Moment) {
        self.0
            .retain(|shown| shown.is_waiting || shown.again_at > now);
        for shown in &mut self.0 {
            let changed = VisitEffect::Changed(shown.aspect);
            if shown.is_waiting && shown.again_at <= now && !effects.contains(&changed) {
                effects.push(changed);
            }
        }
        effects.retain(|effect| match effect {
            VisitEffect::Changed(aspect) => self.shows(*aspect, now),
            _ => true,
        });
    }

    /// The user did something: what comes of it is shown at once, and what waits with it.
    pub(super) fn hurry(&mut self) {
        for shown in &mut self.0 {
            shown.again_at = Moment::default();
        }
    }

    /// When something that waits is shown; `None` while nothing does.
    pub(super) fn due(&self) -> Option<Moment> {
        let waiting = self.0.iter().filter(|shown| shown.is_waiting);
        waiting.map(|shown| shown.again_at).min()
    }

    /// Whether this part is shown now; otherwise it waits.
    fn shows(&mut self, aspect: Aspect, now: Moment) -> bool {
        let Some(apart) = apart_ms(aspect) else {
            return true;
        };
        let again_at = now.plus(apart);
        let known = self.0.iter_mut().find(|shown| shown.aspect == aspect);
        let Some(shown) = known else {
            self.0.push(Shown {
                aspect,
                again_at,
                is_waiting: false,
            });
            return true;
        };
        let is_time = shown.again_at <= now;
        shown.is_waiting = !is_time;
        if is_time {
            shown.again_at = again_at;
        }
        is_time
    }
}

/// How far apart a part is shown, in ms; `None` for what the user alone makes different, or what is seldom.
fn apart_ms(aspect: Aspect) -> Option<u64> {
    match aspect {
        Aspect::Call
        | Aspect::People
        | Aspect::Stage
        | Aspect::Unread
        | Aspect::Live
        | Aspect::Recorders => Some(FRAME_MS),
        Aspect::Dashboard => Some(DASHBOARD_MS),
        Aspect::Files => Some(FILES_MS),
        Aspect::Media
        | Aspect::Preferences
        | Aspect::Speaker
        | Aspect::Quality
        | Aspect::Recording
        | Aspect::Messaging => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(showing: &mut Showing, ms: u64, aspects: &[Aspect]) -> Vec<VisitEffect> {
        let mut effects: Vec<_> = aspects.iter().map(|it| VisitEffect::Changed(*it)).collect();
        showing.pace(&mut effects, Moment(ms));
        effects
    }

    #[test]
    fn what_is_different_is_shown_at_once_and_then_with_the_next_frame() {
        let mut showing = Showing::default();
        let people = [VisitEffect::Changed(Aspect::People)];
        assert_eq!(pace(&mut showing, 0, &[Aspect::People]), people);
        assert_eq!(showing.due(), None);
        for ms in 1..16 {
            assert_eq!(pace(&mut showing, ms, &[Aspect::People]), []);
            assert_eq!(showing.due(), Some(Moment(16)));
        }
        assert_eq!(pace(&mut showing, 16, &[]), people);
        assert_eq!((showing.due(), pace(&mut showing, 17, &[])), (None, vec![]));
        assert_eq!(pace(&mut showing, 32, &[Aspect::People]), people);
    }

    #[test]
    fn what_the_user_does_is_shown_at_once_with_what_waits() {
        let mut showing = Showing::default();
        pace(&mut showing, 0, &[Aspect::Call, Aspect::Files]);
        pace(&mut showing, 1, &[Aspect::Call]);
        showing.hurry();
        let shown = pace(&mut showing, 2, &[Aspect::Files]);
        let expected = [Aspect::Files, Aspect::Call].map(VisitEffect::Changed);
        assert_eq!((shown, showing.due()), (expected.to_vec(), None));
        assert_eq!(pace(&mut showing, 3, &[Aspect::Call]), []);
    }

    #[test]
    fn each_part_waits_for_itself_and_some_never_do() {
        let mut showing = Showing::default();
        pace(&mut showing, 0, &[Aspect::Call, Aspect::Media]);
        let shown = pace(
            &mut showing,
            1,
            &[Aspect::Call, Aspect::Media, Aspect::Stage],
        );
        let expected = [Aspect::Media, Aspect::Stage].map(VisitEffect::Changed);
        assert_eq!(shown, expected);
    }
}
