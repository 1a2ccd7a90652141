//! Grouping, once: everything in an answer has an order.

/// Values by key, keys ascending, values of one key in their order.
pub fn grouped<K: Ord, V>(mut entries: Vec<(K, V)>) -> Vec<(K, Vec<V>)> {
    entries.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut groups: Vec<(K, Vec<V>)> = Vec::new();
    for (key, value) in entries {
        match groups.last_mut() {
            Some((last, values)) if *last == key => values.push(value),
            _ => groups.push((key, vec![value])),
        }
    }
    groups
}

/// Sorted, and each once.
pub fn distinct<T: Ord>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.into_iter().collect();
    values.sort_unstable();
    values.dedup();
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_keep_the_order_of_their_values() {
        let entries = vec![("b", 2), ("a", 1), ("b", 1), ("c", 0), ("a", 0)];
        assert_eq!(grouped(entries), [("a", vec![1, 0]), ("b", vec![2, 1]), ("c", vec![0])]);
        assert_eq!(distinct([3, 1, 3, 2, 1]), [1, 2, 3]);
    }
}
