//! The estimate of a period from its registers: fixed, or by least squares.

use super::date::{day_of, days_of};
use super::decimal::{Decimal, quotient};
use super::knobs::{EstimateMethod, RegisterAmounts};
use super::store::Row;
use std::collections::BTreeMap;

/// The estimate as decimal text, of registers in the order in which they were entered.
/// `Ok(None)`: there is no register. `Err`: the numbers are too long to compute with.
pub(super) fn estimate(rows: &[&Row], method: EstimateMethod, amounts: RegisterAmounts, places: u32) -> Result<Option<String>, ()> {
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let stated = rows.iter().rev().find_map(|row| row.estimated.as_deref());
    if let Some(fixed) = stated {
        // Zero asks for the regression over all prices of the period.
        if Decimal::parse(fixed).is_none_or(|value| value.mantissa != 0) {
            return Ok(Some(fixed.into()));
        }
    }
    let days = days_of(first.start, first.end);
    let points = points(rows, amounts).ok_or(())?;
    let (scale, points) = scaled(&points).ok_or(())?;
    let fitted = match (points.as_slice(), method) {
        ([(x, y)], _) => y.checked_mul(i128::from(days)).map(|n| (n, *x)),
        (points, EstimateMethod::Cumulative) => cumulative(points, i128::from(days)),
        (points, EstimateMethod::Daily) => daily(points, i128::from(days)),
    };
    let (numerator, denominator) = fitted.ok_or(())?;
    let unit = 10i128.checked_pow(scale).ok_or(())?;
    let denominator = denominator.checked_mul(unit).ok_or(())?;
    quotient(numerator, denominator, places).map(Some).ok_or(())
}

/// Day number and cost so far, of each day that has a register.
fn points(rows: &[&Row], amounts: RegisterAmounts) -> Option<Vec<(i64, Decimal)>> {
    // Rows of one moment are one record, by categories or not.
    let mut records = BTreeMap::new();
    for row in rows {
        let sum = records.entry(row.date).or_insert(Decimal::ZERO);
        *sum = sum.plus(Decimal::parse(&row.price)?)?;
    }
    let start = rows.first()?.start;
    let mut days = BTreeMap::new();
    let mut so_far = Decimal::ZERO;
    for (date, cost) in records {
        so_far = match amounts {
            RegisterAmounts::Daily => so_far.plus(cost)?,
            RegisterAmounts::Cumulative => cost,
        };
        days.insert(day_of(date, start), so_far);
    }
    Some(days.into_iter().collect())
}

/// The points with whole numbers for costs, and the scale of those.
fn scaled(points: &[(i64, Decimal)]) -> Option<(u32, Vec<(i128, i128)>)> {
    let scale = points.iter().map(|(_, y)| y.scale).max()?;
    let whole = points.iter().map(|(x, y)| Some((i128::from(*x), y.at_scale(scale)?))).collect::<Option<_>>()?;
    Some((scale, whole))
}

/// Slope and intercept of the least-squares line, over a common denominator: (b, a, d).
fn line(points: &[(i128, i128)]) -> Option<(i128, i128, i128)> {
    let n = i128::try_from(points.len()).ok()?;
    let (mut sx, mut sy, mut sxx, mut sxy) = (0i128, 0i128, 0i128, 0i128);
    for (x, y) in points {
        sx = sx.checked_add(*x)?;
        sy = sy.checked_add(*y)?;
        sxx = sxx.checked_add(x.checked_mul(*x)?)?;
        sxy = sxy.checked_add(x.checked_mul(*y)?)?;
    }
    let d = n.checked_mul(sxx)?.checked_sub(sx.checked_mul(sx)?)?;
    let b = n.checked_mul(sxy)?.checked_sub(sx.checked_mul(sy)?)?;
    // a = (Σy − b·Σx ÷ d) ÷ n, brought to the denominator n·d.
    let a = sy.checked_mul(d)?.checked_sub(b.checked_mul(sx)?)?;
    Some((b.checked_mul(n)?, a, d.checked_mul(n)?))
}

/// The line through the cost so far, at the last day.
fn cumulative(points: &[(i128, i128)], days: i128) -> Option<(i128, i128)> {
    let (b, a, d) = line(points)?;
    Some((a.checked_add(b.checked_mul(days)?)?, d))
}

/// The line through the daily costs, summed over all days.
fn daily(points: &[(i128, i128)], days: i128) -> Option<(i128, i128)> {
    let mut before = 0;
    let mut costs = Vec::with_capacity(points.len());
    for (x, so_far) in points {
        costs.push((*x, so_far.checked_sub(before)?));
        before = *so_far;
    }
    let (b, a, d) = line(&costs)?;
    let numbers = days.checked_mul(days.checked_add(1)?)? / 2;
    let sum = a.checked_mul(days)?.checked_add(b.checked_mul(numbers)?)?;
    Some((sum, d))
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Result;

    fn registers(costs: &[&str]) -> Result<Vec<Row>> {
        costs
            .iter()
            .zip(1..)
            .map(|(cost, day)| {
                Ok(Row {
                    date: format!("2023-06-{day:02}T23:59:59Z").parse()?,
                    price: cost.to_string(),
                    estimated: Some("0".into()),
                    ..Row::of_period("2023-06-01T00:00:00Z", "2023-06-30T23:59:59Z")?
                })
            })
            .collect()
    }

    fn both(costs: &[&str]) -> Result<[Option<String>; 2]> {
        let rows = registers(costs)?;
        let rows: Vec<_> = rows.iter().collect();
        Ok([EstimateMethod::Cumulative, EstimateMethod::Daily].map(|m| estimate(&rows, m, RegisterAmounts::Daily, 2).ok().flatten()))
    }

    #[test]
    fn the_table_of_the_billing_rules() -> Result<()> {
        let up: Vec<_> = (1..=10).map(|n| n.to_string()).collect();
        let down: Vec<_> = (11..=20).rev().map(|n| n.to_string()).collect();
        let up: Vec<_> = up.iter().map(String::as_str).collect();
        let down: Vec<_> = down.iter().map(String::as_str).collect();
        let mut fee = vec!["100"];
        fee.extend(["10"; 9]);
        let mut credit = vec!["10"; 9];
        credit.push("-50");
        for (costs, cumulative, daily) in [
            (vec!["10"; 10], "300.00", "300.00"),
            (up, "169.00", "465.00"),
            (down, "461.00", "165.00"),
            (vec!["10", "12"], "358.00", "1170.00"),
            (fee, "390.00", "-902.73"),
            (credit, "213.82", "-861.82"),
            (vec!["10"], "300.00", "300.00"),
        ] {
            assert_eq!(both(&costs)?, [cumulative, daily].map(|e| Some(e.into())));
        }
        assert_eq!(both(&[])?, [None, None]);
        Ok(())
    }

    #[test]
    fn a_fixed_estimate_holds_until_a_zero_and_silence_says_nothing() -> Result<()> {
        let mut rows = registers(&["10", "10", "10"])?;
        rows[1].estimated = Some("123.4500".into());
        rows[2].estimated = None;
        let now = |rows: &[Row]| {
            let rows: Vec<_> = rows.iter().collect();
            estimate(&rows, EstimateMethod::Cumulative, RegisterAmounts::Daily, 2)
        };
        assert_eq!(now(&rows), Ok(Some("123.4500".into())));
        rows[2].estimated = Some("0.0".into());
        assert_eq!(now(&rows), Ok(Some("300.00".into())));
        Ok(())
    }
}
