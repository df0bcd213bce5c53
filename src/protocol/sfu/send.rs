//! Which of a client's layers anybody wants.

use super::layer::Layer;
use crate::protocol::message::message;

message! {
    /// Which of a client's layers anybody watches; each one replaces the one before. What is not wanted need not be encoded.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct SfuSend {
        /// Newer ones have higher numbers.
        pub number: u32 = "number",
        /// The layers of the camera that are wanted.
        pub camera: Vec<Layer> = "camera",
        /// The layers of the screen that are wanted.
        pub screen: Vec<Layer> = "screen",
        /// Whether anybody hears the client here.
        pub sound: bool = "sound",
    }
}
