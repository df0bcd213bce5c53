//! The pages, one for each address.

mod address;
pub mod home;
pub mod not_found;
pub mod room;

pub use address::Address;
pub use home::HomePage;
pub use not_found::{NoSuchRoom, NotFoundPage, TooManyRoomsPage};
pub use room::RoomPage;
