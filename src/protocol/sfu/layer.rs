//! The layers in which one picture is sent.

use serde::Deserialize;
use serde_json::Value;

use crate::protocol::fields::{Read, WrongField};
use crate::protocol::message::words;

words! {
    /// A layer of a picture: the same, in another size (RFC 8853). Its name is the `rid` of its encoding.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
    pub enum Layer {
        /// A quarter of the width and height.
        Quarter = "q",
        /// Half of the width and height.
        Half = "h",
        /// The whole size; also of a picture that is sent in one layer.
        Full = "f",
    }
}

impl Layer {
    /// All of them, the smallest first.
    pub const ALL: [Self; 3] = [Self::Quarter, Self::Half, Self::Full];

    /// Its place among [`Layer::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }

    /// Its name on the wire, the `rid`.
    pub fn rid(self) -> &'static str {
        match self {
            Self::Quarter => "q",
            Self::Half => "h",
            Self::Full => "f",
        }
    }
}

impl Read for Layer {
    fn read(value: &Value) -> Result<Self, WrongField> {
        let rid = value.as_str().ok_or(WrongField("a layer"))?;
        let mut all = Self::ALL.into_iter();
        all.find(|layer| layer.rid() == rid)
            .ok_or(WrongField("a layer"))
    }
}
