//! Every sentence people read, in one place and as a whole: a name or a number fills a hole, nothing is put together from halves.
//!
//! Responsible for words alone: what is said when is the model's. Invariant: whatever failed, the words say what it is and
//! what to do about it.

pub mod buttons;
pub mod call;
pub mod chat;
pub mod check;
pub mod connection;
pub mod connection_report;
pub mod connection_test;
pub(crate) mod connection_verdict;
pub mod controls;
pub mod devices;
pub mod figures;
pub mod figures_report;
pub mod files;
pub mod joining;
pub mod lobby;
pub mod media;
pub mod media_port;
pub mod notice;
pub mod pages;
pub mod passage;
pub mod path_failure;
pub mod people;
pub mod problem;
pub mod recording;
pub mod room_name;
pub mod settings;
pub mod stage;
pub mod status;
pub mod title;

pub use joining::{departure, join_problem};
pub use lobby::inside;
pub use media::media_problems;
pub use notice::notice;
pub use problem::{WayOn, Words};
pub use room_name::{corrected_room_name, invitation_problem, room_name_rule};
