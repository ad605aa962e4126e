//! Applies a draft, and deletes the objects that it no longer has.

use kube::{
    Api,
    api::{DeleteParams, DynamicObject, ObjectMeta, Patch, PatchParams, Preconditions},
};
use resources::{OperatorConfigSpec, OrderRef, label, meta};
use serde_json::Value;

use super::{
    draft::{how_to_allow, is_allowed},
    inventory::{self, Contents, Entry},
    kinds::{Kinds, Unknown},
    object::ObjectRef,
};
use crate::api_error::is_not_found;
use crate::{Blame, Draft, EngineError};

/// A document, and the object that it describes.
#[derive(Debug)]
struct Target {
    object: ObjectRef,
    document: Value,
}

/// Records, applies, prunes, records. After a crash between any two steps, the next attempt
/// continues.
pub(super) async fn place(
    client: &kube::Client,
    kinds: &Kinds,
    draft: &Draft,
) -> Result<Vec<ObjectRef>, EngineError> {
    let order = &draft.order.reference;
    let targets = targets(kinds, draft).await?;
    let wanted: Vec<ObjectRef> = targets.iter().map(|target| target.object.clone()).collect();
    let mut inventory = inventory::read(client, order).await?.unwrap_or_default();
    let digest = draft.digest();
    let intermediate = intermediate(&inventory.contents, &wanted, &digest);
    inventory.record(client, order, intermediate).await?;
    for target in &targets {
        apply(kinds, order, target).await?;
    }
    let mut entries: Vec<Entry> = wanted.iter().cloned().map(staying).collect();
    for Entry { object, .. } in unwanted(&inventory.contents, &wanted) {
        if !remove(kinds, order, &object).await? {
            entries.push(Entry { object, leaving: true });
        }
    }
    inventory.record(client, order, Contents { digest: Some(digest), entries }).await?;
    Ok(wanted)
}

/// The contents of the inventory while the draft is being applied.
fn intermediate(before: &Contents, wanted: &[ObjectRef], digest: &str) -> Contents {
    let mut entries: Vec<Entry> = wanted.iter().cloned().map(staying).collect();
    entries.extend(unwanted(before, wanted));
    Contents { digest: before.digest.clone().filter(|it| it == digest), entries }
}

const fn staying(object: ObjectRef) -> Entry {
    Entry { object, leaving: false }
}

fn unwanted(before: &Contents, wanted: &[ObjectRef]) -> Vec<Entry> {
    let is_wanted = |entry: &&Entry| !wanted.iter().any(|it| it.is_same_as(&entry.object));
    before.entries.iter().filter(is_wanted).cloned().collect()
}

/// Resolves the namespace of every document before anything is written.
async fn targets(kinds: &Kinds, draft: &Draft) -> Result<Vec<Target>, EngineError> {
    let mut targets = Vec::with_capacity(draft.documents.len());
    for document in &draft.documents {
        let mut object = ObjectRef::of(document);
        let served = kinds.served(&object).await.map_err(|cause| place_error(&object, cause))?;
        if served.namespaced {
            let here = || draft.order.reference.namespace.clone();
            object.namespace = Some(object.namespace.unwrap_or_else(here));
        } else {
            check_scope(&object, &draft.order.config)?;
            object.namespace = None;
        }
        targets.push(Target { document: addressed(document, &object), object });
    }
    Ok(targets)
}

fn check_scope(object: &ObjectRef, config: &OperatorConfigSpec) -> Result<(), EngineError> {
    if is_allowed(object, config) {
        return Ok(());
    }
    let how = how_to_allow(object);
    let why = format!("its kind is cluster-scoped, which templates may not place; {how}");
    Err(EngineError { blame: Blame::Author, ..place_error(object, why) })
}

fn addressed(document: &Value, object: &ObjectRef) -> Value {
    let mut document = document.clone();
    if let Some(metadata) = document.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("namespace");
        metadata.extend(object.namespace.clone().map(|it| ("namespace".to_owned(), it.into())));
    }
    document
}

async fn apply(kinds: &Kinds, order: &OrderRef, target: &Target) -> Result<(), EngineError> {
    let Target { object, document } = target;
    let api = kinds.api(object).await.map_err(|cause| place_error(object, cause))?;
    if object.namespace.as_ref() != Some(&order.namespace) {
        check_owner(&api, order, object).await?;
    }
    let params = PatchParams::apply(meta::FIELD_MANAGER).force();
    match api.patch(&object.name, &params, &Patch::Apply(document)).await {
        Ok(_) => Ok(()),
        Err(error) => {
            if is_not_found(&error) {
                kinds.forget(object);
            }
            Err(EngineError::refused(format!("place {object}"), error))
        }
    }
}

/// Fails if the object exists and belongs to something else. Only needed outside of the
/// environment's namespace.
async fn check_owner(
    api: &Api<DynamicObject>,
    order: &OrderRef,
    object: &ObjectRef,
) -> Result<(), EngineError> {
    let found = api.get_metadata_opt(&object.name).await;
    match found.map_err(|cause| place_error(object, cause))? {
        Some(found) if !belongs_to_order(&found.metadata, order) => {
            Err(place_error(object, "it exists already and does not belong to this environment"))
        }
        _ => Ok(()),
    }
}

/// Requests the deletion of the order's object. Returns whether the object is gone, or belongs to
/// something else.
pub(super) async fn remove(
    kinds: &Kinds,
    order: &OrderRef,
    object: &ObjectRef,
) -> Result<bool, EngineError> {
    remove_if(kinds, object, |found| belongs_to_order(found, order)).await
}

/// Requests the deletion of an object for which `is_meant` is true. Returns whether there is none.
pub(super) async fn remove_if(
    kinds: &Kinds,
    object: &ObjectRef,
    is_meant: impl Fn(&ObjectMeta) -> bool,
) -> Result<bool, EngineError> {
    let failed = |cause: Box<dyn std::error::Error + Send + Sync>| {
        EngineError::world(format!("delete {object}"), cause)
    };
    let api = match kinds.api(object).await {
        Ok(api) => api,
        Err(Unknown::NotServed(_)) => return Ok(true),
        Err(cause @ Unknown::Discovery(_)) => return Err(failed(cause.into())),
    };
    let found = api.get_metadata_opt(&object.name).await.map_err(|cause| failed(cause.into()))?;
    let Some(found) = found.filter(|it| is_meant(&it.metadata)) else {
        return Ok(true);
    };
    if found.metadata.deletion_timestamp.is_some() {
        return Ok(false);
    }
    // Foreground: the objects that it owns, such as a Deployment's pods, are deleted first.
    let uid = Preconditions { uid: found.metadata.uid, ..Preconditions::default() };
    let params = DeleteParams::foreground().preconditions(uid);
    match api.delete(&object.name, &params).await {
        Ok(outcome) => Ok(outcome.is_right()),
        Err(error) if is_not_found(&error) => Ok(true),
        Err(error) => Err(failed(error.into())),
    }
}

fn belongs_to_order(metadata: &ObjectMeta, order: &OrderRef) -> bool {
    let labels = metadata.labels.as_ref();
    labels.and_then(|it| it.get(meta::INSTANCE)) == Some(&label(&order.instance))
}

fn place_error(
    object: &ObjectRef,
    cause: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> EngineError {
    EngineError::world(format!("place {object}"), cause)
}
