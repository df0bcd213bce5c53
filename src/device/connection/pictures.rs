//! Pictures that arrive: whether they can be decoded, and when one that can be decoded alone is asked for.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use str0m::media::Mid;

/// A picture that can be decoded alone is asked for at most so often in a section.
const KEY_FRAMES_APART: Duration = Duration::from_secs(1);

/// The pictures of one section.
#[derive(Debug, Default)]
struct Line {
    /// Those that arrive can be decoded, as far as is known.
    is_decodable: bool,
    /// One that can be decoded alone is needed.
    is_needed: bool,
    /// One was last asked for then.
    asked: Option<Instant>,
}

/// The pictures of a connection.
#[derive(Debug, Default)]
pub(super) struct ArrivingPictures(HashMap<Mid, Line>);

impl ArrivingPictures {
    /// A picture arrived: until one has that can be decoded alone, and after a gap, the others cannot be.
    pub(super) fn arrived(&mut self, mid: Mid, is_key: bool, is_contiguous: bool) {
        let line = self.0.entry(mid).or_default();
        line.is_decodable = is_key || (line.is_decodable && is_contiguous);
        line.is_needed = !line.is_decodable;
    }

    /// Pictures of this section are of use only from one on that can be decoded alone.
    pub(super) fn begin(&mut self, mid: Mid) {
        let line = self.0.entry(mid).or_default();
        line.is_decodable = false;
        line.is_needed = true;
    }

    /// Nothing is known of any section.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// A section in which one is to be asked for now; from now on it counts as asked.
    pub(super) fn ask(&mut self, now: Instant) -> Option<Mid> {
        let is_due = |line: &Line| {
            line.is_needed
                && line
                    .asked
                    .is_none_or(|asked| now >= asked + KEY_FRAMES_APART)
        };
        let (mid, line) = self.0.iter_mut().find(|(_, line)| is_due(line))?;
        line.is_needed = false;
        line.asked = Some(now);
        Some(*mid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_section_asks_for_itself_and_no_more_than_once_a_second() {
        let (mut pictures, began) = (ArrivingPictures::default(), Instant::now());
        let [camera, screen] = ["1", "3"].map(Mid::from);
        pictures.arrived(camera, false, true);
        pictures.begin(screen);
        let mut asked = [pictures.ask(began), pictures.ask(began)];
        asked.sort();
        assert_eq!(asked, [Some(camera), Some(screen)]);
        assert_eq!(pictures.ask(began), None);
        pictures.arrived(camera, false, true);
        assert_eq!(pictures.ask(began + KEY_FRAMES_APART / 2), None);
        assert_eq!(pictures.ask(began + KEY_FRAMES_APART), Some(camera));
        pictures.arrived(camera, true, true);
        pictures.arrived(camera, false, true);
        assert_eq!(pictures.ask(began + 3 * KEY_FRAMES_APART), None);
        pictures.arrived(camera, false, false);
        assert_eq!(pictures.ask(began + 3 * KEY_FRAMES_APART), Some(camera));
    }
}
