//! How much video to send to each person of a mesh: everyone gets a copy of their own, so the more, the less.

/// What a camera or a screen may cost towards one person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VideoBudget {
    /// `RTCRtpEncodingParameters.maxBitrate`, in bits/s.
    pub max_bitrate: u32,
    /// `RTCRtpEncodingParameters.scaleResolutionDownBy`, at least 1.
    pub scale_down_by: f32,
}

/// The budget towards each of `others` people. The sum stays near 2.5 Mbit/s, which most homes can send.
pub fn video_budget(others: usize) -> VideoBudget {
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

/// The budget of a shared screen towards each of `others` people. It is never scaled down: text must stay legible, so
/// with fewer bits the frame rate falls.
pub fn screen_budget(others: usize) -> VideoBudget {
    let max_bitrate = match others {
        0 | 1 => 3_000_000,
        2 => 2_000_000,
        3 => 1_500_000,
        4 | 5 => 1_000_000,
        6..=8 => 600_000,
        _ => 400_000,
    };
    VideoBudget {
        max_bitrate,
        scale_down_by: 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_people_never_cost_more_each_and_hardly_more_together() {
        for others in 1..100 {
            let (fewer, more) = (video_budget(others), video_budget(others + 1));
            assert!(more.max_bitrate <= fewer.max_bitrate);
            assert!(more.scale_down_by >= fewer.scale_down_by);
            assert!(screen_budget(others + 1).max_bitrate <= screen_budget(others).max_bitrate);
        }
        for others in 0..=12 {
            let together = video_budget(others).max_bitrate * others as u32;
            assert!(together <= 2_500_000, "{others} others: {together}");
            let screens = screen_budget(others).max_bitrate * others as u32;
            assert!(screens <= 5_000_000, "{others} others: {screens}");
        }
    }

    #[test]
    fn a_call_of_two_is_sent_in_full_resolution() {
        assert_eq!(video_budget(1).scale_down_by, 1.0);
    }
}
