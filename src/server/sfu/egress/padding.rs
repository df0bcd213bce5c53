//! Probes of a line: packets that are sent to see what it carries.
//!
//! Invariant: what is sent for a probe alone is what the receiver has already, or nothing but padding.

use std::time::Instant;

use super::exit::Exit;
use super::probe::RunningProbe;
use super::receiver::Egress;
use super::stream::Stream;

/// So many of the newest packets take the place of padding, one after the other.
const RECENT: usize = 8;

impl Egress {
    /// Says whether packets can be sent that are nothing but a probe.
    pub(super) fn can_probe(&self) -> bool {
        self.streams.iter().any(can_pad)
    }

    /// Begins a probe if one is due, and sends what is due of it: first what waits, then what the receiver has already.
    pub(super) fn probe(&mut self, now: Instant, exit: &mut impl Exit) {
        if self.probe.is_none() && self.can_probe() {
            let probe = self.line.pass(now);
            self.probe = probe.map(|probe| RunningProbe::new(probe, now));
        }
        while self.probe.as_mut().is_some_and(|probe| probe.is_short(now)) {
            match self.pacer.next(now) {
                Some((waiting, is_repeat)) => self.let_out(waiting, is_repeat, now, exit),
                None if self.pad(now, exit) => {}
                None => break,
            }
        }
        if self.probe.as_ref().is_some_and(|probe| probe.is_over(now)) {
            self.probe = None;
        }
    }

    /// Sends something that is not needed. `false` when there is no way to.
    fn pad(&mut self, now: Instant, exit: &mut impl Exit) -> bool {
        self.padded = (self.padded + 1) % RECENT;
        let back = self.padded;
        let mut recent = self.streams.iter().enumerate().filter(|it| can_pad(it.1));
        let recent = recent.find_map(|(stream, it)| Some((stream, it.kept.recent(back, now)?)));
        match recent {
            Some((stream, packet)) => self.write(stream, now, exit, |stream, stamp, datagram| {
                stream.write_repeat(&packet, stamp, datagram)
            }),
            None => match self.streams.iter().position(can_pad) {
                Some(stream) => self.write(stream, now, exit, Stream::write_padding),
                None => false,
            },
        }
    }
}

/// Says whether a stream can carry what is not needed and yet be told of it.
fn can_pad(stream: &Stream) -> bool {
    stream.is_open && stream.is_numbered() && stream.is_repairable()
}
