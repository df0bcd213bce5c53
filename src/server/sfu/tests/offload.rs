use super::*;

fn error(errno: Errno) -> io::Error {
    errno.into()
}

fn refuse(offload: &mut Offload, errno: Errno) {
    assert!(offload.is_doubtful(&error(errno)));
    offload.was_at_fault();
}

#[test]
fn a_card_that_cannot_is_asked_once() {
    let mut offload = Offload::new(64);
    refuse(&mut offload, Errno::IO);
    assert_eq!(offload.segments(), 1);
}

#[test]
fn a_few_odd_destinations_take_it_from_nobody() {
    let mut offload = Offload::new(64);
    for _ in 0..3 {
        for _ in 1..MOST_REFUSALS {
            refuse(&mut offload, Errno::INVAL);
        }
        offload.worked();
    }
    assert_eq!(offload.segments(), 64);
    for _ in 0..MOST_REFUSALS {
        refuse(&mut offload, Errno::INVAL);
    }
    assert_eq!(offload.segments(), 1);
}

#[test]
fn a_destination_that_is_not_reached_at_all_proves_nothing() {
    let mut offload = Offload::new(64);
    for _ in 0..2 * MOST_REFUSALS {
        assert!(offload.is_doubtful(&error(Errno::INVAL)));
        offload.was_not_at_fault();
        offload.was_at_fault();
    }
    for _ in 0..2 * MOST_REFUSALS {
        refuse(&mut offload, Errno::MSGSIZE);
    }
    for other in [Errno::ACCESS, Errno::NETUNREACH, Errno::PERM] {
        assert!(!offload.is_doubtful(&error(other)));
    }
    assert_eq!(offload.segments(), 64);
}
