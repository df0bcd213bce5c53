//! What is said to several people goes out once, in order.

use super::*;
use crate::room::testing::fixture::peer;

fn text(words: &str) -> Frame {
    Frame::Text(words.to_owned())
}

fn said(outgoing: &mut Outgoing) -> Vec<(Channel, Frame, Vec<PeerId>)> {
    let taken = outgoing.take();
    assert!(outgoing.is_empty());
    taken
        .into_iter()
        .map(|said| (said.channel, said.frame, said.to))
        .collect()
}

#[test]
fn the_same_to_several_people_goes_out_once() {
    let mut outgoing = Outgoing::default();
    for to in ["a", "b", "c"] {
        outgoing.say(peer(to), Channel::Chat, text("hello"));
    }
    outgoing.say(peer("a"), Channel::Live, text("hello"));
    assert_eq!(
        said(&mut outgoing),
        [
            (
                Channel::Chat,
                text("hello"),
                vec![peer("a"), peer("b"), peer("c")]
            ),
            (Channel::Live, text("hello"), vec![peer("a")]),
        ]
    );
}

#[test]
fn to_each_person_things_come_in_the_order_in_which_they_were_said() {
    let mut outgoing = Outgoing::default();
    for to in ["a", "b"] {
        for words in ["one", "two", "one"] {
            outgoing.say(peer(to), Channel::Chat, text(words));
        }
    }
    let both = || vec![peer("a"), peer("b")];
    assert_eq!(
        said(&mut outgoing),
        [
            (Channel::Chat, text("one"), both()),
            (Channel::Chat, text("two"), both()),
            (Channel::Chat, text("one"), both()),
        ]
    );
}

#[test]
fn with_content_that_is_let_go_of_goes_what_says_that_it_was_all() {
    let mut outgoing = Outgoing::default();
    let files = Channel::Files;
    let done = |id: u32| {
        let sha256 = "0".repeat(64);
        text(&format!(
            "{{\"type\":\"done\",\"id\":{id},\"sha256\":\"{sha256}\"}}"
        ))
    };
    let written = text("{\"type\":\"written\",\"id\":1,\"offset\":7}");
    outgoing.say(peer("a"), files, Frame::Bytes(vec![1; 10]));
    outgoing.say(peer("a"), files, done(1));
    outgoing.say(peer("a"), files, written.clone());
    outgoing.say(peer("a"), Channel::Chat, done(1));
    outgoing.say(peer("b"), files, Frame::Bytes(vec![2; 10]));
    for to in ["a", "b"] {
        outgoing.say(peer(to), files, done(2));
    }
    outgoing.forget_content(&peer("a"));
    assert_eq!(
        said(&mut outgoing),
        [
            (files, written, vec![peer("a")]),
            (Channel::Chat, done(1), vec![peer("a")]),
            (files, Frame::Bytes(vec![2; 10]), vec![peer("b")]),
            (files, done(2), vec![peer("b")]),
        ]
    );
}
