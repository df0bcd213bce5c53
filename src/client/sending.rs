//! How much video to send to each person of a mesh: everyone gets a copy of their own, so the more, the less.

/// What a camera may cost towards one person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct VideoBudget {
    /// `RTCRtpEncodingParameters.maxBitrate`, in bits/s.
    pub(super) max_bitrate: u32,
    /// `RTCRtpEncodingParameters.scaleResolutionDownBy`, at least 1.
    pub(super) scale_down_by: f32,
}

/// The budget towards each of `others` people. The sum stays near 2.5 Mbit/s, which most homes can send.
pub(super) fn video_budget(others: usize) -> VideoBudget {
    let (max_bitrate, scale_down_by) = match others {
        0 | 1 => (2_500_000, 1.0),
        2 => (1_200_000, 1.5),
        3 => (800_000, 2.0),
        4 | 5 => (500_000, 2.0),
        6..=8 => (300_000, 3.0),
        _ => (150_000, 4.0),
    };
    VideoBudget {
        max_bitrate,
        scale_down_by,
    }
}
