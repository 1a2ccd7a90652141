//! Quantities as a bill shows them: short, and consistent with the amount.

use crate::money::{Exact, Rounding};
use crate::price::Price;
use crate::price::model::{Model, packages};

/// Places of a quantity where nothing asks for more.
const PLACES: u32 = 6;

/// A quantity as text, to six places.
pub fn short(quantity: &Exact) -> String {
    Rounding::half_up(PLACES).apply(quantity).trimmed()
}

/// A line's quantity as its bill shows it. Where six places would reach or cross a bound of the price that the exact
/// quantity does not reach (400 bytes of a TiB begin a package, and 0 would not), it has as many places as are needed.
pub fn shown(quantity: &Exact, price: &Price) -> String {
    let rounded = Rounding::half_up(PLACES).apply(quantity);
    // The exact quantity, nearly always: of counts, and of what the price rounds.
    if quantity.is_whole() || rounded.exact() == *quantity {
        return rounded.trimmed();
    }
    let bounds = bounds(quantity, price);
    let absolute = quantity.abs();
    let mut rounded = rounded;
    let mut places = PLACES;
    // Each place brings it nearer to a quantity that is on no bound.
    while bounds.iter().any(|bound| crosses(&absolute, &rounded.exact().abs(), bound)) {
        places += 1;
        rounded = Rounding::half_up(places).apply(quantity);
    }
    rounded.trimmed()
}

/// Whether `shown` reaches or crosses a bound that `exact` is beside.
fn crosses(exact: &Exact, shown: &Exact, bound: &Exact) -> bool {
    exact != bound && shown.cmp(bound) != exact.cmp(bound)
}

/// The quantities without sign at which a price changes, as far as this one may be taken for one of them.
fn bounds(quantity: &Exact, price: &Price) -> Vec<Exact> {
    let included = price.included.clone().filter(|_| !quantity.is_negative()).unwrap_or_default();
    let mut bounds = vec![Exact::default(), included.clone()];
    match &price.model {
        Model::Graduated { tiers } | Model::Volume { tiers } => {
            bounds.extend(tiers.iter().filter_map(|tier| Some(&included + tier.up_to.as_ref()?)));
        }
        Model::Package { size, .. } => {
            let begun = packages(&(quantity.abs() - &included), size);
            // Those around it; one more on either side, where it is on one itself.
            let around = (-2..=1).map(|step| &begun + Exact::whole(step)).filter(Exact::is_positive);
            bounds.extend(around.map(|packages| &included + packages * size));
        }
        Model::PerUnit { .. } | Model::Flat { .. } | Model::Free => {}
    }
    bounds
}
