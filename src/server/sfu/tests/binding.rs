use super::*;
use crate::server::sfu::stun_fixture::{attribute, message};

fn username() -> Vec<u8> {
    attribute(USERNAME, b"ours:theirs")
}

fn integrity() -> Vec<u8> {
    attribute(MESSAGE_INTEGRITY, &[0; 20])
}

#[test]
fn a_request_says_whom_it_names_and_whether_it_nominates() {
    let plain = message(1, &[attribute(0x24, &[1; 4]), username(), integrity()]);
    let read = BindingRequest::read(&plain).unwrap();
    assert_eq!(read.transaction, [7; 12]);
    assert_eq!(read.ufrag, Some(b"ours".as_slice()));
    assert!(!read.nominates);

    let nominating = message(1, &[username(), attribute(USE_CANDIDATE, &[]), integrity()]);
    let read = BindingRequest::read(&nominating).unwrap();
    assert_eq!(read.ufrag, Some(b"ours".as_slice()));
    assert!(read.nominates);
}

#[test]
fn what_the_integrity_does_not_cover_does_not_count() {
    let late = [integrity(), username(), attribute(USE_CANDIDATE, &[])];
    let late = message(1, &late);
    let read = BindingRequest::read(&late).unwrap();
    assert_eq!((read.ufrag, read.nominates), (None, false));
}

#[test]
fn anything_else_is_no_request() {
    assert_eq!(BindingRequest::read(&message(0x0101, &[username()])), None);
    let mut long = message(1, &[username()]);
    long.push(0);
    assert_eq!(BindingRequest::read(&long), None);
    assert_eq!(BindingRequest::read(&[0; 19]), None);
    assert_eq!(BindingRequest::read(&[]), None);
    let mut torn = message(1, &[username()]);
    torn[3] -= 4;
    torn.truncate(torn.len() - 4);
    assert_eq!(BindingRequest::read(&torn).unwrap().ufrag, None);
}

#[test]
fn only_a_success_says_that_a_request_was_accepted() {
    assert_eq!(accepted(&message(0x0101, &[])), Some([7; 12]));
    assert_eq!(accepted(&message(0x0111, &[])), None, "an error");
    assert_eq!(accepted(&message(1, &[username()])), None);
    assert_eq!(accepted(&[1, 1, 0]), None);
}
