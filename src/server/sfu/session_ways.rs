//! How a session's person is written to, and what they report of it.
//!
//! Invariant: others' media goes where the person is ([`super::whereabouts`]), and to nobody before the library has sent something.

use std::net::SocketAddr;
use std::time::Instant;

use str0m::media::Mid;

use super::egress::{Exit, OutgoingPacket};
use super::rtcp::reports;
use super::session::Session;
use super::ways::{Arrival, Passage, Ways};

/// Packets that say nothing are of this stream, which is nobody's.
const QUESTION: u32 = 1;

/// The way to one person.
struct WayOut<'a, 'b> {
    /// It is one of these.
    ways: &'a mut Ways<'b>,
    /// They are there.
    to: SocketAddr,
    /// They are reached like this.
    by: Passage,
}

impl Exit for WayOut<'_, '_> {
    fn datagram(&mut self) -> Vec<u8> {
        self.ways.outgoing.datagram()
    }

    fn send(&mut self, datagram: Vec<u8>) {
        self.ways.send(self.to, self.by, datagram);
    }
}

impl Session {
    /// Passes on a packet of somebody's sound or picture.
    pub(super) fn write(
        &mut self,
        mid: Mid,
        packet: OutgoingPacket,
        now: Instant,
        ways: &mut Ways<'_>,
    ) {
        if let Some((to, by)) = self.destination() {
            let mut way = WayOut { ways, to, by };
            self.egress.send(mid, packet, now, &mut way);
        }
    }

    /// Lets out what has waited for its time.
    pub(super) fn let_out(&mut self, now: Instant, ways: &mut Ways<'_>) {
        if let Some((to, by)) = self.destination() {
            let mut way = WayOut { ways, to, by };
            self.egress.pass(now, &mut way);
        }
    }

    /// Takes what the person reports of others' media. `false` when the datagram is none of theirs.
    pub(super) fn hear_reports(
        &mut self,
        arrival: Arrival,
        datagram: &[u8],
        ways: &mut Ways<'_>,
    ) -> bool {
        let Some(opener) = &mut self.opener else {
            return false;
        };
        if !opener.open_rtcp(datagram, &mut self.report) {
            return false;
        }
        self.heard = self.heard.max(arrival.at);
        for report in reports(&self.report) {
            if let Some(mid) = self.egress.hear(report, arrival.at)
                && !self.lost_pictures.contains(&mid)
            {
                self.lost_pictures.push(mid);
            }
        }
        self.let_out(arrival.at, ways);
        true
    }

    /// Says how somebody at an address is written to.
    pub(super) fn passage(&self, to: SocketAddr) -> Passage {
        let known = self.passages.iter().find(|it| it.0 == to);
        known.map_or(Passage::Socket(None), |it| it.1)
    }

    /// Gives the user name fragment by which packets for this connection are known.
    pub(super) fn ufrag(&mut self) -> String {
        self.rtc.direct_api().local_ice_credentials().ufrag
    }

    /// Tells what goes out if the person is elsewhere now.
    pub(super) fn note_move(&mut self) {
        if self.whereabouts.take_moved() {
            self.egress.moved();
        }
    }

    /// Says where the person is written to, and how, once that is known.
    pub(super) fn destination(&self) -> Option<(SocketAddr, Passage)> {
        self.whereabouts.at().map(|to| (to, self.passage(to)))
    }

    /// Lets the library send something, by which it is seen where it sends to now. What it sends tells the person nothing.
    pub(super) fn ask_for_destination(&mut self) {
        let mut library = self.rtc.direct_api();
        library.send_app_specific_feedback(QUESTION.into(), QUESTION.into(), []);
    }
}
