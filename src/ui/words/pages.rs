//! What is written on the pages without a room.

const FOOT: &str = "Calls run between your browsers. This server only introduces them.";
const FOOT_WITH_SFU: &str = "Calls run between your browsers, or through this server. Whoever runs it could see and hear those that do.";

// The home page.
pub(crate) const HOME_TITLE: &str = "Face to face, one link away";
pub(crate) const HOME_LEAD: &str = "Visavis opens a video room in your browser: start one, send its link, and see each other. No account, nothing to install.";
pub(crate) const OR: &str = "or";
const BROWSER_TO_BROWSER: &str = "Browser to browser";
const OR_THROUGH_SERVER: &str = "Browser to browser, or through this server";
const ENCRYPTED: &str = "Encrypted";
const ENCRYPTED_ON_THE_WAY: &str = "Encrypted on the way";
pub(crate) const OWN_SERVER: &str = "On your own server";
pub(crate) const LINK_OR_NAME: &str = "Room link or name";
pub(crate) const START_A_ROOM: &str = "Start a room";

// An address that is none.
pub(crate) const NOT_FOUND: &str = "Page not found";
pub(crate) const NOTHING_HERE: &str = "There is nothing at this address";
pub(crate) const WHERE_ROOMS_LIVE: &str =
    "Rooms live at addresses that begin with /r/. Check the link, or start a room of your own.";

// A name that no room can have.
pub(crate) const NO_SUCH_ROOM: &str = "No such room";
pub(crate) const NO_ROOM_NAME: &str = "This cannot be the name of a room";
// The link to the room with the corrected name stands between the two.
pub(crate) const DID_YOU_MEAN: (&str, &str) = ("Did you mean ", "?");

// Too many rooms are started from the same address.
pub(crate) const TOO_MANY_ROOMS: &str = "Too many rooms at once";
pub(crate) const NO_ROOM_STARTED: &str = "No room was started";
pub(crate) const START_LATER: &str = "Many rooms were started from your network within seconds. Wait a few seconds, then start yours again.";

/// The foot of every page outside a call.
pub(crate) const fn foot(has_sfu: bool) -> &'static str {
    if has_sfu { FOOT_WITH_SFU } else { FOOT }
}

/// Where calls run, on the home page.
pub(crate) const fn where_calls_run(has_sfu: bool) -> &'static str {
    if has_sfu {
        OR_THROUGH_SERVER
    } else {
        BROWSER_TO_BROWSER
    }
}

/// How calls are protected, on the home page.
pub(crate) const fn encrypted(has_sfu: bool) -> &'static str {
    if has_sfu {
        ENCRYPTED_ON_THE_WAY
    } else {
        ENCRYPTED
    }
}
