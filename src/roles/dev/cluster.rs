//! What an admin would have applied to the embedded cluster before anybody signs in.

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

use super::samples;
use crate::roles::Failure;

/// Who owns the fields of what is applied here: whatever somebody else has edited since stays as they left it.
const MANAGER: &str = "dploy-dev";
/// An embedded server establishes a definition at once; this is for one that has lost its disk.
const PATIENCE: Duration = Duration::from_secs(30);

/// Definitions, namespace, settings and samples.
pub(super) async fn prepare(client: &Client, namespace: &str, port: u16) -> Result<(), Failure> {
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

async fn define(client: &Client, definition: &CustomResourceDefinition) -> Result<(), Failure> {
    let definitions = Api::all(client.clone());
    apply(&definitions, definition).await?;
    let name = definition.name_any();
    let established = await_condition(definitions, &name, conditions::is_crd_established());
    let failed = |cause| Failure::Prepare { step: format!("waiting for {name}"), cause };
    match tokio::time::timeout(PATIENCE, established).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(cause)) => Err(failed(cause.into())),
        Err(cause) => Err(failed(cause.into())),
    }
}

/// Applies what is ours; a conflict means that somebody has made a field theirs, which they may.
async fn apply<K>(objects: &Api<K>, object: &K) -> Result<(), Failure>
where
    K: Resource<DynamicType = ()> + Serialize + DeserializeOwned + Clone + Debug,
{
    let name = object.name_any();
    match objects.patch(&name, &PatchParams::apply(MANAGER), &Patch::Apply(object)).await {
        Ok(_) => Ok(()),
        Err(kube::Error::Api(status)) if status.code == 409 => {
            tracing::info!("{} {name} was edited; it stays as it is", K::kind(&()));
            Ok(())
        }
        Err(cause) => Err(Failure::Prepare {
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
