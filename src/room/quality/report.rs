//! One `getStats` report.
//!
//! Invariant: reading never fails; an entry that cannot be read is left out.

use serde_json::Value;

use super::entry::{Candidate, CandidatePair, StatsEntry};
use crate::protocol::fields::{Fields, Read, WrongField, read_text};
use crate::room::ordered::OrderedMap;

/// All entries of one `getStats`, by id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Each entry stands under the id that the browser gave it.
    entries: OrderedMap<String, StatsEntry>,
    /// The connection leads to the SFU, which passes on what arrives.
    is_passed_on: bool,
}

/// One entry is read together with its id.
struct Identified {
    /// Other entries refer to it by this id.
    id: String,
    /// The entry says this.
    entry: StatsEntry,
}

impl Read for Identified {
    fn read(value: &Value) -> Result<Self, WrongField> {
        Ok(Self {
            id: Fields::of(value)?.string("id")?,
            entry: StatsEntry::read(value)?,
        })
    }
}

impl Report {
    /// Reads entries as `JSON.stringify` wrote them. What cannot be read is left out.
    pub fn from_entries<T: AsRef<str>>(entries: impl IntoIterator<Item = T>) -> Self {
        let entries = entries
            .into_iter()
            .filter_map(|text| read_text::<Identified>(text.as_ref()).ok())
            .filter(|identified| identified.entry != StatsEntry::Other)
            .map(|identified| (identified.id, identified.entry))
            .collect();
        Self {
            entries,
            is_passed_on: false,
        }
    }

    /// The same of one person, whose media the SFU passes on: without what is sent, and of what arrives only what comes in sections of these
    /// media ids.
    pub fn received_in(&self, is_wanted: impl Fn(&str) -> bool) -> Self {
        let is_kept = |entry: &StatsEntry| match entry {
            StatsEntry::InboundRtp(stream) => stream.mid.as_deref().is_some_and(&is_wanted),
            StatsEntry::OutboundRtp(_) | StatsEntry::RemoteInboundRtp(_) => false,
            _ => true,
        };
        let entries = self.entries.iter().filter(|(_, entry)| is_kept(entry));
        let entries = entries.map(|(id, entry)| (id.clone(), entry.clone()));
        Self {
            entries: entries.collect(),
            is_passed_on: true,
        }
    }

    /// Whether the connection leads to the SFU, which passes on what arrives.
    pub fn is_passed_on(&self) -> bool {
        self.is_passed_on
    }

    /// The entry of this id.
    pub fn get(&self, id: &str) -> Option<&StatsEntry> {
        self.entries.get(id)
    }

    /// All entries, in order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &StatsEntry)> {
        self.entries.iter().map(|(id, entry)| (id.as_str(), entry))
    }

    /// The pair that carries the media: the one the transport names, or the one that says so of itself.
    pub fn selected_pair(&self) -> Option<&CandidatePair> {
        let named = self.entries.values().find_map(|entry| match entry {
            StatsEntry::Transport(transport) => transport.selected_candidate_pair_id.as_deref(),
            _ => None,
        });
        if let Some(StatsEntry::CandidatePair(pair)) = named.and_then(|id| self.get(id)) {
            return Some(pair);
        }
        let pairs = || {
            self.entries.values().filter_map(|entry| match entry {
                StatsEntry::CandidatePair(pair) => Some(pair),
                _ => None,
            })
        };
        pairs().find(|pair| pair.selected).or_else(|| {
            pairs().find(|pair| pair.nominated && pair.state.as_deref() == Some("succeeded"))
        })
    }

    /// The candidate of this id, ours or theirs.
    pub fn candidate(&self, id: Option<&str>) -> Option<&Candidate> {
        match self.get(id?)? {
            StatsEntry::LocalCandidate(candidate) | StatsEntry::RemoteCandidate(candidate) => {
                Some(candidate)
            }
            _ => None,
        }
    }

    /// The codec's name without its kind, as in `VP8`.
    pub fn codec_name(&self, id: Option<&str>) -> Option<String> {
        match self.get(id?)? {
            StatsEntry::Codec(codec) => {
                let mime = codec.mime_type.as_deref()?;
                let name = mime.split_once('/').map_or(mime, |(_, name)| name);
                // A report comes from this browser, but it ends up in exported text.
                Some(
                    name.chars()
                        .filter(char::is_ascii_graphic)
                        .take(16)
                        .collect(),
                )
            }
            _ => None,
        }
    }
}
