//! What is written around the check of the connection. What its steps say comes with the check.

pub(crate) const CHECK_AGAIN: &str = "Check again";
pub(crate) const COPY_REPORT: &str = "Copy report";
pub(crate) const WITH_ADDRESSES: &str = "With addresses";
