//! The lines that bring people's tracks, whose they are now, and which of them is heard or seen.
//!
//! A connection to one person brings a line for each kind of track. A connection that carries many people brings one for each
//! section that receives, and its owner changes. Invariant: of the lines that bring the same track of the same person exactly
//! one is chosen, so nobody is ever heard twice, and nobody falls silent while there is a line of theirs.

use crate::protocol::PeerId;
use crate::room::participant::TrackKind;
use crate::room::path::id::PathId;

/// Says whose a track is, and which of theirs.
pub type PeerTrack = (PeerId, TrackKind);

/// The section of a path's connection that a line comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Section {
    /// The connection leads to one person, and this is its only section of the kind.
    Kind(TrackKind),
    /// The section has this `mid` (RFC 9143 section 15.1), and whose media it carries is told apart from it.
    Mid(String),
}

/// Names a line for as long as its path has it, whoever owns it and whatever connection it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineKey {
    /// The line belongs to this path.
    pub path: PathId,
    /// The line comes from this section of the path's connection.
    pub section: Section,
}

/// A line brings one of these, whoever owns it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// The line is heard.
    Sound,
    /// The line is seen.
    Picture,
}

impl Medium {
    /// The medium of a kind of track.
    pub fn of(kind: TrackKind) -> Self {
        match kind {
            TrackKind::Microphone | TrackKind::ScreenAudio => Self::Sound,
            TrackKind::Camera | TrackKind::ScreenVideo => Self::Picture,
        }
    }
}

/// A line of sound that is to be played all the time, so that it is heard the moment it becomes audible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoiceLine<S> {
    /// The line has this name.
    pub key: LineKey,
    /// The line carries this person's sound; `None` while it carries nobody's.
    pub whose: Option<PeerTrack>,
    /// The sound comes in this stream.
    pub stream: S,
    /// The line is heard. Of the lines of one owner exactly one is, and of those that nobody owns none.
    pub audible: bool,
}

/// What is known of a line.
#[derive(Clone, Debug)]
struct KnownLine<S> {
    /// The line has this name.
    key: LineKey,
    /// The line brings this in a stream; `None` when its owner was told before it arrived.
    brought: Option<(Medium, S)>,
    /// The line carries this; `None` while it carries nobody.
    whose: Option<PeerTrack>,
}

impl<S> KnownLine<S> {
    /// The stream, if it may be what the owner is said to send.
    fn stream_of(&self, owner: &PeerTrack) -> Option<&S> {
        let (medium, stream) = self.brought.as_ref()?;
        let is_theirs = self.whose.as_ref() == Some(owner) && *medium == Medium::of(owner.1);
        is_theirs.then_some(stream)
    }
}

/// The lines of all paths, with a stream of the driver's for each.
#[derive(Clone, Debug)]
pub struct LineTable<S> {
    /// The lines stand here in the order in which they were first heard of.
    lines: Vec<KnownLine<S>>,
    /// Owners that are taken from a certain path, where it brings them.
    choices: Vec<(PeerTrack, PathId)>,
}

impl<S: Clone> LineTable<S> {
    /// Without lines.
    pub const fn new() -> Self {
        Self {
            lines: Vec::new(),
            choices: Vec::new(),
        }
    }

    /// A line brings this stream from now on, in place of any other. `whose` is `None` where that is told by
    /// [`Self::attribute`], before or after the line arrives.
    pub fn arrive(&mut self, key: LineKey, medium: Medium, stream: S, whose: Option<PeerTrack>) {
        let line = self.line(&key);
        line.brought = Some((medium, stream));
        if whose.is_some() {
            line.whose = whose;
        }
    }

    /// The lines of a path are gone, and with them that it was chosen for anybody.
    pub fn leave(&mut self, path: PathId) {
        self.lines.retain(|line| line.key.path != path);
        self.choices.retain(|(_, chosen)| *chosen != path);
    }

    /// Every line of sound, in the order in which they were first heard of.
    pub fn voices(&self) -> Vec<VoiceLine<S>> {
        let lines = self.lines.iter().enumerate();
        let voices = lines.filter_map(|(place, line)| match &line.brought {
            Some((Medium::Sound, stream)) => {
                let whose = line.whose.as_ref();
                let whose = whose.filter(|owner| line.stream_of(owner).is_some());
                Some(VoiceLine {
                    key: line.key.clone(),
                    whose: whose.cloned(),
                    stream: stream.clone(),
                    audible: whose.is_some_and(|owner| self.chosen(owner) == Some(place)),
                })
            }
            _ => None,
        });
        voices.collect()
    }

    /// Every picture that is to be shown, of each owner one.
    pub fn pictures(&self) -> Vec<(PeerTrack, S)> {
        let lines = self.lines.iter().enumerate();
        let pictures = lines.filter_map(|(place, line)| {
            let owner = line.whose.as_ref()?;
            let stream = line.stream_of(owner)?;
            let is_shown =
                Medium::of(owner.1) == Medium::Picture && self.chosen(owner) == Some(place);
            is_shown.then(|| (owner.clone(), stream.clone()))
        });
        pictures.collect()
    }

    /// The place of the one line that is heard or seen of those that bring this: of the chosen path, else the first there is.
    fn chosen(&self, owner: &PeerTrack) -> Option<usize> {
        let choice = self.choices.iter().find(|(whose, _)| whose == owner);
        let find = |path: Option<PathId>| {
            self.lines.iter().position(|line| {
                path.is_none_or(|path| line.key.path == path) && line.stream_of(owner).is_some()
            })
        };
        let on_its_path = choice.and_then(|(_, path)| find(Some(*path)));
        on_its_path.or_else(|| find(None))
    }

    /// The line of this name, which is put in if it is not there.
    fn line(&mut self, key: &LineKey) -> &mut KnownLine<S> {
        let known = self.lines.iter().position(|line| line.key == *key);
        let place = known.unwrap_or_else(|| {
            self.lines.push(KnownLine {
                key: key.clone(),
                brought: None,
                whose: None,
            });
            self.lines.len() - 1
        });
        &mut self.lines[place]
    }

    /// The lines of a path carry these, by their `mid`, and those that are not named carry nobody. Lines that have not arrived
    /// yet are told when they do. A path whose connection is replaced by another carries nobody until it is told anew: to be
    /// called without owners then.
    pub fn attribute(&mut self, path: PathId, owners: &[(String, PeerId, TrackKind)]) {
        self.lines.retain_mut(|line| {
            if line.key.path == path {
                line.whose = None;
            }
            line.whose.is_some() || line.brought.is_some()
        });
        for (mid, peer, kind) in owners {
            let section = Section::Mid(mid.clone());
            self.line(&LineKey { path, section }).whose = Some((peer.clone(), *kind));
        }
    }

    /// From now on a track is taken from this path; while the path does not bring it, from the first line that does.
    pub fn choose(&mut self, peer: PeerId, kind: TrackKind, path: PathId) {
        let owner = (peer, kind);
        self.choices.retain(|(whose, _)| *whose != owner);
        self.choices.push((owner, path));
    }

    /// Only these people are there: which path others were taken from need not be known any more.
    pub fn forget_all_but(&mut self, people: &[PeerId]) {
        self.choices
            .retain(|((whose, _), _)| people.contains(whose));
    }
}

#[cfg(test)]
#[path = "tests/lines.rs"]
mod tests;
