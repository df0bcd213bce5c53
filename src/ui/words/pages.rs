//! What is written on the pages without a room.

pub(crate) const FOOT: &str = "Calls run between your browsers. This server only introduces them.";

// The home page.
pub(crate) const HOME_TITLE: &str = "Face to face, one link away";
pub(crate) const HOME_LEAD: &str = "Visavis opens a video room in your browser: start one, send its link, and see each other. No account, nothing to install.";
pub(crate) const OR: &str = "or";
pub(crate) const BROWSER_TO_BROWSER: &str = "Browser to browser";
pub(crate) const ENCRYPTED: &str = "Encrypted";
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
