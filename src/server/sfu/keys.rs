//! What rooms and seats are called between the rooms' tasks and the SFU's threads, and members within one.

/// A room, from its first seat to its last. It is never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct RoomKey(pub(super) u64);

/// A seat of a room, while somebody has it. It is never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct SeatKey(pub(super) u64);

/// A member's place in the shard, for as long as they have their seat; then it is another's.
pub(super) type MemberId = usize;
