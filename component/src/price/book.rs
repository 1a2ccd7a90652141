//! The price book: JSON, or CSV for what fits a flat table. An invalid book cannot be held.

use super::model::{Model, Tier};
use super::{Price, applying};
use crate::fault::{Faults, Input, Place};
use crate::form::{At, Desk, Dialect, Document, Form, document};
use crate::json::tree::Node;
use crate::limit::Limits;
use crate::money::currency::minor_digits;
use crate::money::{Exact, Mode, PLACES_MAX, Rounding};
use crate::order::{grouped, sort_by};
use crate::period::{Date, Month};
use crate::unit::Unit;

mod sheet;

/// A valid price book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Book {
    /// ISO 4217.
    pub currency: String,
    pub rounding: Rounding,
    /// Multiplies every amount.
    pub factor: Option<Exact>,
    /// By SKU; of one SKU by tenant and first day.
    prices: Vec<(String, Vec<Price>)>,
}

impl Book {
    /// The price of a SKU for a tenant in a period: its own prices first, and only if none of them
    /// applies the book's.
    pub fn price(&self, sku: &str, tenant_id: &str, period: Month) -> Option<&Price> {
        let at = self.prices.binary_search_by(|(known, _)| known.as_str().cmp(sku)).ok()?;
        let prices = &self.prices[at].1;
        let of = |tenant: Option<&str>| {
            let first = prices.partition_point(|price| price.tenant_id.as_deref() < tenant);
            let end = prices.partition_point(|price| price.tenant_id.as_deref() <= tenant);
            applying(&prices[first..end], period)
        };
        of(Some(tenant_id)).or_else(|| of(None))
    }

    /// The SKUs that have prices, in byte order.
    pub fn skus(&self) -> impl Iterator<Item = &str> {
        self.prices.iter().map(|(sku, _)| sku.as_str())
    }

    /// Tenants that prices are for.
    pub fn tenants(&self) -> impl Iterator<Item = &str> {
        self.prices.iter().flat_map(|(_, prices)| prices).filter_map(|price| price.tenant_id.as_deref())
    }

    /// How many prices, and for how many SKUs.
    pub fn counts(&self) -> (usize, usize) {
        (self.prices.iter().map(|(_, prices)| prices.len()).sum(), self.prices.len())
    }

    /// Read a price book, or add every mistake in it.
    pub fn read(bytes: &[u8], limits: &Limits, faults: &mut Faults) -> Option<Book> {
        let before = faults.count;
        let mut desk = Desk { input: Input::Prices, limits, faults };
        let dialect = Dialect { columns: &sheet::COLUMNS, decimals: &sheet::DECIMALS, wholes: &[] };
        let book = match document(bytes, &dialect, &mut desk)? {
            Document::Json(node) => json(&node, &mut desk),
            Document::Csv(sheet) => sheet::read(&sheet, &mut desk),
        };
        book.filter(|_| faults.count == before)
    }
}

fn json(node: &Node, desk: &mut Desk<'_>) -> Option<Book> {
    let mut form = Form::open(node, At::Path(String::new()), desk)?;
    let currency = form.need_text("currency", desk);
    let digits = currency.and_then(|code| currency_digits(code, form.at.field("currency"), desk));
    let default = Rounding::half_up(digits.unwrap_or(2));
    let rounding = form.form("rounding", desk).map_or(default, |form| rounding(form, Some(default.places), desk).unwrap_or(default));
    let factor = form.decimal("factor", desk);
    let mut prices = Prices::default();
    for (node, at) in form.need_list("prices", desk).unwrap_or_default() {
        if let Some(mut form) = Form::open(node, at, desk) {
            let tiers =
                form.list("tiers", desk).map(|items| items.into_iter().filter_map(|(node, at)| Form::open(node, at, desk)).collect());
            prices.add(form, tiers, desk);
        }
    }
    form.end("currency, rounding, factor or prices", desk);
    prices.check_overlaps(desk);
    Some(Book { currency: currency?.to_string(), rounding, factor, prices: prices.by_sku() })
}

fn currency_digits(code: &str, place: Place, desk: &mut Desk<'_>) -> Option<u32> {
    let digits = minor_digits(code);
    if digits.is_none() {
        desk.wrong(place, crate::fault::raw(code), "an ISO 4217 currency code such as EUR");
    }
    digits
}

/// `{"places": n, "mode": m}`; where `places` has no default it is required.
fn rounding(mut form: Form<'_>, default: Option<u32>, desk: &mut Desk<'_>) -> Option<Rounding> {
    let expected = format!("a whole number from 0 to {PLACES_MAX}");
    let node = if default.is_some() { form.take("places") } else { form.need("places", &expected, desk) };
    let places = node.map(|node| form.as_whole("places", node, 0, u64::from(PLACES_MAX), desk));
    let mode = form.text("mode", desk).map_or(Some(Mode::HalfUp), |text| {
        let mode = Mode::parse(text);
        if mode.is_none() {
            desk.wrong(form.at.field("mode"), crate::fault::raw(text), Mode::NAMES);
        }
        mode
    });
    form.end("places or mode", desk);
    let places = places.map_or(default, |places| places.and_then(|places| u32::try_from(places).ok()))?;
    Some(Rounding { places, mode: mode? })
}

/// Prices as they are read.
#[derive(Default)]
struct Prices {
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
    fn add(&mut self, mut form: Form<'_>, tiers: Option<Vec<Form<'_>>>, desk: &mut Desk<'_>) {
        let at = form.at.clone();
        let sku = form.need_text("sku", desk);
        let name = form.need_text("name", desk);
        let named = form.text("model", desk).unwrap_or(Model::DEFAULT);
        let unit = if Model::needs_unit(named) { form.need_text("unit", desk) } else { form.text("unit", desk) }
            .map(|text| unit(text, form.at.field("unit"), desk));
        let category = form.label("category", desk).map(str::to_string);
        let (included, factor) = (form.decimal("included", desk), form.decimal("factor", desk));
        let (minimum, maximum) = (form.decimal("minimum", desk), form.decimal("maximum", desk));
        if let (Some(minimum), Some(maximum)) = (&minimum, &maximum)
            && minimum > maximum
        {
            desk.wrong(at.field("minimum"), "a minimum above the maximum", "minimum ≤ maximum");
        }
        let before = desk.faults.count;
        let (from, until) = (form.date("from", desk), form.date("until", desk));
        if let (Some(first), Some(last)) = (from, until)
            && first > last
        {
            desk.wrong(at.field("from"), format!("{first}, after {last}"), "from ≤ until");
        }
        let dates_are_right = desk.faults.count == before;
        let round_quantity = form.form("round_quantity", desk).and_then(|form| rounding(form, None, desk));
        let before = desk.faults.count;
        let tenant_id = form.text("tenant_id", desk).map(str::to_string);
        if let (Some(sku), true) = (sku, dates_are_right && desk.faults.count == before) {
            self.spans.push(Span { sku: sku.into(), tenant_id: tenant_id.clone(), from, until, at: at.clone() });
        }
        let model = model(named, &mut form, tiers, desk);
        form.end("a key that a price of this model has", desk);
        // A unit that is none is a mistake, and so is the lack of one that the model needs.
        let unit = if Model::needs_unit(named) { unit.flatten().map(Some) } else { unit.map_or(Some(None), |unit| unit.map(Some)) };
        if let (Some(sku), Some(name), Some(unit), Some(model)) = (sku, name, unit, model) {
            let (sku, name) = (sku.to_string(), name.to_string());
            let price =
                Price { sku, name, category, unit, model, included, factor, minimum, maximum, from, until, round_quantity, tenant_id, at };
            self.list.push(price);
        }
    }

    /// Two prices of one SKU and tenant may not be in force on one day.
    fn check_overlaps(&mut self, desk: &mut Desk<'_>) {
        let mut spans = std::mem::take(&mut self.spans);
        sort_by(&mut spans, |a, b| (&a.sku, &a.tenant_id, a.from).cmp(&(&b.sku, &b.tenant_id, b.from)));
        for of_one in spans.chunk_by(|a, b| (&a.sku, &a.tenant_id) == (&b.sku, &b.tenant_id)) {
            // By their first days: the one that lasts longest so far is the one to overlap with.
            let mut longest = &of_one[0];
            for span in &of_one[1..] {
                if span.from.is_none_or(|from| longest.until.is_none_or(|until| from <= until)) {
                    desk.wrong(
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

    fn by_sku(mut self) -> Vec<(String, Vec<Price>)> {
        sort_by(&mut self.list, |a, b| (&a.tenant_id, a.from).cmp(&(&b.tenant_id, b.from)));
        grouped(self.list.into_iter().map(|price| (price.sku.clone(), price)).collect())
    }
}

fn unit(text: &str, place: Place, desk: &mut Desk<'_>) -> Option<Unit> {
    let unit = Unit::parse(text);
    if unit.is_none() {
        let advice = if text.eq_ignore_ascii_case("GB") || text.eq_ignore_ascii_case("TB") {
            "GiB or TiB: Acronis calls 1024³ bytes a GB, and a guess would be 7 % wrong"
        } else {
            Unit::NAMES
        };
        desk.wrong(place, crate::fault::raw(text), advice);
    }
    unit
}

/// The model and what it needs; fields that it does not use are left for [`Form::end`] to name.
fn model(name: &str, form: &mut Form<'_>, tiers: Option<Vec<Form<'_>>>, desk: &mut Desk<'_>) -> Option<Model> {
    if tiers.is_some() && !matches!(name, "graduated" | "volume") {
        desk.wrong(form.at.field("tiers"), "tiers", format!("no tiers with the model {name}"));
    }
    Some(match name {
        "per-unit" => Model::PerUnit { price: form.need_decimal("price", desk)? },
        "flat" => Model::Flat { price: form.need_decimal("price", desk)? },
        "package" => {
            let size = form.need_decimal("size", desk);
            let price = form.need_decimal("price", desk);
            if size.as_ref().is_some_and(|size| *size == Exact::default()) {
                desk.wrong(form.at.field("size"), "0", "a size above 0");
                return None;
            }
            Model::Package { size: size?, price: price? }
        }
        "free" => {
            if form.decimal("price", desk).is_some_and(|price| price != Exact::default()) {
                desk.wrong(form.at.field("price"), "a price", "no price, or 0, with the model free");
            }
            Model::Free
        }
        "graduated" => Model::Graduated { tiers: read_tiers(tiers, form, desk)? },
        "volume" => Model::Volume { tiers: read_tiers(tiers, form, desk)? },
        other => {
            desk.wrong(form.at.field("model"), crate::fault::raw(other), Model::NAMES);
            for name in ["price", "size"] {
                form.take(name);
            }
            return None;
        }
    })
}

fn read_tiers(tiers: Option<Vec<Form<'_>>>, form: &Form<'_>, desk: &mut Desk<'_>) -> Option<Vec<Tier>> {
    let Some(forms) = tiers.filter(|tiers| !tiers.is_empty()) else {
        desk.wrong(form.at.field("tiers"), "nothing", "a list of tiers, the last without up_to");
        return None;
    };
    let before = desk.faults.count;
    let count = forms.len();
    let mut lower = Exact::default();
    let mut read = Vec::new();
    for (index, mut form) in forms.into_iter().enumerate() {
        let of_this_tier = desk.faults.count;
        let (up_to, price, flat) = (form.decimal("up_to", desk), form.need_decimal("price", desk), form.decimal("flat", desk));
        let place = form.at.field("up_to");
        form.end("up_to, price or flat", desk);
        match (&up_to, index + 1 == count) {
            (Some(_), true) => desk.wrong(place, "an upper bound of the last tier", "none: the last tier has no end"),
            (None, false) if desk.faults.count == of_this_tier => {
                desk.wrong(place, "nothing", "an upper bound: only the last tier has none")
            }
            (Some(bound), false) if *bound <= lower => {
                desk.wrong(place, "an upper bound that is not above the one before", "bounds that rise from above 0")
            }
            _ => {}
        }
        lower = up_to.clone().unwrap_or(lower);
        if let Some(price) = price {
            read.push(Tier { up_to, price, flat });
        }
    }
    (desk.faults.count == before).then_some(read)
}
