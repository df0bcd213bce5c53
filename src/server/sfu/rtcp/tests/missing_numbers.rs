use proptest::prelude::*;

use super::*;

#[test]
fn an_entry_names_its_number_and_those_behind_it() {
    let table: [(&[u8], &[u16]); 6] = [
        (&[], &[]),
        (&[0x12, 0x34, 0, 0], &[0x1234]),
        (&[0, 100, 0b1000_0000, 0b0000_0101], &[100, 101, 103, 116]),
        (&[0xff, 0xff, 0, 0b11], &[0xffff, 0, 1]),
        (&[0, 1, 0, 0, 0, 1, 0, 0], &[1, 1]),
        (&[0, 1, 0, 0, 9, 9, 9], &[1]),
    ];
    for (entries, numbers) in table {
        let named = MissingNumbers::read(entries).collect::<Vec<_>>();
        assert_eq!(named, numbers);
    }
}

proptest! {
    #[test]
    fn four_bytes_name_seventeen_numbers_at_most(
        entries in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut numbers = MissingNumbers::read(&entries);
        let named = numbers.by_ref().count();
        prop_assert!(named <= entries.len() / 4 * 17);
        prop_assert!(named >= entries.len() / 4);
        prop_assert_eq!(numbers.next(), None);
    }
}
