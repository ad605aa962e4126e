//! Lists objects outside of the environments' namespaces by their labels, and removes one of them.

use kube::{
    Api, Client,
    api::{ApiResource, DynamicObject},
    core::TypeMeta,
    discovery,
    error::DiscoveryError,
};
use resources::{ObjectAddress, OperatorConfigSpec, Placed};

use super::{kinds::Kinds, placing};
use crate::{
    EngineError,
    api_error::{is_forbidden, is_not_found},
    placed::{of_installation, placed},
};

/// The objects of one Dploy of the kinds that templates may place outside of the environments'
/// namespaces. A late placement can outlive the instance that recorded it.
pub(super) async fn list(
    client: &Client,
    installation: &str,
    config: &OperatorConfigSpec,
) -> Result<Vec<Placed>, EngineError> {
    let selected = of_installation(installation);
    let mut listed = Vec::new();
    for allowed in &config.manifests.allowed_kinds {
        let Some(resource) = resource(client, &allowed.group, &allowed.kind).await? else {
            continue;
        };
        let api: Api<DynamicObject> = Api::all_with(client.clone(), &resource);
        let kind =
            || TypeMeta { api_version: resource.api_version.clone(), kind: resource.kind.clone() };
        match api.list_metadata(&selected).await {
            Ok(list) => {
                listed.extend(list.items.into_iter().map(|it| placed(kind(), it.metadata)));
            }
            Err(error) => {
                listed.extend(none_if_impossible(format!("list the kind {}", kind().kind), error)?);
            }
        }
    }
    listed.dedup();
    Ok(listed)
}

/// Without the right to list a kind, this program cannot have placed it.
fn none_if_impossible(
    operation: impl Into<String>,
    error: kube::Error,
) -> Result<Vec<Placed>, EngineError> {
    let is_impossible = is_not_found(&error) || is_forbidden(&error);
    if is_impossible { Ok(Vec::new()) } else { Err(EngineError::world(operation, error)) }
}

/// A kind in the version that the cluster prefers. `None` if the kind is not served.
async fn resource(
    client: &Client,
    group: &str,
    kind: &str,
) -> Result<Option<ApiResource>, EngineError> {
    match discovery::group(client, group).await {
        Ok(found) => Ok(found.recommended_kind(kind).map(|(resource, _)| resource)),
        Err(kube::Error::Discovery(DiscoveryError::MissingApiGroup(_))) => Ok(None),
        Err(error) if is_not_found(&error) => Ok(None),
        Err(error) => Err(EngineError::world(format!("find the kind {kind}"), error)),
    }
}

/// Requests the deletion of exactly this object.
pub(super) async fn remove(kinds: &Kinds, leftover: &Placed) -> Result<(), EngineError> {
    let is_meant = |found: &kube::api::ObjectMeta| found.uid.as_ref() == Some(&leftover.uid);
    placing::remove_if(kinds, &object(leftover), is_meant).await.map(drop)
}

fn object(leftover: &Placed) -> ObjectAddress {
    ObjectAddress {
        api_version: leftover.api_version.clone(),
        kind: leftover.kind.clone(),
        namespace: Some(leftover.namespace.clone()).filter(|it| !it.is_empty()),
        name: leftover.name.clone(),
    }
}
