//! Objects that do not fit their own type: one edit by hand on a schema of another version is enough.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{
    Api, Resource, ResourceExt,
    api::{ApiResource, DynamicObject, Patch, PatchParams},
    core::{NamespaceResourceScope, error_boundary::InvalidObject},
    runtime::controller::Action,
};
use resources::{DployInstance, DployInstanceSpec, DployInstanceStatus, meta};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{
    context::Context,
    error::{Doing, ReconcileError},
    plan::{Ready, set_ready},
};

/// What can be saved of an instance that is being deleted: enough to tear its workload down.
pub(crate) async fn leaving_instance(
    context: &Context,
    invalid: &InvalidObject,
) -> Result<Option<DployInstance>, ReconcileError> {
    if invalid.metadata.deletion_timestamp.is_none() {
        return Ok(None);
    }
    let name = invalid.metadata.name.as_deref().unwrap_or_default();
    let found = dynamic::<DployInstance>(context).get_opt(name).await.doing("read the instance")?;
    Ok(found.map(|object| DployInstance {
        spec: DployInstanceSpec {
            template_ref: part(&object, "/spec/templateRef").unwrap_or_default(),
            owner: part(&object, "/spec/owner").unwrap_or_default(),
            uuid: part(&object, "/spec/uuid"),
            ..DployInstanceSpec::default()
        },
        status: Some(DployInstanceStatus {
            uuid: part(&object, "/status/uuid"),
            namespace: part(&object, "/status/namespace"),
            engine: part(&object, "/status/engine"),
            ..DployInstanceStatus::default()
        }),
        metadata: object.metadata,
    }))
}

/// Says in a condition that, and why, the object cannot be read; then an edit has to come.
pub(crate) async fn report<K>(
    context: &Context,
    invalid: &InvalidObject,
) -> Result<Action, ReconcileError>
where
    K: Resource<DynamicType = (), Scope = NamespaceResourceScope>,
{
    let name = invalid.metadata.name.as_deref().unwrap_or_default();
    let api = dynamic::<K>(context);
    let Some(object) = api.get_opt(name).await.doing("read a malformed object")? else {
        return Ok(Action::await_change());
    };
    let mut conditions: Vec<Condition> = part(&object, "/status/conditions").unwrap_or_default();
    let before = conditions.clone();
    let ready = Ready::no("Malformed", format!("It cannot be read: {}", invalid.error));
    set_ready(&mut conditions, ready, object.metadata.generation, context.clock.now());
    if conditions != before {
        let change = json!({
            "metadata": { "resourceVersion": object.resource_version() },
            "status": { "conditions": conditions },
        });
        let params = PatchParams {
            field_manager: Some(meta::FIELD_MANAGER.into()),
            ..PatchParams::default()
        };
        let written = api.patch_status(name, &params, &Patch::Merge(change)).await;
        written.doing("write the condition of a malformed object")?;
    }
    Ok(Action::await_change())
}

fn dynamic<K>(context: &Context) -> Api<DynamicObject>
where
    K: Resource<DynamicType = ()>,
{
    let kind = ApiResource::erase::<K>(&());
    Api::namespaced_with(context.client.clone(), &context.settings.namespace, &kind)
}

fn part<T: DeserializeOwned>(object: &DynamicObject, path: &str) -> Option<T> {
    let value: &Value = object.data.pointer(path)?;
    serde_json::from_value(value.clone()).ok()
}
