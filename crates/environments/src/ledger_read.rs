//! Reading an owner's ledger and what it says about one key.

use kube::ResourceExt;
use ledger::{
    found::{Found, may_be_unseated},
    seats::{SeatKey, seat_at, was_written},
};
use resources::{DployInstance, DployOwner};

use crate::{Refusal, owners::Owner, ports::Reads};

/// What a live read of an owner's ledger found under one key.
#[derive(Debug, Clone)]
pub(crate) struct LedgerRead {
    /// The owner record.
    pub(crate) record: DployOwner,
    /// What the owner has.
    pub(crate) found: Found,
}

/// Reads the owner record, then the instance that its seat names, both live. `None` without a
/// record.
pub(crate) async fn read_ledger(
    reads: &Reads,
    owner: &Owner,
    key: &SeatKey,
) -> Result<Option<LedgerRead>, Refusal> {
    let Some(record) = reads.live.owner(&owner.key).await? else { return Ok(None) };
    let found = match seat_at(&record, key) {
        Some(seat) => {
            let instance = reads.live.instance(&seat.instance).await?;
            Found::seated(seat.clone(), &record, instance, reads.now())
        }
        None => unseated(reads, &record, key).await?,
    };
    Ok(Some(LedgerRead { record, found }))
}

/// The owner's environment that lives, read live.
pub(crate) async fn living(
    reads: &Reads,
    owner: &Owner,
    key: &SeatKey,
) -> Result<Option<DployInstance>, Refusal> {
    let read = read_ledger(reads, owner, key).await?;
    Ok(read.and_then(|LedgerRead { found, .. }| found.living()))
}

/// The cached owner record, if the cache knows neither a seat nor an instance under this key.
pub(crate) fn cached_ledger_without(
    reads: &Reads,
    owner: &Owner,
    key: &SeatKey,
) -> Option<DployOwner> {
    let record = reads.cache.owners.get(&owner.key)?;
    let owned = reads.cache.owned_by(owner);
    let has_none = seat_at(&record, key).is_none() && !owned.iter().any(|it| key.covers(it));
    has_none.then(|| DployOwner::clone(&record))
}

/// The first environment without a seat that a live read finds alive. The cache says which
/// instances to read. For a record that was never written, a live list brings it up to date first:
/// the owner may have environments that are older than the record.
async fn unseated(reads: &Reads, record: &DployOwner, key: &SeatKey) -> Result<Found, Refusal> {
    let owner = Owner::of(record);
    if !was_written(record) {
        reads.live.instances_of([&*owner.key]).await?;
    }
    let owned = reads.cache.owned_by(&owner).into_iter();
    for instance in owned.filter(|it| may_be_unseated(it, record, key)) {
        let Some(live) = reads.live.instance(&instance.name_any()).await? else { continue };
        if let Some(found) = Found::unseated(live, record, key, reads.now()) {
            return Ok(found);
        }
    }
    Ok(Found::Nothing)
}
