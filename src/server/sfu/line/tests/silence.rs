use super::*;

#[test]
fn a_receiver_is_silent_two_seconds_after_something_was_sent() {
    let mut silence = Silence::default();
    silence.sent(0);
    assert_eq!(
        silence.due(),
        None,
        "it may be one that never says anything"
    );
    silence.heard(100_000);
    assert_eq!(silence.due(), None, "nothing was sent since");
    silence.sent(5_000_000);
    silence.sent(6_000_000);
    assert_eq!(silence.due(), Some(7_000_000));
    assert!(!silence.take(6_999_999));
    assert!(silence.take(7_000_000));
    assert!(!silence.take(7_500_000));
    assert!(silence.take(8_000_000));
    silence.heard(8_100_000);
    assert!(!silence.take(20_000_000));
}

#[test]
fn a_receiver_is_known_for_four_seconds() {
    let mut silence = Silence::default();
    assert!(!silence.is_known(0));
    silence.heard(0);
    assert!(silence.is_known(3_999_999));
    assert!(!silence.is_known(4_000_000));
}
