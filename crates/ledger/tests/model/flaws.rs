//! Flaws: what the protocol did before it was fixed, or what somebody could break. The model has to
//! find each of them.

/// A flaw of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// A launch refuses because of the cached record.
    CachedRefuse,
    /// A launch returns an environment that only the cache has.
    CachedReturn,
    /// The first seat on the cached record is written without a version.
    CachedUnconditional,
    /// A seat is written without a version.
    SeatUnconditional,
    /// A launch forgets the seat that it wrote, and waits for itself.
    SeatForgotten,
    /// The instance is created before its seat.
    InstanceFirst,
    /// A launch does not check the quota.
    NoQuota,
    /// A launch returns an environment past its deadline.
    ReturnExpired,
    /// A seat is taken from a writer without a fence.
    NoFence,
    /// A seat is given back without a fence.
    GiveBackWithoutFence,
    /// A create does not look at the age of its seat.
    Oversleep,
    /// A member is claimed without a version.
    ClaimUnconditional,
    /// A claim that meets its own write takes another member.
    ClaimForgotten,
    /// A remove frees the seat of an instance's name, whatever seat that is.
    FreeByName,
    /// A remove frees the seat before it deletes the instance.
    FreeFirst,
    /// A remove that meets its own delete answers 404.
    RemoveForgotten,
    /// Every remove that finds the instance deleting succeeds.
    RemoveTwice,
    /// An extension is written without a version.
    ExtendUnconditional,
    /// An extension that meets its own write is written again.
    ExtendForgotten,
    /// A void instance goes although a late create may come.
    VoidGone,
    /// A finalizer is removed although a seat names the instance.
    ReleaseSeated,
    /// An orphan is found in the cache alone.
    OrphanCached,
    /// The sweep frees a seat without a fence.
    SweepWithoutFence,
    /// The sweep writes a record without a version.
    SweepUnconditional,
}
