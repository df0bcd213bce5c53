use std::net::UdpSocket;
use std::sync::atomic::AtomicUsize;
use std::thread;

use super::*;

/// Long enough that it does not pass while anything goes right.
const LONG: Duration = Duration::from_secs(20);

const NOTHING: [Option<Awaited<'_>>; 2] = [None, None];

fn soon() -> Option<Instant> {
    Some(Instant::now())
}

fn late() -> Option<Instant> {
    Some(Instant::now() + LONG)
}

#[test]
fn a_sleep_ends_when_its_time_has_come_and_not_before() {
    let (mut sleeper, _waker) = Sleeper::with_waker().unwrap();
    let until = Instant::now() + Duration::from_micros(300);
    let woken = sleeper.wait(NOTHING, Some(until)).unwrap();
    assert_eq!(woken, Woken::default());
    assert!(Instant::now() >= until);
}

#[test]
fn many_calls_wake_once() {
    let (mut sleeper, waker) = Sleeper::with_waker().unwrap();
    for _ in 0..100_000 {
        waker.wake();
    }
    assert_eq!(
        (&sleeper.ear).read(&mut [0; 16]).unwrap(),
        1,
        "one byte is enough"
    );
    sleeper.hear();
    assert_eq!(sleeper.wait(NOTHING, soon()).unwrap(), Woken::default());
    waker.clone().wake();
    assert!(sleeper.wait(NOTHING, late()).unwrap().by_waker);
}

#[test]
fn nothing_that_was_written_before_a_call_is_overslept() {
    const EACH: usize = 20_000;
    let (mut sleeper, waker) = Sleeper::with_waker().unwrap();
    let written = AtomicUsize::new(0);
    let seen = AtomicUsize::new(0);
    let mut longest = Duration::ZERO;
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..EACH {
                    let number = written.fetch_add(1, Ordering::Relaxed) + 1;
                    waker.wake();
                    while seen.load(Ordering::Relaxed) < number {
                        thread::yield_now();
                    }
                }
            });
        }
        while seen.load(Ordering::Relaxed) < 2 * EACH {
            let started = Instant::now();
            sleeper.wait(NOTHING, Some(started + LONG)).unwrap();
            longest = longest.max(started.elapsed());
            seen.store(written.load(Ordering::Relaxed), Ordering::Relaxed);
            if longest >= LONG {
                seen.store(usize::MAX, Ordering::Relaxed);
            }
        }
    });
    assert!(longest < LONG, "it slept although something was written");
}

#[test]
fn sockets_are_told_apart() {
    let [one, other] = [(); 2].map(|()| UdpSocket::bind("127.0.0.1:0").unwrap());
    let (mut sleeper, _waker) = Sleeper::with_waker().unwrap();
    let awaited = |socket, to_send| Some(Awaited { socket, to_send });
    one.send_to(b"x", other.local_addr().unwrap()).unwrap();
    let sockets = [awaited(one.as_fd(), true), awaited(other.as_fd(), false)];
    // The other way round: whichever comes first.
    let mut woken = Woken::default();
    while !woken.readable[1] {
        woken = sleeper.wait(sockets, late()).unwrap();
        assert_eq!(woken.writable, [true, false]);
    }
    assert_eq!(woken.readable, [false, true]);
    let sockets = [None, awaited(one.as_fd(), false)];
    assert_eq!(sleeper.wait(sockets, soon()).unwrap(), Woken::default());
}

#[test]
fn a_waker_outlives_its_sleeper() {
    let (sleeper, waker) = Sleeper::with_waker().unwrap();
    drop(sleeper);
    waker.wake();
    waker.wake();
}
