//! What the driver tells of the page and of what is captured in it.

use crate::room::media::local::Environment;
use crate::room::messaging::chat::message::WallTime;
use crate::room::preferences::Preferences;

/// What is known when the page opens.
#[derive(Clone, Debug)]
pub struct Opening {
    /// Earlier visits left this.
    pub preferences: Preferences,
    /// The page can capture and connect, or cannot.
    pub environment: Environment,
    /// The browser can share a screen.
    pub shares_screens: bool,
    /// The server has an SFU: what it takes to speak to it comes soon.
    pub has_sfu: bool,
    /// Nothing that others send is taken, and so nothing of it is missed.
    pub refuses_media: bool,
    /// The page opened at this wall time, which is that of `Moment(0)`.
    pub page_opened: WallTime,
}

/// What is captured, as far as it is pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CapturedPictures {
    /// The camera's picture has a shorter side of so many pixels, and comes so many times a second; `None` while the
    /// camera is off.
    pub camera: Option<(u32, f64)>,
    /// A screen is captured.
    pub screen: bool,
}

/// How high tiles are on the screen, in device pixels; 0 while the stage was not measured, or has no such tile.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TileHeights {
    /// A tile of the stage is this high.
    pub main: f64,
    /// A tile of the strip is this high.
    pub strip: f64,
}

/// Whether anything of the page can be seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Visibility {
    /// It can.
    #[default]
    Seen,
    /// The page cannot, but a part of it floats above other windows.
    Floating,
    /// It cannot.
    Hidden,
}
