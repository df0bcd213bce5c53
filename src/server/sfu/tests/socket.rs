use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::*;

fn bind(address: &str) -> MediaSocket {
    MediaSocket::bind(address.parse().unwrap()).unwrap()
}

/// Reads so many datagrams.
fn receive(socket: &mut MediaSocket, count: usize) -> Vec<(SocketAddr, Option<IpAddr>, Vec<u8>)> {
    let mut received = Vec::new();
    while received.len() < count {
        let patience = Timespec::try_from(Duration::from_secs(20)).unwrap();
        let mut files = [PollFd::new(socket, PollFlags::IN)];
        let ready = poll(&mut files, Some(&patience)).unwrap();
        assert!(ready > 0, "only {} of {count} came", received.len());
        socket
            .receive(|datagram| {
                received.push((datagram.from, datagram.to, datagram.bytes.to_vec()));
                ControlFlow::Continue(())
            })
            .unwrap();
    }
    received
}

#[test]
fn datagrams_arrive_whole_and_in_order_of_whatever_size_they_are() {
    let (mut one, mut other) = (bind("127.0.0.1:0"), bind("127.0.0.1:0"));
    let sizes = [
        1_100, 1_100, 1_100, 300, 1_100, 1, 1, 1_400, 1_400, 1_200, 1_300,
    ];
    let mut outgoing = Outgoing::default();
    let mut expected = Vec::new();
    for (number, size) in (0..100_u8).zip(sizes.iter().cycle()) {
        let bytes = vec![number; *size];
        expected.push((one.local(), Some(other.local().ip()), bytes.clone()));
        outgoing.push(other.local(), None, bytes);
    }
    let flushed = one.flush(&mut outgoing, Instant::now());
    assert_eq!(
        (flushed.packets, flushed.lost, flushed.waiting),
        (100, 0, 0)
    );
    assert_eq!(receive(&mut other, 100), expected);
}

#[cfg(target_os = "linux")]
#[test]
fn a_linux_system_takes_many_at_once() {
    let (mut one, mut other) = (bind("127.0.0.1:0"), bind("127.0.0.1:0"));
    let mut outgoing = Outgoing::default();
    for _ in 0..50 {
        outgoing.push(other.local(), None, vec![7; 1_100]);
    }
    let flushed = one.flush(&mut outgoing, Instant::now());
    assert_eq!((flushed.packets, flushed.sends), (50, 1));
    assert_eq!(receive(&mut other, 50).len(), 50);
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_comes_from_the_address_that_was_written_to() {
    let mut server = bind("0.0.0.0:0");
    let mut client = bind("127.0.0.1:0");
    let mut outgoing = Outgoing::default();
    let place = SocketAddr::new("127.0.0.3".parse().unwrap(), server.local().port());
    outgoing.push(place, None, b"question".to_vec());
    client.flush(&mut outgoing, Instant::now());
    let (from, to, bytes) = receive(&mut server, 1).remove(0);
    assert_eq!((to, bytes.as_slice()), (Some(place.ip()), &b"question"[..]));
    for _ in 0..3 {
        outgoing.push(from, to, b"answer".to_vec());
    }
    assert_eq!(server.flush(&mut outgoing, Instant::now()).packets, 3);
    for (from, _, bytes) in receive(&mut client, 3) {
        assert_eq!((from, bytes.as_slice()), (place, &b"answer"[..]));
    }
}

#[test]
fn what_is_not_taken_yet_comes_with_the_next_call() {
    let (mut one, mut other) = (bind("127.0.0.1:0"), bind("127.0.0.1:0"));
    let mut outgoing = Outgoing::default();
    for number in 0..30 {
        outgoing.push(other.local(), None, vec![number; 100]);
    }
    one.flush(&mut outgoing, Instant::now());
    let first = receive_until(&mut other, 0);
    assert_eq!(first, [0]);
    let mut rest = first;
    for number in 1..30 {
        rest.extend(receive_until(&mut other, number));
    }
    assert_eq!(rest, (0..30).collect::<Vec<u8>>());
    let nothing = other.receive(|_| ControlFlow::Continue(())).unwrap();
    assert_eq!(nothing, Rest::None);
}

/// Reads until this number has come.
fn receive_until(socket: &mut MediaSocket, last: u8) -> Vec<u8> {
    let mut numbers = Vec::new();
    let deadline = Instant::now() + Duration::from_secs(20);
    while numbers.last() != Some(&last) {
        assert!(Instant::now() < deadline, "{last} did not come");
        let rest = socket.receive(|datagram| {
            numbers.push(datagram.bytes[0]);
            if datagram.bytes[0] == last {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        assert!(rest.unwrap() == Rest::Possible || numbers.last() != Some(&last));
    }
    numbers
}

#[test]
fn a_socket_of_one_version_sends_nothing_of_the_other() {
    let mut socket = bind("127.0.0.1:0");
    let mut outgoing = Outgoing::default();
    outgoing.push("[::1]:9".parse().unwrap(), None, vec![1]);
    assert_eq!(
        socket.flush(&mut outgoing, Instant::now()),
        Flushed::default()
    );
}

#[test]
fn a_port_that_is_taken_is_not_to_be_had() {
    let socket = bind("127.0.0.1:0");
    let error = MediaSocket::bind(socket.local()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
}
