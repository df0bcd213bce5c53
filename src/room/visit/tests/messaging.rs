//! What is told of what people say.

use super::*;
use crate::room::channel::Addressed;
use crate::room::messaging::channel::frame::Frame;
use crate::room::preferences::Preferences;
use crate::room::testing::fixture::name;
use crate::room::testing::visiting::{Visiting, told};
use crate::room::visit::action::VisitAction;

/// Somebody says something.
fn say(visiting: &mut Visiting, who: &str, id: &str, text: &str) -> Vec<VisitEffect> {
    let said = format!(r#"{{"type":"message","id":"{id}","text":"{text}","sentAt":1}}"#);
    visiting.frame(who, Channel::Chat, Frame::Text(said))
}

fn look(attention: Attention) -> VisitAction {
    VisitAction::Messaging(MessagingAction::Attend(attention))
}

#[test]
fn a_message_is_told_with_its_first_words_while_nobody_looks_at_the_chat() {
    let mut visiting = Visiting::joined(Preferences::default(), &["a"]);
    visiting.open("a", Channel::Chat);
    let effects = say(&mut visiting, "a", "1", "See you\\nat noon");
    let beginning = "See you at noon".to_owned();
    let said = Notice::said(Addressed::Everyone, name("a"), beginning);
    assert_eq!(told(&effects), [&said]);

    visiting.want(look(Attention::Reading));
    assert!(told(&say(&mut visiting, "a", "2", "Hello?")).is_empty());
    visiting.want(look(Attention::Elsewhere));
    assert_eq!(told(&say(&mut visiting, "a", "3", "Bye")).len(), 1);
}

#[test]
fn what_was_read_is_not_told_of_later() {
    let mut visiting = Visiting::joined(Preferences::default(), &["a", "b"]);
    for id in ["a", "b"] {
        visiting.open(id, Channel::Chat);
    }
    assert_eq!(told(&say(&mut visiting, "a", "1", "Hello")).len(), 1);
    // This one would be told in a second, with the first.
    assert!(told(&say(&mut visiting, "b", "1", "Hi")).is_empty());
    visiting.want(look(Attention::Reading));
    assert!(told(&visiting.wait(2_000)).is_empty());
    visiting.want(look(Attention::Elsewhere));
    let said = Notice::said(Addressed::Everyone, name("b"), "Bye".to_owned());
    assert_eq!(told(&say(&mut visiting, "b", "2", "Bye")), [&said]);
}
