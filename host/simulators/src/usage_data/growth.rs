//! How a quantity moves from day to day.

use crate::seed::pick;

/// A quantity over the days of a month, in the item's own unit (bytes, seconds, pieces).
///
/// Day 1 is the month's first day, day 0 its eve; earlier days are as day 0, and what comes after
/// the month goes on as before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Growth {
    /// The same every day.
    Constant(i64),
    /// A stock: `start` on the eve, `per_day` more each day, and a wobble of 0 to `wobble` − 1.
    Stock { start: i64, per_day: i64, wobble: i64 },
    /// A stock that is `before` until the eve of `day`, and `after` from that day on.
    Step { day: i64, before: i64, after: i64 },
    /// A counter that stands at `before` on the eve and counts `per_day`, and 0 to `wobble` − 1
    /// more, each day.
    Counter { before: i64, per_day: i64, wobble: i64 },
}

impl Growth {
    pub const NONE: Growth = Growth::Constant(0);

    /// The quantity at the end of `day`. `salt` tells the wobbles of two lines apart.
    pub fn at(&self, day: i64, salt: u64) -> i64 {
        let day = day.max(0);
        match *self {
            Growth::Constant(value) => value,
            Growth::Stock { start, per_day, wobble } => start + per_day * day + wobble_of(day, salt, wobble),
            Growth::Step { day: from, before, after } => {
                if day < from {
                    before
                } else {
                    after
                }
            }
            Growth::Counter { before, per_day, wobble } => (1..=day).fold(before, |sum, day| sum + per_day + wobble_of(day, salt, wobble)),
        }
    }
}

/// The eve has no wobble, so that a month's first value is a round one.
fn wobble_of(day: i64, salt: u64, wobble: i64) -> i64 {
    if day == 0 {
        return 0;
    }
    pick(salt, &[day.unsigned_abs()], wobble)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stock_grows_a_counter_accumulates_a_step_steps() {
        let stock = Growth::Stock { start: 100, per_day: 2, wobble: 0 };
        assert_eq!([stock.at(-3, 1), stock.at(0, 1), stock.at(30, 1)], [100, 100, 160]);
        let counter = Growth::Counter { before: 7, per_day: 3, wobble: 5 };
        assert_eq!(counter.at(0, 9), 7);
        assert!((1..40).all(|day| (3..8).contains(&(counter.at(day, 9) - counter.at(day - 1, 9)))));
        let step = Growth::Step { day: 16, before: 50, after: 100 };
        assert_eq!([step.at(15, 1), step.at(16, 1)], [50, 100]);
    }
}
