use super::*;
use crate::room::messaging::channel::frame::Violation;
use crate::room::messaging::chat::entries::CONVERSATION_MESSAGES;
use crate::room::messaging::chat::entry::Delivery;
use crate::room::messaging::chat::history::HISTORY_FRAME_BYTES;
use crate::room::messaging::chat::message::{HistoryEntry, MessageId};

fn peer(name: &str) -> PeerId {
    PeerId::new(name)
}

fn name(name: &str) -> DisplayName {
    DisplayName::parse(name).unwrap()
}

fn conversation(me: &str) -> Conversation {
    Conversation::new(peer(me), name(me), WallTime(1_000_000), 0.5)
}

fn with(me: &str, people: &[&str], arrival: ChatOrigin) -> Conversation {
    let mut conversation = conversation(me);
    for person in people {
        conversation.person_came(peer(person), name(person), arrival, Moment(0));
        conversation.channel_opened(&peer(person), Moment(0));
    }
    conversation
}

fn message(id: &str, text: &str, to: Addressed) -> ChatFrame {
    ChatFrame::Message {
        id: MessageId::parse(id).unwrap(),
        text: MessageText::parse(text).unwrap(),
        sent_at: WallTime(1_000_000),
        to,
    }
}

fn told(author: &str, id: &str, text: &str) -> HistoryEntry {
    HistoryEntry {
        id: MessageId::parse(id).unwrap(),
        author: peer(author),
        name: name(author),
        text: MessageText::parse(text).unwrap(),
        sent_at: WallTime(match id {
            "g-1" => 9_999_999_999,
            _ => 999_000,
        }),
    }
}

fn texts(conversation: &Conversation) -> Vec<&str> {
    conversation
        .entries()
        .map(|entry| entry.text.as_str())
        .collect()
}

fn sent_to<'a>(effects: &'a [ChatEffect], to: &str) -> Vec<&'a ChatFrame> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            ChatEffect::Send { to: peer, frame } if peer.as_str() == to => Some(frame),
            _ => None,
        })
        .collect()
}

fn ids_sent_to(effects: &[ChatEffect], to: &str) -> Vec<MessageId> {
    let frames = sent_to(effects, to).into_iter();
    frames
        .filter_map(|frame| match frame {
            ChatFrame::Message { id, .. } => Some(id.clone()),
            _ => None,
        })
        .collect()
}

#[test]
fn a_message_tells_whom_it_reached_and_whom_not() {
    let mut chat = with("me", &["ada", "ben"], ChatOrigin::AfterMe);
    chat.channel_closed(&peer("ben"), Moment(1));
    let effects = chat.say("hi", &Recipients::Everyone, Moment(2)).unwrap();
    let ids = ids_sent_to(&effects, "ada");
    assert_eq!(ids.len(), 1);
    assert!(sent_to(&effects, "ben").is_empty());
    let delivery = |chat: &Conversation| chat.entries().last().and_then(ChatEntry::delivery);
    assert_eq!(delivery(&chat), Some(Delivery::Missing(vec![name("ben")])));
    let ack = ChatFrame::Received { id: ids[0].clone() };
    chat.receive(&peer("ada"), ack.clone(), Moment(3)).unwrap();
    let effects = chat.channel_opened(&peer("ben"), Moment(4));
    assert_eq!(ids_sent_to(&effects, "ben"), ids);
    assert_eq!(delivery(&chat), Some(Delivery::OnTheWay));
    chat.receive(&peer("ben"), ack, Moment(5)).unwrap();
    assert_eq!(delivery(&chat), Some(Delivery::Everyone));
}

#[test]
fn who_left_without_a_message_is_named_and_who_left_with_it_is_not() {
    let mut chat = with("me", &["ada", "ben"], ChatOrigin::AfterMe);
    let effects = chat.say("hi", &Recipients::Everyone, Moment(2)).unwrap();
    let id = ids_sent_to(&effects, "ada").remove(0);
    chat.receive(&peer("ada"), ChatFrame::Received { id }, Moment(3))
        .unwrap();
    chat.person_left(&peer("ada"), Moment(4));
    chat.person_left(&peer("ben"), Moment(4));
    assert_eq!(
        chat.entries().last().unwrap().delivery(),
        Some(Delivery::Missing(vec![name("ben")]))
    );
}

#[test]
fn what_is_said_alone_is_for_nobody_and_still_told_to_a_newcomer() {
    let mut chat = conversation("me");
    chat.say("anyone?", &Recipients::Everyone, Moment(0))
        .unwrap();
    assert_eq!(
        chat.entries().last().unwrap().delivery(),
        Some(Delivery::Nobody)
    );
    chat.person_came(
        peer("ada"),
        name("ada"),
        ChatOrigin::AfterMe,
        Moment(60_000),
    );
    chat.channel_opened(&peer("ada"), Moment(60_100));
    let effects = chat
        .receive(&peer("ada"), ChatFrame::HistoryRequest, Moment(60_200))
        .unwrap();
    let frames = sent_to(&effects, "ada");
    assert!(
        matches!(frames[..], [ChatFrame::History { entries, more: false }] if entries.len() == 1)
    );
}

#[test]
fn unacknowledged_messages_are_sent_again_in_order() {
    let mut chat = with("me", &["ada"], ChatOrigin::AfterMe);
    let mut ids = Vec::new();
    for text in ["1", "2", "3"] {
        let effects = chat.say(text, &Recipients::Everyone, Moment(1)).unwrap();
        ids.extend(ids_sent_to(&effects, "ada"));
    }
    let ack = ChatFrame::Received { id: ids[1].clone() };
    chat.receive(&peer("ada"), ack, Moment(2)).unwrap();
    chat.channel_closed(&peer("ada"), Moment(3));
    chat.say("4", &Recipients::Everyone, Moment(4)).unwrap();
    let again = ids_sent_to(&chat.channel_opened(&peer("ada"), Moment(5)), "ada");
    assert_eq!(again[..2], [ids[0].clone(), ids[2].clone()]);
    assert_eq!(again.len(), 3);
}

#[test]
fn a_repeated_message_is_acknowledged_again_and_shown_once() {
    let mut chat = with("me", &["ada"], ChatOrigin::AfterMe);
    for _ in 0..2 {
        let frame = message("a-1", "hi", Addressed::Everyone);
        let effects = chat.receive(&peer("ada"), frame, Moment(1)).unwrap();
        let expected = ChatFrame::Received {
            id: MessageId::parse("a-1").unwrap(),
        };
        assert_eq!(sent_to(&effects, "ada"), [&expected]);
    }
    assert_eq!(texts(&chat), ["hi"]);
    assert_eq!(chat.unread(), 1);
}

#[test]
fn a_direct_message_goes_to_one_person_and_into_no_history() {
    let mut chat = with("me", &["ada", "ben"], ChatOrigin::AfterMe);
    let effects = chat
        .say("psst", &Recipients::Person(peer("ada")), Moment(1))
        .unwrap();
    assert_eq!(ids_sent_to(&effects, "ada").len(), 1);
    assert!(sent_to(&effects, "ben").is_empty());
    let frame = message("b-1", "secret", Addressed::Direct);
    chat.receive(&peer("ben"), frame, Moment(1)).unwrap();
    chat.person_came(peer("cyd"), name("cyd"), ChatOrigin::AfterMe, Moment(2));
    assert!(ids_sent_to(&chat.channel_opened(&peer("cyd"), Moment(2)), "cyd").is_empty());
    for asking in ["ada", "ben", "cyd"] {
        let effects = chat
            .receive(&peer(asking), ChatFrame::HistoryRequest, Moment(3))
            .unwrap();
        let frames = sent_to(&effects, asking);
        assert!(matches!(frames[..], [ChatFrame::History { entries, .. }] if entries.is_empty()));
    }
    let gone = chat.say("psst", &Recipients::Person(peer("dan")), Moment(4));
    assert_eq!(gone, Err(MessageError::NobodyThere));
}

#[test]
fn unread_counts_what_others_say_while_the_user_looks_elsewhere() {
    let mut chat = with("me", &["ada"], ChatOrigin::AfterMe);
    let hear = |chat: &mut Conversation, id: &str| {
        let frame = message(id, "x", Addressed::Everyone);
        chat.receive(&peer("ada"), frame, Moment(1)).unwrap();
    };
    hear(&mut chat, "1");
    hear(&mut chat, "2");
    chat.say("mine", &Recipients::Everyone, Moment(1)).unwrap();
    assert_eq!(chat.unread(), 2);
    chat.set_attention(Attention::Reading);
    hear(&mut chat, "3");
    assert_eq!(chat.unread(), 0);
    chat.set_attention(Attention::Elsewhere);
    hear(&mut chat, "4");
    assert_eq!(chat.unread(), 1);
}

#[test]
fn history_goes_before_what_was_heard_directly_and_never_changes_it() {
    let mut chat = with("me", &["ada", "ben"], ChatOrigin::BeforeMe);
    let frame = message("b-9", "said directly", Addressed::Everyone);
    chat.receive(&peer("ben"), frame, Moment(1)).unwrap();
    let history = ChatFrame::History {
        entries: vec![told("gone", "g-1", "first"), told("ada", "a-1", "second")],
        more: true,
    };
    chat.receive(&peer("ada"), history, Moment(2)).unwrap();
    let history = ChatFrame::History {
        entries: vec![
            told("ben", "b-8", "third"),
            told("ben", "b-9", "forged"),
            told("ada", "a-2", "fifth"),
        ],
        more: false,
    };
    chat.receive(&peer("ada"), history, Moment(2)).unwrap();
    assert_eq!(
        texts(&chat),
        ["first", "second", "third", "said directly", "fifth"]
    );
    let first = chat.entries().next().unwrap();
    assert_eq!(first.origin, Origin::Relayed { by: peer("ada") });
    assert_eq!(first.name, name("gone"));
    assert_eq!(
        first.sent_at,
        WallTime(1_000_002),
        "never later than it arrived"
    );
    assert_eq!(chat.unread(), 1, "history is not unread");
}

#[test]
fn what_came_directly_in_another_order_takes_the_order_of_the_history() {
    let mut chat = with("me", &["ada", "ben"], ChatOrigin::BeforeMe);
    for (from, id, text) in [("ben", "b-1", "two"), ("ada", "a-1", "one")] {
        let mut frame = message(id, text, Addressed::Everyone);
        if let ChatFrame::Message { sent_at, .. } = &mut frame {
            *sent_at = WallTime(7);
        }
        chat.receive(&peer(from), frame, Moment(1)).unwrap();
    }
    let history = ChatFrame::History {
        entries: vec![told("ada", "a-1", "one"), told("ben", "b-1", "two")],
        more: false,
    };
    chat.receive(&peer("ada"), history, Moment(2)).unwrap();
    assert_eq!(texts(&chat), ["one", "two"]);
    assert!(chat.entries().all(|entry| entry.origin == Origin::Heard));
}

#[test]
fn what_the_author_says_overrules_what_was_relayed() {
    let mut chat = with("me", &["ada", "ben"], ChatOrigin::BeforeMe);
    let history = ChatFrame::History {
        entries: vec![told("ben", "b-1", "forged")],
        more: false,
    };
    chat.receive(&peer("ada"), history, Moment(1)).unwrap();
    let frame = message("b-1", "genuine", Addressed::Everyone);
    chat.receive(&peer("ben"), frame, Moment(2)).unwrap();
    assert_eq!(texts(&chat), ["genuine"]);
    assert_eq!(chat.entries().next().unwrap().origin, Origin::Heard);
}

#[test]
fn history_that_was_not_asked_for_is_a_violation() {
    let mut chat = with("me", &["ada"], ChatOrigin::AfterMe);
    let history = ChatFrame::History {
        entries: vec![told("ben", "b-1", "forged")],
        more: false,
    };
    assert_eq!(
        chat.receive(&peer("ada"), history, Moment(1)),
        Err(Violation::Malformed)
    );
    assert_eq!(texts(&chat), Vec::<&str>::new());
}

#[test]
fn the_newcomer_turns_to_the_next_person_when_the_first_is_silent() {
    let mut chat = with("me", &["ada", "ben"], ChatOrigin::BeforeMe);
    assert!(chat.tick(Moment(2_900)).is_empty());
    let effects = chat.tick(Moment(3_000));
    assert_eq!(sent_to(&effects, "ben"), [&ChatFrame::HistoryRequest]);
}

#[test]
fn a_newcomer_answers_only_once_it_knows_the_conversation_itself() {
    let mut chat = with("me", &["ada"], ChatOrigin::BeforeMe);
    chat.person_came(peer("ben"), name("ben"), ChatOrigin::AfterMe, Moment(1));
    chat.channel_opened(&peer("ben"), Moment(1));
    let effects = chat
        .receive(&peer("ben"), ChatFrame::HistoryRequest, Moment(2))
        .unwrap();
    assert!(sent_to(&effects, "ben").is_empty());
    let history = ChatFrame::History {
        entries: vec![told("ada", "a-1", "first")],
        more: false,
    };
    let effects = chat.receive(&peer("ada"), history, Moment(3)).unwrap();
    let frames = sent_to(&effects, "ben");
    assert!(matches!(frames[..], [ChatFrame::History { entries, .. }] if entries.len() == 1));
}

#[test]
fn a_full_conversation_drops_its_oldest_and_its_history_fits_its_frames() {
    let mut chat = conversation("me");
    for number in 0..CONVERSATION_MESSAGES + 10 {
        let text = format!("{number} {}", "\"".repeat(1_000));
        chat.say(&text, &Recipients::Everyone, Moment(0)).unwrap();
    }
    assert_eq!(chat.entries().len(), CONVERSATION_MESSAGES);
    assert!(texts(&chat)[0].starts_with("10 "));
    chat.person_came(
        peer("ada"),
        name("ada"),
        ChatOrigin::AfterMe,
        Moment(60_000),
    );
    chat.channel_opened(&peer("ada"), Moment(60_000));
    let effects = chat
        .receive(&peer("ada"), ChatFrame::HistoryRequest, Moment(60_000))
        .unwrap();
    let frames: Vec<_> = sent_to(&effects, "ada")
        .into_iter()
        .filter(|frame| matches!(frame, ChatFrame::History { .. }))
        .collect();
    let sizes: Vec<usize> = frames.iter().map(|frame| frame.to_frame().size()).collect();
    assert!(frames.len() > 5);
    assert!(
        sizes.iter().all(|size| *size <= HISTORY_FRAME_BYTES + 100),
        "{sizes:?}"
    );
    assert!(sizes.iter().sum::<usize>() <= 1_100_000);
    let Some(ChatFrame::History {
        entries,
        more: false,
    }) = frames.last()
    else {
        panic!("the last frame says that it is the last");
    };
    assert!(entries.last().unwrap().text.as_str().starts_with("2009 "));
}

#[test]
fn a_burst_is_paced_so_that_the_other_side_does_not_take_it_for_a_flood() {
    let mut chat = with("me", &["ada"], ChatOrigin::AfterMe);
    let mut sent = 0;
    for number in 0..500 {
        let effects = chat
            .say(&number.to_string(), &Recipients::Everyone, Moment(0))
            .unwrap();
        sent += ids_sent_to(&effects, "ada").len();
    }
    assert_eq!(sent, 200);
    let mut seconds = 0;
    while sent < 500 {
        seconds += 1;
        let now = ids_sent_to(&chat.tick(Moment(seconds * 1_000)), "ada").len();
        assert!(now > 0 && now <= 20);
        sent += now;
    }
    assert_eq!(sent, 500);
}

#[test]
fn a_message_too_long_changes_nothing() {
    let mut chat = with("me", &["ada"], ChatOrigin::AfterMe);
    let text = "x".repeat(10_001);
    let error = chat.say(&text, &Recipients::Everyone, Moment(0));
    assert_eq!(error, Err(MessageError::TooLong { characters: 10_001 }));
    assert_eq!(chat.entries().len(), 0);
}

#[test]
fn a_history_is_answered_again_two_seconds_later_and_that_is_a_deadline() {
    let mut chat = with("me", &["ada"], ChatOrigin::AfterMe);
    let ask = |chat: &mut Conversation, now| {
        let effects = chat.receive(&peer("ada"), ChatFrame::HistoryRequest, Moment(now));
        sent_to(&effects.unwrap(), "ada").len()
    };
    assert_eq!(chat.next_deadline(Moment(0)), None);
    assert_eq!(ask(&mut chat, 100), 1);
    assert_eq!(chat.next_deadline(Moment(100)), None);
    assert_eq!(ask(&mut chat, 300), 0);
    assert_eq!(chat.next_deadline(Moment(300)), Some(Moment(2_100)));
    assert_eq!(chat.tick(Moment(2_099)), []);
    assert_eq!(chat.tick(Moment(2_100)).len(), 1);
    assert_eq!(chat.next_deadline(Moment(2_100)), None);
}

#[test]
fn who_does_not_know_the_history_has_no_deadline_for_telling_it() {
    let mut chat = with("me", &["ada"], ChatOrigin::BeforeMe);
    chat.receive(&peer("ada"), ChatFrame::HistoryRequest, Moment(100))
        .unwrap();
    let question = Some(Moment(3_000));
    assert_eq!(chat.next_deadline(Moment(100)), question);
}

#[test]
fn what_is_said_too_fast_has_a_deadline_for_each_message_that_waits() {
    let mut chat = with("me", &["ada"], ChatOrigin::AfterMe);
    for _ in 0..203 {
        chat.say("x", &Recipients::Everyone, Moment(0)).unwrap();
    }
    for due in [50, 100, 150].map(Moment) {
        assert_eq!(chat.next_deadline(Moment(due.0 - 50)), Some(due));
        assert_eq!(chat.tick(Moment(due.0 - 1)), []);
        assert_eq!(chat.tick(due).len(), 1);
    }
    assert_eq!(chat.next_deadline(Moment(150)), None);
    chat.say("x", &Recipients::Everyone, Moment(151)).unwrap();
    assert_eq!(chat.next_deadline(Moment(151)), Some(Moment(200)));
    chat.channel_closed(&peer("ada"), Moment(160));
    assert_eq!(chat.next_deadline(Moment(160)), None, "nothing can be sent");
}
