//! What the SFU is asked to show and not to let hear.
//!
//! Pure. Invariant: each wish is said once on each socket, under a number of its own.

use super::members::{Member, Members};
use crate::protocol::PeerId;
use crate::protocol::sfu::{PictureWish, ViewedSize, Watch};
use crate::room::ordered::sort_few;
use crate::room::participant::TrackKind;
use crate::room::path::link::Carrier;
use crate::room::sending::view::ViewSize;

/// The wish that was said last.
#[derive(Clone, Debug, Default)]
pub(super) struct Watching {
    /// It has this number.
    number: u32,
    /// It was this; nothing when nothing was said on the present socket.
    said: Option<(Vec<PictureWish>, Vec<PeerId>)>,
}

impl Watching {
    /// There is a new socket: what is wanted has to be said again.
    pub(super) fn repeat(&mut self) {
        self.said = None;
    }

    /// The wish, if it is another than the one that was said last.
    pub(super) fn wish(&mut self, members: &Members) -> Option<Watch> {
        let wish = (pictures(members), unheard(members));
        let is_nothing = wish.0.is_empty() && wish.1.is_empty();
        if self.said.as_ref() == Some(&wish) || (self.said.is_none() && is_nothing) {
            return None;
        }
        self.number = self.number.saturating_add(1);
        self.said = Some(wish.clone());
        let (pictures, unheard) = wish;
        Some(Watch {
            number: self.number,
            pictures,
            unheard,
        })
    }

    /// How many pictures are wanted.
    pub(super) fn pictures(&self) -> usize {
        let wishes = self.said.iter().flat_map(|(pictures, _)| pictures);
        let sizes = wishes.flat_map(|wish| [wish.camera, wish.screen]);
        sizes.filter(|size| *size != ViewedSize::Hidden).count()
    }
}

/// The pictures that are wanted over the SFU, the most important first: screens that are looked at, then faces, the larger first.
fn pictures(members: &Members) -> Vec<PictureWish> {
    let wish = |member: &Member| {
        let view = member.view;
        let over_hub = |kind: TrackKind, size: ViewSize| match member.asks(Carrier::Hub, kind) {
            true => viewed(size),
            false => ViewedSize::Hidden,
        };
        let camera = over_hub(TrackKind::Camera, view.camera);
        let screen = over_hub(TrackKind::ScreenVideo, view.screen);
        (camera.max(screen) != ViewedSize::Hidden).then(|| PictureWish {
            peer: member.person.id.clone(),
            camera,
            screen,
        })
    };
    let mut pictures: Vec<PictureWish> = members.iter().filter_map(wish).collect();
    sort_few(&mut pictures, |wish| {
        std::cmp::Reverse((wish.camera.max(wish.screen), wish.screen))
    });
    pictures.truncate(Watch::PICTURES);
    pictures
}

/// Those whose sound comes directly.
fn unheard(members: &Members) -> Vec<PeerId> {
    let speak = members.iter().filter(|member| member.person.sfu.is_some());
    let direct = speak.filter(|member| {
        !member.asks(Carrier::Hub, TrackKind::Microphone)
            && !member.asks(Carrier::Hub, TrackKind::ScreenAudio)
    });
    let ids = direct.map(|member| member.person.id.clone());
    ids.take(Watch::UNHEARD).collect()
}

fn viewed(size: ViewSize) -> ViewedSize {
    match size {
        ViewSize::Hidden => ViewedSize::Hidden,
        ViewSize::Thumbnail => ViewedSize::Thumbnail,
        ViewSize::Medium => ViewedSize::Medium,
        ViewSize::Large => ViewedSize::Large,
    }
}

#[cfg(test)]
#[path = "tests/watching.rs"]
mod tests;
