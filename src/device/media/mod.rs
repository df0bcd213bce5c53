//! Media without devices: what is sent comes from files or standard input or is made up, what arrives goes to files.

pub(crate) mod frame;
pub(crate) mod ivf;
pub(crate) mod loudness;
pub(crate) mod ogg_opus;
pub(crate) mod played;
pub(crate) mod player;
pub(crate) mod problem;
pub(crate) mod recorder;
pub(crate) mod source;
pub(crate) mod stint;
pub(crate) mod synthetic;
