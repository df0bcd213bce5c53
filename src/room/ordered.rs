//! A map for few entries: a sorted vector.
//!
//! Why not the standard library's: what a room remembers has tens of entries, and a tree is compiled anew for every kind of
//! entry, which together was a thirtieth of the wasm. Invariant: keys ascend, and each is there once.

use std::borrow::Borrow;
use std::cmp::Ordering;

/// A map whose entries stand in the order of their keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderedMap<K, V>(Vec<(K, V)>);

impl<K, V> Default for OrderedMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, V> OrderedMap<K, V> {
    /// Without entries.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Removes all entries.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The entries, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// The entries, in order.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = (&K, &mut V)> {
        self.0.iter_mut().map(|(key, value)| (&*key, value))
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> {
        self.0.iter().map(|(key, _)| key)
    }

    /// The values, in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + Clone {
        self.0.iter().map(|(_, value)| value)
    }

    /// The values, in the order of their keys.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut V> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    /// Keeps the entries for which `keep` says so.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        self.0.retain_mut(|(key, value)| keep(key, value));
    }
}

impl<K: Ord, V> OrderedMap<K, V> {
    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        self.0.binary_search_by(|(one, _)| one.borrow().cmp(key))
    }

    /// The value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key).ok()?;
        self.0.get(place).map(|(_, value)| value)
    }

    /// The value of a key.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key).ok()?;
        self.0.get_mut(place).map(|(_, value)| value)
    }

    /// Whether there is an entry of this key.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.place(key).is_ok()
    }

    /// Puts an entry in; returns the value that stood there before.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.place(&key) {
            Ok(place) => Some(std::mem::replace(&mut self.0[place].1, value)),
            Err(place) => {
                self.0.insert(place, (key, value));
                None
            }
        }
    }

    /// Takes an entry out.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key).ok()?;
        Some(self.0.remove(place).1)
    }

    /// The value of a key, which is put in if it is not there.
    pub fn get_or_insert_with(&mut self, key: K, value: impl FnOnce() -> V) -> &mut V {
        let place = match self.place(&key) {
            Ok(place) => place,
            Err(place) => {
                self.0.insert(place, (key, value()));
                place
            }
        };
        &mut self.0[place].1
    }
}

impl<K: Ord, V> OrderedMap<K, V> {
    /// Looks keys up that come in their order, or not long after one another: all of them together cost no more than a walk along the
    /// entries.
    pub fn ascending(&self) -> Ascending<'_, K, V> {
        Ascending(&self.0)
    }
}

/// Looks keys up that come in their order.
#[derive(Debug)]
pub struct Ascending<'a, K, V>(&'a [(K, V)]);

impl<'a, K: Ord, V> Ascending<'a, K, V> {
    /// The value of a key, which does not come before the one that was looked up last.
    pub fn get<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&'a V>
    where
        K: Borrow<Q>,
    {
        while let Some((first, rest)) = self.0.split_first() {
            match first.0.borrow().cmp(key) {
                Ordering::Less => self.0 = rest,
                Ordering::Equal => return Some(&first.1),
                Ordering::Greater => return None,
            }
        }
        None
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for OrderedMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::new();
        map.extend(entries);
        map
    }
}

impl<K: Ord, V> Extend<(K, V)> for OrderedMap<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<K, V> IntoIterator for OrderedMap<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, K, V> IntoIterator for &'a OrderedMap<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = std::iter::Map<std::slice::Iter<'a, (K, V)>, fn(&'a (K, V)) -> Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().map(|(key, value)| (key, value))
    }
}

/// A set of few members, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderedSet<K>(OrderedMap<K, ()>);

impl<K> Default for OrderedSet<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K> OrderedSet<K> {
    /// Without members.
    pub const fn new() -> Self {
        Self(OrderedMap::new())
    }

    /// The members, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &K> {
        self.0.keys()
    }
}

impl<K: Ord> OrderedSet<K> {
    /// Whether this is a member.
    pub fn contains<Q: Ord + ?Sized>(&self, member: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.0.contains_key(member)
    }

    /// The members that another set does not have, in order.
    pub fn without(&self, other: &Self) -> impl Iterator<Item = &K> {
        let mut others = other.0.ascending();
        self.iter()
            .filter(move |member| others.get(*member).is_none())
    }

    /// Takes the first member out.
    pub fn pop_first(&mut self) -> Option<K> {
        let members = &mut self.0.0;
        (!members.is_empty()).then(|| members.remove(0).0)
    }

    /// Puts a member in; says whether it was not there.
    pub fn insert(&mut self, member: K) -> bool {
        self.0.insert(member, ()).is_none()
    }

    /// Takes a member out; says whether it was there.
    pub fn remove<Q: Ord + ?Sized>(&mut self, member: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.0.remove(member).is_some()
    }
}

impl<K: Ord> FromIterator<K> for OrderedSet<K> {
    fn from_iter<I: IntoIterator<Item = K>>(members: I) -> Self {
        let mut set = Self::new();
        for member in members {
            set.insert(member);
        }
        set
    }
}

/// Sorts few things, those of equal keys in the order in which they stood.
pub fn sort_few<T, K: Ord>(things: &mut [T], key: impl Fn(&T) -> K) {
    for sorted in 1..things.len() {
        let mut place = sorted;
        while place > 0 && key(&things[place - 1]) > key(&things[place]) {
            things.swap(place - 1, place);
            place -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_looked_up_in_order_is_what_is_found_one_by_one(
            one in proptest::collection::vec(0_u8..40, 0..30),
            other in proptest::collection::vec(0_u8..40, 0..30),
        ) {
            let [one, other] = [one, other].map(OrderedSet::from_iter);
            let found: Vec<_> = one.without(&other).collect();
            let expected: Vec<_> = one.iter().filter(|it| !other.contains(*it)).collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn it_holds_what_a_tree_holds(steps in proptest::collection::vec((any::<bool>(), 0_u8..20, any::<u8>()), 0..100)) {
            let mut map = OrderedMap::new();
            let mut tree = BTreeMap::new();
            for (put, key, value) in steps {
                if put {
                    prop_assert_eq!(map.insert(key, value), tree.insert(key, value));
                } else {
                    prop_assert_eq!(map.remove(&key), tree.remove(&key));
                }
                prop_assert!(map.iter().eq(tree.iter()));
                prop_assert_eq!(map.get(&key), tree.get(&key));
            }
        }

        #[test]
        fn few_things_are_sorted_and_equal_ones_stay_in_order(mut things in proptest::collection::vec((0_u8..5, any::<u8>()), 0..40)) {
            let mut expected = things.clone();
            expected.sort_by_key(|thing| thing.0);
            sort_few(&mut things, |thing| thing.0);
            prop_assert_eq!(things, expected);
        }
    }
}
