//! The first step: observes what surrounds an instance. Reads only.

use std::sync::Arc;

use kube::{ResourceExt, core::DeserializeGuard};
use ledger::{
    order::Origin,
    orphan::{needs_seat_in, seat_matters},
    queue::is_place,
    seats::seat_naming,
    standing::is_unclaimed,
};
use planner::instance::{Current, NamespaceSeen, Observed, Seating, Workload};
use resources::{
    DployInstance, DployOwner, EngineName, Health, OperatorConfigSpec, OrderRef, TemplateRevision,
    WorkloadState, label, meta,
};

use crate::{context::Reads, error::ReconcileError};

/// What surrounds an instance.
pub(super) struct Observation {
    /// What the decision is made on.
    pub(super) facts: Observed,
    /// The spec of the OperatorConfig.
    pub(super) config: Option<Arc<OperatorConfigSpec>>,
    /// The order for the engine. `None`: the engine cannot place anything yet, or the instance is
    /// terminating.
    pub(super) order: Option<OrderRef>,
}

pub(super) async fn observe(
    reads: Reads<'_>,
    instance: &DployInstance,
) -> Result<Observation, ReconcileError> {
    let order = order(instance);
    let revision = match &instance.spec.revision {
        Some(name) => reads.revision(name).await?,
        None => None,
    };
    Ok(Observation {
        facts: Observed {
            template_gone: template_gone(reads, instance).await?,
            seat: seating(reads, instance).await?,
            namespace: namespace(reads, instance).await?,
            workload: workload(reads, instance, revision.as_deref(), order.as_ref()).await?,
            revision,
            has_damaged_guards: reads.has_damaged_guards(instance),
            fresh_uuid: fresh_uuid(reads, instance),
            current: current(reads, instance).await?,
        },
        config: reads.config(),
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
    let Some(name) = instance.workload_namespace() else { return Ok(NamespaceSeen::Unnamed) };
    if let Some(namespace) = reads.mirrors().namespaces.get(&name) {
        return Ok(seen(&namespace, instance));
    }
    // At first the namespace is created without a look. The API server says whether it exists.
    if instance.status.as_ref().is_none_or(|status| status.namespace.is_none()) {
        return Ok(NamespaceSeen::Missing);
    }
    let found = reads.namespace(&name).await?;
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
    revision: Option<&TemplateRevision>,
    order: Option<&OrderRef>,
) -> Result<Workload, ReconcileError> {
    let Some(engine) = engine_of(instance, revision) else { return Ok(Workload::NotAsked) };
    if !reads.engines().has(engine) {
        return Ok(Workload::NoEngine(engine));
    }
    let Some(order) = order else { return Ok(Workload::NotAsked) };
    if let Some(known) = reads.settled().workload(&order.instance) {
        return Ok(Workload::Observed(known));
    }
    let state = reads.workload(engine, order).await?;
    Ok(state.map_or(Workload::NoEngine(engine), Workload::Observed))
}

impl Observation {
    /// Takes the state of what was just placed.
    pub(super) fn note(&mut self, placed: WorkloadState) {
        self.facts.namespace = NamespaceSeen::Ours;
        self.facts.workload = Workload::Observed(placed);
    }

    /// The workload's state, if it is healthy.
    pub(super) fn healthy_workload(&self) -> Option<&WorkloadState> {
        match &self.facts.workload {
            Workload::Observed(state) if state.health == Health::Healthy => Some(state),
            _ => None,
        }
    }
}

/// The engine that placed the workload, else the engine that is to place it.
pub(super) fn engine_of(
    instance: &DployInstance,
    revision: Option<&TemplateRevision>,
) -> Option<EngineName> {
    let placed_by = instance.status.as_ref().and_then(|status| status.engine);
    placed_by.or(revision.map(|it| it.engine))
}

fn order(instance: &DployInstance) -> Option<OrderRef> {
    OrderRef::of(instance).filter(|_| instance.metadata.deletion_timestamp.is_none())
}

/// The revision that an instance without one gets. Nobody else needs to know.
async fn current(reads: Reads<'_>, instance: &DployInstance) -> Result<Current, ReconcileError> {
    let Some(template) = reads.mirrors().templates.get(&instance.spec.template_ref) else {
        return Ok(Current::NoTemplate);
    };
    let named = template.status.and_then(|status| status.revision);
    let Some(name) = named.filter(|_| instance.spec.revision.is_none()) else {
        return Ok(Current::Unwritten);
    };
    let revision = reads.revision(&name).await?;
    Ok(revision.map_or(Current::Unwritten, |revision| {
        let seed = reads.world().random_hex::<16>();
        Current::Written(Origin { revision: name, ttl_seconds: revision.ttl_seconds, seed })
    }))
}

/// A uuid that no instance of the template has, for an instance that lacks one.
fn fresh_uuid(reads: Reads<'_>, instance: &DployInstance) -> String {
    if instance.spec.uuid.is_some() {
        return String::new();
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
    uuid
}
