//! What `visavis load` is told.
//!
//! Invariant: whatever is wrong with it is said before anybody joins.

use std::time::Duration;

use clap::{Args, ValueEnum};

use super::plan::{Pattern, Plan};
use super::words;
use crate::device::media::synthetic::vp8::PictureFormat;
use crate::device::socket::address::RoomAddress;
use crate::device::socket::dial::Trust;

/// At most so many take part from one process.
const MOST_SEATS: u64 = 100_000;

/// Everything that was said.
#[derive(Clone, Debug, Args)]
#[command(
    about = "Put load on a server: many participants who measure how they fare; see docs/devices.md",
    after_help = words::EXITS
)]
pub struct LoadRequest {
    /// The room's address; with more than one room -1, -2, … are added to its name
    #[arg(value_name = "URL")]
    address: RoomAddress,
    /// So many rooms
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    rooms: u32,
    /// So many people in each room, each of them connected to every other
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    people: u32,
    /// Who sends: everyone, the first of each room alone, or everyone but sound alone
    #[arg(long, value_enum, default_value_t = Pattern::Meeting)]
    pattern: Pattern,
    /// Pictures that are sent: 640x360 with 500 kbit/s, or 1280x720 with 1500 kbit/s
    #[arg(long, value_enum, default_value_t = Publish::None)]
    publish: Publish,
    /// Sound is sent: 50 packets a second, two seconds of a tone and two of silence by turns
    #[arg(long)]
    voice: bool,
    /// Each sends so many messages a second to everyone in the room, at most 20
    #[arg(long, value_name = "PER_SECOND", default_value_t = 0.0, value_parser = number::<0, 20>)]
    messages: f64,
    /// So many join each second
    #[arg(long, value_name = "JOINS_PER_SECOND", default_value_t = 20.0, value_parser = rate)]
    rate: f64,
    /// Once all are to be there, so many a minute leave and come again as somebody else
    #[arg(long, value_name = "PER_MINUTE", default_value_t = 0.0, value_parser = number::<0, 60_000>)]
    churn: f64,
    /// Stay for so many seconds after the last was to join
    #[arg(long, value_name = "S", default_value_t = 30.0, value_parser = duration)]
    duration: f64,
    /// Divide the rooms among so many threads
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=256))]
    threads: u32,
    /// Print one JSON object in the end, in place of a table
    #[arg(long)]
    json: bool,
    /// The server's process on this machine, whose use of processor and memory is told too
    #[arg(long, value_name = "PID")]
    server_pid: Option<u32>,
    /// Take any certificate: whoever is in the middle can read and change what the server says
    #[arg(long)]
    insecure: bool,
}

/// Which pictures are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Publish {
    /// None.
    #[value(name = "none")]
    None,
    /// Small ones.
    #[value(name = "vp8:360p")]
    Small,
    /// Large ones.
    #[value(name = "vp8:720p")]
    Large,
}

fn number<const LEAST: u32, const MOST: u32>(text: &str) -> Result<f64, String> {
    let number: Option<f64> = text.parse().ok();
    number
        .filter(|number| (f64::from(LEAST)..=f64::from(MOST)).contains(number))
        .ok_or_else(|| words::not_between(LEAST, MOST))
}

fn rate(text: &str) -> Result<f64, String> {
    let rate = number::<0, 10_000>(text)?;
    if rate < 0.01 {
        return Err(words::NOBODY_WOULD_JOIN.to_owned());
    }
    Ok(rate)
}

fn duration(text: &str) -> Result<f64, String> {
    number::<1, 604_800>(text)
}

impl LoadRequest {
    /// The plan that comes of it.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(super) fn into_plan(self) -> Result<Plan, String> {
        if u64::from(self.rooms) * u64::from(self.people) > MOST_SEATS {
            return Err(words::too_many_seats(MOST_SEATS));
        }
        if self.pattern == Pattern::Audio && self.publish != Publish::None {
            return Err(words::AUDIO_HAS_NO_PICTURES.to_owned());
        }
        let plan = Plan {
            address: self.address,
            rooms: self.rooms,
            people: self.people,
            pattern: self.pattern,
            pictures: match self.publish {
                Publish::None => None,
                Publish::Small => Some(PictureFormat::Small),
                Publish::Large => Some(PictureFormat::Large),
            },
            voice: self.voice || self.pattern == Pattern::Audio,
            messages: self.messages,
            rate: self.rate,
            churn: self.churn,
            duration: Duration::from_secs_f64(self.duration),
            threads: self.threads.min(self.rooms),
            json: self.json,
            server: self.server_pid,
            trust: if self.insecure {
                Trust::Anybody
            } else {
                Trust::Authorities
            },
        };
        // The longest name is that of the last room.
        plan.room(plan.rooms - 1)
            .map_err(|error| words::unusable_room(&error))?;
        Ok(plan)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct CommandLine {
        #[command(flatten)]
        request: LoadRequest,
    }

    fn plan(arguments: &str) -> Result<Plan, String> {
        let words = ["load", "http://localhost:3000/r/load"];
        let line = words.into_iter().chain(arguments.split_whitespace());
        let parsed = CommandLine::try_parse_from(line).map_err(|error| error.to_string())?;
        parsed.request.into_plan()
    }

    #[test]
    fn what_is_said_becomes_a_plan() {
        let plan = plan(
            "--rooms 3 --people 4 --publish vp8:720p --voice --messages 2.5 --rate 7 --churn 30 \
             --pattern webinar --duration 12 --threads 8",
        );
        let plan = plan.unwrap();
        assert_eq!((plan.rooms, plan.people, plan.seats()), (3, 4, 12));
        assert_eq!(plan.pictures, Some(PictureFormat::Large));
        assert!(plan.voice);
        assert_eq!((plan.messages, plan.rate, plan.churn), (2.5, 7.0, 30.0));
        assert_eq!(plan.duration, Duration::from_secs(12));
        assert_eq!(plan.threads, 3, "a room is one thread's");
    }

    #[test]
    fn sound_alone_needs_no_word_for_it() {
        let plan = plan("--pattern audio").unwrap();
        assert_eq!((plan.voice, plan.pictures), (true, None));
    }

    #[test]
    fn what_cannot_be_is_refused_in_words() {
        for (arguments, about) in [
            ("--rooms 0", "--rooms"),
            ("--people many", "--people"),
            ("--publish h264", "--publish"),
            ("--messages 21", "between 0 and 20"),
            ("--messages nan", "between 0 and 20"),
            ("--rate 0", "nobody would join"),
            ("--duration 0", "between 1 and"),
            ("--churn=-1", "between 0 and 60000"),
            ("--pattern party", "--pattern"),
            ("--rooms 1000 --people 1000", "100000"),
            ("--pattern audio --publish vp8:360p", "no pictures"),
        ] {
            let error = plan(arguments).unwrap_err();
            assert!(error.contains(about), "{arguments}: {error}");
        }
        let long = format!("http://localhost/r/{}", "x".repeat(64));
        let line = ["load", &long, "--rooms", "2"];
        let parsed = CommandLine::try_parse_from(line).unwrap();
        assert!(parsed.request.into_plan().unwrap_err().contains("64"));
    }
}
