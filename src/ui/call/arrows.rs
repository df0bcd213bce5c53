//! Where an arrow key leads from one button of a group: to the one that is seen there.
//!
//! Pure geometry, in CSS pixels.

/// A key that moves the focus within a group of buttons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrow {
    /// The button to the left, or else the one before.
    Left,
    /// The button to the right, or else the one behind.
    Right,
    /// The nearest button of the row above.
    Up,
    /// The nearest button of the row below.
    Down,
    /// The first button.
    Home,
    /// The last button.
    End,
}

impl Arrow {
    /// Reads `KeyboardEvent.key`.
    pub fn of(key: &str) -> Option<Self> {
        Some(match key {
            "ArrowLeft" => Self::Left,
            "ArrowRight" => Self::Right,
            "ArrowUp" => Self::Up,
            "ArrowDown" => Self::Down,
            "Home" => Self::Home,
            "End" => Self::End,
            _ => return None,
        })
    }
}

/// A button is here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    /// Its middle is this far from the left.
    pub x: f64,
    /// Its middle is this far from the top.
    pub y: f64,
    /// It is this high.
    pub height: f64,
}

impl Spot {
    /// How far the other one is below this one; 0 in the same row.
    fn rows_below(self, other: Self) -> f64 {
        let distance = other.y - self.y;
        if distance.abs() <= self.height.max(other.height) / 2.0 {
            0.0
        } else {
            distance
        }
    }
}

/// The button that the key leads to from the one at this index, in the order of the document; `None` where there is none.
pub fn destination(spots: &[Spot], at: usize, arrow: Arrow) -> Option<usize> {
    let here = *spots.get(at)?;
    let closest = |belongs: &dyn Fn(Spot) -> bool| {
        let row = spots.iter().enumerate().filter(|(_, spot)| belongs(**spot));
        let away = |spot: &Spot| (spot.x - here.x).abs();
        row.min_by(|(_, one), (_, other)| away(one).total_cmp(&away(other)))
            .map(|(index, _)| index)
    };
    let beside =
        |sign: f64| closest(&|spot| here.rows_below(spot) == 0.0 && (spot.x - here.x) * sign > 0.0);
    let beyond = |sign: f64| {
        let distance = |spot: Spot| here.rows_below(spot) * sign;
        let rows = spots.iter().copied().filter(|spot| distance(*spot) > 0.0);
        let nearest = rows.min_by(|one, other| distance(*one).total_cmp(&distance(*other)))?;
        closest(&|spot| distance(spot) > 0.0 && nearest.rows_below(spot) == 0.0)
    };
    match arrow {
        Arrow::Left => beside(-1.0).or_else(|| at.checked_sub(1)),
        Arrow::Right => beside(1.0).or_else(|| Some(at + 1).filter(|next| *next < spots.len())),
        Arrow::Up => beyond(-1.0),
        Arrow::Down => beyond(1.0),
        Arrow::Home => Some(0),
        Arrow::End => Some(spots.len() - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Buttons of 30 CSS pixels, with their middles here.
    fn spots(middles: &[(f64, f64)]) -> Vec<Spot> {
        let height = 30.0;
        let spots = middles.iter().map(|(x, y)| Spot {
            x: *x,
            y: *y,
            height,
        });
        spots.collect()
    }

    fn led(spots: &[Spot], at: usize) -> [Option<usize>; 4] {
        let arrows = [Arrow::Left, Arrow::Right, Arrow::Up, Arrow::Down];
        arrows.map(|arrow| destination(spots, at, arrow))
    }

    #[test]
    fn in_a_menu_up_and_down_lead_from_line_to_line() {
        let menu = spots(&[(50.0, 20.0), (50.0, 60.0), (50.0, 100.0)]);
        assert_eq!(led(&menu, 0), [None, Some(1), None, Some(1)]);
        assert_eq!(led(&menu, 1), [Some(0), Some(2), Some(0), Some(2)]);
        assert_eq!(led(&menu, 2), [Some(1), None, Some(1), None]);
        assert_eq!(destination(&menu, 1, Arrow::Home), Some(0));
        assert_eq!(destination(&menu, 1, Arrow::End), Some(2));
    }

    #[test]
    fn on_the_stage_arrows_lead_to_what_is_seen_there() {
        // Three tiles with two buttons each, two above and one below in the middle; not quite in line.
        let stage = spots(&[
            (80.0, 20.0),
            (110.0, 20.0),
            (280.0, 22.0),
            (310.0, 22.0),
            (180.0, 220.0),
            (210.0, 220.0),
        ]);
        assert_eq!(led(&stage, 0), [None, Some(1), None, Some(4)]);
        assert_eq!(led(&stage, 1), [Some(0), Some(2), None, Some(4)]);
        assert_eq!(led(&stage, 3), [Some(2), Some(4), None, Some(5)]);
        assert_eq!(led(&stage, 4), [Some(3), Some(5), Some(1), None]);
        assert_eq!(led(&stage, 5), [Some(4), None, Some(2), None]);
    }

    #[test]
    fn a_key_that_is_no_arrow_leads_nowhere() {
        assert_eq!(Arrow::of("Home"), Some(Arrow::Home));
        for key in ["Enter", " ", "a", "PageDown", "Tab"] {
            assert_eq!(Arrow::of(key), None);
        }
        assert_eq!(destination(&[], 0, Arrow::Down), None);
    }
}
