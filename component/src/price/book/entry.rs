//! The entries of a price book, from JSON and CSV alike.

use crate::fault::Place;
use crate::money::currency::minor_digits;
use crate::money::{Exact, Mode, PLACES_MAX, Rounding};
use crate::order::{grouped, sort_by};
use crate::period::Date;
use crate::price::Price;
use crate::price::model::{Model, Tier};
use crate::reader::{At, Context, ObjectReader};
use crate::text::alternatives;
use crate::unit::Unit;
use skubill_contract::word;

pub fn currency_digits(code: &str, place: Place, context: &mut Context<'_>) -> Option<u32> {
    let digits = minor_digits(code);
    if digits.is_none() {
        context.wrong(place, crate::fault::raw(code), "an ISO 4217 currency code such as EUR");
    }
    digits
}

/// `{"places": n, "mode": m}`; where `places` has no default it is required.
pub fn rounding(mut object: ObjectReader<'_>, default: Option<u32>, context: &mut Context<'_>) -> Option<Rounding> {
    let expected = format!("a whole number from 0 to {PLACES_MAX}");
    let node = if default.is_some() { object.take("places") } else { object.need("places", &expected, context) };
    let places = node.map(|node| object.as_whole("places", node, 0, u64::from(PLACES_MAX), context));
    let mode = object.text("mode", context).map_or(Some(Mode::HalfUp), |text| {
        let mode = Mode::parse(text);
        if mode.is_none() {
            context.wrong(object.at.field("mode"), crate::fault::raw(text), alternatives(Mode::ALL, Mode::name));
        }
        mode
    });
    object.end("places or mode", context);
    let places = places.map_or(default, |places| places.and_then(|places| u32::try_from(places).ok()))?;
    Some(Rounding { places, mode: mode? })
}

/// Prices as they are read.
#[derive(Default)]
pub struct Prices {
    list: Vec<Price>,
    /// When prices are in force, of those too that have another mistake.
    spans: Vec<Span>,
}

/// When a price of a SKU and tenant is in force.
struct Span {
    sku: String,
    tenant_id: Option<String>,
    from: Option<Date>,
    until: Option<Date>,
    at: At,
}

impl Prices {
    /// Read one price; `tiers` are its tiers, where it states any.
    pub fn add(&mut self, mut object: ObjectReader<'_>, tiers: Option<Vec<ObjectReader<'_>>>, context: &mut Context<'_>) {
        let at = object.at.clone();
        let sku = object.need_text("sku", context);
        let name = object.need_text("name", context);
        let named = object.text("model", context).unwrap_or(Model::DEFAULT);
        let unit = if Model::needs_unit(named) { object.need_text("unit", context) } else { object.text("unit", context) }
            .map(|text| unit(text, object.at.field("unit"), context));
        let category = object.label("category", context).map(str::to_string);
        let (included, factor) = (object.decimal("included", context), object.decimal("factor", context));
        let (minimum, maximum) = (object.decimal("minimum", context), object.decimal("maximum", context));
        if let (Some(minimum), Some(maximum)) = (&minimum, &maximum)
            && minimum > maximum
        {
            context.wrong(at.field("minimum"), "a minimum above the maximum", "minimum ≤ maximum");
        }
        let before = context.faults.count;
        let (from, until) = (object.date("from", context), object.date("until", context));
        if let (Some(first), Some(last)) = (from, until)
            && first > last
        {
            context.wrong(at.field("from"), format!("{first}, after {last}"), "from ≤ until");
        }
        let dates_are_right = context.faults.count == before;
        let round_quantity = object.object("round_quantity", context).and_then(|object| rounding(object, None, context));
        let before = context.faults.count;
        let tenant_id = object.text("tenant_id", context).map(str::to_string);
        if let (Some(sku), true) = (sku, dates_are_right && context.faults.count == before) {
            self.spans.push(Span { sku: sku.into(), tenant_id: tenant_id.clone(), from, until, at: at.clone() });
        }
        let model = model(named, &mut object, tiers, context);
        object.end("a key that a price of this model has", context);
        // An unknown unit is a mistake, and so is a missing one that the model needs.
        let unit = if Model::needs_unit(named) { unit.flatten().map(Some) } else { unit.map_or(Some(None), |unit| unit.map(Some)) };
        if let (Some(sku), Some(name), Some(unit), Some(model)) = (sku, name, unit, model) {
            let (sku, name) = (sku.to_string(), name.to_string());
            let price =
                Price { sku, name, category, unit, model, included, factor, minimum, maximum, from, until, round_quantity, tenant_id, at };
            self.list.push(price);
        }
    }

    /// Two prices of one SKU and tenant may not be in force on one day.
    pub fn check_overlaps(&mut self, context: &mut Context<'_>) {
        let mut spans = std::mem::take(&mut self.spans);
        sort_by(&mut spans, |a, b| (&a.sku, &a.tenant_id, a.from).cmp(&(&b.sku, &b.tenant_id, b.from)));
        for of_one in spans.chunk_by(|a, b| (&a.sku, &a.tenant_id) == (&b.sku, &b.tenant_id)) {
            // By their first days: the one that lasts longest so far is the one to overlap with.
            let mut longest = &of_one[0];
            for span in &of_one[1..] {
                if span.from.is_none_or(|from| longest.until.is_none_or(|until| from <= until)) {
                    context.wrong(
                        span.at.field("from"),
                        format!("a second price of {} in force on the same day", crate::fault::shown(&span.sku)),
                        "prices of one SKU and tenant that do not overlap",
                    );
                }
                if longest.until.is_some_and(|last| span.until.is_none_or(|until| until > last)) {
                    longest = span;
                }
            }
        }
    }

    pub fn by_sku(mut self) -> Vec<(String, Vec<Price>)> {
        sort_by(&mut self.list, |a, b| (&a.tenant_id, a.from).cmp(&(&b.tenant_id, b.from)));
        grouped(self.list.into_iter().map(|price| (price.sku.clone(), price)).collect())
    }
}

fn unit(text: &str, place: Place, context: &mut Context<'_>) -> Option<Unit> {
    let unit = Unit::parse(text);
    if unit.is_none() {
        let advice = if text.eq_ignore_ascii_case("GB") || text.eq_ignore_ascii_case("TB") {
            "GiB or TiB: Acronis calls 1024³ bytes a GB, and a guess would be 7 % wrong".to_string()
        } else {
            alternatives(Unit::ALL, Unit::name)
        };
        context.wrong(place, crate::fault::raw(text), advice);
    }
    unit
}

/// The model and what it needs; fields that it does not use are left for [`ObjectReader::end`] to name.
fn model(name: &str, object: &mut ObjectReader<'_>, tiers: Option<Vec<ObjectReader<'_>>>, context: &mut Context<'_>) -> Option<Model> {
    if tiers.is_some() && !matches!(name, "graduated" | "volume") {
        context.wrong(object.at.field("tiers"), "tiers", format!("no tiers with the model {name}"));
    }
    Some(match name {
        "per-unit" => Model::PerUnit { price: object.need_decimal("price", context)? },
        "flat" => Model::Flat { price: object.need_decimal("price", context)? },
        "package" => {
            let size = object.need_decimal("size", context);
            let price = object.need_decimal("price", context);
            if size.as_ref().is_some_and(|size| *size == Exact::default()) {
                context.wrong(object.at.field("size"), "0", "a size above 0");
                return None;
            }
            Model::Package { size: size?, price: price? }
        }
        "free" => {
            if object.decimal("price", context).is_some_and(|price| price != Exact::default()) {
                context.wrong(object.at.field("price"), "a price", "no price, or 0, with the model free");
            }
            Model::Free
        }
        "graduated" => Model::Graduated { tiers: read_tiers(tiers, object, context)? },
        "volume" => Model::Volume { tiers: read_tiers(tiers, object, context)? },
        other => {
            context.wrong(object.at.field("model"), crate::fault::raw(other), alternatives(word::Model::ALL, word::Model::name));
            for name in ["price", "size"] {
                object.take(name);
            }
            return None;
        }
    })
}

fn read_tiers(tiers: Option<Vec<ObjectReader<'_>>>, object: &ObjectReader<'_>, context: &mut Context<'_>) -> Option<Vec<Tier>> {
    let Some(objects) = tiers.filter(|tiers| !tiers.is_empty()) else {
        context.wrong(object.at.field("tiers"), "nothing", "a list of tiers, the last without up_to");
        return None;
    };
    let before = context.faults.count;
    let count = objects.len();
    let mut lower = Exact::default();
    let mut read = Vec::new();
    for (index, mut object) in objects.into_iter().enumerate() {
        let of_this_tier = context.faults.count;
        let (up_to, price, flat) =
            (object.decimal("up_to", context), object.need_decimal("price", context), object.decimal("flat", context));
        let place = object.at.field("up_to");
        object.end("up_to, price or flat", context);
        match (&up_to, index + 1 == count) {
            (Some(_), true) => context.wrong(place, "an upper bound of the last tier", "none: the last tier has no end"),
            (None, false) if context.faults.count == of_this_tier => {
                context.wrong(place, "nothing", "an upper bound: only the last tier has none")
            }
            (Some(bound), false) if *bound <= lower => {
                context.wrong(place, "an upper bound that is not above the one before", "bounds that rise from above 0")
            }
            _ => {}
        }
        lower = up_to.clone().unwrap_or(lower);
        if let Some(price) = price {
            read.push(Tier { up_to, price, flat });
        }
    }
    (context.faults.count == before).then_some(read)
}
