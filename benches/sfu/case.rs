//! What is measured: who sends what to whom, and by which steps it becomes more.
//!
//! Invariant: nothing here depends on which server it is sent through, but for whom of many speakers ours passes on.

use std::time::Duration;

/// A frame of a picture goes out so often in A: its packets follow each other at once, as those of a browser do
/// (libwebrtc's `PacingController` lets up to 63,000 bytes or 40 ms of media go at a time).
const RATE_A: Rate = Rate::pictures(25, 8);
const RATE_B: Rate = Rate::pictures(30, 3);
const RATE_SMALL: Rate = Rate::pictures(5, 1);
const VOICE: Rate = Rate {
    frames: 50,
    packets: 1,
};

/// Of more voices than these ours passes on the loudest four alone.
pub(super) const ALL_VOICES: usize = 6;
const LOUDEST_VOICES: usize = 4;

/// How often a stream has a frame, and of how many packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rate {
    /// Frames in a second.
    pub(crate) frames: u32,
    /// Packets of a frame.
    pub(crate) packets: u32,
}

impl Rate {
    const fn pictures(frames: u32, packets: u32) -> Self {
        Self { frames, packets }
    }

    /// The time from one frame to the next.
    pub(crate) fn interval(self) -> Duration {
        Duration::from_secs(1) / self.frames.max(1)
    }

    /// The same stream with so many times the packets: a picture's frames grow, of a voice there are more.
    pub(crate) fn times(self, factor: u32, kind: Kind) -> Self {
        match kind {
            Kind::Voice => Self {
                frames: self.frames * factor,
                ..self
            },
            _ => Self {
                packets: self.packets * factor,
                ..self
            },
        }
    }
}

/// What a stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Opus.
    Voice,
    /// VP8 in one size.
    Single,
    /// The smallest of three sizes of VP8.
    Quarter,
    /// The middle one.
    Half,
    /// The largest.
    Full,
}

impl Kind {
    /// All of them, in the order of their numbers.
    pub(crate) const ALL: [Self; 5] = [
        Self::Voice,
        Self::Single,
        Self::Quarter,
        Self::Half,
        Self::Full,
    ];

    /// The three sizes, from the smallest on.
    pub(crate) const SIZES: [Self; 3] = [Self::Quarter, Self::Half, Self::Full];

    /// How the stream is called among those of its section; `None` where there is one alone.
    pub(crate) fn rid(self) -> Option<&'static str> {
        match self {
            Self::Voice | Self::Single => None,
            Self::Quarter => Some("q"),
            Self::Half => Some("h"),
            Self::Full => Some("f"),
        }
    }

    /// The number by which packets name this stream of that person, among those of all.
    pub(crate) fn source(self, person: usize) -> u32 {
        let number = person * Self::ALL.len() + self as usize;
        u32::try_from(number).unwrap_or(u32::MAX)
    }

    /// Reads that number.
    pub(crate) fn of(source: u32) -> Self {
        Self::ALL[source as usize % Self::ALL.len()]
    }
}

/// A step of the way to saturation: so many rooms at once, with so many times the packets of each stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// So many rooms.
    pub(crate) rooms: usize,
    /// So many times the packets.
    pub(crate) factor: u32,
}

/// How much of a case there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    /// As it is meant.
    Whole,
    /// Only as much as shows that it works, at the first step alone, and so little of each picture that no line is too narrow.
    Small,
}

/// A case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    /// One picture to many.
    OneToMany,
    /// Everybody's picture, and the voices of six, to everybody.
    Everybody,
    /// Ten voices to a hundred.
    Voices,
    /// Sixteen small pictures and a large one for each, sent in three sizes.
    Gallery,
}

impl Case {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [
        Self::OneToMany,
        Self::Everybody,
        Self::Voices,
        Self::Gallery,
    ];

    /// The letter by which it is asked for.
    pub(crate) fn letter(self) -> &'static str {
        match self {
            Self::OneToMany => "a",
            Self::Everybody => "b",
            Self::Voices => "c",
            Self::Gallery => "d",
        }
    }

    /// What it is, in words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::OneToMany => "A: a picture of 200 packets/s to 40 people",
            Self::Everybody => "B: 20 people, all pictures (90/s) and 6 voices (50/s) to all",
            Self::Voices => "C: 10 voices (50/s) to 100 people",
            Self::Gallery => "D: 50 people, 16 small pictures, a large one, 6 voices",
        }
    }

    /// Says whether others than ours do the same.
    pub(crate) fn is_compared(self) -> bool {
        self != Self::Gallery
    }

    /// How often a stream has packets.
    pub(crate) fn rate(self, kind: Kind, size: Size) -> Rate {
        match kind {
            Kind::Voice => VOICE,
            _ if size == Size::Small => RATE_SMALL,
            Kind::Single if self == Self::OneToMany => RATE_A,
            Kind::Single => RATE_B,
            Kind::Quarter => Rate::pictures(15, 1),
            Kind::Half => Rate::pictures(30, 2),
            Kind::Full => Rate::pictures(30, 6),
        }
    }

    /// The steps to saturation, the first at the rate at which everything else is measured. A person may send 2 MB/s to ours
    /// and be sent 40 Mbit/s; beyond that there are more rooms.
    pub(crate) fn steps(self, size: Size) -> Vec<Step> {
        let steps: &[(usize, u32)] = match self {
            Self::OneToMany => &[
                (1, 1),
                (1, 2),
                (1, 4),
                (1, 8),
                (2, 8),
                (3, 8),
                (4, 8),
                (5, 8),
            ],
            Self::Everybody => &[(1, 1), (1, 2), (2, 2), (3, 2), (4, 2)],
            Self::Voices => &[(1, 1), (1, 2), (1, 4), (1, 8), (2, 8)],
            Self::Gallery => &[(1, 1), (2, 1), (4, 1), (6, 1), (8, 1)],
        };
        let step = |(rooms, factor): &(usize, u32)| Step {
            rooms: *rooms,
            factor: *factor,
        };
        let count = match size {
            Size::Whole => steps.len(),
            Size::Small => 1,
        };
        steps.iter().take(count).map(step).collect()
    }
}

/// How many of so many voices are passed on by ours.
pub(crate) fn voices_passed_on(voices: usize) -> usize {
    if voices > ALL_VOICES {
        LOUDEST_VOICES
    } else {
        voices
    }
}
