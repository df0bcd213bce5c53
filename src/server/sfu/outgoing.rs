//! Datagrams that are to be sent, gathered by destination so that the system takes many at once (generic segmentation
//! offload).
//!
//! Invariant: what goes to one destination goes in the order it came in. Each batch holds at most [`MOST_PACKETS`] and
//! [`MOST_BYTES`]; what does not fit, or what the system does not take within [`PATIENCE`], is lost and counted.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use quinn_udp::Transmit;

use super::offload::Offload;

/// With so many datagrams waiting it is time to send them, before more is read.
pub(super) const ENOUGH: usize = 512;

/// A batch holds at most so many datagrams: what there is to be sent when it is time to, and what one more datagram and one
/// turn of the timers lead to.
pub(super) const MOST_PACKETS: usize = 8 * ENOUGH;

/// The datagrams of a batch have at most so many bytes.
pub(super) const MOST_BYTES: usize = 8 * 1024 * 1024;

/// What the system does not take waits for so long: longer it is of no use to a call, and is asked for again.
pub(super) const PATIENCE: Duration = Duration::from_millis(5);

/// What is sent at once has at most so many bytes: an IP packet with its headers has less than 64 KiB.
const MOST_AT_ONCE: usize = 65_000;

/// The datagrams that a shard is to send: a batch for each version of IP.
#[derive(Debug, Default)]
pub(super) struct Outgoing {
    v4: Batch,
    v6: Batch,
}

impl Outgoing {
    /// Adds a datagram for a destination, to be sent from this address of the machine, or from one that the system chooses.
    pub(super) fn push(&mut self, destination: SocketAddr, source: Option<IpAddr>, bytes: Vec<u8>) {
        self.batch_for(destination).push(destination, source, bytes);
    }

    /// Gives an empty datagram to write to, whose memory was another's before.
    pub(super) fn datagram(&mut self) -> Vec<u8> {
        let spare = self.v4.spare.pop().or_else(|| self.v6.spare.pop());
        spare.unwrap_or_default()
    }

    /// Counts the datagrams that wait.
    pub(super) fn count(&self) -> usize {
        self.v4.packets.len() + self.v6.packets.len()
    }

    /// Gives the batch of the IP version of an address.
    pub(super) fn batch_for(&mut self, address: SocketAddr) -> &mut Batch {
        if address.is_ipv4() {
            &mut self.v4
        } else {
            &mut self.v6
        }
    }
}

/// The datagrams that one socket is to send.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// The datagrams, in the order they came in.
    packets: Vec<Packet>,
    /// They have so many bytes together.
    bytes: usize,
    /// The destinations, in the order they came in.
    flows: Vec<Flow>,
    /// Destinations are found in `flows` by this.
    numbers: HashMap<Way, usize>,
    /// Datagrams that were sent, kept for their memory; at most [`ENOUGH`].
    spare: Vec<Vec<u8>>,
    /// So many datagrams were lost since the last flush because there was no room for them.
    lost: u64,
    /// The datagrams that go out together stand here one after the other; it is kept for its memory.
    joined: Vec<u8>,
}

/// Where to, and from which address of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Way {
    destination: SocketAddr,
    source: Option<IpAddr>,
}

#[derive(Debug)]
struct Packet {
    bytes: Vec<u8>,
    /// The next one that goes the same way.
    next: Option<usize>,
    /// The system did not take it then, the first time.
    refused: Option<Instant>,
}

/// The datagrams that go one way.
#[derive(Debug)]
struct Flow {
    way: Way,
    /// The first that is still to be sent.
    first: Option<usize>,
    last: usize,
}

/// Datagrams that may go out together.
#[derive(Clone, Copy)]
struct Run {
    first: usize,
    /// So many datagrams.
    count: usize,
    /// Each but the last has so many bytes, and that one no more.
    segment: usize,
}

/// What became of datagrams.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Flushed {
    /// The system took so many.
    pub(super) packets: u64,
    /// Those have so many bytes.
    pub(super) bytes: u64,
    /// The system was called so often for them.
    pub(super) sends: u64,
    /// So many are lost: the system refused them, or did not take them in time, or there was no room for them.
    pub(super) lost: u64,
    /// So many wait for the socket to be writable.
    pub(super) waiting: usize,
}

/// The system takes nothing at the moment.
struct Blocked;

impl Batch {
    fn push(&mut self, destination: SocketAddr, source: Option<IpAddr>, bytes: Vec<u8>) {
        let is_full = self.packets.len() >= MOST_PACKETS || self.bytes + bytes.len() > MOST_BYTES;
        if is_full || bytes.is_empty() || destination.port() == 0 {
            self.lost += 1;
            return;
        }
        let way = Way {
            destination,
            source,
        };
        self.append(way, bytes, None);
    }

    fn append(&mut self, way: Way, bytes: Vec<u8>, refused: Option<Instant>) {
        let number = self.packets.len();
        let flow = match self.flows.last() {
            // What a session has to say comes one after the other.
            Some(last) if last.way == way => self.flows.len() - 1,
            _ => *self.numbers.entry(way).or_insert(self.flows.len()),
        };
        match self.flows.get_mut(flow) {
            Some(flow) => {
                self.packets[flow.last].next = Some(number);
                flow.last = number;
            }
            None => self.flows.push(Flow {
                way,
                first: Some(number),
                last: number,
            }),
        }
        self.bytes += bytes.len();
        self.packets.push(Packet {
            bytes,
            next: None,
            refused,
        });
    }

    /// Sends what waits by way of `send`, many at once as far as the socket can. What the system does not take for the moment
    /// waits for the next flush.
    pub(super) fn flush(
        &mut self,
        now: Instant,
        offload: &mut Offload,
        mut send: impl FnMut(&Transmit<'_>) -> io::Result<()>,
    ) -> Flushed {
        let mut flushed = Flushed {
            lost: std::mem::take(&mut self.lost),
            ..Flushed::default()
        };
        self.give_up_on_late(now, &mut flushed);
        let sent = self.send_all(offload, &mut send, &mut flushed);
        self.numbers.clear();
        self.bytes = 0;
        if sent.is_ok() {
            for packet in self.packets.drain(..) {
                if self.spare.len() < ENOUGH {
                    let mut bytes = packet.bytes;
                    bytes.clear();
                    self.spare.push(bytes);
                }
            }
            self.flows.clear();
        } else {
            let packets = std::mem::take(&mut self.packets);
            let flows = std::mem::take(&mut self.flows);
            self.keep(packets, flows, now);
        }
        flushed.waiting = self.packets.len();
        flushed
    }

    /// Loses what has waited too long. It is what came in first, so that it stands at the front everywhere.
    fn give_up_on_late(&mut self, now: Instant, flushed: &mut Flushed) {
        let is_late = |packet: &Packet| {
            let refused = packet.refused;
            refused.is_some_and(|refused| refused + PATIENCE <= now)
        };
        for flow in &mut self.flows {
            while let Some(packet) = flow.first.map(|first| &self.packets[first])
                && is_late(packet)
            {
                flow.first = packet.next;
                flushed.lost += 1;
            }
        }
    }

    fn send_all(
        &mut self,
        offload: &mut Offload,
        send: &mut impl FnMut(&Transmit<'_>) -> io::Result<()>,
        flushed: &mut Flushed,
    ) -> Result<(), Blocked> {
        for flow in 0..self.flows.len() {
            while let Some(first) = self.flows[flow].first {
                let run = self.run_from(first, offload.segments());
                if run.count == 1 || !self.send_together(flow, run, offload, send, flushed)? {
                    self.send_each(flow, run, offload, send, flushed)?;
                }
            }
        }
        Ok(())
    }

    /// Finds out how many datagrams may go out together: equally long ones, of which the last may be shorter.
    fn run_from(&self, first: usize, most: usize) -> Run {
        let segment = self.packets[first].bytes.len();
        let (mut count, mut bytes) = (1, segment);
        let mut last = &self.packets[first];
        while let Some(next) = last.next.map(|next| &self.packets[next])
            && count < most
            && last.bytes.len() == segment
            && next.bytes.len() <= segment
            && bytes + next.bytes.len() <= MOST_AT_ONCE
        {
            count += 1;
            bytes += next.bytes.len();
            last = next;
        }
        Run {
            first,
            count,
            segment,
        }
    }

    /// Sends a run at once. `false` when this has to be done one by one instead.
    fn send_together(
        &mut self,
        flow: usize,
        run: Run,
        offload: &mut Offload,
        send: &mut impl FnMut(&Transmit<'_>) -> io::Result<()>,
        flushed: &mut Flushed,
    ) -> Result<bool, Blocked> {
        self.joined.clear();
        let mut next = Some(run.first);
        for _ in 0..run.count {
            let Some(packet) = next.map(|next| &self.packets[next]) else {
                break;
            };
            self.joined.extend_from_slice(&packet.bytes);
            next = packet.next;
        }
        let way = self.flows[flow].way;
        match send(&way.transmit(&self.joined, Some(run.segment))) {
            Ok(()) => {
                offload.worked();
                flushed.count(run.count, self.joined.len());
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Err(Blocked),
            Err(error) if offload.is_doubtful(&error) => return Ok(false),
            Err(error) => {
                tracing::trace!(%error, "datagrams to a client were lost");
                flushed.lost += u64::try_from(run.count).unwrap_or(u64::MAX);
            }
        }
        self.flows[flow].first = next;
        Ok(true)
    }

    /// Sends the datagrams of a run one by one. If that works where sending them at once did not, the fault was the offload's.
    fn send_each(
        &mut self,
        flow: usize,
        run: Run,
        offload: &mut Offload,
        send: &mut impl FnMut(&Transmit<'_>) -> io::Result<()>,
        flushed: &mut Flushed,
    ) -> Result<(), Blocked> {
        for _ in 0..run.count {
            let Flow { way, first, .. } = self.flows[flow];
            let Some(packet) = first.map(|first| &self.packets[first]) else {
                break;
            };
            match send(&way.transmit(&packet.bytes, None)) {
                Ok(()) => {
                    offload.was_at_fault();
                    flushed.count(1, packet.bytes.len());
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    offload.was_not_at_fault();
                    return Err(Blocked);
                }
                Err(error) => {
                    offload.was_not_at_fault();
                    tracing::trace!(%error, "a datagram to a client was lost");
                    flushed.lost += 1;
                }
            }
            self.flows[flow].first = packet.next;
        }
        Ok(())
    }

    /// Keeps what is still to be sent, in order.
    fn keep(&mut self, mut packets: Vec<Packet>, flows: Vec<Flow>, now: Instant) {
        for flow in flows {
            let mut next = flow.first;
            while let Some(packet) = next.and_then(|next| packets.get_mut(next)) {
                let bytes = std::mem::take(&mut packet.bytes);
                let refused = packet.refused.or(Some(now));
                next = packet.next;
                self.append(flow.way, bytes, refused);
            }
        }
    }
}

impl Way {
    fn transmit<'a>(&self, contents: &'a [u8], segment_size: Option<usize>) -> Transmit<'a> {
        Transmit {
            destination: self.destination,
            ecn: None,
            contents,
            segment_size,
            src_ip: self.source,
        }
    }
}

impl Flushed {
    fn count(&mut self, packets: usize, bytes: usize) {
        self.packets += u64::try_from(packets).unwrap_or(u64::MAX);
        self.bytes += u64::try_from(bytes).unwrap_or(u64::MAX);
        self.sends += 1;
    }
}

#[cfg(test)]
#[path = "tests/outgoing.rs"]
mod tests;
