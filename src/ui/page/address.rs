//! Which page a path leads to.

use leptos::server_fn::ServerFn;
use percent_encoding::percent_decode_str;

use crate::api::CreateRoom;
use crate::protocol::{RoomName, RoomNameError};

/// A page of the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// The address is `/`.
    Home,
    /// The address is `/r/{room}`.
    Room(RoomName),
    /// The address is `/r/` and a name that no room can have.
    ImpossibleRoom {
        /// The name stands in the address, and is decoded here.
        typed: String,
        /// The name breaks this rule.
        error: RoomNameError,
    },
    /// The address is the one that rooms are started at. There is a page only where the server starts none for now.
    TooManyRooms,
    /// The address is any other.
    Nowhere,
}

impl Address {
    /// Reads `location.pathname`, or the path of a request, still percent-encoded (RFC 3986 section 2.1).
    pub fn of(path: &str) -> Self {
        if path == "/" {
            return Self::Home;
        }
        if path == CreateRoom::PATH {
            return Self::TooManyRooms;
        }
        let Some(name) = path.strip_prefix("/r/") else {
            return Self::Nowhere;
        };
        if name.is_empty() || name.contains('/') {
            return Self::Nowhere;
        }
        let typed = percent_decode_str(name).decode_utf8_lossy().into_owned();
        match RoomName::parse(&typed) {
            Ok(room) => Self::Room(room),
            Err(error) => Self::ImpossibleRoom { typed, error },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_its_address() {
        assert_eq!(Address::of("/"), Address::Home);
        assert_eq!(
            Address::of("/r/team-standup"),
            Address::Room(RoomName::parse("team-standup").unwrap())
        );
        assert_eq!(Address::of("/api/create_room"), Address::TooManyRooms);
        for path in ["", "/r", "/r/", "/r/abc/def", "/R/abc", "/rooms", "/api"] {
            assert_eq!(Address::of(path), Address::Nowhere, "{path}");
        }
    }

    #[test]
    fn a_name_that_cannot_be_is_told_as_it_was_typed() {
        let Address::ImpossibleRoom { typed, .. } = Address::of("/r/Team%20Caf%C3%A9") else {
            panic!("there can be such a room");
        };
        assert_eq!(typed, "Team Café");
    }
}
