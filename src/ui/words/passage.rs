//! Where what people send each other passes, in words: directly between them, or through the server.

use crate::room::{Carrier, Passage};

/// What is said of one person, or in short of the whole call.
pub(crate) const fn passage(passage: Passage) -> &'static str {
    match passage {
        Passage::Direct => "Directly between you",
        Passage::Mixed => "Partly through the server",
        Passage::Server => "Through the server",
    }
}

/// What that means for the whole call.
pub(crate) const fn meaning(passage: Passage) -> &'static str {
    match passage {
        Passage::Direct => {
            "What you say, show and send is encrypted from browser to browser: the server cannot see, hear or read it."
        }
        Passage::Mixed => {
            "What goes through the server is encrypted on the way to it, and whoever runs it could see, hear and read it: voices, pictures, screens, chat and files."
        }
        Passage::Server => {
            "It is encrypted on the way to the server, and whoever runs it could see, hear and read everything: voices, pictures, screens, chat and files."
        }
    }
}

/// What the list of people says of one person: nothing where it is what is said of the whole call.
pub(crate) fn of_person(call: Passage, person: Passage) -> Option<&'static str> {
    (call == Passage::Mixed).then(|| passage(person))
}

/// Something that one person sends does not arrive over the connection that it should.
pub(crate) const fn failing(carrier: Carrier) -> &'static str {
    match carrier {
        Carrier::Hub => {
            "Something they send does not arrive through the server. It comes directly where that is possible, and the server is tried again now and then."
        }
        Carrier::Direct => {
            "Something they send does not arrive directly. It comes through the server where that is possible, and the direct way is tried again now and then."
        }
    }
}

/// In the lobby, where it is not known yet.
pub(crate) const IN_THE_LOBBY: &str = "Calls here run between your browsers, or through this server. Whoever runs it could see, hear and read what goes through it. The call says which it is.";

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Passage; 3] = [Passage::Direct, Passage::Mixed, Passage::Server];

    #[test]
    fn whoever_runs_the_server_is_named_wherever_something_passes_it() {
        for passage in ALL {
            let names_them = meaning(passage).contains("whoever runs it");
            assert_eq!(names_them, passage != Passage::Direct, "{passage:?}");
        }
        for what in ["voices", "pictures", "screens", "chat", "files"] {
            assert!(meaning(Passage::Server).contains(what), "{what}");
            assert!(meaning(Passage::Mixed).contains(what), "{what}");
        }
    }

    #[test]
    fn what_fails_and_what_goes_on_are_told_apart() {
        assert!(failing(Carrier::Hub).contains("not arrive through the server. It comes directly"));
        assert!(
            failing(Carrier::Direct).contains("not arrive directly. It comes through the server")
        );
    }

    #[test]
    fn what_is_true_of_everybody_is_not_repeated_for_each() {
        for person in ALL {
            assert_eq!(of_person(Passage::Direct, person), None);
            assert_eq!(of_person(Passage::Server, person), None);
            assert_eq!(of_person(Passage::Mixed, person), Some(passage(person)));
        }
    }
}
