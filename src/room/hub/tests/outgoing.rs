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
