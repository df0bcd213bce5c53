//! Lines of JSON, the way a program speaks with its device: one object a line, both ways (docs/devices.md).

pub(crate) mod acknowledgements;
pub(crate) mod announcement;
pub(crate) mod event;
pub(crate) mod order;
pub(crate) mod output;
pub(crate) mod reader;
