//! The big folders have floors: what stands inside one imports only what stands on a lower floor of it.

use super::imports::House;

/// The floors of a big folder, lowest first. Files directly in the folder that no floor names are its ground floor: the
/// words that all of it may use, and which import nothing above them. The `mod.rs` of the folder is its front door, for
/// those outside: nothing inside goes through it.
struct Building {
    name: &'static str,
    floors: &'static [&'static [&'static str]],
}

const BUILDINGS: [Building; 5] = [
    Building {
        name: "room",
        floors: &[
            &["quality", "path"],
            &["sending"],
            &["messaging", "media", "stage"],
            &["hub"],
            &["call", "attention", "connection_test", "dashboard"],
            &["preferences"],
            &["visit"],
        ],
    },
    Building {
        name: "client",
        floors: &[
            &["browser", "report"],
            &[
                "applications",
                "audio",
                "capture",
                "files",
                "recorder",
                "rtc",
                "socket",
            ],
            &["connection_test"],
            &["second_wasm"],
            &["engine"],
        ],
    },
    Building {
        name: "ui",
        floors: &[
            &["words"],
            &["open_panels", "remote_audio"],
            &["kit"],
            &["controls"],
            &["dialogs", "stage"],
            &["lobby", "panels"],
            &["call"],
            &["page"],
        ],
    },
    Building {
        name: "device",
        floors: &[
            &["socket", "media", "words"],
            &["exit", "lines", "measures"],
            &["connection"],
            &["engine"],
            &["join", "load"],
        ],
    },
    Building {
        name: "server",
        floors: &[
            &["clock", "tasks"],
            &["secrets", "net"],
            &["sfu"],
            &["process", "turn"],
            &["ice"],
            &["rooms"],
            &["signaling"],
            &["config"],
            &["http"],
            &["check"],
            &["command_line", "run"],
        ],
    },
];

impl Building {
    /// The part of the building that a file stands in: a folder, or a file directly in the building.
    fn part<'a>(&self, path: &'a str) -> Option<&'a str> {
        let inside = path.strip_prefix(self.name)?.strip_prefix('/')?;
        Some(inside.split('/').next().unwrap_or(inside))
    }

    /// The floor of a part, the ground floor being 0; `None` for a folder that nobody gave a floor.
    fn floor(&self, part: &str) -> Option<usize> {
        let name = part.trim_end_matches(".rs");
        let above = self.floors.iter().position(|floor| floor.contains(&name));
        match above {
            Some(floor) => Some(floor + 1),
            None => part.ends_with(".rs").then_some(0),
        }
    }

    /// What breaks the order of the floors when one file imports another of the building.
    fn objection(&self, importing: &str, imported: &str) -> Option<String> {
        let (one, other) = (self.part(importing)?, self.part(imported)?);
        if one == "mod.rs" || one == other {
            return None;
        }
        if other == "mod.rs" {
            return Some("goes through the front door".to_owned());
        }
        match (self.floor(one), self.floor(other)) {
            (None, _) => Some(format!("stands in {one}, which is on no floor")),
            (_, None) => Some(format!("imports of {other}, which is on no floor")),
            (Some(0), Some(0)) => None,
            (Some(one), Some(other)) if other < one => None,
            (Some(one), Some(other)) => Some(format!("imports from floor {one} of floor {other}")),
        }
    }
}

#[test]
fn a_folder_imports_only_folders_of_a_lower_floor() {
    let house = House::of_the_program();
    let mut broken = vec![];
    for building in &BUILDINGS {
        for (file, imports) in house.imports.iter().enumerate() {
            for import in imports {
                let (one, other) = (house.path(file), house.path(import.from));
                if let Some(objection) = building.objection(one, other) {
                    broken.push(format!("{one} {objection}: {other}, {}", import.item));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn the_floors_are_told_apart() {
    let [room, ..] = &BUILDINGS;
    let objects = |one, other| room.objection(one, other).is_some();
    assert!(!objects("room/call/state.rs", "room/path/mod.rs"));
    assert!(!objects("room/call/state.rs", "room/call/turn.rs"));
    assert!(!objects("room/device.rs", "room/switch.rs"));
    assert!(!objects("room/mod.rs", "room/call/state.rs"));
    assert!(!objects("client/engine/mod.rs", "room/mod.rs"));
    assert!(objects("room/path/mod.rs", "room/call/state.rs"));
    assert!(objects("room/path/mod.rs", "room/quality/mod.rs"));
    assert!(objects("room/device.rs", "room/preferences.rs"));
    assert!(objects("room/call/state.rs", "room/mod.rs"));
    assert!(objects("room/call/state.rs", "room/cellar/mod.rs"));
}
