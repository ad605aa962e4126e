//! The first step: observes what surrounds an instance. Reads only.

use std::sync::Arc;

use kube::{ResourceExt, core::DeserializeGuard};
use ledger::{
    orphan::{needs_seat_in, seat_matters},
    queue::is_place,
    seats::seat_naming,
    standing::is_unclaimed,
};
use planner::instance::{Fresh, NamespaceSeen, Observed, Seating, Workload};
use resources::{
    DployInstance, DployOwner, DployTemplate, EngineName, LaunchDefaults, OperatorConfigSpec,
    OrderRef, label, meta,
};

use crate::{context::Reads, error::ReconcileError};

/// What surrounds an instance.
pub(super) struct Observation {
    /// What the decision is made on.
    pub(super) facts: Observed,
    /// The template, if that exists and is well-formed.
    pub(super) template: Option<DployTemplate>,
    /// The spec of the OperatorConfig.
    pub(super) config: Option<Arc<OperatorConfigSpec>>,
    /// The launch defaults of a cluster without an OperatorConfig.
    pub(super) defaults: LaunchDefaults,
    /// The order for the engine. `None`: the engine cannot place anything yet, or the instance is
    /// terminating.
    pub(super) order: Option<OrderRef>,
}

pub(super) async fn observe(
    reads: Reads<'_>,
    instance: &DployInstance,
) -> Result<Observation, ReconcileError> {
    let template = reads.mirrors().templates.get(&instance.spec.template_ref);
    let order = order(instance);
    Ok(Observation {
        facts: Observed {
            template_gone: template.is_none() && template_gone(reads, instance).await?,
            seat: seating(reads, instance).await?,
            namespace: namespace(reads, instance).await?,
            workload: workload(reads, instance, order.as_ref()).await?,
            fresh: fresh(reads, instance),
        },
        template,
        config: reads.config(),
        defaults: reads.settings().defaults,
        order,
    })
}

/// Whether a live read finds no template. A deletion follows from that, and only for unclaimed
/// members.
async fn template_gone(reads: Reads<'_>, instance: &DployInstance) -> Result<bool, ReconcileError> {
    let name = &instance.spec.template_ref;
    if reads.mirrors().templates.guarded(name).is_some()
        || !(is_unclaimed(instance) || is_place(instance))
    {
        return Ok(false);
    }
    Ok(!reads.template_exists(name).await?)
}

/// A seat in the cache is enough: nothing is deleted because of it. The absence of a seat is read
/// live as soon as it has consequences.
async fn seating(reads: Reads<'_>, instance: &DployInstance) -> Result<Seating, ReconcileError> {
    let name = instance.name_any();
    let has_seat = |owner: &DployOwner| seat_naming(owner, &name).is_some();
    let (key, owners) = (&instance.spec.owner, &reads.mirrors().owners);
    if owners.get(key).as_ref().is_some_and(has_seat) {
        return Ok(Seating::Held);
    }
    if key.is_empty() {
        let held = owners.any(has_seat);
        return Ok(if held { Seating::Held } else { Seating::Nowhere });
    }
    if !seat_matters(instance, reads.now()) {
        return Ok(Seating::Unread);
    }
    Ok(match reads.owner(key).await? {
        Some(DeserializeGuard(Ok(owner))) if has_seat(&owner) => Seating::Held,
        Some(DeserializeGuard(Ok(owner))) if needs_seat_in(instance, &owner) => Seating::Nowhere,
        Some(DeserializeGuard(_)) | None => Seating::NoRecord,
    })
}

async fn namespace(
    reads: Reads<'_>,
    instance: &DployInstance,
) -> Result<NamespaceSeen, ReconcileError> {
    let status = instance.status.as_ref();
    let Some(name) = status.and_then(|status| status.namespace.as_deref()) else {
        return Ok(NamespaceSeen::Unnamed);
    };
    if let Some(namespace) = reads.mirrors().namespaces.get(name) {
        return Ok(seen(&namespace, instance));
    }
    let found = reads.namespace(name).await?;
    Ok(found.map_or(NamespaceSeen::Missing, |namespace| seen(&namespace, instance)))
}

fn seen(namespace: &impl ResourceExt, instance: &DployInstance) -> NamespaceSeen {
    if !is_labelled_with(namespace, instance) {
        NamespaceSeen::Foreign
    } else if namespace.meta().deletion_timestamp.is_some() {
        NamespaceSeen::Ending
    } else {
        NamespaceSeen::Ours
    }
}

/// Whether an object carries the label of this instance.
pub(super) fn is_labelled_with(object: &impl ResourceExt, instance: &DployInstance) -> bool {
    object.labels().get(meta::INSTANCE) == Some(&label(&instance.name_any()))
}

async fn workload(
    reads: Reads<'_>,
    instance: &DployInstance,
    order: Option<&OrderRef>,
) -> Result<Workload, ReconcileError> {
    let Some(engine) = engine_of(instance) else { return Ok(Workload::NotAsked) };
    if !reads.engines().has(engine) {
        return Ok(Workload::NoEngine(engine));
    }
    let Some(order) = order else { return Ok(Workload::NotAsked) };
    let state = reads.workload(engine, order).await?;
    Ok(state.map_or(Workload::NoEngine(engine), Workload::Observed))
}

/// The engine that placed the workload, else the engine that is to place it.
pub(super) fn engine_of(instance: &DployInstance) -> Option<EngineName> {
    let placed_by = instance.status.as_ref().and_then(|status| status.engine);
    placed_by.or(instance.spec.resolved.as_ref().map(|resolved| resolved.engine))
}

fn order(instance: &DployInstance) -> Option<OrderRef> {
    OrderRef::of(instance).filter(|_| instance.metadata.deletion_timestamp.is_none())
}

/// Draws a uuid that no instance of the template has, and a seed.
fn fresh(reads: Reads<'_>, instance: &DployInstance) -> Fresh {
    if instance.spec.uuid.is_some() && instance.spec.resolved.is_some() {
        return Fresh::default();
    }
    let template = &instance.spec.template_ref;
    let is_taken = |uuid: &str| {
        reads
            .mirrors()
            .instances
            .any(|it| it.spec.template_ref == *template && it.spec.uuid.as_deref() == Some(uuid))
    };
    let mut uuid = reads.world().random_hex::<4>();
    while is_taken(&uuid) {
        uuid = reads.world().random_hex::<4>();
    }
    Fresh { uuid, seed: reads.world().random_hex::<16>() }
}
