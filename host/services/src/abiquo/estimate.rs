//! Abiquo's estimate: a text whose layout is not published, read with care and kept as it came.

use serde::Serialize;

/// The current estimate of a provider, as the dashboard shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Estimate {
    /// The answer, trimmed.
    pub text: String,
    pub reading: Reading,
}

/// What the text was understood to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    Amount {
        /// As it is written, digit by digit.
        number: String,
        /// ISO 4217, where a code stands beside the number.
        currency: Option<String>,
    },
    /// An empty answer, or 204: there is nothing to estimate from.
    None,
    /// `NaN` or infinite: too few records for a regression.
    NotANumber,
    /// A text in which no number can be told with certainty, such as `1,234.56`.
    Unclear,
}

impl Estimate {
    /// Reads a number (`25.0`), or a sentence with one (`The estimate is 1.17 USD for this period`).
    ///
    /// In a sentence, a number with a currency code beside it is preferred to one without.
    pub fn read(text: &str) -> Self {
        let text = text.trim();
        Self { text: text.to_owned(), reading: reading(text.trim_matches('"').trim()) }
    }

    /// The number as text, if there is one.
    pub fn number(&self) -> Option<&str> {
        match &self.reading {
            Reading::Amount { number, .. } => Some(number),
            _ => None,
        }
    }
}

fn reading(text: &str) -> Reading {
    if text.is_empty() || text.eq_ignore_ascii_case("null") {
        return Reading::None;
    }
    let tokens: Vec<&str> = text.split_whitespace().flat_map(parts).collect();
    let mut plain = None;
    for (place, token) in tokens.iter().enumerate() {
        if !token.contains(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let before = place.checked_sub(1).and_then(|p| tokens.get(p));
        let beside = [tokens.get(place + 1), before];
        let currency = beside.into_iter().flatten().find(|t| is_currency(t));
        let amount = Reading::Amount { number: (*token).to_owned(), currency: currency.map(|code| (*code).to_owned()) };
        match (is_decimal(token), currency) {
            (true, Some(_)) => return amount,
            (true, None) => {
                plain.get_or_insert(amount);
            }
            // An amount of money in digits that can be read in two ways.
            (false, Some(_)) => return Reading::Unclear,
            (false, None) if tokens.len() == 1 => return Reading::Unclear,
            (false, None) => {}
        }
    }
    let not_a_number = |token: &&str| {
        let token = token.trim_start_matches(['-', '+']);
        token.eq_ignore_ascii_case("nan") || token.eq_ignore_ascii_case("infinity") || token == "∞"
    };
    match plain {
        Some(amount) => amount,
        None if tokens.iter().any(not_a_number) => Reading::NotANumber,
        None => Reading::Unclear,
    }
}

/// A word without the punctuation around it, and `1.17USD` or `USD1.17` as two.
fn parts(word: &str) -> Vec<&str> {
    let word = word.trim_matches(['.', ',', ';', ':', '(', ')', '\'', '"', '=']);
    let letters = |c: char| c.is_ascii_uppercase();
    if word.len() > 3 && word.is_ascii() {
        let (head, tail) = word.split_at(3);
        if is_currency(head) && !tail.starts_with(letters) {
            return vec![head, tail];
        }
        let (head, tail) = word.split_at(word.len() - 3);
        if is_currency(tail) && !head.ends_with(letters) {
            return vec![head, tail];
        }
    }
    vec![word]
}

fn is_currency(token: &str) -> bool {
    token.len() == 3 && token != "NAN" && token.bytes().all(|b| b.is_ascii_uppercase())
}

/// Sign, digits, point, exponent: what a machine prints.
fn is_decimal(token: &str) -> bool {
    let unsigned = token.strip_prefix(['-', '+']).unwrap_or(token);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.strip_prefix(['-', '+']).unwrap_or(exponent)),
        None => (unsigned, "0"),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits(whole) && digits(fraction) && digits(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_read_or_said_to_be_unclear() {
        for (text, number, currency) in [
            ("25.00", "25.00", None),
            (" 1170 \n", "1170", None),
            ("\"23.4\"", "23.4", None),
            ("-510.000", "-510.000", None),
            ("2.5E1", "2.5E1", None),
            ("25.00 USD", "25.00", Some("USD")),
            ("EUR 25", "25", Some("EUR")),
            ("25.00EUR", "25.00", Some("EUR")),
            ("The charge will be 1.17 USD per WEEK subject to a minimum charge of 1.00 USD.", "1.17", Some("USD")),
            ("Estimate for 2023/06 over 30 days: 12.50 EUR", "12.50", Some("EUR")),
            ("The estimate is 12.50.", "12.50", None),
        ] {
            let currency = currency.map(str::to_owned);
            let wanted = Reading::Amount { number: number.to_owned(), currency };
            assert_eq!(Estimate::read(text).reading, wanted, "{text}");
        }
        for (text, reading) in [
            ("", Reading::None),
            (" \r\n", Reading::None),
            ("NaN", Reading::NotANumber),
            ("The estimate is NaN EUR", Reading::NotANumber),
            ("-Infinity", Reading::NotANumber),
            ("1,234.56", Reading::Unclear),
            ("1.234,56 EUR", Reading::Unclear),
            ("no idea", Reading::Unclear),
        ] {
            assert_eq!(Estimate::read(text).reading, reading, "{text}");
        }
        assert_eq!(Estimate::read(" 1,234.56 ").text, "1,234.56");
    }
}
