//! Files: choosing and dropping them, answering offers, and watching how far they are.
//!
//! Invariant: a picture is only ever shown of an image that cannot contain scripts, and only in an image element; a name
//! is shown as text.

pub mod card;
pub mod drop_target;
pub mod offers;
pub mod panel;
pub mod picker;

pub use drop_target::DropTarget;
pub use offers::FileOffers;
pub use panel::FilesPanel;
pub use picker::FilePicker;
