//! What is told of people in passing: of many at once in one notice, and nothing of who only passes through.
//!
//! Invariant: of each occasion a notice is made at most every [`APART_MS`], however often it happens, and no more names are
//! kept than [`MOST_NAMES`]. What is undone before it was told is not told.

use crate::protocol::DisplayName;
use crate::room::moment::Moment;
use crate::room::notice::{Excerpt, Names, Notice, Occasion};

/// Two notices of one occasion are at least this far apart, in ms.
const APART_MS: u64 = 1_000;

/// What happens this soon after the last notice of its occasion is told together with it, in ms: that is still shown then.
const TOGETHER_MS: u64 = 5_000;

/// The same for what people say: its first words are shown longer, to be read.
const SAID_TOGETHER_MS: u64 = 8_000;

/// One notice is of at most so many people.
const MOST_NAMES: usize = 64;

/// Where more people are than this, nobody's coming and going is told. Devices count where one comes or goes, and there alone.
const FEW_PEOPLE: usize = 6;

/// Makes the notices of people.
#[derive(Clone, Debug, Default)]
pub struct Gathering {
    /// The occasions of which a notice was made of late, or is to be made.
    occasions: Vec<Gathered>,
}

/// What is told of one occasion.
#[derive(Clone, Debug)]
struct Gathered {
    /// It is this one.
    occasion: Occasion,
    /// The last notice told of these.
    told: Vec<DisplayName>,
    /// The next is to tell of these as well.
    untold: Vec<DisplayName>,
    /// The newest of what was said, where the occasion is that.
    newest: Option<Excerpt>,
    /// The last notice was made then.
    told_at: Moment,
}

impl Gathering {
    /// Something happens to somebody, or they say something that begins so, where so many people are with them, I among them;
    /// the notice, if one is to be made now.
    pub fn hear(
        &mut self,
        now: Moment,
        occasion: Occasion,
        name: DisplayName,
        said: Option<Excerpt>,
        people: usize,
    ) -> Option<Notice> {
        self.forget_what_is_past(now);
        if occasion.is_traffic() && people > FEW_PEOPLE {
            let is_same = |it: &Gathered| it.occasion.is_of_device() == occasion.is_of_device();
            self.occasions
                .retain(|it| !it.occasion.is_traffic() || !is_same(it));
            return None;
        }
        if self.undo(occasion, &name) {
            return None;
        }
        let known = self.occasions.iter_mut().find(|it| it.occasion == occasion);
        let Some(gathered) = known else {
            let gathered = Gathered {
                occasion,
                told: vec![name],
                untold: Vec::new(),
                newest: said,
                told_at: now,
            };
            let notice = gathered.notice();
            self.occasions.push(gathered);
            return notice;
        };
        gathered.add(name, said);
        gathered.tell_when_due(now)
    }

    /// When [`Self::tick`] makes a notice, if nothing happens before; `None` while nothing is untold.
    pub fn next_deadline(&self) -> Option<Moment> {
        self.occasions.iter().filter_map(Gathered::due).min()
    }

    /// Time passed: the notices that are to be made now.
    pub fn tick(&mut self, now: Moment) -> Vec<Notice> {
        self.forget_what_is_past(now);
        let occasions = self.occasions.iter_mut();
        occasions
            .filter_map(|gathered| gathered.tell_when_due(now))
            .collect()
    }

    /// What people said was read: nothing of it is to be told any more.
    pub fn forget_messages(&mut self) {
        self.occasions
            .retain(|it| !matches!(it.occasion, Occasion::Said(_)));
    }

    fn forget_what_is_past(&mut self, now: Moment) {
        self.occasions
            .retain(|it| !it.untold.is_empty() || now < it.told_at.plus(it.together_ms()));
    }

    /// Takes somebody out of the notices of what this occasion undoes; says whether that was not told yet, so that nothing is
    /// left to be told of either.
    fn undo(&mut self, occasion: Occasion, name: &DisplayName) -> bool {
        let mut was_untold = false;
        for undone in &mut self.occasions {
            if undone.occasion.is_undone_by(occasion) {
                let before = undone.untold.len();
                undone.untold.retain(|known| known != name);
                was_untold |= undone.untold.len() < before;
                undone.told.retain(|known| known != name);
            }
        }
        was_untold
    }
}

impl Gathered {
    fn together_ms(&self) -> u64 {
        match self.occasion {
            Occasion::Said(_) => SAID_TOGETHER_MS,
            _ => TOGETHER_MS,
        }
    }

    fn add(&mut self, name: DisplayName, said: Option<Excerpt>) {
        self.newest = said.or(self.newest.take());
        let is_told = self.told.contains(&name) && !self.occasion.may_happen_again();
        let count = self.told.len() + self.untold.len();
        if !is_told && !self.untold.contains(&name) && count < MOST_NAMES {
            self.untold.push(name);
        }
    }

    fn due(&self) -> Option<Moment> {
        (!self.untold.is_empty()).then(|| self.told_at.plus(APART_MS))
    }

    fn tell_when_due(&mut self, now: Moment) -> Option<Notice> {
        if self.due().is_none_or(|due| due > now) {
            return None;
        }
        self.told_at = now;
        for name in std::mem::take(&mut self.untold) {
            if !self.told.contains(&name) {
                self.told.push(name);
            }
        }
        self.notice()
    }

    /// Of all that were told.
    fn notice(&self) -> Option<Notice> {
        let names = Names::of(&self.told)?;
        Some(Notice::People(self.occasion, names, self.newest.clone()))
    }
}

#[cfg(test)]
#[path = "tests/gathering.rs"]
mod tests;
