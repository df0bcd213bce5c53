//! The browser's small services, each behind a type that lets go of it when dropped.

pub(crate) mod clipboard;
pub(crate) mod clock;
pub(crate) mod environment;
pub(crate) mod js;
pub(crate) mod listener;
pub(crate) mod object_url;
pub(crate) mod promise;
pub(crate) mod storage;
pub(crate) mod timer;
pub(crate) mod wake_lock;
