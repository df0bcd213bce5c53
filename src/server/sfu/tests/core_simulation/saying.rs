//! Who comes to a story and goes, and what they say to the server, which arrives a little later.

use std::sync::Arc;
use std::time::Duration;

use super::client::Client;
use super::world::{SERVER, World};
use crate::protocol::sfu::{PictureWish, SfuAvailability, ViewedSize, Watch};
use crate::protocol::{MediaState, PeerId};
use crate::server::net::reached_at::ReachedAt;
use crate::server::sfu::keys::RoomKey;
use crate::server::sfu::letterbox::{Letter, Offer, Seated};
use crate::server::sfu::listeners::Hearing;

struct Deaf;

impl Hearing for Deaf {
    fn heard(&self, _: &PeerId, _: SfuAvailability) -> bool {
        true
    }

    fn carries(&self, _: bool) {}
}

impl World {
    /// Somebody takes this seat, or comes back to it over another connection, and watches everybody.
    pub(super) fn come(&mut self, number: u8) {
        self.clients.retain(|client| client.number != number);
        self.connections += 1;
        let address = self.new_address();
        let mut client = Client::new(number, self.connections, address, SERVER, self.now);
        let random = u32::try_from(self.random.below(1 << 32)).unwrap();
        let sdp = client.offer(4, 3, random);
        let seated = Letter {
            seated: Some(Seated {
                room: RoomKey(1),
                peer: PeerId::new(format!("peer-{number}")),
                client: client.told.clone(),
                hearing: Arc::new(Deaf),
            }),
            ..Letter::default()
        };
        self.clients.push(client);
        self.say(number, seated);
        self.say_media(number);
        self.say_offer(number, sdp);
        let everybody: Vec<u8> = self.clients.iter().map(|client| client.number).collect();
        for viewer in everybody {
            self.watch(viewer);
        }
    }

    /// Somebody goes.
    pub(super) fn leave(&mut self, number: u8) {
        self.clients.retain(|client| client.number != number);
        let letter = Letter {
            is_free: true,
            ..Letter::default()
        };
        self.write(number, letter);
    }

    /// Somebody says something to the server, which arrives a little later.
    pub(super) fn say(&mut self, number: u8, letter: Letter) {
        let at = self.now + Duration::from_millis(5 + self.chance.below(60));
        let letters = &mut self.client(number).letters;
        let at = letters.back().map_or(at, |(last, _)| at.max(*last));
        letters.push_back((at, letter));
    }

    pub(super) fn say_offer(&mut self, number: u8, sdp: String) {
        self.serials += 1;
        let serial = self.serials;
        self.client(number).serial = serial;
        let offer = Offer {
            sdp,
            serial: Some(serial),
            reached: ReachedAt::default(),
        };
        let letter = Letter {
            offer: Some(offer),
            ..Letter::default()
        };
        self.say(number, letter);
    }

    /// Somebody says what they send.
    pub(super) fn say_media(&mut self, number: u8) {
        let now = self.now;
        let client = self.client(number);
        client.calm_since = now;
        let media = MediaState {
            audio: client.publisher.speaks,
            video: client.publisher.shows,
            screen: false,
        };
        let letter = Letter {
            media: Some(media),
            ..Letter::default()
        };
        self.say(number, letter);
    }

    /// Somebody wants to see all others, each as large as chance will have it.
    pub(super) fn watch(&mut self, number: u8) {
        self.watches += 1;
        let others = self.clients.iter().map(|client| client.number);
        let others: Vec<u8> = others.filter(|it| *it != number).collect();
        let sizes = [ViewedSize::Thumbnail, ViewedSize::Large, ViewedSize::Medium];
        let pictures = others.into_iter().map(|other| PictureWish {
            peer: PeerId::new(format!("peer-{other}")),
            camera: sizes[usize::try_from(self.random.below(3)).unwrap()],
            screen: ViewedSize::Hidden,
        });
        let watch = Watch {
            number: self.watches,
            pictures: pictures.collect(),
            unheard: vec![],
        };
        let letter = Letter {
            watch: Some(watch),
            ..Letter::default()
        };
        self.say(number, letter);
    }
}
