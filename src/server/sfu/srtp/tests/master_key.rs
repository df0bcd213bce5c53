use super::*;

/// Reads bytes, written as digits with spaces between them.
pub(in crate::server::sfu::srtp) fn hex(text: &str) -> Vec<u8> {
    let digits: String = text.split_whitespace().collect();
    data_encoding::HEXLOWER_PERMISSIVE
        .decode(digits.as_bytes())
        .unwrap()
}

fn derived(master: &MasterKey<'_>, label: Label, length: usize) -> Vec<u8> {
    let mut key = vec![0xff; length];
    master.derive(label, &mut key).unwrap();
    key
}

/// RFC 3711 appendix B.3.
#[test]
fn session_keys_of_aes_128_are_those_of_the_rfc() {
    let key = hex("E1F97A0D3E018BE0D64FA32C06DE4139");
    let master = MasterKey::new(&key, &hex("0EC675AD498AFEEBB6960B3AABE6"));
    let encryption = derived(&master, Label::RtpEncryption, 16);
    assert_eq!(encryption, hex("C61E7A93744F39EE10734AFE3FF7A087"));
    let salt = derived(&master, Label::RtpSalt, 14);
    assert_eq!(salt, hex("30CBBC08863D8C85D49DB34A9AE1"));
    let authentication = derived(&master, Label::RtpAuthentication, 94);
    let expected = hex("CEBE321F6FF7716B6FD4AB49AF256A15
        6D38BAA48F0A0ACF3C34E2359E6CDBCE
        E049646C43D9327AD175578EF7227098
        6371C10C9A369AC2F94A8C5FBCDDDC25
        6D6E919A48B610EF17C2041E47403576
        6B68642C59BBFC2F34DB60DBDFB2");
    assert_eq!(authentication, expected);
}

/// RFC 6188 §7.2.
#[test]
fn session_keys_of_aes_256_are_those_of_the_rfc() {
    let key = hex("F0F04914B513F2763A1B1FA130F10E29 98F6F6E43E4309D1E622A0E332B9F1B6");
    let master = MasterKey::new(&key, &hex("3B04803DE51EE7C96423AB5B78D2"));
    let encryption = derived(&master, Label::RtpEncryption, 32);
    let expected = hex("5BA1064E30EC51613CAD926C5A28EF73 1EC7FB397F70A960653CAF06554CD8C4");
    assert_eq!(encryption, expected);
    let salt = derived(&master, Label::RtpSalt, 14);
    assert_eq!(salt, hex("FA31791685CA444A9E07C6C64E93"));
}

#[test]
fn a_short_salt_counts_as_one_that_ends_in_zeros() {
    let key = [7; 16];
    let short = MasterKey::new(&key, &[3; 12]);
    let long = MasterKey::new(&key, &[3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 0, 0]);
    assert_eq!(
        derived(&short, Label::RtcpEncryption, 16),
        derived(&long, Label::RtcpEncryption, 16)
    );
}

#[test]
fn the_keys_of_both_sides_lie_before_their_salts() {
    let exported: Vec<u8> = (0..60).collect();
    let [client, server] = MasterKey::of_both(&exported, Profile::CounterMode).unwrap();
    assert_eq!(client.key, &exported[..16]);
    assert_eq!(server.key, &exported[16..32]);
    assert_eq!(client.salt, number(&exported[32..46]));
    assert_eq!(server.salt, number(&exported[46..]));
}

#[test]
fn what_has_another_length_than_its_profile_asks_for_is_no_key() {
    let profiles = [
        (Profile::CounterMode, 60),
        (Profile::Galois128, 56),
        (Profile::Galois256, 88),
    ];
    for (profile, length) in profiles {
        for given in 0..100 {
            let exported = vec![1; given];
            let is_taken = MasterKey::of_both(&exported, profile).is_some();
            assert_eq!(is_taken, given == length, "{profile:?} {given}");
        }
    }
}

#[test]
fn a_key_of_another_length_makes_no_session_key() {
    for length in [0, 15, 17, 24, 31, 33] {
        let key = vec![0; length];
        let master = MasterKey::new(&key, &[0; 14]);
        assert!(
            master.derive(Label::RtpSalt, &mut [0; 14]).is_err(),
            "{length}"
        );
    }
}
