//! Whose voices the simulated SFU passes on: everybody's while they are few, otherwise those of the loudest.

use super::sfu::Guest;
use crate::protocol::PeerId;

/// Up to so many unmuted people, everybody is passed on.
const EVERYONE: usize = 6;

/// Of more people so many are passed on.
const PLACES: usize = 4;

/// For this long a place stays with who took it, in ms.
const KEPT_MS: u64 = 1_500;

/// The voices of the room.
#[derive(Debug, Default)]
pub(crate) struct Voices {
    /// Whoever was last the loudest of all, last in the list.
    loudness: Vec<PeerId>,
    /// These are passed on, and since when they are.
    places: Vec<(PeerId, u64)>,
    /// Not everybody is.
    is_choice: bool,
    /// These are heard, and not passed on.
    passed_over: Vec<PeerId>,
}

impl Voices {
    /// Somebody is the loudest of all from now on.
    pub(crate) fn raise(&mut self, peer: &PeerId) {
        self.loudness.retain(|known| known != peer);
        self.loudness.push(peer.clone());
    }

    /// Whether somebody is passed on.
    pub(crate) fn forwards(&self, peer: &PeerId) -> bool {
        self.places.iter().any(|(placed, _)| placed == peer)
    }

    /// Whether somebody is heard, and not passed on because others are louder.
    pub(crate) fn passes_over(&self, peer: &PeerId) -> bool {
        self.passed_over.contains(peer)
    }

    /// Whether not everybody is passed on.
    pub(crate) fn is_choice(&self) -> bool {
        self.is_choice
    }

    fn loudness_of(&self, peer: &PeerId) -> Option<usize> {
        self.loudness.iter().position(|known| known == peer)
    }

    /// These people are there.
    pub(crate) fn follow(&mut self, guests: &[Guest], now: u64) {
        let unmuted = guests
            .iter()
            .filter_map(|guest| Some((&guest.peer, guest.speaks_up()?)));
        let unmuted: Vec<(&PeerId, bool)> = unmuted.collect();
        self.places
            .retain(|(placed, _)| unmuted.iter().any(|(peer, _)| *peer == placed));
        self.passed_over.clear();
        self.is_choice = unmuted.len() > EVERYONE;
        if !self.is_choice {
            for (peer, _) in unmuted {
                if !self.forwards(peer) {
                    self.places.push((peer.clone(), 0));
                }
            }
            return;
        }
        let mut quietest_first: Vec<(PeerId, u64)> = std::mem::take(&mut self.places);
        quietest_first.sort_by_key(|(peer, _)| self.loudness_of(peer));
        while quietest_first.len() > PLACES {
            quietest_first.remove(0);
        }
        self.places = quietest_first;
        let mut coming: Vec<&PeerId> = unmuted
            .iter()
            .filter_map(|(peer, comes)| comes.then_some(*peer))
            .collect();
        coming.sort_by_key(|peer| std::cmp::Reverse(self.loudness_of(peer)));
        for peer in coming {
            if self.forwards(peer) {
                continue;
            }
            let quieter = |(placed, since): &(PeerId, u64)| {
                self.loudness_of(placed) < self.loudness_of(peer) && *since + KEPT_MS <= now
            };
            if self.places.len() < PLACES {
                self.places.push((peer.clone(), now));
            } else if let Some(place) = self.places.iter().position(quieter) {
                self.places[place] = (peer.clone(), now);
            } else {
                self.passed_over.push(peer.clone());
            }
        }
        // Whoever lost a place in this round is passed over from now on.
        let displaced = unmuted.iter().filter(|(peer, comes)| {
            *comes && !self.forwards(peer) && !self.passed_over.contains(peer)
        });
        let displaced: Vec<PeerId> = displaced.map(|(peer, _)| (*peer).clone()).collect();
        self.passed_over.extend(displaced);
    }
}
