//! What the controller promises.

pub(crate) mod bottlenecks;
pub(crate) mod rules;

/// How often a series turns from falling to rising or back, moves of less than a twentieth left aside.
fn turns(series: impl IntoIterator<Item = f64>) -> usize {
    let mut series = series.into_iter();
    let mut reference = series.next().unwrap_or_default();
    let (mut rising, mut turns) = (None, 0);
    for value in series {
        if (value - reference).abs() <= reference * 0.05 {
            continue;
        }
        let up = value > reference;
        if rising.is_some_and(|before| before != up) {
            turns += 1;
        }
        rising = Some(up);
        reference = value;
    }
    turns
}
