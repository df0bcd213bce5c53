//! In which order frames leave, and what happens when too many wait.

use proptest::prelude::*;

use super::*;

fn open() -> ChannelQueue {
    let mut queue = ChannelQueue::default();
    for channel in Channel::ALL {
        queue.opened(channel);
    }
    queue
}

/// A frame of this size that begins with its number.
fn numbered(channel: Channel, number: u32, size: usize) -> Frame {
    let mut message = number.to_be_bytes().to_vec();
    message.resize(size, 0);
    Frame {
        channel,
        is_binary: false,
        message: message.into(),
    }
}

fn number(frame: &Frame) -> u32 {
    u32::from_be_bytes(frame.message[..4].try_into().unwrap())
}

fn drained(queue: &mut ChannelQueue) -> Vec<(Channel, u32)> {
    std::iter::from_fn(|| queue.next(usize::MAX))
        .map(|frame| (frame.channel, number(&frame)))
        .collect()
}

#[test]
fn all_receivers_share_the_bytes_of_a_frame() {
    let frame = Frame::from(&PeerId::new("P1"), Channel::Files, true, b"\x00\n\xff");
    assert_eq!(&*frame.message, b"{\"from\":\"P1\"}\n\x00\n\xff");
    assert!(frame.is_binary);
    let (mut one, mut other) = (open(), open());
    assert_eq!(one.push(frame.clone()), Queued::Waits);
    assert_eq!(other.push(frame.clone()), Queued::Waits);
    let (one, other) = (
        one.next(usize::MAX).unwrap(),
        other.next(usize::MAX).unwrap(),
    );
    assert!(Arc::ptr_eq(&one.message, &other.message));
    assert_eq!(one, frame);
}

#[test]
fn a_beat_is_text_on_live() {
    let beat = Frame::beat();
    assert_eq!((beat.channel, beat.is_binary), (Channel::Live, false));
    assert_eq!(&*beat.message, b"{\"beat\":1}");
}

#[test]
fn on_each_channel_it_can_be_said_as_text_that_its_receiver_is_heard() {
    for channel in Channel::ALL {
        let ready = Frame::ready(channel);
        assert_eq!((ready.channel, ready.is_binary), (channel, false));
        assert_eq!(&*ready.message, b"{\"ready\":1}");
    }
}

#[test]
fn whose_chat_opened_is_said_as_text_on_chat() {
    let opened = Frame::opened(&PeerId::new("P\"1"));
    assert_eq!((opened.channel, opened.is_binary), (Channel::Chat, false));
    assert_eq!(&*opened.message, br#"{"opened":"P\"1"}"#);
}

#[test]
fn chat_leaves_before_live_and_live_before_files_each_in_order() {
    let mut queue = open();
    let channels = [Channel::Files, Channel::Live, Channel::Chat];
    for (number, channel) in (0..6).zip(channels.into_iter().cycle()) {
        assert_eq!(queue.push(numbered(channel, number, 100)), Queued::Waits);
    }
    assert!(!queue.is_empty());
    assert_eq!(
        drained(&mut queue),
        [
            (Channel::Chat, 2),
            (Channel::Chat, 5),
            (Channel::Live, 1),
            (Channel::Live, 4),
            (Channel::Files, 0),
            (Channel::Files, 3),
        ]
    );
    assert!(queue.is_empty());
}

#[test]
fn a_frame_leaves_once_all_of_it_can_be_written_and_none_overtakes_it() {
    let mut queue = open();
    assert_eq!(queue.push(numbered(Channel::Live, 1, 10)), Queued::Waits);
    assert_eq!(queue.push(numbered(Channel::Chat, 0, 1_000)), Queued::Waits);
    assert_eq!(queue.next(999), None);
    assert_eq!(queue.next(1_000).map(|it| number(&it)), Some(0));
    assert_eq!(queue.next(9), None);
    assert_eq!(queue.next(10).map(|it| number(&it)), Some(1));
    assert_eq!(queue.next(usize::MAX), None);
}

#[test]
fn of_live_the_newest_wait() {
    let mut queue = open();
    for number in 0..100 {
        assert_eq!(
            queue.push(numbered(Channel::Live, number, 1_000)),
            Queued::Waits
        );
    }
    let wanted: Vec<_> = (40..100).map(|number| (Channel::Live, number)).collect();
    assert_eq!(drained(&mut queue), wanted);
    assert_eq!(queue.take_lost(), 40);
    assert_eq!(queue.take_lost(), 0);
}

#[test]
fn live_makes_room_for_the_others_oldest_first() {
    for channel in [Channel::Chat, Channel::Files] {
        let mut queue = open();
        for number in 0..4 {
            assert_eq!(
                queue.push(numbered(Channel::Live, number, 1_024)),
                Queued::Waits
            );
        }
        for number in 0..8 {
            let size = if number == 7 { 62 * 1_024 } else { 65_536 };
            assert_eq!(queue.push(numbered(channel, number, size)), Queued::Waits);
        }
        assert_eq!(queue.take_lost(), 2, "{channel:?}");
        let left = drained(&mut queue);
        let of_live: Vec<_> = left.iter().filter(|(it, _)| *it == Channel::Live).collect();
        assert_eq!(of_live, [&(Channel::Live, 2), &(Channel::Live, 3)]);
        assert_eq!(left.len(), 10);
    }
}

#[test]
fn live_is_lost_when_the_others_take_all_the_room() {
    let mut queue = open();
    for number in 0..8 {
        assert_eq!(
            queue.push(numbered(Channel::Files, number, 65_536)),
            Queued::Waits
        );
    }
    assert_eq!(queue.push(numbered(Channel::Live, 8, 4)), Queued::Lost);
    assert_eq!(queue.take_lost(), 1);
    assert_eq!(drained(&mut queue).len(), 8);
}

#[test]
fn a_reliable_channel_that_is_full_is_closed_and_takes_nothing_until_it_opens_anew() {
    for (channel, size, fitting) in [
        (Channel::Chat, 100, 1_024),
        (Channel::Files, 100, 1_024),
        (Channel::Chat, 65_536, 8),
        (Channel::Files, 65_536, 8),
    ] {
        let mut queue = open();
        for number in 0..fitting {
            assert_eq!(
                queue.push(numbered(channel, number, size)),
                Queued::Waits,
                "{channel:?} {size} {number}"
            );
        }
        let close = Queued::Close(channel);
        assert_eq!(queue.push(numbered(channel, fitting, size)), close);
        assert!(queue.is_empty());
        assert_eq!(queue.push(numbered(channel, 0, size)), Queued::Lost);
        assert_eq!(queue.push(numbered(Channel::Live, 1, 4)), Queued::Waits);
        queue.opened(channel);
        assert_eq!(queue.push(numbered(channel, 2, size)), Queued::Waits);
        assert_eq!(drained(&mut queue).len(), 2);
        assert_eq!(queue.take_lost(), 0);
    }
}

#[test]
fn files_do_not_close_chat_and_chat_may_close_files() {
    let mut queue = open();
    for number in 0..7 {
        let frame = numbered(Channel::Files, number, 65_536);
        assert_eq!(queue.push(frame), Queued::Waits);
    }
    let frame = numbered(Channel::Chat, 7, 65_000);
    assert_eq!(queue.push(frame), Queued::Waits);
    let frame = numbered(Channel::Chat, 8, 1_000);
    assert_eq!(queue.push(frame), Queued::Close(Channel::Files));
    let frame = numbered(Channel::Files, 9, 4);
    assert_eq!(queue.push(frame), Queued::Lost);
    assert_eq!(
        drained(&mut queue),
        [(Channel::Chat, 7), (Channel::Chat, 8)]
    );

    let mut queue = open();
    for number in 0..8 {
        let frame = numbered(Channel::Chat, number, 65_000);
        assert_eq!(queue.push(frame), Queued::Waits);
    }
    let frame = numbered(Channel::Files, 8, 65_000);
    assert_eq!(queue.push(frame), Queued::Close(Channel::Files));
    assert_eq!(drained(&mut queue).len(), 8);
}

#[test]
fn files_stay_open_where_closing_them_would_not_help_chat() {
    let mut queue = open();
    let frame = numbered(Channel::Files, 0, 4);
    assert_eq!(queue.push(frame), Queued::Waits);
    for number in 1..8 {
        let frame = numbered(Channel::Chat, number, 65_536);
        assert_eq!(queue.push(frame), Queued::Waits);
    }
    let frame = numbered(Channel::Chat, 8, 65_537);
    assert_eq!(queue.push(frame), Queued::Close(Channel::Chat));
    assert_eq!(drained(&mut queue), [(Channel::Files, 0)]);
}

#[test]
fn nothing_waits_for_a_channel_that_is_not_open() {
    let mut queue = ChannelQueue::default();
    for channel in Channel::ALL {
        assert_eq!(queue.push(numbered(channel, 0, 4)), Queued::Lost);
        queue.opened(channel);
        assert_eq!(queue.push(numbered(channel, 1, 4)), Queued::Waits);
        queue.closed(channel);
        assert!(queue.is_empty());
        assert_eq!(queue.push(numbered(channel, 2, 4)), Queued::Lost);
    }
    assert!(queue.is_empty());
}

proptest! {
    #[test]
    fn within_its_bounds_every_reliable_frame_leaves_in_order_and_without_a_gap(
        story in proptest::collection::vec((0..5_usize, 0..65_600_usize, any::<bool>()), 1..1_000),
        smallest in 4..200_usize,
    ) {
        let mut queue = open();
        let mut due: [VecDeque<u32>; 3] = Default::default();
        for (count, (what, size, is_small)) in (0..).zip(story) {
            if let Some(channel) = Channel::ALL.get(what) {
                let size = if is_small { smallest } else { size.max(4) };
                let queued = queue.push(numbered(*channel, count, size));
                if let Queued::Close(closed) = queued {
                    due[closed.index()].clear();
                    queue.opened(closed);
                }
                if queued != Queued::Lost && queued != Queued::Close(*channel) {
                    due[channel.index()].push_back(count);
                }
            } else if let Some(frame) = queue.next(size) {
                prop_assert!(frame.message.len() <= size);
                let due = &mut due[frame.channel.index()];
                if frame.channel.is_reliable() {
                    prop_assert_eq!(due.pop_front(), Some(number(&frame)));
                } else {
                    while due.front().is_some_and(|it| *it < number(&frame)) {
                        due.pop_front();
                    }
                    prop_assert_eq!(due.pop_front(), Some(number(&frame)));
                }
            }
            let frames: usize = queue.lanes.iter().map(|lane| lane.frames.len()).sum();
            let bytes = |lane: &Lane| lane.frames.iter().map(|it| it.message.len()).sum::<usize>();
            for lane in &queue.lanes {
                prop_assert_eq!(lane.bytes, bytes(lane));
            }
            prop_assert!(queue.lanes.iter().map(bytes).sum::<usize>() <= QUEUE_BYTES);
            prop_assert!(frames <= QUEUE_FRAMES);
        }
        let left = drained(&mut queue);
        for channel in [Channel::Chat, Channel::Files] {
            let left: Vec<u32> = left.iter().filter(|it| it.0 == channel).map(|it| it.1).collect();
            prop_assert_eq!(&left, &Vec::from(due[channel.index()].clone()));
        }
    }
}
