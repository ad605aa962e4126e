//! What was placed for an order, in a ConfigMap of the environment's namespace.
//!
//! It names an object before the object is applied and until the object is gone, so that whoever is killed in between leaves
//! nothing that the next one does not find. It carries the draft's digest only once the whole draft has been applied.

use k8s_openapi::api::core::v1::ConfigMap;
use kube::{
    Api, Client,
    api::{DeleteParams, Patch, PatchParams, Preconditions},
};
use resources::meta;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::object::ObjectRef;
use crate::{
    engines::{EngineError, OrderRef},
    error::is_not_found,
};

/// The name of the ConfigMap.
const NAME: &str = "dploy-inventory";
const DIGEST: &str = "digest";
const OBJECTS: &str = "objects";

/// An object that was placed, or is about to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// Which object.
    #[serde(flatten)]
    pub(super) object: ObjectRef,
    /// Whether its deletion was asked for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) leaving: bool,
}

/// What an inventory says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Contents {
    /// The digest of the draft; `None` while one is being placed.
    pub(super) digest: Option<String>,
    /// The objects, in the order in which they are placed.
    pub(super) entries: Vec<Entry>,
}

/// An inventory as it was read or written.
#[derive(Debug, Clone, Default)]
pub(super) struct Inventory {
    pub(super) contents: Contents,
    version: Option<String>,
    uid: Option<String>,
}

/// The ConfigMap as an object.
pub(super) fn reference(namespace: Option<String>) -> ObjectRef {
    ObjectRef { api_version: "v1".into(), kind: "ConfigMap".into(), namespace, name: NAME.into() }
}

/// The order's inventory, where there is one.
pub(super) async fn read(
    client: &Client,
    order: &OrderRef,
) -> Result<Option<Inventory>, EngineError> {
    const DOING: &str = "read the inventory of the environment";
    let found = api(client, order).get_opt(NAME).await;
    match found.map_err(|cause| EngineError::world(DOING, cause))? {
        Some(map) => Inventory::of(map).map(Some).map_err(|cause| EngineError::world(DOING, cause)),
        None => Ok(None),
    }
}

impl Inventory {
    fn of(map: ConfigMap) -> Result<Self, serde_json::Error> {
        let data = map.data.unwrap_or_default();
        let entries =
            data.get(OBJECTS).map_or(Ok(Vec::new()), |text| serde_json::from_str(text))?;
        let digest = data.get(DIGEST).cloned();
        let contents = Contents { digest, entries };
        Ok(Self { contents, version: map.metadata.resource_version, uid: map.metadata.uid })
    }

    /// Records `contents`, on the version that was read. Writes nothing that changes nothing.
    pub(super) async fn record(
        &mut self,
        client: &Client,
        order: &OrderRef,
        contents: Contents,
    ) -> Result<(), EngineError> {
        const DOING: &str = "record what is placed";
        if self.version.is_some() && self.contents == contents {
            return Ok(());
        }
        let document = document(order, &contents, self.version.as_deref())
            .map_err(|cause| EngineError::world(DOING, cause))?;
        let params = PatchParams::apply(meta::FIELD_MANAGER).force();
        let written = api(client, order).patch(NAME, &params, &Patch::Apply(document)).await;
        let written = written.map_err(|cause| EngineError::world(DOING, cause))?;
        *self = Self {
            contents,
            version: written.metadata.resource_version,
            uid: written.metadata.uid,
        };
        Ok(())
    }

    /// Deletes it; "already gone" is fine. Only for one that names nothing any more.
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

/// One that names something outside of its namespace must not vanish with the namespace: a finalizer keeps it.
fn document(
    order: &OrderRef,
    contents: &Contents,
    version: Option<&str>,
) -> Result<Value, serde_json::Error> {
    let labels: serde_json::Map<String, Value> =
        order.labels().into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
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
