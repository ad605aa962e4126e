//! The kinds of a program that runs workloads for us, such as Flux, whether it is installed or not.

use kube::{
    Api, Client,
    api::{
        ApiResource, DeleteParams, DynamicObject, ListParams, Patch, PatchParams, Preconditions,
    },
    core::GroupVersionKind,
};
use resources::meta;
use serde_json::{Value, json};
use thiserror::Error;

use crate::{
    engines::{EngineError, OrderRef, Withdrawal},
    error::{is_conflict, is_not_found},
};

/// Annotation: the digest of the draft that an object came from.
pub(super) const DRAFT: &str = "dploy.dev/draft";

/// A kind, as the upstream serves it.
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
}

/// A program that runs workloads for us.
#[derive(Debug, Clone, Copy)]
pub(super) struct Program {
    /// As people call it.
    pub(super) name: &'static str,
    /// Which part of it removes workloads.
    pub(super) remover: &'static str,
    /// What it does to them then, such as `uninstalled`.
    pub(super) removed: &'static str,
}

/// The cluster lacks the upstream.
#[derive(Debug, Error)]
#[error("{program} is not installed in this cluster, which has no kind {kind} in {api_version}")]
struct NotInstalled {
    program: &'static str,
    kind: &'static str,
    api_version: String,
}

/// Whether a deletion was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deletion {
    /// Nothing is left.
    Gone,
    /// Something still holds it.
    Asked,
    /// Somebody wrote it meanwhile.
    Conflict,
}

/// An upstream's objects.
#[derive(Clone)]
pub(super) struct Upstream {
    client: Client,
    program: Program,
}

impl Upstream {
    pub(super) const fn new(client: Client, program: Program) -> Self {
        Self { client, program }
    }

    /// Those of all namespaces that the parameters select; none where the kind is not served.
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

    /// One of them; none where the kind is not served.
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

    /// Applies a document, which names its object fully.
    pub(super) async fn apply(&self, kind: Kind, document: &Value) -> Result<(), EngineError> {
        let text = |path: &str| document.pointer(path).and_then(Value::as_str).unwrap_or_default();
        let (namespace, name) = (text("/metadata/namespace"), text("/metadata/name"));
        let params = PatchParams::apply(meta::FIELD_MANAGER).force();
        let applied = self.api(kind, namespace).patch(name, &params, &Patch::Apply(document)).await;
        let operation = || format!("place {} {namespace}/{name}", kind.name);
        match applied {
            Ok(_) => Ok(()),
            Err(error) if is_not_found(&error) && !self.is_served(kind).await? => {
                Err(EngineError::world(operation(), self.not_installed(kind)))
            }
            Err(error) => Err(EngineError::refused(operation(), error)),
        }
    }

    /// Merges a change into an object, on the version that was read; `None` where somebody wrote it meanwhile.
    pub(super) async fn change(
        &self,
        kind: Kind,
        found: &DynamicObject,
        mut change: Value,
    ) -> Result<Option<DynamicObject>, EngineError> {
        let (namespace, name) = place_of(found);
        change["metadata"]["resourceVersion"] = json!(found.metadata.resource_version);
        let params = PatchParams {
            field_manager: Some(meta::FIELD_MANAGER.into()),
            ..PatchParams::default()
        };
        match self.api(kind, namespace).patch(name, &params, &Patch::Merge(change)).await {
            Ok(changed) => Ok(Some(changed)),
            Err(error) if is_conflict(&error) || is_not_found(&error) => Ok(None),
            Err(cause) => {
                Err(EngineError::world(format!("change {} {namespace}/{name}", kind.name), cause))
            }
        }
    }

    /// Asks for the deletion of the very object that was found; with `as_read`, only as long as nobody has written it since.
    pub(super) async fn delete(
        &self,
        kind: Kind,
        found: &DynamicObject,
        as_read: bool,
    ) -> Result<Deletion, EngineError> {
        let (namespace, name) = place_of(found);
        let version = found.metadata.resource_version.clone().filter(|_| as_read);
        let conditions =
            Preconditions { uid: found.metadata.uid.clone(), resource_version: version };
        let params = DeleteParams::background().preconditions(conditions);
        match self.api(kind, namespace).delete(name, &params).await {
            Ok(outcome) if outcome.is_right() => Ok(Deletion::Gone),
            Ok(_) => Ok(Deletion::Asked),
            Err(error) if is_not_found(&error) => Ok(Deletion::Gone),
            Err(error) if is_conflict(&error) => Ok(Deletion::Conflict),
            Err(cause) => {
                let operation = format!("delete {} {namespace}/{name}", kind.name);
                Err(EngineError::world(operation, cause))
            }
        }
    }

    /// What holds a withdrawal up: the program's own words, or since when it has said nothing.
    pub(super) fn still_going(
        &self,
        kind: Kind,
        found: &DynamicObject,
        obstacle: Option<String>,
    ) -> Withdrawal {
        let Program { name: program, remover, removed } = self.program;
        let (namespace, name) = place_of(found);
        let what = format!("{} {namespace}/{name}", kind.name);
        Withdrawal::StillGoing(match (obstacle, &found.metadata.deletion_timestamp) {
            (Some(why), _) => format!("{what} cannot be {removed}: {why}"),
            (None, Some(since)) => format!(
                "{what} is to be {removed} by {program} since {}; if that does not end, look whether its {remover} runs.",
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
            program: self.program.name,
            kind: kind.name,
            api_version: kind.api_version(),
        }
    }
}

/// What was read, if it is there. Of a kind that is not served the API server says so in plain text, which `get_opt` takes for a
/// failure.
pub(super) fn found<T>(read: Result<T, kube::Error>) -> Result<Option<T>, kube::Error> {
    match read {
        Ok(object) => Ok(Some(object)),
        Err(error) if is_not_found(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The labels of an order's objects, for a list.
pub(super) fn selector(order: &OrderRef) -> String {
    order.labels().map(|(name, value)| format!("{name}={value}")).join(",")
}

/// An object's namespace and name.
pub(super) fn place_of(object: &DynamicObject) -> (&str, &str) {
    let metadata = &object.metadata;
    (
        metadata.namespace.as_deref().unwrap_or_default(),
        metadata.name.as_deref().unwrap_or_default(),
    )
}

/// An object as the API server shows it.
pub(super) fn value_of(object: &DynamicObject) -> Result<Value, EngineError> {
    serde_json::to_value(object).map_err(|cause| EngineError::world("read an object", cause))
}

/// The same document with the digest of its draft.
pub(super) fn with_digest(document: &Value, digest: &str) -> Value {
    let mut document = document.clone();
    document["metadata"]["annotations"][DRAFT] = digest.into();
    document
}
