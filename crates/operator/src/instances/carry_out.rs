//! Writes only: what was decided about an instance.

use k8s_openapi::api::core::v1::Namespace;
use kube::{
    Api, Resource, ResourceExt,
    api::{DeleteParams, ObjectMeta, Patch, PatchParams, PostParams, Preconditions},
    core::NamespaceResourceScope,
    runtime::events::EventType,
};
use resources::{DployInstance, EngineName, label, meta};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    context::Context,
    engines::{Draft, OrderRef, Withdrawal},
    error::{Doing, ReconcileError, is_already_exists, is_not_found},
    guard_rails::{self, GuardObjects},
    plan::{
        Ready,
        instance::{Adoption, Farewell, Step},
    },
};

/// What holds up the rest of the steps.
pub(super) type Held = Option<Ready>;

/// Carries out the steps in their order, up to the first that has to wait.
pub(super) async fn carry_out(
    context: &Context,
    instance: &DployInstance,
    steps: Vec<Step>,
) -> Result<Held, ReconcileError> {
    for step in steps {
        context.leadership.check()?;
        let held = match step {
            Step::Adopt(adoption) => adopt(context, instance, *adoption).await?,
            Step::OpenNamespace(name) => open_namespace(context, instance, &name).await?,
            Step::Guard(name, objects) => guard(context, &name, *objects).await?,
            Step::Place(engine, draft) => place(context, engine, *draft).await?,
            Step::Withdraw(engine, order) => withdraw(context, engine, &order).await?,
            Step::CloseNamespace(name) => close_namespace(context, instance, &name).await?,
            Step::Delete(why) => delete(context, instance, why).await?,
            Step::Release => release(context, instance).await?,
        };
        if held.is_some() {
            return Ok(held);
        }
    }
    Ok(None)
}

async fn adopt(
    context: &Context,
    instance: &DployInstance,
    adoption: Adoption,
) -> Result<Held, ReconcileError> {
    let Adoption { by_hand, uuid, resolved, expires_at } = adoption;
    let mut finalizers = instance.finalizers().to_vec();
    if !finalizers.iter().any(|it| it == meta::FINALIZER) {
        finalizers.push(meta::FINALIZER.into());
    }
    let mut metadata = json!({
        "resourceVersion": instance.metadata.resource_version,
        "finalizers": finalizers,
    });
    if by_hand {
        metadata["labels"] = json!({ (meta::TEMPLATE): label(&instance.spec.template_ref) });
        metadata["annotations"] = json!({ (meta::ADOPTED): meta::TRUE });
    }
    let given = [
        uuid.map(|it| ("uuid".to_owned(), json!(it))),
        resolved.map(|it| ("resolved".to_owned(), json!(it))),
        expires_at.map(|it| ("expiresAt".to_owned(), json!(it))),
    ];
    let spec: Value = given.into_iter().flatten().collect::<serde_json::Map<_, _>>().into();
    patch(context, instance, json!({ "metadata": metadata, "spec": spec })).await?;
    Ok(None)
}

/// One that exists already is looked at again before anything is placed in it.
async fn open_namespace(
    context: &Context,
    instance: &DployInstance,
    name: &str,
) -> Result<Held, ReconcileError> {
    let metadata = ObjectMeta {
        name: Some(name.to_owned()),
        labels: Some(guard_rails::namespace_labels(instance)),
        annotations: Some(guard_rails::namespace_annotations(instance)).filter(|it| !it.is_empty()),
        ..ObjectMeta::default()
    };
    let namespace = Namespace { metadata, ..Namespace::default() };
    let created = Api::all(context.client.clone()).create(&PostParams::default(), &namespace).await;
    match created {
        Err(error) if is_already_exists(&error) => {
            Ok(Some(Ready::no("NamespaceTaken", "Its namespace appeared meanwhile.")))
        }
        outcome => outcome.map(|_| None).doing("create the namespace"),
    }
}

/// Applied rather than created: what stands already, of an attempt that was cut off, is fine.
async fn guard(
    context: &Context,
    namespace: &str,
    objects: GuardObjects,
) -> Result<Held, ReconcileError> {
    let GuardObjects { quota, limits, network } = objects;
    apply(context, namespace, quota, "limit what the environment may use").await?;
    apply(context, namespace, limits, "limit what its containers may use").await?;
    apply(context, namespace, network, "keep other environments from it").await?;
    Ok(None)
}

async fn apply<K>(
    context: &Context,
    namespace: &str,
    object: Option<K>,
    operation: &'static str,
) -> Result<(), ReconcileError>
where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>
        + Clone
        + std::fmt::Debug
        + Serialize
        + DeserializeOwned,
{
    let Some(object) = object else { return Ok(()) };
    let api: Api<K> = Api::namespaced(context.client.clone(), namespace);
    let params = PatchParams::apply(meta::FIELD_MANAGER).force();
    let applied = api.patch(&object.name_any(), &params, &Patch::Apply(&object)).await;
    applied.map(drop).doing(operation)
}

async fn place(
    context: &Context,
    engine: EngineName,
    draft: Draft,
) -> Result<Held, ReconcileError> {
    if let Some(engine) = context.engines.get(engine) {
        engine.place(draft).await?;
    }
    Ok(None)
}

async fn withdraw(
    context: &Context,
    engine: EngineName,
    order: &OrderRef,
) -> Result<Held, ReconcileError> {
    let Some(engine) = context.engines.get(engine) else { return Ok(None) };
    Ok(match engine.withdraw(order).await? {
        Withdrawal::Done => None,
        Withdrawal::StillGoing(what) => Some(Ready::no("WorkloadEnding", what)),
    })
}

/// Deletes the namespace if it is this instance's; "already gone" is fine.
async fn close_namespace(
    context: &Context,
    instance: &DployInstance,
    name: &str,
) -> Result<Held, ReconcileError> {
    // What the watch shows to be on its way out, it will show to be gone, too; that it is gone is asked of the API server.
    let shown = context.mirrors.namespaces.get(name).filter(|it| is_ours(it, instance));
    if let Some(leaving) = shown.filter(|it| it.metadata.deletion_timestamp.is_some()) {
        return Ok(Some(ending(&leaving)));
    }
    let namespaces: Api<Namespace> = Api::all(context.client.clone());
    let found = namespaces.get_opt(name).await.doing("read the namespace")?;
    let Some(found) = found.filter(|it| is_ours(it, instance)) else { return Ok(None) };
    if found.metadata.deletion_timestamp.is_some() {
        return Ok(Some(ending(&found)));
    }
    let uid = Preconditions { uid: found.uid(), ..Preconditions::default() };
    let params = DeleteParams::background().preconditions(uid);
    match namespaces.delete(name, &params).await {
        Err(error) if is_not_found(&error) => Ok(None),
        outcome => Ok(outcome.doing("delete the namespace")?.left().as_ref().map(ending)),
    }
}

fn is_ours(namespace: &Namespace, instance: &DployInstance) -> bool {
    namespace.labels().get(meta::INSTANCE) == Some(&label(&instance.name_any()))
}

/// What the namespace controller says it waits for.
fn ending(namespace: &Namespace) -> Ready {
    let conditions = namespace.status.iter().flat_map(|status| status.conditions.iter().flatten());
    let said: Vec<&str> = conditions
        .filter(|it| it.status == "True")
        .filter_map(|it| it.message.as_deref())
        .collect();
    let name = namespace.name_any();
    let message = match said.as_slice() {
        [] => format!("Namespace {name} is being deleted."),
        said => format!("Namespace {name} is being deleted. {}", said.join(" ")),
    };
    Ready::no("NamespaceEnding", message)
}

async fn delete(
    context: &Context,
    instance: &DployInstance,
    why: Farewell,
) -> Result<Held, ReconcileError> {
    context.delete_instance(&instance.metadata).await?;
    if let Some(note) = why.note() {
        tracing::info!(instance = instance.name_any(), why = why.reason(), "deleted an instance");
        context.tell(instance, EventType::Normal, why.reason(), note).await;
    }
    Ok(None)
}

async fn release(context: &Context, instance: &DployInstance) -> Result<Held, ReconcileError> {
    let others: Vec<&String> =
        instance.finalizers().iter().filter(|it| *it != meta::FINALIZER).collect();
    let version = &instance.metadata.resource_version;
    let metadata = json!({ "resourceVersion": version, "finalizers": others });
    patch(context, instance, json!({ "metadata": metadata })).await?;
    Ok(None)
}

/// Asks for metadata only: the answer can be read even where the object cannot.
async fn patch(
    context: &Context,
    instance: &DployInstance,
    change: Value,
) -> Result<(), ReconcileError> {
    let params =
        PatchParams { field_manager: Some(meta::FIELD_MANAGER.into()), ..PatchParams::default() };
    let patched = context
        .api::<DployInstance>()
        .patch_metadata(&instance.name_any(), &params, &Patch::Merge(change))
        .await;
    patched.map(drop).doing("update the instance")
}
