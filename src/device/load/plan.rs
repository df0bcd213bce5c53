//! What is to be done: who is in which room and sends what.

use std::time::Duration;

use clap::ValueEnum;

use crate::device::measures::meter::TrackCounts;
use crate::device::media::synthetic::vp8::PictureFormat;
use crate::device::socket::address::RoomAddress;
use crate::device::socket::dial::Trust;
use crate::protocol::{RoomName, RoomNameError};

/// Who sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Pattern {
    /// Everyone.
    Meeting,
    /// The first of each room alone.
    Webinar,
    /// Everyone, but sound alone.
    Audio,
}

/// What is to be done.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// The rooms have names that begin like the one of this.
    pub(crate) address: RoomAddress,
    /// So many rooms, at least one.
    pub(crate) rooms: u32,
    /// So many people in each, at least one.
    pub(crate) people: u32,
    /// These send.
    pub(crate) pattern: Pattern,
    /// Who sends sends these pictures.
    pub(crate) pictures: Option<PictureFormat>,
    /// Who sends sends sound.
    pub(crate) voice: bool,
    /// Each sends so many messages a second, whoever sends media.
    pub(crate) messages: f64,
    /// So many join each second.
    pub(crate) rate: f64,
    /// So many a minute leave and come again.
    pub(crate) churn: f64,
    /// It lasts so long after the last was to join.
    pub(crate) duration: Duration,
    /// The rooms are divided among so many threads.
    pub(crate) threads: u32,
    /// The figures are printed for programs.
    pub(crate) json: bool,
    /// The server is this process of this machine.
    pub(crate) server: Option<u32>,
    /// This is thought of a certificate that nobody vouches for.
    pub(crate) trust: Trust,
}

/// What somebody sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sending {
    /// These pictures.
    pub(crate) pictures: Option<PictureFormat>,
    /// Sound.
    pub(crate) voice: bool,
}

impl Sending {
    /// So many tracks that is.
    pub(crate) fn tracks(self) -> TrackCounts {
        TrackCounts {
            sounds: usize::from(self.voice),
            pictures: usize::from(self.pictures.is_some()),
        }
    }
}

impl Plan {
    /// So many take part at a time.
    pub(crate) fn seats(&self) -> u32 {
        self.rooms * self.people
    }

    /// So many ends of connections that is, each of which is in this process.
    pub(crate) fn connection_ends(&self) -> u64 {
        u64::from(self.seats()) * u64::from(self.people - 1)
    }

    /// The room that a seat is in. Seats are numbered in the order of joining, and the rooms fill up side by side.
    pub(crate) fn room_of(&self, seat: u32) -> u32 {
        seat % self.rooms
    }

    /// The address of a room.
    ///
    /// # Errors
    /// When there can be no room of this name.
    pub(crate) fn room(&self, room: u32) -> Result<RoomAddress, RoomNameError> {
        if self.rooms == 1 {
            return Ok(self.address.clone());
        }
        let name = format!("{}-{}", self.address.room.as_str(), room + 1);
        Ok(self.address.with_room(RoomName::parse(&name)?))
    }

    /// Whether the one in this seat sends media.
    pub(crate) fn is_sender(&self, seat: u32) -> bool {
        self.pattern != Pattern::Webinar || seat < self.rooms
    }

    /// What the one in this seat sends.
    pub(crate) fn sending(&self, seat: u32) -> Sending {
        if self.is_sender(seat) {
            Sending {
                pictures: self.pictures,
                voice: self.voice,
            }
        } else {
            Sending {
                pictures: None,
                voice: false,
            }
        }
    }

    /// The thread that a seat is on.
    pub(crate) fn thread_of(&self, seat: u32) -> u32 {
        self.room_of(seat) % self.threads
    }
}

/// Plans for tests.
#[cfg(test)]
pub(crate) fn plan(rooms: u32, people: u32, pattern: Pattern) -> Plan {
    Plan {
        address: "http://localhost/r/load".parse().unwrap(),
        rooms,
        people,
        pattern,
        pictures: Some(PictureFormat::Small),
        voice: true,
        messages: 0.0,
        rate: 10.0,
        churn: 0.0,
        duration: Duration::from_secs(10),
        threads: 2,
        json: true,
        server: None,
        trust: Trust::Authorities,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rooms_fill_up_side_by_side_and_each_is_one_threads() {
        let plan = plan(3, 2, Pattern::Meeting);
        let rooms: Vec<u32> = (0..plan.seats()).map(|seat| plan.room_of(seat)).collect();
        assert_eq!(rooms, [0, 1, 2, 0, 1, 2]);
        let threads: Vec<u32> = (0..plan.seats()).map(|seat| plan.thread_of(seat)).collect();
        assert_eq!(threads, [0, 1, 0, 0, 1, 0]);
    }

    #[test]
    fn everyone_has_connections_to_everyone_else_of_their_room() {
        let ends = |rooms, people| plan(rooms, people, Pattern::Meeting).connection_ends();
        assert_eq!([ends(5, 1), ends(50, 4), ends(1, 1_000)], [0, 600, 999_000]);
    }

    #[test]
    fn a_pattern_says_who_sends() {
        let tracks = |pattern| {
            let plan = plan(2, 2, pattern);
            let seats = 0..plan.seats();
            seats
                .map(|seat| plan.sending(seat).tracks())
                .map(|tracks| tracks.sounds + tracks.pictures)
                .collect::<Vec<_>>()
        };
        assert_eq!(tracks(Pattern::Meeting), [2, 2, 2, 2]);
        assert_eq!(tracks(Pattern::Webinar), [2, 2, 0, 0]);
    }

    #[test]
    fn one_room_has_the_name_that_was_said_and_several_have_numbers() {
        let name = |rooms, room| {
            let plan = plan(rooms, 2, Pattern::Meeting);
            plan.room(room).unwrap().to_string()
        };
        assert_eq!(name(1, 0), "http://localhost/r/load");
        assert_eq!(name(2, 1), "http://localhost/r/load-2");
    }
}
