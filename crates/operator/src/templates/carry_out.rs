//! Writes only: members come and go.

use futures::{StreamExt, TryStreamExt, stream};
use kube::{
    ResourceExt,
    api::{ObjectMeta, PostParams},
};
use resources::{
    DployInstance, DployInstanceSpec, DployTemplate, ResolvedTemplate, instance_labels, meta,
};

use crate::{
    context::Context,
    error::{Doing, ReconcileError},
    plan::pool::{Census, PoolMove},
};

/// How many members are created or deleted at once.
const AT_ONCE: usize = 8;

pub(super) async fn carry_out(
    context: &Context,
    template: &DployTemplate,
    resolved: ResolvedTemplate,
    census: &Census,
    decided: &PoolMove,
) -> Result<(), ReconcileError> {
    let resolved = &resolved;
    stream::iter(decided.remove.clone())
        .map(|name| remove(context, template, census, name))
        .buffer_unordered(AT_ONCE)
        .try_collect::<()>()
        .await?;
    stream::iter(0..decided.create)
        .map(|_| create(context, template, resolved.clone()))
        .buffer_unordered(AT_ONCE)
        .try_collect::<()>()
        .await
}

/// On the version that was seen: a claim that came first wins, and the pool is counted again.
async fn remove(
    context: &Context,
    template: &DployTemplate,
    census: &Census,
    name: String,
) -> Result<(), ReconcileError> {
    context.leadership.check()?;
    let Some(member) = context.mirrors.instances.get(&name) else { return Ok(()) };
    if !member.spec.owner.is_empty() {
        return Ok(());
    }
    context.delete_instance(&member.metadata).await?;
    let failed = census.members().any(|it| it.name == name && it.standing.is_failed());
    context.pools.removed(&template.name_any(), &name, failed);
    tracing::info!(member = %name, failed, "removed a member of a pool");
    Ok(())
}

async fn create(
    context: &Context,
    template: &DployTemplate,
    mut resolved: ResolvedTemplate,
) -> Result<(), ReconcileError> {
    context.leadership.check()?;
    let pool = template.name_any();
    resolved.seed = clock::random_hex::<16>();
    let member = member(&pool, &clock::random_hex::<4>(), resolved);
    let name = member.name_any();
    context.pools.creating(&pool, &name);
    let params =
        PostParams { field_manager: Some(meta::FIELD_MANAGER.into()), ..PostParams::default() };
    let created = context.api::<DployInstance>().create(&params, &member).await;
    if created.is_err() {
        context.pools.not_created(&pool, &name);
    }
    created.map(drop).doing("create a member of a pool")
}

fn member(template: &str, uuid: &str, resolved: ResolvedTemplate) -> DployInstance {
    let mut labels = instance_labels(template);
    labels.insert(meta::POOLED.to_owned(), meta::TRUE.to_owned());
    DployInstance {
        metadata: ObjectMeta {
            name: Some(rendering::names::instance_name(template, uuid)),
            labels: Some(labels),
            finalizers: Some(vec![meta::FINALIZER.into()]),
            ..ObjectMeta::default()
        },
        spec: DployInstanceSpec {
            template_ref: template.into(),
            pooled: true,
            uuid: Some(uuid.into()),
            resolved: Some(resolved),
            ..DployInstanceSpec::default()
        },
        status: None,
    }
}
