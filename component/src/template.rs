//! Templates of usage names in postings. The dashboard stores a name and no quantity, so the name may contain it.
//!
//! Own code: four fixed places. A template language would accept what the rules refuse.

/// Text with places to be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Name,
    Sku,
    Quantity,
    Unit,
}

/// What a template is filled in with.
pub struct Filling<'a> {
    /// The price's name.
    pub name: &'a str,
    /// The SKU.
    pub sku: &'a str,
    /// The quantity, a decimal; a list where units are of several kinds.
    pub quantity: &'a str,
    /// The unit; empty where `quantity` is a list.
    pub unit: &'a str,
}

impl Default for Template {
    fn default() -> Self {
        Template(vec![Piece::Name])
    }
}

impl Template {
    /// What a template is, for a message.
    pub const EXPECTED: &str = "a text with {name} or {sku}, and {quantity} and {unit} where wanted; no other braces";

    /// Parses a template; none where a brace is not a known place, or where neither name nor SKU identifies usages.
    pub fn parse(text: &str) -> Option<Template> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (place, after) = after.split_once('}')?;
            pieces.push(Piece::Text(before.into()));
            pieces.push(match place {
                "name" => Piece::Name,
                "sku" => Piece::Sku,
                "quantity" => Piece::Quantity,
                "unit" => Piece::Unit,
                _ => return None,
            });
            rest = after;
        }
        pieces.push(Piece::Text(rest.into()));
        let texts = pieces.iter().all(|piece| !matches!(piece, Piece::Text(text) if text.contains('}')));
        let named = pieces.iter().any(|piece| matches!(piece, Piece::Name | Piece::Sku));
        (texts && named).then_some(Template(pieces))
    }

    /// Whether a quantity or its unit is needed to fill it in.
    pub fn says_quantity(&self) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::Quantity | Piece::Unit))
    }

    /// The text, with all places filled in.
    pub fn fill(&self, filling: &Filling<'_>) -> String {
        let before_unit = |at: usize| matches!(self.0.get(at + 1), Some(Piece::Unit)) && filling.unit.is_empty();
        let pieces = self.0.iter().enumerate().map(|(at, piece)| match piece {
            // Nothing follows that white space would separate.
            Piece::Text(text) if before_unit(at) => text.trim_end(),
            Piece::Text(text) => text,
            Piece::Name => filling.name,
            Piece::Sku => filling.sku,
            Piece::Quantity => filling.quantity,
            Piece::Unit => filling.unit,
        });
        pieces.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILLING: Filling<'_> = Filling { name: "Cloud {unit}", sku: "STO", quantity: "234.5", unit: "GiB" };

    #[test]
    fn places_are_filled_in_once() {
        for (text, filled) in [
            ("{name}", "Cloud {unit}"),
            ("{name} ({quantity} {unit})", "Cloud {unit} (234.5 GiB)"),
            ("{sku}: {quantity}{unit}, {quantity}", "STO: 234.5GiB, 234.5"),
        ] {
            let template = Template::parse(text).expect(text);
            assert_eq!(template.fill(&FILLING), filled, "{text}");
            assert_eq!(template.says_quantity(), text.contains("{quantity}") || text.contains("{unit}"), "{text}");
        }
        assert_eq!(Template::default().fill(&FILLING), "Cloud {unit}");
        let of_several = Filling { quantity: "5 each + 1 GiB", unit: "", ..FILLING };
        let filled = |text| Template::parse(text).expect(text).fill(&of_several);
        assert_eq!(filled("{sku} ({quantity} {unit})"), "STO (5 each + 1 GiB)");
        assert_eq!(filled("{unit} {sku}, {quantity}{unit} "), " STO, 5 each + 1 GiB ");
    }

    #[test]
    fn what_is_no_template() {
        for text in ["", "Usage", "{quantity} {unit}", "{name", "name}", "{name} }", "{ name }", "{price} {name}", "{{name}}"] {
            assert_eq!(Template::parse(text), None, "{text}");
        }
    }
}
