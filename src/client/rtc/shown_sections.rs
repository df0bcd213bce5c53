//! The sections of a connection that are shown already.
//!
//! Invariant: a section is shown with one track, and the same is not shown twice.

use web_sys::{MediaStream, RtcRtpTransceiver};

use crate::room::Section;

/// Each section, with the id of the track that it is shown with.
#[derive(Default)]
pub(super) struct ShownSections(Vec<(Section, String)>);

impl ShownSections {
    /// The streams of those that are new, or have another track than before; from now on they count as shown.
    pub(super) fn take_fresh(
        &mut self,
        receivers: Vec<(Section, RtcRtpTransceiver)>,
    ) -> Vec<(Section, MediaStream)> {
        let mut fresh = Vec::new();
        for (section, receiver) in receivers {
            let track = receiver.receiver().track();
            let id = track.id();
            let mut shown = self.0.iter_mut();
            match shown.find(|(other, _)| *other == section) {
                Some((_, shown)) if *shown == id => continue,
                Some((_, shown)) => *shown = id,
                None => self.0.push((section.clone(), id)),
            }
            if let Ok(stream) = MediaStream::new() {
                stream.add_track(&track);
                fresh.push((section, stream));
            }
        }
        fresh
    }
}
