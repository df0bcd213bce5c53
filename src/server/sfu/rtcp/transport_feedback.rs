//! When the packets of a whole transport came (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1).
//!
//! Pure. Invariant: reading ends at the first packet of which nothing can be said for sure; those before it are as the feedback
//! says. Two bytes can name 8,191 packets that did not come: how many are read is for who reads to decide.

/// How the deltas are written: a byte, or two with a sign, in ticks of 250 µs; how a status says so (§3.1.3, §3.1.4).
const NOT_RECEIVED: u16 = 0;
const SMALL_DELTA: u16 = 1;
const LARGE_DELTA: u16 = 2;

/// Feedback on packets that have transport-wide numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server::sfu) struct TransportFeedback<'a> {
    /// The number of the first packet.
    base: u16,
    /// It names so many packets.
    count: u16,
    /// The time that the offsets begin at.
    reference: u32,
    /// The chunks with the statuses.
    chunks: &'a [[u8; 2]],
    /// The deltas of those that came; what is behind them is padding.
    deltas: &'a [u8],
}

impl<'a> TransportFeedback<'a> {
    /// Reads what follows the SSRCs. `None` if it is too short to name anything.
    pub(super) fn read(said: &'a [u8]) -> Option<Self> {
        let (&[b0, b1, c0, c1, r0, r1, r2, _number], rest) = said.split_first_chunk::<8>()?;
        let count = u16::from_be_bytes([c0, c1]);
        let mut named = 0_u32;
        let mut chunks = rest.as_chunks().0.iter();
        let covering = chunks.by_ref().position(|chunk| {
            named += u32::from(Chunk::read(*chunk).left);
            named >= u32::from(count)
        });
        // Where no chunk reaches the end, nobody can know where the deltas begin; then there are none.
        let chunks = match (count, covering) {
            (0, _) => 0,
            (_, Some(last)) => last + 1,
            (_, None) => rest.len() / 2,
        };
        let (chunks, deltas) = rest.split_at_checked(chunks * 2)?;
        Some(Self {
            base: u16::from_be_bytes([b0, b1]),
            count,
            reference: u32::from_be_bytes([0, r0, r1, r2]),
            chunks: chunks.as_chunks().0,
            deltas,
        })
    }

    /// Gives the time that the offsets of the packets begin at, in units of 64 ms of the receiver's clock; it has 24 bits and wraps.
    pub(in crate::server::sfu) fn reference(&self) -> u32 {
        self.reference
    }

    /// Gives the packets in the order of their numbers, each the next one: the number, and when it came, in ticks of 250 µs from
    /// the reference; `None` if it did not come. It may have come before the reference.
    pub(in crate::server::sfu) fn packets(
        &self,
    ) -> impl Iterator<Item = (u16, Option<i64>)> + use<'a> {
        Packets {
            number: self.base,
            left: self.count,
            chunks: self.chunks,
            chunk: Chunk::default(),
            deltas: self.deltas,
            arrival: 0,
        }
    }
}

/// The packets of a feedback that are left.
struct Packets<'a> {
    /// The number of the next one.
    number: u16,
    /// So many are left.
    left: u16,
    /// The chunks that are not begun.
    chunks: &'a [[u8; 2]],
    /// The chunk that is begun.
    chunk: Chunk,
    /// The deltas that are left.
    deltas: &'a [u8],
    /// When the last one that came did, in ticks from the reference.
    arrival: i64,
}

impl Packets<'_> {
    /// Reads the next packet; `None` at the end, and where the feedback contradicts itself.
    fn read(&mut self) -> Option<(u16, Option<i64>)> {
        self.left = self.left.checked_sub(1)?;
        let status = loop {
            if let Some(status) = self.chunk.take() {
                break status;
            }
            let (next, rest) = self.chunks.split_first()?;
            (self.chunk, self.chunks) = (Chunk::read(*next), rest);
        };
        let came = match status {
            NOT_RECEIVED => false,
            SMALL_DELTA => {
                let (delta, rest) = self.deltas.split_first()?;
                self.deltas = rest;
                self.arrival += i64::from(*delta);
                true
            }
            LARGE_DELTA => {
                let (delta, rest) = self.deltas.split_first_chunk()?;
                self.deltas = rest;
                self.arrival += i64::from(i16::from_be_bytes(*delta));
                true
            }
            _ => return None,
        };
        let number = self.number;
        self.number = number.wrapping_add(1);
        Some((number, came.then_some(self.arrival)))
    }
}

impl Iterator for Packets<'_> {
    type Item = (u16, Option<i64>);

    fn next(&mut self) -> Option<Self::Item> {
        let read = self.read();
        if read.is_none() {
            self.left = 0;
        }
        read
    }
}

/// The statuses of a chunk that are left (§3.1.1, §3.1.2). A run is a vector whose statuses are 0 bits apart.
#[derive(Clone, Copy, Debug, Default)]
struct Chunk {
    /// The statuses, the last one in the lowest bits.
    statuses: u16,
    /// They are so many bits apart.
    apart: u16,
    /// A status has these bits.
    bits: u16,
    /// So many statuses are left.
    left: u16,
}

impl Chunk {
    /// Reads a chunk; any two bytes are one.
    fn read(bytes: [u8; 2]) -> Self {
        let chunk = u16::from_be_bytes(bytes);
        let (statuses, apart, bits, left) = match chunk >> 14 {
            0b10 => (chunk & 0x3fff, 1, 1, 14),
            0b11 => (chunk & 0x3fff, 2, 3, 7),
            _ => (chunk >> 13, 0, 3, chunk & 0x1fff),
        };
        Self {
            statuses,
            apart,
            bits,
            left,
        }
    }

    /// Takes the next status; `None` if none is left.
    fn take(&mut self) -> Option<u16> {
        self.left = self.left.checked_sub(1)?;
        Some(self.statuses >> (self.left * self.apart) & self.bits)
    }
}

#[cfg(test)]
#[path = "tests/transport_feedback.rs"]
mod tests;
