//! Renders an order's documents, and refuses those that may not be placed.

use resources::{ObjectAddress, OperatorConfigSpec, OrderRef, Source, meta};
use serde_json::{Map, Value};

use super::object::address;
use crate::{Draft, DraftError, Order};

/// Renders the order's documents and adds Dploy's labels. `metadata.namespace` is removed if it is
/// the environment's namespace, because only the cluster knows which kinds are namespaced.
pub(super) fn draft(order: &Order) -> Result<Draft, DraftError> {
    if order.revision.manifests.is_none() {
        return Err(DraftError::Missing(Source::Manifests.field()));
    }
    let rendered = rendering::manifests(order.template_data())
        .map_err(|cause| DraftError::Render(cause.into()))?;
    let mut documents: Vec<Value> = Vec::with_capacity(rendered.len());
    for document in rendered {
        let document = labelled(within(document, &order.reference), &order.reference);
        check(&document, &documents, &order.config)?;
        documents.push(document);
    }
    if documents.is_empty() {
        return Err(DraftError::Refused("manifests: it renders no document; add one".into()));
    }
    Ok(Draft { order: order.clone(), documents })
}

/// Whether objects of this kind may be placed outside of the environment's namespace.
pub(super) fn is_allowed(object: &ObjectAddress, config: &OperatorConfigSpec) -> bool {
    let allowed = &config.manifests.allowed_kinds;
    allowed.iter().any(|it| it.group == object.group() && it.kind == object.kind)
}

/// How an admin allows the kind of `object` outside of the environment's namespace.
pub(super) fn how_to_allow(object: &ObjectAddress) -> String {
    format!(
        "add group {:?}, kind {:?} to spec.manifests.allowedKinds of OperatorConfig {}",
        object.group(),
        object.kind,
        meta::CONFIG_NAME
    )
}

fn check(
    document: &Value,
    others: &[Value],
    config: &OperatorConfigSpec,
) -> Result<(), DraftError> {
    let object = address(document);
    let refuse = |why: String| Err(DraftError::Refused(format!("manifests: {object} {why}")));
    let parts = object.namespace.iter().chain([&object.name]);
    if !parts.into_iter().all(|part| is_path_segment(part)) {
        return refuse("has a name that no object can have; mend it".into());
    }
    if object.namespace.is_some() && !is_allowed(&object, config) {
        return refuse(format!(
            "lies outside of the environment's namespace; leave metadata.namespace out, or {}",
            how_to_allow(&object)
        ));
    }
    if others.iter().any(|other| address(other).is_same_as(&object)) {
        return refuse("is described twice; remove one of the documents".into());
    }
    Ok(())
}

/// Whether a name can be part of a path. A name with a slash would address another object.
fn is_path_segment(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte);
    !name.is_empty() && name.bytes().all(fits) && !matches!(name, "." | "..")
}

fn within(mut document: Value, order: &OrderRef) -> Value {
    let metadata = document.get_mut("metadata").and_then(Value::as_object_mut);
    if let Some(metadata) = metadata
        && is_here(metadata.get("namespace"), order)
    {
        metadata.remove("namespace");
    }
    document
}

fn is_here(namespace: Option<&Value>, order: &OrderRef) -> bool {
    namespace.is_some_and(|it| {
        it.is_null() || it.as_str().is_some_and(|it| it.is_empty() || it == order.namespace)
    })
}

fn labelled(mut document: Value, order: &OrderRef) -> Value {
    if let Some(metadata) = document.get_mut("metadata").and_then(Value::as_object_mut) {
        let labels = metadata.entry("labels").or_insert(Value::Null);
        if labels.is_null() {
            *labels = Map::new().into();
        }
        if let Some(labels) = labels.as_object_mut() {
            labels.extend(order.labels().map(|(name, value)| (name.to_owned(), value.into())));
        }
    }
    document
}
