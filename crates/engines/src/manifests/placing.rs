//! Applies a draft, and deletes the objects that it no longer has.

use kube::{
    Api,
    api::{DeleteParams, DynamicObject, ObjectMeta, Patch, PatchParams, Preconditions},
};
use resources::{ObjectAddress, OperatorConfigSpec, OrderRef, Placement, label, meta};
use serde_json::Value;

use super::{
    draft::{how_to_allow, is_allowed},
    health,
    kinds::{Kinds, Unknown},
    object::address,
    observe::{Finding, follow},
};
use crate::{Blame, Draft, EngineError, api_error::is_not_found, state::State, watches::Watches};

/// A document, and the object that it describes.
#[derive(Debug)]
struct Target {
    object: ObjectAddress,
    document: Value,
}

/// Applies the draft, and deletes what it no longer has. Returns what was placed, and the health of
/// each object. `follow` is called before anything is written.
pub(super) async fn place(
    kinds: &Kinds,
    watches: &Watches,
    draft: &Draft,
) -> Result<(Placement, Vec<Finding>), EngineError> {
    let order = &draft.order.reference;
    let targets = targets(kinds, draft).await?;
    follow(kinds, watches, order, targets.iter().map(|it| &it.object)).await;
    let mut findings = Vec::with_capacity(targets.len());
    for target in targets {
        let state = apply(kinds, watches, order, &target).await?;
        findings.push((target.object, Some(state)));
    }
    let wanted = || findings.iter().map(|(object, _)| object);
    let leaving = prune(kinds, order, wanted).await?;
    let (inside, outside) = wanted().cloned().partition(|it| is_inside(it, order));
    Ok((Placement { digest: Some(draft.digest()), inside, outside, leaving }, findings))
}

/// Requests the deletion of the order's objects that are not wanted any more. Returns those outside
/// of the namespace that are left.
async fn prune<'a, I>(
    kinds: &Kinds,
    order: &OrderRef,
    wanted: impl Fn() -> I,
) -> Result<Vec<ObjectAddress>, EngineError>
where
    I: Iterator<Item = &'a ObjectAddress>,
{
    let Placement { digest: _, inside, outside, leaving } = &order.placement;
    let mut left = Vec::new();
    for object in inside.iter().chain(outside).chain(leaving) {
        let is_wanted = wanted().any(|it| it.is_same_as(object));
        if !is_wanted && !remove(kinds, order, object).await? && !is_inside(object, order) {
            left.push(object.clone());
        }
    }
    Ok(left)
}

/// The objects of the draft outside of the environment's namespace.
pub(super) async fn outside(
    kinds: &Kinds,
    draft: &Draft,
) -> Result<Vec<ObjectAddress>, EngineError> {
    let objects = targets(kinds, draft).await?.into_iter().map(|it| it.object);
    Ok(objects.filter(|it| !is_inside(it, &draft.order.reference)).collect())
}

fn is_inside(object: &ObjectAddress, order: &OrderRef) -> bool {
    object.namespace.as_ref() == Some(&order.namespace)
}

/// Resolves the namespace of every document before anything is written.
async fn targets(kinds: &Kinds, draft: &Draft) -> Result<Vec<Target>, EngineError> {
    let mut targets = Vec::with_capacity(draft.documents.len());
    for document in &draft.documents {
        let mut object = address(document);
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

fn check_scope(object: &ObjectAddress, config: &OperatorConfigSpec) -> Result<(), EngineError> {
    if is_allowed(object, config) {
        return Ok(());
    }
    let how = how_to_allow(object);
    let why = format!("its kind is cluster-scoped, which templates may not place; {how}");
    Err(EngineError { blame: Blame::Author, ..place_error(object, why) })
}

fn addressed(document: &Value, object: &ObjectAddress) -> Value {
    let mut document = document.clone();
    if let Some(metadata) = document.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("namespace");
        metadata.extend(object.namespace.clone().map(|it| ("namespace".to_owned(), it.into())));
    }
    document
}

async fn apply(
    kinds: &Kinds,
    watches: &Watches,
    order: &OrderRef,
    target: &Target,
) -> Result<State, EngineError> {
    let Target { object, document } = target;
    let api = kinds.api(object).await.map_err(|cause| place_error(object, cause))?;
    if !is_inside(object, order) {
        check_owner(&api, order, object).await?;
    }
    let params = PatchParams::apply(meta::FIELD_MANAGER).force();
    match api.patch(&object.name, &params, &Patch::Apply(document)).await {
        Ok(applied) => {
            watches.saw(order, &applied.metadata);
            health::of_found(object, &applied)
        }
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
    object: &ObjectAddress,
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
    object: &ObjectAddress,
) -> Result<bool, EngineError> {
    remove_if(kinds, object, |found| belongs_to_order(found, order)).await
}

/// Requests the deletion of an object for which `is_meant` is true. Returns whether there is none.
pub(super) async fn remove_if(
    kinds: &Kinds,
    object: &ObjectAddress,
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
    object: &ObjectAddress,
    cause: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> EngineError {
    EngineError::world(format!("place {object}"), cause)
}
