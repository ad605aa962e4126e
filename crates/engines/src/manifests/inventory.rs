//! The inventory of an order: a ConfigMap in the environment's namespace that lists the placed
//! objects.
//!
//! An object is listed before it is applied and until it is gone, so that a crash leaves no object
//! that the next attempt does not find. The inventory has the draft's digest only once the whole
//! draft was applied.

use k8s_openapi::api::core::v1::ConfigMap;
use kube::{
    Api, Client,
    api::{DeleteParams, Patch, PatchParams, Preconditions},
};
use resources::{OrderRef, meta};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::object::ObjectRef;
use crate::EngineError;
use crate::api_error::is_not_found;

/// The name of the ConfigMap.
pub(super) const NAME: &str = "dploy-inventory";
const DIGEST: &str = "digest";
const OBJECTS: &str = "objects";

/// An object that was placed, or will be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// The object.
    #[serde(flatten)]
    pub(super) object: ObjectRef,
    /// Whether its deletion was requested.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) leaving: bool,
}

/// The contents of an inventory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Contents {
    /// The digest of the draft; `None` while one is being placed.
    pub(super) digest: Option<String>,
    /// The objects, in the order of their placement.
    pub(super) entries: Vec<Entry>,
}

/// An inventory, as it was read or written last.
#[derive(Debug, Clone, Default)]
pub(super) struct Inventory {
    pub(super) contents: Contents,
    version: Option<String>,
    uid: Option<String>,
}

/// The reference of the ConfigMap.
pub(super) fn reference(namespace: Option<String>) -> ObjectRef {
    ObjectRef { api_version: "v1".into(), kind: "ConfigMap".into(), namespace, name: NAME.into() }
}

/// Reads the order's inventory.
pub(super) async fn read(
    client: &Client,
    order: &OrderRef,
) -> Result<Option<Inventory>, EngineError> {
    const OPERATION: &str = "read the inventory of the environment";
    let found = api(client, order).get_opt(NAME).await;
    match found.map_err(|cause| EngineError::world(OPERATION, cause))? {
        Some(map) => {
            Inventory::of(map).map(Some).map_err(|cause| EngineError::world(OPERATION, cause))
        }
        None => Ok(None),
    }
}

impl Inventory {
    /// Whether this is the ConfigMap with that uid.
    pub(super) fn is(&self, uid: &str) -> bool {
        self.uid.as_deref() == Some(uid)
    }

    fn of(map: ConfigMap) -> Result<Self, serde_json::Error> {
        let data = map.data.unwrap_or_default();
        let entries =
            data.get(OBJECTS).map_or(Ok(Vec::new()), |text| serde_json::from_str(text))?;
        let digest = data.get(DIGEST).cloned();
        let contents = Contents { digest, entries };
        Ok(Self { contents, version: map.metadata.resource_version, uid: map.metadata.uid })
    }

    /// Writes `contents`, on the version that was read. Does nothing if they are equal.
    pub(super) async fn record(
        &mut self,
        client: &Client,
        order: &OrderRef,
        contents: Contents,
    ) -> Result<(), EngineError> {
        const OPERATION: &str = "record what is placed";
        if self.version.is_some() && self.contents == contents {
            return Ok(());
        }
        let document = document(order, &contents, self.version.as_deref())
            .map_err(|cause| EngineError::world(OPERATION, cause))?;
        let params = PatchParams::apply(meta::FIELD_MANAGER).force();
        let written = api(client, order).patch(NAME, &params, &Patch::Apply(document)).await;
        let written = written.map_err(|cause| EngineError::world(OPERATION, cause))?;
        *self = Self {
            contents,
            version: written.metadata.resource_version,
            uid: written.metadata.uid,
        };
        Ok(())
    }

    /// Deletes an inventory whose objects are all gone. "Already gone" is fine.
    pub(super) async fn discard(
        mut self,
        client: &Client,
        order: &OrderRef,
    ) -> Result<(), EngineError> {
        self.record(client, order, Contents::default()).await?;
        let uid = Preconditions { uid: self.uid, ..Preconditions::default() };
        let params = DeleteParams::background().preconditions(uid);
        match api(client, order).delete(NAME, &params).await {
            Err(error) if !is_not_found(&error) => {
                Err(EngineError::world("delete the inventory of the environment", error))
            }
            _ => Ok(()),
        }
    }
}

fn api(client: &Client, order: &OrderRef) -> Api<ConfigMap> {
    Api::namespaced(client.clone(), &order.namespace)
}

/// An inventory that lists an object outside of its namespace has a finalizer, so that it outlasts
/// the namespace.
fn document(
    order: &OrderRef,
    contents: &Contents,
    version: Option<&str>,
) -> Result<Value, serde_json::Error> {
    let labels: serde_json::Map<String, Value> =
        order.labels().map(|(name, value)| (name.to_owned(), value.into())).collect();
    let mut metadata = json!({ "name": NAME, "labels": labels });
    if let Some(version) = version {
        metadata["resourceVersion"] = version.into();
    }
    let here = Some(&order.namespace);
    if contents.entries.iter().any(|entry| entry.object.namespace.as_ref() != here) {
        metadata["finalizers"] = json!([meta::FINALIZER]);
    }
    let mut data = json!({ OBJECTS: serde_json::to_string(&contents.entries)? });
    if let Some(digest) = &contents.digest {
        data[DIGEST] = digest.as_str().into();
    }
    Ok(json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data }))
}
