//! Objects that do not fit their type. One edit under a schema of another version is enough.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{
    Resource, ResourceExt,
    api::DynamicObject,
    core::{NamespaceResourceScope, error_boundary::InvalidObject},
    runtime::controller::Action,
};
use planner::{Ready, set_ready};
use resources::{DployInstance, DployInstanceSpec, DployInstanceStatus, Reason};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{
    context::{Context, Reads},
    error::ReconcileError,
};

/// Salvages the parts of a terminating instance that a teardown of its workload needs. `None` for
/// an instance that is not terminating.
pub(crate) async fn salvage(
    reads: Reads<'_>,
    invalid: &InvalidObject,
) -> Result<Option<DployInstance>, ReconcileError> {
    if invalid.metadata.deletion_timestamp.is_none() {
        return Ok(None);
    }
    let name = invalid.metadata.name.as_deref().unwrap_or_default();
    let found = reads.untyped::<DployInstance>(name).await?;
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

/// Writes into condition `Ready` why the object cannot be read. Only an edit helps then.
pub(crate) async fn report<K>(
    context: &Context,
    invalid: &InvalidObject,
) -> Result<Action, ReconcileError>
where
    K: Resource<DynamicType = (), Scope = NamespaceResourceScope>,
{
    let name = invalid.metadata.name.as_deref().unwrap_or_default();
    let Some(object) = context.reads().untyped::<K>(name).await? else {
        return Ok(Action::await_change());
    };
    let mut conditions: Vec<Condition> = part(&object, "/status/conditions").unwrap_or_default();
    let before = conditions.clone();
    let ready = Ready::no(Reason::Malformed, format!("It cannot be read: {}", invalid.error));
    set_ready(&mut conditions, ready, object.metadata.generation, context.now());
    if conditions != before {
        let change = json!({
            "metadata": { "resourceVersion": object.resource_version() },
            "status": { "conditions": conditions },
        });
        context.writes().patch_untyped_status::<K>(name, change).await?;
    }
    Ok(Action::await_change())
}

fn part<T: DeserializeOwned>(object: &DynamicObject, path: &str) -> Option<T> {
    let value: &Value = object.data.pointer(path)?;
    serde_json::from_value(value.clone()).ok()
}
