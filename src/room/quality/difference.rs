//! How two reports become a [`Sample`].
//!
//! Invariant: a counter that ran backwards or was not there before gives no rate.

use super::entry::{InboundRtp, MediaKind, OutboundRtp, RemoteInboundRtp, StatsEntry};
use super::report::Report;
use super::sample::{
    Path, ReceivedTrack, ReceivedVideo, Sample, SentTrack, SentVideo, TrackMap, VideoSize,
};
use crate::room::ordered::sort_few;
use crate::room::participant::TrackKind;

impl Sample {
    /// Compares two reports of one connection, `earlier` first. With an empty `earlier` there are no rates yet.
    pub fn between(earlier: &Report, later: &Report, tracks: &TrackMap) -> Self {
        let mut sample = Self {
            path: Path::of(later),
            ..Self::default()
        };
        for (id, entry) in later.iter() {
            match (entry, earlier.get(id)) {
                (StatsEntry::InboundRtp(now), before) if now.bytes_received > Some(0.0) => {
                    let before = match before {
                        Some(StatsEntry::InboundRtp(before)) => Some(before),
                        _ => None,
                    };
                    let kind = tracks.kind(now.mid.as_deref(), now.kind);
                    sample
                        .received
                        .push(ReceivedTrack::between(before, now, kind, later));
                }
                (StatsEntry::OutboundRtp(now), before) if now.bytes_sent > Some(0.0) => {
                    let before = match before {
                        Some(StatsEntry::OutboundRtp(before)) => Some(before),
                        _ => None,
                    };
                    let kind = tracks.kind(now.mid.as_deref(), now.kind);
                    let receiver = FreshReport::find(id, now, earlier, later);
                    sample
                        .sent
                        .push(SentTrack::between(before, now, kind, &receiver, later));
                }
                _ => {}
            }
        }
        sort_few(&mut sample.received, |track| track.kind);
        sort_few(&mut sample.sent, |track| track.kind);
        let of_reports = sample.sent.iter().filter_map(|track| track.round_trip_ms);
        sample.path.round_trip_ms = sample.path.round_trip_ms.or(of_reports.reduce(f64::max));
        sample
    }
}

impl Path {
    fn of(report: &Report) -> Self {
        let Some(pair) = report.selected_pair() else {
            return Self {
                through_server: report.is_passed_on(),
                ..Self::default()
            };
        };
        let local = report.candidate(pair.local_candidate_id.as_deref());
        let remote = report.candidate(pair.remote_candidate_id.as_deref());
        let protocol = local.and_then(|candidate| {
            let relay = candidate.relay_protocol.as_deref();
            relay.or(candidate.protocol.as_deref())
        });
        Self {
            round_trip_ms: pair.current_round_trip_time.map(milliseconds),
            available_bitrate: pair.available_outgoing_bitrate,
            local: local.and_then(|candidate| candidate.candidate_type),
            remote: remote.and_then(|candidate| candidate.candidate_type),
            protocol: ["udp", "tcp", "tls"]
                .into_iter()
                .find(|known| Some(*known) == protocol)
                .map(str::to_owned),
            through_server: report.is_passed_on(),
        }
    }
}

impl ReceivedTrack {
    fn between(
        before: Option<&InboundRtp>,
        now: &InboundRtp,
        kind: TrackKind,
        report: &Report,
    ) -> Self {
        let seconds = before.and_then(|before| elapsed(before.timestamp, now.timestamp));
        let grown = |field: fn(&InboundRtp) -> Option<f64>| growth(field(before?), field(now));
        let received = grown(|entry| entry.packets_received);
        let lost = grown(|entry| entry.packets_lost).or_else(|| received.map(|_| 0.0));
        let concealed = grown(|entry| entry.concealed_samples);
        let silent = grown(|entry| entry.silent_concealed_samples).unwrap_or(0.0);
        Self {
            kind,
            bitrate: rate(grown(|entry| entry.bytes_received), seconds).map(|bytes| bytes * 8.0),
            loss: lost.and_then(|lost| share(lost, lost + received?)),
            jitter_ms: now.jitter.map(milliseconds),
            codec: report.codec_name(now.codec_id.as_deref()),
            concealed: concealed.and_then(|concealed| {
                let samples = grown(|entry| entry.total_samples_received)?;
                share((concealed - silent).max(0.0), samples)
            }),
            video: (now.kind == MediaKind::Video).then(|| ReceivedVideo {
                frames_per_second: rate(grown(|entry| entry.frames_decoded), seconds),
                size: size(now.frame_width, now.frame_height),
                freezes: grown(|entry| entry.freeze_count),
                frozen: rate(grown(|entry| entry.total_freezes_duration), seconds)
                    .map(|share| share.min(1.0)),
            }),
        }
    }
}

/// A receiver report, if it came after the earlier of two reports.
struct FreshReport<'a> {
    /// The earlier report has this of the stream; `None` when it has nothing.
    before: Option<&'a RemoteInboundRtp>,
    /// The later report has this of it; `None` unless it is newer than the one before.
    now: Option<&'a RemoteInboundRtp>,
}

impl<'a> FreshReport<'a> {
    fn find(id: &str, stream: &OutboundRtp, earlier: &'a Report, later: &'a Report) -> Self {
        let found = later.iter().find_map(|(remote_id, entry)| match entry {
            StatsEntry::RemoteInboundRtp(remote)
                if stream.remote_id.as_deref() == Some(remote_id)
                    || remote.local_id.as_deref() == Some(id) =>
            {
                Some((remote_id, remote))
            }
            _ => None,
        });
        let before = found.and_then(|(remote_id, _)| match earlier.get(remote_id) {
            Some(StatsEntry::RemoteInboundRtp(before)) => Some(before),
            _ => None,
        });
        let now = found.map(|(_, remote)| remote);
        Self {
            before,
            now: now.filter(|now| before.is_none_or(|before| before.timestamp < now.timestamp)),
        }
    }

    /// How many packets it tells of, those sent each second being known.
    fn packets(&self, each_second: f64) -> Option<f64> {
        Some(elapsed(self.before?.timestamp, self.now?.timestamp)? * each_second)
    }

    /// The share of them that was lost. Only the counters tell of everything since the report that was seen before.
    fn loss(&self, packets: Option<f64>) -> Option<f64> {
        let lost = || growth(self.before?.packets_lost, self.now?.packets_lost);
        let counted = lost().and_then(|lost| share(lost, packets?));
        counted.or(self.now?.fraction_lost)
    }
}

impl SentTrack {
    fn between(
        before: Option<&OutboundRtp>,
        now: &OutboundRtp,
        kind: TrackKind,
        receiver: &FreshReport<'_>,
        report: &Report,
    ) -> Self {
        let seconds = before.and_then(|before| elapsed(before.timestamp, now.timestamp));
        let grown = |field: fn(&OutboundRtp) -> Option<f64>| growth(field(before?), field(now));
        let reported_packets = rate(grown(|entry| entry.packets_sent), seconds)
            .and_then(|each_second| receiver.packets(each_second));
        Self {
            kind,
            bitrate: rate(grown(|entry| entry.bytes_sent), seconds).map(|bytes| bytes * 8.0),
            target_bitrate: now.target_bitrate,
            loss: receiver.loss(reported_packets),
            reported_packets,
            round_trip_ms: receiver
                .now
                .and_then(|report| report.round_trip_time.map(milliseconds)),
            limitation: now.quality_limitation_reason,
            codec: report.codec_name(now.codec_id.as_deref()),
            video: (now.kind == MediaKind::Video).then(|| SentVideo {
                frames_per_second: rate(grown(|entry| entry.frames_encoded), seconds),
                size: size(now.frame_width, now.frame_height),
            }),
        }
    }
}

fn milliseconds(seconds: f64) -> f64 {
    seconds * 1_000.0
}

fn elapsed(before_ms: f64, now_ms: f64) -> Option<f64> {
    let seconds = (now_ms - before_ms) / 1_000.0;
    (seconds > 0.0 && seconds.is_finite()).then_some(seconds)
}

fn growth(before: Option<f64>, now: Option<f64>) -> Option<f64> {
    let grown = now? - before?;
    (grown >= 0.0).then_some(grown)
}

fn rate(amount: Option<f64>, seconds: Option<f64>) -> Option<f64> {
    Some(amount? / seconds?)
}

fn share(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| (part / whole).clamp(0.0, 1.0))
}

/// Browsers give a picture that never was, or is over, no size or one of nothing.
fn size(width: Option<u32>, height: Option<u32>) -> Option<VideoSize> {
    let (width, height) = (width?, height?);
    (width > 0 && height > 0).then_some(VideoSize { width, height })
}
