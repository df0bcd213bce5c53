//! Whether a story ended well: everybody hears and sees everybody over the carrier that the room wants, nothing is sent or kept
//! that nobody needs, and everything that was said reached everybody once.

use super::story::LONGEST_ABSENCE_MS;
use super::world::World;
use crate::protocol::sfu::{SfuAvailability, SfuUse};
use crate::room::call::person::Person;
use crate::room::participant::TrackKind;

/// How long after the last act everything must have come right, in ms: what was given up in trouble is tried again after a minute.
const PATIENCE_MS: u64 = 100_000;

/// It is looked at so often whether everything is right, in ms.
const LOOK_MS: u64 = 1_000;

/// How long it is watched after it came right, in ms.
const WATCHED_MS: u64 = 3_000;

impl World {
    /// Lets the story run to its end; says how long it took after the last act until everything was right, in ms.
    pub(crate) fn run(mut self) -> Result<u64, String> {
        // The last that happens is that the server is back, or that its port can be reached again.
        let trouble = if self.conditions.trouble { 17_000 } else { 0 };
        let absence = if self.conditions.comings {
            LONGEST_ABSENCE_MS
        } else {
            0
        };
        let acted = self.conditions.acts_until + trouble.max(absence);
        self.run_until(acted)?;
        let deadline = self.now + PATIENCE_MS;
        while let Err(problem) = self.judge() {
            if self.now > deadline {
                return Err(problem);
            }
            let next = self.now + LOOK_MS;
            self.run_until(next)?;
        }
        let came_right = self.now;
        self.run_until(came_right + WATCHED_MS)?;
        self.judge()
            .map_err(|problem| format!("came right at {came_right}, but then: {problem}"))?;
        Ok(came_right - acted)
    }

    fn run_until(&mut self, until: u64) -> Result<(), String> {
        while self.now < until {
            self.step();
            if let Some(fault) = self.fault.take() {
                return Err(fault);
            }
        }
        Ok(())
    }

    fn judge(&self) -> Result<(), String> {
        for who in 0..self.visitors.len() {
            let Some(call) = self.visitors[who].joined() else {
                return Err(format!("{who} is not in the room"));
            };
            if call.people.len() + 1 != self.visitors.len() {
                return Err(format!("{who} sees {} others", call.people.len()));
            }
            for person in &call.people {
                self.judge_pair(who, person)?;
            }
            self.judge_ends(who)?;
            self.judge_chat(who)?;
            self.judge_files(who)?;
        }
        self.judge_whether_files_came()
    }

    /// Whether somebody has all that another sends, over the right carrier alone.
    fn judge_pair(&self, who: usize, person: &Person) -> Result<(), String> {
        let other = self.owners[&person.id];
        let there = &self.visitors[other];
        let is_over_sfu = self.goes_over_sfu(who, other);
        for kind in TrackKind::ALL {
            let comes = self.reaches(who, other, kind);
            let may_be_missing = match kind {
                TrackKind::Microphone => is_over_sfu && self.is_passed_over(other),
                TrackKind::Camera => !is_over_sfu && self.is_spared_beside_screen(other),
                TrackKind::ScreenAudio | TrackKind::ScreenVideo => false,
            };
            if there.captures(kind) && !comes && !may_be_missing {
                return Err(format!("{who} does not get {kind:?} of {other}"));
            }
            let facing = self.visitors[who].me().and_then(|me| there.to(&me));
            let is_direct = facing.is_some_and(|end| end.sends(kind));
            let is_spared = may_be_missing && !is_over_sfu;
            if there.captures(kind) && is_direct == is_over_sfu && !is_spared {
                return Err(format!(
                    "{other} sends {who} {kind:?} directly: {is_direct}, over the SFU: {is_over_sfu}"
                ));
            }
        }
        let has_end = self.visitors[who].to(&person.id).is_some();
        let count = self.visitors.len();
        let keeps_end = !is_over_sfu || (self.conditions.standby && count <= 8);
        // Those that there were before there were more than eight may stay.
        let may_keep_end = self.conditions.standby && count <= 10;
        if has_end != keeps_end && !(has_end && may_keep_end) {
            return Err(format!(
                "between {who} and {other} there is a direct connection: {has_end}"
            ));
        }
        Ok(())
    }

    fn is_ready(&self, who: usize) -> bool {
        let me = self.visitors[who].me();
        let guest = me.and_then(|me| self.sfu.guest(&me));
        guest.and_then(|guest| guest.standing) == Some(SfuAvailability::Ready)
    }

    /// Whether the media of one goes to another over the SFU when nothing is broken.
    fn goes_over_sfu(&self, who: usize, other: usize) -> bool {
        let speaks = |who: usize| {
            let me = self.visitors[who].me();
            me.is_some_and(|me| self.sfu.speaks(&me))
        };
        self.sfu.r#use == SfuUse::On && speaks(who) && speaks(other)
    }

    fn judge_ends(&self, who: usize) -> Result<(), String> {
        let visitor = &self.visitors[who];
        let me = visitor.me();
        let wants_hub = self.sfu.r#use == SfuUse::On && me.is_some_and(|me| self.sfu.speaks(&me));
        // A face that does not come directly goes on coming over the SFU.
        let mut others = (0..self.visitors.len()).filter(|other| *other != who);
        let may_have_hub = others.any(|other| self.is_spared_beside_screen(other));
        let has_hub = visitor.hub().is_some();
        if has_hub != wants_hub && !(has_hub && may_have_hub) {
            return Err(format!("{who} is connected to the SFU: {}", !wants_hub));
        }
        if wants_hub && !self.is_ready(who) {
            return Err(format!("the SFU does not hear {who}"));
        }
        Ok(())
    }

    fn judge_chat(&self, who: usize) -> Result<(), String> {
        let Some(messaging) = self.visitors[who].visit.messaging() else {
            return Err(format!("{who} has no conversation"));
        };
        for text in &self.texts {
            let entries = messaging.conversation().entries();
            let times = entries.filter(|entry| entry.text.as_str() == text).count();
            if times != 1 {
                return Err(format!("{who} has {text:?} {times} times"));
            }
        }
        Ok(())
    }
}
