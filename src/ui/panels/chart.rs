//! Small line charts, as the data of an SVG path.

use crate::room::quality::ChartPoint;
use crate::ui::words::figures::tenths;

/// A chart has this size, in its own units.
const CHART: (f64, f64) = (100.0, 28.0);

/// The box of a chart, for its `viewBox`.
pub const VIEW_BOX: &str = "0 0 100 28";

/// Lines of a chart in the unit square as the data of an SVG path.
pub fn path_data(lines: &[Vec<ChartPoint>]) -> String {
    let mut data = String::new();
    for line in lines {
        for (index, point) in line.iter().enumerate() {
            data.push(if index == 0 { 'M' } else { 'L' });
            data += &tenths(point.x * CHART.0);
            data.push(' ');
            data += &tenths((1.0 - point.y) * CHART.1);
        }
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_begins_anew_and_the_upper_edge_is_zero() {
        let point = |x, y| ChartPoint { x, y };
        let lines = [
            vec![point(0.0, 0.0), point(0.5, 1.0)],
            vec![point(1.0, 0.5)],
        ];
        assert_eq!(path_data(&lines), "M0 28L50 0M100 14");
        assert_eq!(path_data(&[]), "");
    }
}
