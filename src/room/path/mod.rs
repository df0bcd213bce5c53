//! How media reaches a person over a connection: negotiation, silence, repair, and what to say of it.

pub(crate) mod address_privacy;
pub(crate) mod command;
pub(crate) mod contact;
pub(crate) mod deadline;
pub(crate) mod diagnosis;
pub(crate) mod hub_link;
pub(crate) mod id;
pub(crate) mod lines;
pub(crate) mod link;
pub(crate) mod media_port;
pub(crate) mod mesh;
pub(crate) mod need;
pub mod negotiation;
pub(crate) mod pictures;
pub(crate) mod recovery;
pub(crate) mod report;
pub(crate) mod sections;
pub(crate) mod server_media;
pub(crate) mod stall;
pub(crate) mod state;
pub(crate) mod step;
pub(crate) mod table;
