//! The fourth step: creates and deletes members of the pool. Writes only.

use futures::{StreamExt, TryStreamExt, stream};
use kube::ResourceExt;
use ledger::order::pool_member;
use planner::{
    pool::{Census, PoolMove},
    template::Drafted,
};
use resources::{DployTemplate, ResolvedTemplate};

use crate::{context::Writes, error::ReconcileError};

/// How many members of one pool are created or deleted at the same time.
const MAX_CONCURRENT_WRITES: usize = 8;

pub(super) async fn carry_out(
    writes: Writes<'_>,
    template: &DployTemplate,
    drafted: &Drafted,
    decided: &PoolMove,
) -> Result<(), ReconcileError> {
    stream::iter(decided.remove.clone())
        .map(|name| remove(writes, template, &drafted.census, name))
        .buffer_unordered(MAX_CONCURRENT_WRITES)
        .try_collect::<()>()
        .await?;
    stream::iter(0..decided.create)
        .map(|_| create(writes, template, drafted.resolved.clone()))
        .buffer_unordered(MAX_CONCURRENT_WRITES)
        .try_collect::<()>()
        .await
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
    let failed = census.members().any(|it| it.name == name && it.standing.is_failed());
    writes.pools().removed(&template.name_any(), &name, failed);
    tracing::info!(member = %name, failed, "deleted a pool member");
    Ok(())
}

async fn create(
    writes: Writes<'_>,
    template: &DployTemplate,
    mut resolved: ResolvedTemplate,
) -> Result<(), ReconcileError> {
    let pool = template.name_any();
    resolved.seed = writes.world().random_hex::<16>();
    let member = pool_member(&pool, &writes.world().random_hex::<4>(), resolved);
    let name = member.name_any();
    writes.pools().creating(&pool, &name);
    let created = writes.create_instance(&member, "create a pool member").await;
    if created.is_err() {
        writes.pools().not_created(&pool, &name);
    }
    created
}
