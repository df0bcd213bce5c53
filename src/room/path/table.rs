//! The paths of a call, by their names.
//!
//! Invariant: no name is given twice, and whoever holds one of a path that is gone finds nothing.

use super::id::{PathId, PathIds};
use super::mesh::Path;
use super::negotiation::state::Negotiation;
use crate::room::moment::Moment;

/// The paths of a call.
#[derive(Clone, Debug)]
pub(crate) struct PathTable {
    /// New paths get their names from here.
    ids: PathIds,
    /// All paths stand here, in the order in which they began.
    all: Vec<Path>,
}

impl PathTable {
    /// None yet, in a call that begins now.
    pub(crate) fn since(now: Moment) -> Self {
        Self {
            ids: PathIds::since(now),
            all: Vec::new(),
        }
    }

    /// A name for a path that stands elsewhere.
    pub(crate) fn give_id(&mut self) -> PathId {
        self.ids.give()
    }

    /// Adds a path that is to be set up from now on.
    pub(crate) fn add(&mut self, negotiation: Negotiation, now: Moment) -> PathId {
        let id = self.ids.give();
        self.all.push(Path::new(id, negotiation, now));
        id
    }

    /// The path of this name.
    pub(crate) fn get(&self, id: PathId) -> Option<&Path> {
        self.all.iter().find(|path| path.id() == id)
    }

    /// The path of this name, to take a step.
    pub(crate) fn get_mut(&mut self, id: PathId) -> Option<&mut Path> {
        self.all.iter_mut().find(|path| path.id() == id)
    }

    /// All of them.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Path> {
        self.all.iter_mut()
    }

    /// Takes the path of this name out.
    pub(crate) fn remove(&mut self, id: PathId) -> Option<Path> {
        let place = self.all.iter().position(|path| path.id() == id)?;
        Some(self.all.remove(place))
    }
}
