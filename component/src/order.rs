//! Sorting and grouping, once: everything in an answer has an order. Sorted lists take the place of
//! tree maps, whose code is repeated for each type and was a fifth of the component.

use std::cmp::Ordering;

/// Sort a list; equal items keep their order.
pub fn sort_by<T>(list: &mut Vec<T>, compare: impl Fn(&T, &T) -> Ordering) {
    let order = indices(list.len(), &|a, b| compare(&list[a], &list[b]));
    let mut items: Vec<Option<T>> = std::mem::take(list).into_iter().map(Some).collect();
    list.extend(order.into_iter().filter_map(|index| items[index as usize].take()));
}

/// Sort row numbers.
pub fn sort_rows(rows: &mut Vec<u32>) {
    if !rows.is_sorted() {
        sort_by(rows, Ord::cmp);
    }
}

#[inline(never)]
fn indices(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<u32> {
    // Lists of 32-bit memory have fewer than 2^32 items.
    let mut order: Vec<u32> = (0..count as u32).collect();
    order.sort_unstable_by(|a, b| compare(*a as usize, *b as usize).then(a.cmp(b)));
    order
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
