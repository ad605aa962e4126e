//! Gives environments their seats back whose record was deleted, or restored without its status
//! (docs/ledger.md, "Lost ledgers"). It observes, decides and writes.

use kube::ResourceExt;
use ledger::reseat::decide;
use resources::{DployInstance, DployOwner};

use crate::{context::Context, error::ReconcileError};

/// Writes the seats that the record lacks, on the version that was decided on. Returns whether it
/// wrote. The cache says when a live list is worth its call.
pub(super) async fn reseat(context: &Context, owner: &DployOwner) -> Result<bool, ReconcileError> {
    let key = owner.name_any();
    let reads = context.reads();
    let cached = reads.mirrors().instances.all_where(|it| it.spec.owner == key);
    let cached = cached.iter().filter_map(|guarded| guarded.0.as_ref().ok());
    if decide(owner, cached, reads.now()).is_none() {
        return Ok(false);
    }
    let live: Vec<DployInstance> = reads.instances_of(&key).await?;
    let Some(seats) = decide(owner, &live, reads.now()) else { return Ok(false) };
    let mut updated = owner.clone();
    let count = seats.len();
    updated.status.get_or_insert_default().seats = seats;
    context.writes().replace_status(&updated, "give environments their seats back").await?;
    tracing::info!(owner = key, seats = count, "gave environments their seats back");
    Ok(true)
}
