//! What strangers and people of a call may send to the SFU, without threads, sockets and rooms.

macro_rules! source {
    ($name:ident, $path:literal) => {
        #[allow(dead_code, reason = "of each file only what is tried here is used")]
        #[path = $path]
        mod $name;
    };
}

source!(answer_text, "../../../../src/server/sfu/answer_text.rs");
source!(binding, "../../../../src/server/sfu/binding.rs");
source!(channel_queue, "../../../../src/server/sfu/channel_queue.rs");
source!(channels, "../../../../src/server/sfu/channels.rs");
source!(closing_ranks, "../../../../src/server/sfu/closing_ranks.rs");
source!(demux, "../../../../src/server/sfu/demux.rs");
source!(description, "../../../../src/server/sfu/description.rs");
source!(egress, "../../../../src/server/sfu/egress/mod.rs");
source!(line, "../../../../src/server/sfu/line/mod.rs");
source!(media_places, "../../../../src/server/sfu/media_places.rs");
source!(offer_text, "../../../../src/server/sfu/offer_text.rs");
source!(picture_packet, "../../../../src/server/sfu/picture_packet.rs");
source!(picture_slot, "../../../../src/server/sfu/picture_slot.rs");
source!(rewriting, "../../../../src/server/sfu/rewriting.rs");
source!(routing_line, "../../../../src/server/sfu/routing_line.rs");
source!(rtcp, "../../../../src/server/sfu/rtcp/mod.rs");
source!(session, "../../../../src/server/sfu/session.rs");
source!(session_channels, "../../../../src/server/sfu/session_channels.rs");
source!(session_media, "../../../../src/server/sfu/session_media.rs");
source!(session_ways, "../../../../src/server/sfu/session_ways.rs");
source!(srtp, "../../../../src/server/sfu/srtp/mod.rs");
source!(thinning, "../../../../src/server/sfu/thinning.rs");
source!(ways, "../../../../src/server/sfu/ways.rs");
source!(whereabouts, "../../../../src/server/sfu/whereabouts.rs");

mod connection;
mod datagrams;
mod messages;
mod offers;
mod outgoing;
mod pictures;
mod relayed;

pub use datagrams::sfu_datagrams;
pub(crate) use media_places::MediaPlaces;
pub use messages::sfu_messages;
pub use offers::sfu_offers;
pub use pictures::sfu_pictures;
