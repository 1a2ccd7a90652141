//! JSON of a service as values, so many and no more. The bytes of an answer are bounded, but a value takes more
//! memory than its text: `{"":0}` are 6 bytes, and a map of one entry takes about 700.

use serde_json::Value;

/// The most values of one answer: 50,000, keys not counted. At 700 bytes each they take 35 MB. A list of reports
/// takes one value a report, a list of what is stored of a report seven an item, a list of providers two a provider.
pub(crate) const VALUES_MAX: usize = 50_000;

/// The values of a JSON text, or why it is refused.
pub(crate) fn values(text: &[u8]) -> Result<Value, String> {
    // Counted first: while they are read, nobody asks how many there are.
    if more_than(VALUES_MAX, text) {
        return Err(format!("it has more than {VALUES_MAX} values"));
    }
    serde_json::from_slice(text).map_err(|error| error.to_string())
}

/// Whether a text has more JSON values than that: each list or object is one, and each comma comes before one.
fn more_than(max: usize, text: &[u8]) -> bool {
    let (mut count, mut in_string, mut escaped) = (1, false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b',' | b'{' | b'[' if !in_string => count += 1,
            _ => {}
        }
        if count > max {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_as_are_allowed_and_one_more() {
        let list = |items: usize| format!("[{}0]", "0,".repeat(items - 1));
        // The list and the first item are counted alike.
        assert_eq!(values(list(VALUES_MAX - 1).as_bytes()).expect("values").as_array().map(Vec::len), Some(VALUES_MAX - 1));
        for more in [list(VALUES_MAX), format!("[{}{{}}]", "{\"\":0},".repeat(VALUES_MAX)), "[".repeat(VALUES_MAX + 1)] {
            assert_eq!(values(more.as_bytes()).expect_err("more"), "it has more than 50000 values");
        }
    }

    #[test]
    fn what_a_string_says_is_one_value() {
        let text = format!("\"\\\"{}\\\\\"", ",[{".repeat(VALUES_MAX));
        assert!(values(text.as_bytes()).expect("a string").is_string());
    }
}
