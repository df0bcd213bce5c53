//! The figures of a connection in words.
//!
//! Invariant: what is not known is not named, and no picture that is over.

use crate::room::TrackKind;
use crate::room::quality::{
    CandidateKind, History, LimitationReason, Metric, ReceivedTrack, Sample, SentTrack, VideoSize,
};

fn rounded(figure: f64) -> String {
    (figure.round() as i64).to_string()
}

/// One digit behind the point, rounded.
pub(crate) fn tenths(figure: f64) -> String {
    let tenths = (figure * 10.0).round() as i64;
    let (whole, rest) = (tenths / 10, (tenths % 10).abs());
    if rest == 0 {
        whole.to_string()
    } else {
        [whole.to_string(), rest.to_string()].join(".")
    }
}

fn bitrate(bits: f64) -> String {
    if bits >= 1_000_000.0 {
        tenths(bits / 1_000_000.0) + " Mbit/s"
    } else {
        rounded(bits / 1_000.0) + " kbit/s"
    }
}

/// A figure as people say it, with its unit.
pub(crate) fn figure(metric: Metric, figure: f64) -> String {
    match metric {
        Metric::ReceivedBitrate | Metric::SentBitrate => bitrate(figure),
        Metric::Loss => tenths(figure * 100.0) + " %",
        Metric::Jitter | Metric::RoundTrip => rounded(figure) + " ms",
        Metric::Score | Metric::FramesPerSecond => rounded(figure),
    }
}

fn path_words(sample: &Sample) -> Option<String> {
    let relayed = [sample.path.local, sample.path.remote].contains(&Some(CandidateKind::Relay));
    let way = match (sample.path.through_server, relayed, sample.path.local?) {
        (true, true, _) => "Through a relay to the server",
        (true, false, _) => "Through the server",
        (false, true, _) => "Through a relay",
        (false, false, CandidateKind::Host) => "Direct, same network",
        (false, false, _) => "Direct",
    };
    let protocol = sample.path.protocol.as_deref().unwrap_or("udp");
    Some([way, ", ", &protocol.to_ascii_uppercase()].concat())
}

fn picture_words(
    size: Option<VideoSize>,
    frames: Option<f64>,
    codec: Option<&String>,
) -> Option<String> {
    let size = size?;
    let mut words = [size.width.to_string(), size.height.to_string()].join("×");
    if let Some(frames) = frames {
        words += &[", ", &rounded(frames), " frames/s"].concat();
    }
    if let Some(codec) = codec {
        words += &[", ", codec].concat();
    }
    Some(words)
}

fn received_picture(track: &ReceivedTrack) -> Option<String> {
    let video = track.video.as_ref().filter(|_| track.arrives())?;
    picture_words(video.size, video.frames_per_second, track.codec.as_ref())
}

fn sent_picture(track: &SentTrack) -> Option<String> {
    let video = track.video.as_ref().filter(|_| track.is_sent())?;
    picture_words(video.size, video.frames_per_second, track.codec.as_ref())
}

/// A codec as people write it; browsers tell `opus` as RFC 7587 registers it.
fn codec_words(name: &str) -> String {
    match name {
        "opus" => "Opus",
        other => other,
    }
    .to_owned()
}

fn limitation(sample: &Sample) -> Option<&'static str> {
    let limits = |reason| sample.sent.iter().any(|track| track.limitation == reason);
    if limits(LimitationReason::Cpu) {
        Some("Your processor")
    } else if limits(LimitationReason::Bandwidth) {
        Some("The network")
    } else {
        None
    }
}

/// The figures of one connection with their names, those that are known.
pub(crate) fn figures(history: &History) -> Vec<(&'static str, String)> {
    let Some(latest) = history.latest() else {
        return Vec::new();
    };
    let sample = &latest.sample;
    let of = |metric: Metric| metric.of(latest).map(|number| figure(metric, number));
    let received = |kind| sample.received(kind).and_then(received_picture);
    let sent = |kind| sample.sent(kind).and_then(sent_picture);
    let sound = sample.received(TrackKind::Microphone);
    let all = [
        ("Path", path_words(sample)),
        ("Their picture", received(TrackKind::Camera)),
        ("Their screen", received(TrackKind::ScreenVideo)),
        ("Your picture", sent(TrackKind::Camera)),
        ("Your screen", sent(TrackKind::ScreenVideo)),
        (
            "Sound",
            sound.and_then(|sound| sound.codec.as_deref().map(codec_words)),
        ),
        ("Jitter", of(Metric::Jitter)),
        ("Held back by", limitation(sample).map(str::to_owned)),
    ];
    let known = all.into_iter();
    known
        .filter_map(|(name, figure)| Some((name, figure?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::Moment;
    use crate::room::quality::{HistoryPoint, Report, TrackMap};

    /// What is told of two reports in which these counters of a shared screen, theirs and ours, stand like this.
    fn told(theirs: [u32; 2], ours: [u32; 2], height: u32) -> Vec<&'static str> {
        let report = |index: usize, at: u32| {
            let (theirs, ours) = (theirs[index], ours[index]);
            let common =
                format!(r#""timestamp":{at},"kind":"video","mid":"3","frameHeight":{height}"#);
            Report::from_entries([
                format!(
                    r#"{{"id":"i","type":"inbound-rtp",{common},"frameWidth":1280,"bytesReceived":{theirs},"framesDecoded":{theirs}}}"#
                ),
                format!(
                    r#"{{"id":"o","type":"outbound-rtp",{common},"frameWidth":1280,"bytesSent":{ours},"framesEncoded":{ours}}}"#
                ),
            ])
        };
        let tracks = TrackMap::new([("3".to_owned(), TrackKind::ScreenVideo)]);
        let mut history = History::default();
        history.push(HistoryPoint {
            at: Moment(2_000),
            score: None,
            sample: Sample::between(&report(0, 1_000), &report(1, 3_000), &tracks),
        });
        let told = figures(&history).into_iter();
        told.map(|(name, _)| name).collect()
    }

    #[test]
    fn only_pictures_that_arrive_or_are_sent_now_are_told() {
        assert_eq!(
            told([100, 200], [100, 200], 720),
            ["Their screen", "Your screen"]
        );
        assert_eq!(told([100, 100], [100, 200], 720), ["Your screen"]);
        assert_eq!(told([100, 200], [100, 100], 720), ["Their screen"]);
        let nothing: [&str; 0] = [];
        assert_eq!(told([100, 200], [100, 200], 0), nothing);
    }

    #[test]
    fn what_comes_through_the_server_is_not_called_direct() {
        let told = |through_server, remote| {
            let mut sample = Sample::default();
            sample.path.through_server = through_server;
            sample.path.local = Some(CandidateKind::Host);
            sample.path.remote = Some(remote);
            path_words(&sample).unwrap()
        };
        let (host, relay) = (CandidateKind::Host, CandidateKind::Relay);
        assert_eq!(told(false, host), "Direct, same network, UDP");
        assert_eq!(told(false, relay), "Through a relay, UDP");
        assert_eq!(told(true, host), "Through the server, UDP");
        assert_eq!(told(true, relay), "Through a relay to the server, UDP");
    }

    #[test]
    fn figures_read_as_people_say_them() {
        assert_eq!(bitrate(1_240_000.0), "1.2 Mbit/s");
        assert_eq!(bitrate(2_000_000.0), "2 Mbit/s");
        assert_eq!(bitrate(87_600.0), "88 kbit/s");
        assert_eq!(figure(Metric::Loss, 0.0123), "1.2 %");
        assert_eq!(figure(Metric::RoundTrip, 41.6), "42 ms");
    }
}
