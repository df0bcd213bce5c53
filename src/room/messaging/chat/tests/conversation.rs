use super::*;
use crate::room::messaging::channel::frame::Violation;
use crate::room::messaging::chat::entries::CONVERSATION_MESSAGES;
use crate::room::messaging::chat::entry::Delivery;
use crate::room::messaging::chat::history::HISTORY_FRAME_BYTES;
use crate::room::messaging::chat::message::{HistoryEntry, MessageId};
use crate::room::messaging::chat::receipts::Receipts;

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

fn received(id: &MessageId) -> ChatFrame {
    ChatFrame::Received(Receipts::one(id.clone()))
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
    let ack = received(&ids[0]);
    chat.receive(&peer("ada"), ack.clone(), Moment(3)).unwrap();
    let effects = chat.channel_opened(&peer("ben"), Moment(4));
    assert_eq!(ids_sent_to(&effects, "ben"), ids);
    let on_the_way = Delivery::OnTheWay { reached: 1, of: 2 };
    assert_eq!(delivery(&chat), Some(on_the_way));
    chat.receive(&peer("ben"), ack, Moment(5)).unwrap();
    assert_eq!(delivery(&chat), Some(Delivery::Everyone));
}

#[test]
fn who_left_without_a_message_is_named_and_who_left_with_it_is_not() {
    let mut chat = with("me", &["ada", "ben"], ChatOrigin::AfterMe);
    let effects = chat.say("hi", &Recipients::Everyone, Moment(2)).unwrap();
    let id = ids_sent_to(&effects, "ada").remove(0);
    chat.receive(&peer("ada"), received(&id), Moment(3))
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
    let ack = received(&ids[1]);
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
        let expected = received(&MessageId::parse("a-1").unwrap());
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

/// In a room with so many others, who came later.
fn crowd(others: usize) -> Conversation {
    let names: Vec<String> = (0..others).map(|number| format!("p{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut chat = with("me", &names, ChatOrigin::AfterMe);
    chat.take_changes(Moment(0));
    chat
}

/// The receipts among the effects, as they travel.
fn receipts(effects: &[ChatEffect]) -> Vec<serde_json::Value> {
    let frames = effects.iter().filter_map(|effect| match effect {
        ChatEffect::Send {
            frame: frame @ ChatFrame::Received(_),
            ..
        } => Some(serde_json::to_value(frame).unwrap()),
        _ => None,
    });
    frames.collect()
}

#[test]
fn of_thirteen_people_each_gathers_the_receipts_of_a_second() {
    let mut chat = crowd(12);
    let mut hear = |id: &str, now| {
        let frame = message(id, "x", Addressed::Everyone);
        chat.receive(&peer("p3"), frame, Moment(now)).unwrap()
    };
    let first = receipts(&hear("a-1", 100));
    assert_eq!(
        first,
        [serde_json::json!({"type": "received", "id": "a-1"})]
    );
    for (id, now) in [("a-2", 200), ("a-3", 300), ("a-1", 900)] {
        assert!(receipts(&hear(id, now)).is_empty(), "{id}");
    }
    assert_eq!(chat.next_deadline(Moment(900)), Some(Moment(1_100)));
    assert_eq!(chat.tick(Moment(1_099)), []);
    assert_eq!(
        receipts(&chat.tick(Moment(1_100))),
        [serde_json::json!({"type": "received", "ids": ["a-2", "a-3", "a-1"]})]
    );
    assert_eq!(chat.next_deadline(Moment(1_100)), None);
}

#[test]
fn receipts_that_wait_outlast_the_channel_and_others_who_leave_but_not_their_author() {
    let mut chat = crowd(12);
    let hear = |chat: &mut Conversation, from: &str, id: &str| {
        let frame = message(id, "x", Addressed::Everyone);
        chat.receive(&peer(from), frame, Moment(100)).unwrap()
    };
    for from in ["p0", "p1"] {
        hear(&mut chat, from, "a-1");
        assert!(receipts(&hear(&mut chat, from, "a-2")).is_empty());
    }
    chat.channel_closed(&peer("p0"), Moment(200));
    chat.person_left(&peer("p1"), Moment(300));
    assert_eq!(chat.next_deadline(Moment(5_000)), None, "nobody is reached");
    let effects = chat.channel_opened(&peer("p0"), Moment(5_000));
    let expected = serde_json::json!({"type": "received", "id": "a-2"});
    assert_eq!(receipts(&effects), [expected]);
}

#[test]
fn of_twelve_people_each_acknowledges_at_once() {
    let mut chat = crowd(11);
    for id in ["a-1", "a-2"] {
        let frame = message(id, "x", Addressed::Everyone);
        let effects = chat.receive(&peer("p3"), frame, Moment(1)).unwrap();
        assert_eq!(receipts(&effects).len(), 1);
    }
    assert_eq!(chat.next_deadline(Moment(1)), None);
}

#[test]
fn several_messages_are_acknowledged_together() {
    let mut chat = with("me", &["ada"], ChatOrigin::AfterMe);
    let mut ids = Vec::new();
    for text in ["1", "2", "3"] {
        let effects = chat.say(text, &Recipients::Everyone, Moment(1)).unwrap();
        ids.extend(ids_sent_to(&effects, "ada"));
    }
    let text = format!(
        r#"{{"type":"received","ids":["{}","{}","x"]}}"#,
        ids[0].as_str(),
        ids[2].as_str()
    );
    let frame = crate::room::messaging::channel::frame::Frame::Text(text);
    chat.receive(&peer("ada"), ChatFrame::parse(&frame).unwrap(), Moment(2))
        .unwrap();
    let reached: Vec<bool> = chat
        .entries()
        .map(|entry| entry.delivery() == Some(Delivery::Everyone))
        .collect();
    assert_eq!(reached, [true, false, true]);
}

#[test]
fn a_hundred_receipts_are_told_in_a_few_changes_and_none_is_lost() {
    let mut chat = crowd(100);
    let effects = chat.say("hi", &Recipients::Everyone, Moment(10)).unwrap();
    let id = ids_sent_to(&effects, "p0").remove(0);
    assert_ne!(chat.take_changes(Moment(10)), [], "it is shown at once");
    let mut changes = Vec::new();
    for number in 0..100 {
        let now = Moment(20 + number);
        let from = peer(&format!("p{number}"));
        chat.receive(&from, received(&id), now).unwrap();
        changes.extend(chat.take_changes(now));
    }
    assert_eq!(changes, [], "they follow the message too closely");
    assert_eq!(chat.revisions_due(), Some(Moment(260)));
    let changes = chat.take_changes(Moment(260));
    let [EntryChange::Revised { entry, .. }] = &changes[..] else {
        panic!("{changes:?}");
    };
    assert_eq!(entry.delivery(), Some(Delivery::Everyone));
    assert_eq!(chat.revisions_due(), None);
}

#[test]
fn what_waits_to_be_told_is_told_with_the_next_message_and_in_its_place() {
    let mut chat = crowd(12);
    let effects = chat.say("one", &Recipients::Everyone, Moment(10)).unwrap();
    let id = ids_sent_to(&effects, "p0").remove(0);
    let mut list = Vec::new();
    let mut follow = |chat: &mut Conversation, now| {
        for change in chat.take_changes(Moment(now)) {
            change.apply(&mut list);
        }
        list.clone()
    };
    follow(&mut chat, 10);
    chat.receive(&peer("p0"), received(&id), Moment(20))
        .unwrap();
    let frame = message("a-1", "two", Addressed::Everyone);
    chat.receive(&peer("p1"), frame, Moment(21)).unwrap();
    let followed = follow(&mut chat, 21);
    assert!(chat.entries().eq(&followed));
}

#[test]
fn a_newcomer_among_many_asks_one_person_and_not_always_the_same() {
    let asked = |chance: f64| {
        let mut chat = Conversation::new(peer("me"), name("me"), WallTime(0), chance);
        let elders: Vec<PeerId> = (0..40).map(|number| peer(&format!("p{number}"))).collect();
        for elder in &elders {
            let name = DisplayName::parse(elder.as_str()).unwrap();
            chat.person_came(elder.clone(), name, ChatOrigin::BeforeMe, Moment(0));
        }
        let mut effects = Vec::new();
        for elder in &elders {
            effects.extend(chat.channel_opened(elder, Moment(500)));
        }
        assert_eq!(effects, []);
        let due = chat.next_deadline(Moment(500)).unwrap();
        assert_eq!(due, Moment(750));
        let effects = chat.tick(due);
        let [ChatEffect::Send { to, frame }] = &effects[..] else {
            panic!("{effects:?}");
        };
        assert_eq!(*frame, ChatFrame::HistoryRequest);
        to.clone()
    };
    assert_eq!(asked(0.0), peer("p0"));
    assert_eq!(asked(0.5), peer("p20"));
    assert_eq!(asked(0.999), peer("p39"));
}
