//! The fourth step: creates and deletes members of the pool. Writes only.

use futures::{
    FutureExt, StreamExt,
    future::{BoxFuture, ready},
    stream,
};
use kube::ResourceExt;
use ledger::order::{Origin, pool_member};
use planner::{
    pool::{Census, PoolMove},
    template::Drafted,
};
use resources::DployTemplate;

use crate::{context::Writes, error::ReconcileError};

/// How many members of one pool are created or deleted at the same time.
const MAX_CONCURRENT_WRITES: usize = 8;

pub(super) async fn carry_out(
    writes: Writes<'_>,
    template: &DployTemplate,
    drafted: &Drafted,
    decided: &PoolMove,
) -> Result<(), ReconcileError> {
    let names = decided.remove.clone().into_iter();
    let removals = names.map(|name| remove(writes, template, &drafted.census, name).boxed());
    let creations = (0..decided.create).map(|_| create(writes, template, drafted).boxed());
    let removed = all(removals).await;
    let created = all(creations).await;
    removed.and(created)
}

/// Carries out all of the writes. One that fails does not stop the others: a request that is
/// dropped can still take effect. Returns a failure rather than a conflict.
async fn all<'a>(
    writes: impl Iterator<Item = BoxFuture<'a, Result<(), ReconcileError>>>,
) -> Result<(), ReconcileError> {
    let outcomes = stream::iter(writes).buffer_unordered(MAX_CONCURRENT_WRITES);
    let errors: Vec<ReconcileError> =
        outcomes.filter_map(|outcome| ready(outcome.err())).collect().await;
    let count = errors.len();
    match errors.into_iter().min_by_key(ReconcileError::is_conflict) {
        Some(error) => {
            tracing::debug!(count, "could not carry out all changes of a pool");
            Err(error)
        }
        None => Ok(()),
    }
}

/// Deletes a member on the version in the cache. A claim that came first wins, and the pool is
/// counted again.
async fn remove(
    writes: Writes<'_>,
    template: &DployTemplate,
    census: &Census,
    name: String,
) -> Result<(), ReconcileError> {
    let Some(member) = writes.mirrors().instances.get(&name) else { return Ok(()) };
    if !member.spec.owner.is_empty() {
        return Ok(());
    }
    writes.delete_instance(&member.metadata).await?;
    let failed =
        census.members().any(|it| it.name == name && it.is_current && it.standing.is_failed());
    writes.pools().removed(&template.name_any(), &name, failed);
    tracing::info!(member = %name, failed, "deleted a pool member");
    Ok(())
}

async fn create(
    writes: Writes<'_>,
    template: &DployTemplate,
    drafted: &Drafted,
) -> Result<(), ReconcileError> {
    let pool = template.name_any();
    let uuid = writes.world().random_hex::<4>();
    let origin = Origin {
        revision: drafted.revision_name.clone(),
        ttl_seconds: drafted.revision.ttl_seconds,
        seed: writes.world().random_hex::<16>(),
    };
    let member = pool_member(&pool, &uuid, origin);
    let name = member.name_any();
    writes.pools().creating(&pool, &name);
    match writes.create_instance(&member, "create a pool member").await {
        // Random names hardly ever meet. An earlier attempt at this very request took effect.
        Err(error) if error.is_already_exists() => Ok(()),
        Err(error) if error.is_refusal() => {
            writes.pools().not_created(&pool, &name);
            Err(error)
        }
        // After any other error the member may exist, now or later.
        outcome => outcome,
    }
}
