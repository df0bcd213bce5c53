//! The key of the data directory and what is made from it, and the source of chance.

pub(crate) mod key;
pub(crate) mod random;
pub(crate) mod resume_token;
pub(crate) mod turn_credentials;
