//! Applies definitions, settings and sample templates to the embedded cluster.

use std::{fmt::Debug, time::Duration};

use k8s_openapi::{
    api::core::v1::Namespace,
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
};
use kube::{
    Api, Client, Resource, ResourceExt as _,
    api::{ObjectMeta, Patch, PatchParams},
    core::NamespaceResourceScope,
    runtime::{conditions, wait::await_condition},
};
use resources::{DployTemplate, OperatorConfig, meta::CONFIG_NAME};
use serde::{Serialize, de::DeserializeOwned};

use crate::{DevError, samples};

/// The field manager of the applied objects. Fields that another manager has edited keep their
/// value.
const FIELD_MANAGER: &str = "dploy-dev";
/// The longest wait for a definition. The embedded server establishes it at once, unless its disk
/// fails.
const ESTABLISH_TIMEOUT: Duration = Duration::from_secs(30);

/// Applies the definitions, the namespace, the OperatorConfig and the sample templates.
pub(super) async fn prepare(client: &Client, namespace: &str, port: u16) -> Result<(), DevError> {
    for definition in resources::custom_resource_definitions() {
        define(client, &definition).await?;
    }
    apply(&Api::<Namespace>::all(client.clone()), &named(namespace)).await?;
    let config: OperatorConfig = samples::operator_config(port);
    apply(&Api::all(client.clone()), &config).await?;
    debug_assert_eq!(config.name_any(), CONFIG_NAME);
    let templates: Api<DployTemplate> = api(client, namespace);
    for template in samples::templates() {
        apply(&templates, &template).await?;
    }
    Ok(())
}

async fn define(client: &Client, definition: &CustomResourceDefinition) -> Result<(), DevError> {
    let definitions = Api::all(client.clone());
    apply(&definitions, definition).await?;
    let name = definition.name_any();
    let established = await_condition(definitions, &name, conditions::is_crd_established());
    let failed = |cause| DevError::Prepare { step: format!("waiting for {name}"), cause };
    match tokio::time::timeout(ESTABLISH_TIMEOUT, established).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(cause)) => Err(failed(cause.into())),
        Err(cause) => Err(failed(cause.into())),
    }
}

/// Applies an object. A conflict is no error: another field manager owns a field.
async fn apply<K>(objects: &Api<K>, object: &K) -> Result<(), DevError>
where
    K: Resource<DynamicType = ()> + Serialize + DeserializeOwned + Clone + Debug,
{
    let name = object.name_any();
    match objects.patch(&name, &PatchParams::apply(FIELD_MANAGER), &Patch::Apply(object)).await {
        Ok(_) => Ok(()),
        Err(kube::Error::Api(status)) if status.code == 409 => {
            tracing::info!("{} {name} was edited and is not overwritten", K::kind(&()));
            Ok(())
        }
        Err(cause) => Err(DevError::Prepare {
            step: format!("applying {} {name}", K::kind(&())),
            cause: cause.into(),
        }),
    }
}

fn api<K>(client: &Client, namespace: &str) -> Api<K>
where
    K: Resource<DynamicType = (), Scope = NamespaceResourceScope>,
{
    Api::namespaced(client.clone(), namespace)
}

fn named(name: &str) -> Namespace {
    Namespace {
        metadata: ObjectMeta { name: Some(name.to_owned()), ..ObjectMeta::default() },
        ..Namespace::default()
    }
}
