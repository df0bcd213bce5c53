use super::*;
use crate::protocol::PeerId;
use crate::room::Moment;
use crate::room::messaging::chat::entry::{Receipt, Recipient, RecipientArrival};
use crate::room::messaging::chat::message::MessageId;
use crate::room::messaging::chat::{MessageText, Origin, WallTime};

fn name(number: usize) -> DisplayName {
    DisplayName::parse(&format!("P{number}")).unwrap()
}

/// What is said of a message to everyone that has these receipts.
fn said(receipts: &[Receipt]) -> (String, DeliveryWeight) {
    let people = receipts.iter().enumerate();
    let recipients = people.map(|(number, receipt)| Recipient {
        peer: PeerId::new(format!("p{number}")),
        name: name(number),
        arrival: RecipientArrival::Before,
        receipt: *receipt,
    });
    let entry = ChatEntry {
        id: MessageId::parse("a-1").unwrap(),
        author: PeerId::new("me"),
        given: name(0),
        name: name(0),
        text: MessageText::parse("hi").unwrap(),
        sent_at: WallTime(0),
        addressed: Addressed::Everyone,
        origin: Origin::Mine {
            recipients: recipients.collect(),
            at: Moment(0),
        },
    };
    delivery(&entry).unwrap()
}

#[test]
fn among_many_it_is_counted_who_has_a_message() {
    let among = |reached, of| {
        let mut receipts = vec![Receipt::Delivered; reached];
        receipts.resize(of, Receipt::Sent);
        said(&receipts)
    };
    assert_eq!(
        among(2, 11),
        ("Sending…".to_owned(), DeliveryWeight::Passing)
    );
    assert_eq!(
        among(34, 36),
        ("34 of 36 have it".to_owned(), DeliveryWeight::Passing)
    );
    assert_eq!(
        among(36, 36),
        ("Delivered to all".to_owned(), DeliveryWeight::Usual)
    );
}

#[test]
fn of_many_whom_it_did_not_reach_a_few_are_named() {
    let missed = |count| said(&vec![Receipt::Missed; count]);
    assert_eq!(
        missed(4),
        (
            "Not delivered to P0, P1, P2, P3".to_owned(),
            DeliveryWeight::Missing
        )
    );
    assert_eq!(
        missed(5).0,
        "Not delivered to P0, P1, P2 and 2 others".to_owned()
    );
    assert_eq!(missed(99).0, "Not delivered to P0, P1, P2 and 96 others");
}
