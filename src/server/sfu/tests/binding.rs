use super::*;

/// An attribute as it is written.
fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(value.len()).unwrap();
    let mut bytes = [kind.to_be_bytes(), length.to_be_bytes()].concat();
    bytes.extend(value);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

fn message(kind: u16, attributes: &[Vec<u8>]) -> Vec<u8> {
    let attributes = attributes.concat();
    let length = u16::try_from(attributes.len()).unwrap();
    let mut bytes = [kind.to_be_bytes(), length.to_be_bytes()].concat();
    bytes.extend(COOKIE);
    bytes.extend([7; 12]);
    bytes.extend(attributes);
    bytes
}

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
