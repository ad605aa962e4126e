//! The fourth step: carries out the writes that were decided. Writes only.

use engines::{Draft, EngineError, Withdrawal};
use errors::chain;
use jiff::Timestamp;
use k8s_openapi::{api::core::v1::Namespace, apimachinery::pkg::apis::meta::v1::Time};
use kube::ResourceExt;
use ledger::timestamps;
use planner::{
    Event, Ready,
    guard_rails::GuardObjects,
    instance::{Adoption, DeleteReason, Outcome, Step},
};
use resources::{
    DployInstance, EngineName, ObjectAddress, OrderRef, Reason, WorkloadState, label, meta,
};
use serde_json::{Map, Value, json};

use super::{draft::Drafts, observe::is_labelled_with};
use crate::{context::Writes, error::ReconcileError, mirrors::joined};

/// How far the steps were carried out.
pub(super) struct Progress {
    pub(super) outcome: Outcome,
    /// The state of the workload, if it was placed.
    pub(super) placed: Option<WorkloadState>,
    /// The prints of the guard rails, if they were placed.
    pub(super) guards: Option<String>,
    /// The error of the engine that failed.
    pub(super) failure: Option<EngineError>,
}

/// Why the remaining steps have to wait; `None` if they do not.
type Blocked = Option<Ready>;

/// Carries out the steps in their order, up to the first that has to wait.
pub(super) async fn carry_out(
    writes: Writes<'_>,
    instance: &DployInstance,
    steps: &[Step],
    drafts: &Drafts,
) -> Result<Progress, ReconcileError> {
    let mut progress =
        Progress { outcome: Outcome::Done, placed: None, guards: None, failure: None };
    for step in steps {
        let blocked = match step {
            Step::Adopt(adoption) => adopt(writes, instance, adoption).await,
            Step::OpenNamespace(namespace) => open_namespace(writes, instance, namespace).await,
            Step::Guard(name, objects) => {
                progress.guards = Some(guard(writes, instance, name, objects).await?);
                Ok(None)
            }
            Step::Place(engine) => match place(writes, *engine, drafts.workload.as_ref()).await {
                Ok(Placing::Done(state)) => {
                    progress.placed = state;
                    Ok(None)
                }
                Ok(Placing::Unrecorded(outside)) => {
                    return Ok(progress.until(Outcome::Unrecorded(outside)));
                }
                Err(error) => Err(error),
            },
            Step::BeginTime { ready_at, expires_at } => {
                begin_time(writes, instance, *ready_at, expires_at).await
            }
            Step::Withdraw(engine, order) => withdraw(writes, *engine, order).await,
            Step::EndNamespace(name) => end_namespace(writes, instance, name).await,
            Step::CloseNamespace(name) => close_namespace(writes, instance, name).await,
            Step::Delete(reason) => delete(writes, instance, *reason).await,
            Step::Release => release(writes, instance).await,
        };
        match blocked {
            Ok(None) => {}
            Ok(Some(ready)) => return Ok(progress.until(Outcome::Blocked(ready))),
            Err(ReconcileError::Engine(error)) => {
                let outcome = Outcome::EngineFailed(chain(&error).to_string());
                progress.failure = Some(error);
                return Ok(progress.until(outcome));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(progress)
}

impl Progress {
    /// The steps were carried out until this. Nothing is concluded from what was placed before.
    fn until(self, outcome: Outcome) -> Self {
        Self { outcome, placed: None, ..self }
    }
}

async fn adopt(
    writes: Writes<'_>,
    instance: &DployInstance,
    adoption: &Adoption,
) -> Result<Blocked, ReconcileError> {
    let Adoption { by_hand, uuid, revision, seed, ttl_seconds, expires_at } = adoption;
    let mut finalizers = instance.finalizers().to_vec();
    if !finalizers.iter().any(|it| it == meta::FINALIZER) {
        finalizers.push(meta::FINALIZER.into());
    }
    let mut metadata = json!({
        "resourceVersion": instance.metadata.resource_version,
        "finalizers": finalizers,
    });
    if *by_hand {
        metadata["labels"] = json!({ (meta::TEMPLATE): label(&instance.spec.template_ref) });
        metadata["annotations"] = json!({ (meta::ADOPTED): meta::TRUE });
    }
    let fields = [
        uuid.as_ref().map(|it| ("uuid".to_owned(), json!(it))),
        revision.as_ref().map(|it| ("revision".to_owned(), json!(it))),
        seed.as_ref().map(|it| ("seed".to_owned(), json!(it))),
        ttl_seconds.map(|it| ("ttlSeconds".to_owned(), json!(it))),
        expires_at.as_ref().map(|it| ("expiresAt".to_owned(), json!(it))),
    ];
    let spec: Value = fields.into_iter().flatten().collect::<Map<_, _>>().into();
    let change = json!({ "metadata": metadata, "spec": spec });
    writes.patch_instance(&instance.name_any(), change).await?;
    Ok(None)
}

/// Nothing is placed in a namespace that exists already, unless an earlier attempt created it.
async fn open_namespace(
    writes: Writes<'_>,
    instance: &DployInstance,
    namespace: &Namespace,
) -> Result<Blocked, ReconcileError> {
    match writes.create_namespace(namespace).await {
        Err(error) if error.is_already_exists() => {
            let found = writes.reads().namespace(&namespace.name_any()).await?;
            let is_ours = found.is_some_and(|it| {
                is_labelled_with(&it, instance) && it.metadata.deletion_timestamp.is_none()
            });
            let message = "Its namespace exists already.";
            Ok((!is_ours).then(|| Ready::no(Reason::NamespaceTaken, message)))
        }
        outcome => outcome.map(|()| None),
    }
}

/// Applies the guard rails. An attempt that was cut off may have placed some of them. Returns their
/// prints.
async fn guard(
    writes: Writes<'_>,
    instance: &DployInstance,
    namespace: &str,
    objects: &GuardObjects,
) -> Result<String, ReconcileError> {
    let GuardObjects { quota, limits, network } = objects.clone();
    let quota = writes.apply_guard(namespace, quota, "limit what the environment may use").await?;
    let limits = writes.apply_guard(namespace, limits, "limit what its containers may use").await?;
    let network = writes.apply_guard(namespace, network, "keep other environments from it").await?;
    writes.guards_mended(instance);
    Ok(joined([network, quota, limits]))
}

/// How far a placement has come.
enum Placing {
    /// The workload has this state.
    Done(Option<WorkloadState>),
    /// These objects outside of the namespace have to be recorded first.
    Unrecorded(Vec<ObjectAddress>),
}

async fn place(
    writes: Writes<'_>,
    engine: EngineName,
    draft: Option<&Draft>,
) -> Result<Placing, ReconcileError> {
    let Some(draft) = draft else { return Ok(Placing::Done(None)) };
    let outside = writes.reads().outside(engine, draft).await?;
    if !draft.order.reference.placement.records(&outside) {
        return Ok(Placing::Unrecorded(outside));
    }
    writes.place(engine, draft.clone()).await.map(Placing::Done)
}

async fn begin_time(
    writes: Writes<'_>,
    instance: &DployInstance,
    ready_at: Timestamp,
    expires_at: &Time,
) -> Result<Blocked, ReconcileError> {
    let change = json!({
        "metadata": {
            "resourceVersion": instance.metadata.resource_version,
            "annotations": { (meta::READY_AT): timestamps::text(ready_at) },
        },
        "spec": { "expiresAt": expires_at },
    });
    writes.patch_instance(&instance.name_any(), change).await?;
    Ok(None)
}

async fn withdraw(
    writes: Writes<'_>,
    engine: EngineName,
    order: &OrderRef,
) -> Result<Blocked, ReconcileError> {
    Ok(match writes.withdraw(engine, order).await? {
        Withdrawal::Done => None,
        Withdrawal::StillGoing(what) => Some(Ready::no(Reason::WorkloadEnding, what)),
    })
}

/// Requests the deletion of the namespace, whatever is left in it.
async fn end_namespace(
    writes: Writes<'_>,
    instance: &DployInstance,
    name: &str,
) -> Result<Blocked, ReconcileError> {
    close_namespace(writes, instance, name).await.map(|_| None)
}

/// Deletes the namespace if it carries the instance's label. "Already gone" is fine.
async fn close_namespace(
    writes: Writes<'_>,
    instance: &DployInstance,
    name: &str,
) -> Result<Blocked, ReconcileError> {
    let is_of_instance = |namespace: &Namespace| is_labelled_with(namespace, instance);
    // A terminating namespace stays in the cache until the watch reports its deletion, so the cache
    // is enough to wait. That the namespace is gone has to be read live.
    let cached = writes.mirrors().namespaces.get(name).filter(is_of_instance);
    if let Some(cached) = cached.filter(|it| it.metadata.deletion_timestamp.is_some()) {
        return Ok(Some(terminating(&cached)));
    }
    let left = writes.delete_namespace(name, is_of_instance).await?;
    Ok(left.as_ref().map(terminating))
}

/// Reports what the namespace controller waits for.
fn terminating(namespace: &Namespace) -> Ready {
    let conditions = namespace.status.iter().flat_map(|status| status.conditions.iter().flatten());
    let messages: Vec<&str> = conditions
        .filter(|it| it.status == "True")
        .filter_map(|it| it.message.as_deref())
        .collect();
    let name = namespace.name_any();
    let message = match messages.as_slice() {
        [] => format!("Namespace {name} is being deleted."),
        messages => format!("Namespace {name} is being deleted. {}", messages.join(" ")),
    };
    Ready::no(Reason::NamespaceEnding, message)
}

async fn delete(
    writes: Writes<'_>,
    instance: &DployInstance,
    why: DeleteReason,
) -> Result<Blocked, ReconcileError> {
    writes.delete_instance(&instance.metadata).await?;
    if let Some(note) = why.note() {
        let reason = why.reason();
        tracing::info!(instance = instance.name_any(), %reason, "deleted an instance");
        writes.publish(instance, Event { is_warning: false, reason, message: note.into() }).await;
    }
    Ok(None)
}

async fn release(writes: Writes<'_>, instance: &DployInstance) -> Result<Blocked, ReconcileError> {
    let others: Vec<&String> =
        instance.finalizers().iter().filter(|it| *it != meta::FINALIZER).collect();
    let version = &instance.metadata.resource_version;
    let metadata = json!({ "resourceVersion": version, "finalizers": others });
    writes.patch_instance(&instance.name_any(), json!({ "metadata": metadata })).await?;
    Ok(None)
}
