//! Seeded stories of calls over bottlenecks, and what holds in all of them.

pub(crate) mod bottlenecks;
pub(crate) mod calls;
pub(crate) mod losses;
pub(crate) mod stories;
