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
    /// A seat is added beside the one that it replaces.
    SeatAdded,
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
    /// Two requests of one owner write equal seats of a member, so that one gives back the seat of
    /// the other when its claim is refused.
    OneTicket,
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
    /// A remove does not mark the instance, and counts any deletion that it asked for as its own.
    RemoveUnmarked,
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
    /// What is missing in a record that was lost is an orphan.
    RecordLost,
    /// An orphan is found in the cache alone.
    OrphanCached,
    /// A remove answers 404 because of the cached record.
    CachedNotFound,
    /// Nobody sweeps.
    NoSweep,
    /// The sweep frees a seat without a fence.
    SweepWithoutFence,
    /// The sweep writes a record without a version.
    SweepUnconditional,
}

/// Each flaw, with the scenario that finds it and the invariant that it breaks there.
pub(crate) const ALL: [(Flaw, &str, &str); 30] = [
    (Flaw::CachedRefuse, "quota", "a refusal is true"),
    (Flaw::CachedReturn, "launch-delete-launch", "a launch returns what lives"),
    (Flaw::CachedUnconditional, "double-click", "environments within the quota"),
    (Flaw::SeatUnconditional, "double-click", "every environment has a seat"),
    (Flaw::SeatAdded, "double-click", "one seat per template"),
    (Flaw::SeatForgotten, "lost-click", "a launch never fences its own seat"),
    (Flaw::InstanceFirst, "quota", "one environment per template"),
    (Flaw::NoQuota, "quota", "seats within the quota"),
    (Flaw::ReturnExpired, "expire", "a launch returns what lives"),
    (Flaw::NoFence, "double-click", "every environment has a seat"),
    (Flaw::GiveBackWithoutFence, "lost-click", "every environment has a seat"),
    (Flaw::OneTicket, "lost-clicks", "every environment has a seat"),
    (Flaw::Oversleep, "oversleep", "every environment has a seat"),
    (Flaw::ClaimUnconditional, "claims", "no member to two owners"),
    (Flaw::ClaimForgotten, "lost-claim", "one environment per template"),
    (Flaw::FreeByName, "claim-delete", "every environment has a seat"),
    (Flaw::FreeFirst, "two-deletes", "every environment has a seat"),
    (Flaw::RemoveForgotten, "lost-delete", "a removal is told"),
    (Flaw::RemoveUnmarked, "two-deletes", "one remove succeeds"),
    (Flaw::RemoveTwice, "two-deletes", "one remove succeeds"),
    (Flaw::ExtendUnconditional, "two-extends", "an extension is kept"),
    (Flaw::ExtendForgotten, "lost-extend", "an extension counts once"),
    (Flaw::VoidGone, "double-click", "every environment has a seat"),
    (Flaw::ReleaseSeated, "two-deletes", "one remove succeeds"),
    (Flaw::RecordLost, "wipe", "acknowledged until its end"),
    (Flaw::OrphanCached, "double-click", "acknowledged until its end"),
    (Flaw::CachedNotFound, "two-deletes", "a 404 is true"),
    (Flaw::NoSweep, "quota", "at rest seats are environments"),
    (Flaw::SweepWithoutFence, "double-click", "every environment has a seat"),
    (Flaw::SweepUnconditional, "double-click", "every environment has a seat"),
];
