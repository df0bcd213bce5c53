//! Max-min fair division: everyone gets an equal share, and what one does not need goes to the others.

use crate::room::ordered::sort_few;

/// Divides `budget` among `demands`; no share exceeds its demand, and the shares never add up to more than the budget.
pub(super) fn divide(budget: f64, demands: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..demands.len()).collect();
    // The bits of floats that are not negative stand in the order of the floats.
    sort_few(&mut order, |index| demands[*index].max(0.0).to_bits());
    let mut shares = vec![0.0; demands.len()];
    let mut left = budget.max(0.0);
    for (served, index) in order.iter().enumerate() {
        let equal = left / (demands.len() - served) as f64;
        let share = demands[*index].max(0.0).min(equal);
        shares[*index] = share;
        left -= share;
    }
    shares
}
