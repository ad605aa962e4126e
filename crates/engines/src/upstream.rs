//! Access to the objects of an upstream, such as Flux. The upstream may not be installed.

use kube::{
    Api, Client, ResourceExt,
    api::{
        ApiResource, DeleteParams, DynamicObject, ListParams, ObjectMeta, Patch, PatchParams,
        Preconditions,
    },
    core::{GroupVersionKind, TypeMeta},
};
use resources::{OrderRef, Placed, label, meta};
use serde_json::{Value, json};
use thiserror::Error;

use crate::{
    EngineError, Withdrawal,
    api_error::{is_conflict, is_forbidden, is_not_found},
    placed::{of_installation, placed},
};

/// Annotation: the digest of the draft of an object.
pub(super) const DRAFT: &str = "dploy.dev/draft";

/// A kind of an upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) group: &'static str,
    pub(super) version: &'static str,
    pub(super) name: &'static str,
    pub(super) plural: &'static str,
}

impl Kind {
    /// Such as `source.toolkit.fluxcd.io/v1`.
    pub(super) fn api_version(self) -> String {
        format!("{}/{}", self.group, self.version)
    }

    pub(super) fn resource(self) -> ApiResource {
        let gvk = GroupVersionKind::gvk(self.group, self.version, self.name);
        ApiResource::from_gvk_with_plural(&gvk, self.plural)
    }

    /// An object of this kind, as an engine lists it.
    pub(super) fn placed(self, metadata: ObjectMeta) -> Placed {
        placed(TypeMeta { api_version: self.api_version(), kind: self.name.into() }, metadata)
    }
}

/// How messages name an upstream.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wording {
    /// The upstream.
    pub(super) name: &'static str,
    /// The part of the upstream that removes workloads.
    pub(super) remover: &'static str,
    /// The participle of its removal, such as `uninstalled`.
    pub(super) removed: &'static str,
}

/// The upstream is not installed.
#[derive(Debug, Error)]
#[error("{upstream} is not installed in this cluster, which has no kind {kind} in {api_version}")]
struct NotInstalled {
    upstream: &'static str,
    kind: &'static str,
    api_version: String,
}

/// The result of a deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deletion {
    /// The object is gone.
    Gone,
    /// A finalizer keeps the object.
    Terminating,
    /// Somebody wrote the object meanwhile.
    Conflict,
}

/// The objects of an upstream.
#[derive(Clone)]
pub(super) struct Upstream {
    client: Client,
    wording: Wording,
}

impl Upstream {
    pub(super) const fn new(client: Client, wording: Wording) -> Self {
        Self { client, wording }
    }

    /// The objects of all namespaces that the parameters select. Empty if the kind is not served.
    pub(super) async fn list(
        &self,
        kind: Kind,
        params: &ListParams,
    ) -> Result<Vec<DynamicObject>, EngineError> {
        let api: Api<DynamicObject> = Api::all_with(self.client.clone(), &kind.resource());
        match api.list(params).await {
            Ok(list) => Ok(list.items),
            Err(error) if is_not_found(&error) => Ok(Vec::new()),
            Err(error) => Err(EngineError::world(format!("list the kind {}", kind.name), error)),
        }
    }

    /// The objects of one kind that one Dploy placed for instances, in one namespace or in all.
    /// Empty if the kind is not served. Empty also without the right to list it: then this program
    /// cannot have placed any.
    pub(super) async fn list_placed(
        &self,
        kind: Kind,
        namespace: Option<&str>,
        installation: &str,
    ) -> Result<Vec<Placed>, EngineError> {
        let api: Api<DynamicObject> = match namespace {
            Some(namespace) => self.api(kind, namespace),
            None => Api::all_with(self.client.clone(), &kind.resource()),
        };
        match api.list_metadata(&of_installation(installation)).await {
            Ok(list) => Ok(list.items.into_iter().map(|it| kind.placed(it.metadata)).collect()),
            Err(error) if is_not_found(&error) || is_forbidden(&error) => Ok(Vec::new()),
            Err(error) => Err(EngineError::world(format!("list the kind {}", kind.name), error)),
        }
    }

    /// The object that was listed, unless another one has its name by now.
    pub(super) async fn get_listed(
        &self,
        kind: Kind,
        listed: &Placed,
    ) -> Result<Option<DynamicObject>, EngineError> {
        let found = self.get(kind, &listed.namespace, &listed.name).await?;
        Ok(found.filter(|it| it.metadata.uid.as_ref() == Some(&listed.uid)))
    }

    /// One object. `None` if the kind is not served.
    pub(super) async fn get(
        &self,
        kind: Kind,
        namespace: &str,
        name: &str,
    ) -> Result<Option<DynamicObject>, EngineError> {
        let found = found(self.api(kind, namespace).get(name).await);
        found.map_err(|cause| {
            EngineError::world(format!("read {} {namespace}/{name}", kind.name), cause)
        })
    }

    /// The order's object in this namespace, which has the name of the environment's namespace.
    pub(super) async fn get_of(
        &self,
        kind: Kind,
        namespace: &str,
        order: &OrderRef,
    ) -> Result<Option<DynamicObject>, EngineError> {
        let found = self.get(kind, namespace, &order.namespace).await?;
        let instance = label(&order.instance);
        Ok(found.filter(|it| it.labels().get(meta::INSTANCE) == Some(&instance)))
    }

    /// Applies a document server-side.
    pub(super) async fn apply(
        &self,
        kind: Kind,
        document: &Value,
    ) -> Result<DynamicObject, EngineError> {
        let text = |path: &str| document.pointer(path).and_then(Value::as_str).unwrap_or_default();
        let (namespace, name) = (text("/metadata/namespace"), text("/metadata/name"));
        let params = PatchParams::apply(meta::FIELD_MANAGER).force();
        let applied = self.api(kind, namespace).patch(name, &params, &Patch::Apply(document)).await;
        let operation = || format!("place {} {namespace}/{name}", kind.name);
        match applied {
            Ok(applied) => Ok(applied),
            Err(error) if is_not_found(&error) && !self.is_served(kind).await? => {
                Err(EngineError::world(operation(), self.not_installed(kind)))
            }
            Err(error) => Err(EngineError::refused(operation(), error)),
        }
    }

    /// Merges a patch into an object, on the version that was read. `None` if somebody wrote the
    /// object meanwhile.
    pub(super) async fn merge(
        &self,
        kind: Kind,
        found: &DynamicObject,
        mut patch: Value,
    ) -> Result<Option<DynamicObject>, EngineError> {
        let (namespace, name) = key_of(found);
        patch["metadata"]["resourceVersion"] = json!(found.metadata.resource_version);
        let params = PatchParams {
            field_manager: Some(meta::FIELD_MANAGER.into()),
            ..PatchParams::default()
        };
        match self.api(kind, namespace).patch(name, &params, &Patch::Merge(patch)).await {
            Ok(patched) => Ok(Some(patched)),
            Err(error) if is_conflict(&error) || is_not_found(&error) => Ok(None),
            Err(cause) => {
                Err(EngineError::world(format!("change {} {namespace}/{name}", kind.name), cause))
            }
        }
    }

    /// Deletes the object with the uid that was found. With `as_read`, it deletes only the version
    /// that was read.
    pub(super) async fn delete(
        &self,
        kind: Kind,
        found: &DynamicObject,
        as_read: bool,
    ) -> Result<Deletion, EngineError> {
        let (namespace, name) = key_of(found);
        let version = found.metadata.resource_version.clone().filter(|_| as_read);
        let conditions =
            Preconditions { uid: found.metadata.uid.clone(), resource_version: version };
        let params = DeleteParams::background().preconditions(conditions);
        match self.api(kind, namespace).delete(name, &params).await {
            Ok(outcome) if outcome.is_right() => Ok(Deletion::Gone),
            Ok(_) => Ok(Deletion::Terminating),
            Err(error) if is_not_found(&error) => Ok(Deletion::Gone),
            Err(error) if is_conflict(&error) => Ok(Deletion::Conflict),
            Err(cause) => {
                let operation = format!("delete {} {namespace}/{name}", kind.name);
                Err(EngineError::world(operation, cause))
            }
        }
    }

    /// Why a withdrawal is not done: the upstream's own message, or since when the deletion is
    /// pending.
    pub(super) fn still_going(
        &self,
        kind: Kind,
        found: &DynamicObject,
        obstacle: Option<String>,
    ) -> Withdrawal {
        let Wording { name: upstream, remover, removed } = self.wording;
        let (namespace, name) = key_of(found);
        let what = format!("{} {namespace}/{name}", kind.name);
        Withdrawal::StillGoing(match (obstacle, &found.metadata.deletion_timestamp) {
            (Some(why), _) => format!("{what} cannot be {removed}: {why}"),
            (None, Some(since)) => format!(
                "{what} waits to be {removed} by {upstream} since {}; if that does not end, check that its {remover} runs.",
                since.0
            ),
            (None, None) => format!("{what} is being {removed}."),
        })
    }

    fn api(&self, kind: Kind, namespace: &str) -> Api<DynamicObject> {
        Api::namespaced_with(self.client.clone(), namespace, &kind.resource())
    }

    async fn is_served(&self, kind: Kind) -> Result<bool, EngineError> {
        match self.client.list_api_group_resources(&kind.api_version()).await {
            Ok(list) => Ok(list.resources.iter().any(|it| it.kind == kind.name)),
            Err(error) if is_not_found(&error) => Ok(false),
            Err(cause) => Err(EngineError::world("ask which kinds the cluster has", cause)),
        }
    }

    fn not_installed(&self, kind: Kind) -> NotInstalled {
        NotInstalled {
            upstream: self.wording.name,
            kind: kind.name,
            api_version: kind.api_version(),
        }
    }
}

/// The object that was read, if it exists. `Api::get_opt` fails for a kind that is not served,
/// because the API server then answers in plain text.
pub(super) fn found<T>(read: Result<T, kube::Error>) -> Result<Option<T>, kube::Error> {
    match read {
        Ok(object) => Ok(Some(object)),
        Err(error) if is_not_found(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The namespace in which the order's object stood when it was observed last.
pub(super) fn home_of(order: &OrderRef, kind: Kind) -> Option<&str> {
    let reference = order.engine_ref.as_deref()?.strip_prefix(kind.name)?;
    Some(reference.trim_start().split_once('/')?.0)
}

/// The label selector of an order's objects.
pub(super) fn selector(order: &OrderRef) -> String {
    order.selection().map(|(name, value)| format!("{name}={value}")).join(",")
}

/// An object's namespace and name.
pub(super) fn key_of(object: &DynamicObject) -> (&str, &str) {
    let metadata = &object.metadata;
    (
        metadata.namespace.as_deref().unwrap_or_default(),
        metadata.name.as_deref().unwrap_or_default(),
    )
}

/// An object as JSON.
pub(super) fn value_of(object: &DynamicObject) -> Result<Value, EngineError> {
    serde_json::to_value(object).map_err(|cause| EngineError::world("read an object", cause))
}

/// The document with the digest of its draft as an annotation.
pub(super) fn with_digest(document: &Value, digest: &str) -> Value {
    let mut document = document.clone();
    document["metadata"]["annotations"][DRAFT] = digest.into();
    document
}
