//! Sorting and grouping, once: everything in an answer has an order.
//!
//! Own code around the library's sort, which is compiled for one type: a copy of it for each type that is sorted was a
//! third of the component.

use std::cmp::Ordering;

/// Sort a list; equal items keep their order.
pub fn sort_by<T>(list: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let order = sorted(list.len(), &|a, b| compare(&list[a], &list[b]));
    arrange(order, &mut |a, b| list.swap(a, b));
}

/// The places of so many items, in the order of the items.
#[inline(never)]
fn sorted(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<u32> {
    // Lists of 32-bit memory have fewer than 2^32 items.
    let mut order: Vec<u32> = (0..count as u32).collect();
    order.sort_by(|a, b| compare(*a as usize, *b as usize));
    order
}

/// Put to each place the item that `order` names, by swaps along each cycle.
#[inline(never)]
fn arrange(mut order: Vec<u32>, swap: &mut dyn FnMut(usize, usize)) {
    for start in 0..order.len() {
        let mut at = start;
        loop {
            let from = std::mem::replace(&mut order[at], at as u32) as usize;
            if from == start {
                break;
            }
            swap(at, from);
            at = from;
        }
    }
}

/// Values by key, keys ascending, values of one key in their order.
pub fn grouped<K: Ord, V>(mut entries: Vec<(K, V)>) -> Vec<(K, Vec<V>)> {
    sort_by(&mut entries, |(a, _), (b, _)| a.cmp(b));
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
    sort_by(&mut values, Ord::cmp);
    values.dedup();
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lists_are_sorted_as_the_library_sorts_them(list in vec((0u8..9, any::<u16>()), 0..200)) {
            let (mut ours, mut theirs) = (list.clone(), list);
            sort_by(&mut ours, |(a, _), (b, _)| a.cmp(b));
            theirs.sort_by_key(|(key, _)| *key);
            prop_assert_eq!(ours, theirs);
        }
    }

    #[test]
    fn groups_keep_the_order_of_their_values() {
        let entries = vec![("b", 2), ("a", 1), ("b", 1), ("c", 0), ("a", 0)];
        assert_eq!(grouped(entries), [("a", vec![1, 0]), ("b", vec![2, 1]), ("c", vec![0])]);
        assert_eq!(distinct([3, 1, 3, 2, 1]), [1, 2, 3]);
    }
}
