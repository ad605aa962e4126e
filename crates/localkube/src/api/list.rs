//! GET of a collection, whole or page by page, now or at an earlier resourceVersion.

use std::{collections::BTreeMap, sync::Arc};

use http::StatusCode;

use super::Target;
use crate::{
    error::{ApiError, ApiResult},
    selectors::Selector,
    store::{Object, Revision, Table, Tables},
};

/// What part of a collection is wanted.
#[derive(Debug, Clone, Default)]
pub(crate) struct ListOptions {
    /// Which objects.
    pub(crate) selector: Selector,
    /// How many at most; 0 for all.
    pub(crate) limit: usize,
    /// The namespace and name that the page before ended with.
    pub(crate) after: Option<(String, String)>,
    /// Exactly as it was at this resourceVersion; `None` for now.
    pub(crate) at: Option<Revision>,
    /// Not older than this resourceVersion.
    pub(crate) not_before: Revision,
}

/// A part of a collection at one resourceVersion.
#[derive(Debug, Default)]
pub(crate) struct ListPage {
    /// The objects, by namespace and name.
    pub(crate) items: Vec<Arc<Object>>,
    /// The resourceVersion of the whole list.
    pub(crate) revision: Revision,
    /// How many more there are.
    pub(crate) remaining: usize,
}

/// Reads a collection.
pub(crate) fn list(tables: &Tables, target: &Target, options: &ListOptions) -> ApiResult<ListPage> {
    let latest = tables.revision();
    let wanted = options.not_before.max(options.at.unwrap_or_default());
    if wanted > latest {
        return Err(ApiError::too_new(wanted, latest));
    }
    let revision = options.at.unwrap_or(latest);
    let objects = match tables.table(&target.kind.table()) {
        None => Vec::new(),
        Some(table) if options.at.is_none_or(|at| at == latest) => now(table, target),
        Some(table) => back_then(table, target, revision)?,
    };
    let mut items: Vec<Arc<Object>> = objects
        .into_iter()
        .filter(|object| {
            options.after.as_ref().is_none_or(|after| object.place() > after_ref(after))
        })
        .filter(|object| options.selector.picks(object.value()))
        .collect();
    let total = items.len();
    if options.limit > 0 {
        items.truncate(options.limit);
    }
    Ok(ListPage { remaining: total - items.len(), items, revision })
}

fn after_ref(after: &(String, String)) -> (&str, &str) {
    (&after.0, &after.1)
}

fn namespace(target: &Target) -> Option<&str> {
    (!target.namespace.is_empty()).then_some(target.namespace.as_str())
}

fn now(table: &Table, target: &Target) -> Vec<Arc<Object>> {
    table.objects(namespace(target)).cloned().collect()
}

/// The objects as they were at `revision`: those of now, with every later change undone.
fn back_then(table: &Table, target: &Target, revision: Revision) -> ApiResult<Vec<Arc<Object>>> {
    let later = table.history().after(revision).ok_or_else(|| {
        ApiError::expired(
            "The provided continue parameter is too old to display a consistent list result. You can start a new list \
             without the continue parameter.",
        )
    })?;
    let mut objects: BTreeMap<(String, String), Arc<Object>> = table
        .objects(namespace(target))
        .map(|object| {
            let (namespace, name) = object.place();
            ((namespace.to_owned(), name.to_owned()), Arc::clone(object))
        })
        .collect();
    let here = |change: &&crate::store::Change| {
        namespace(target).is_none_or(|namespace| namespace == change.key.namespace)
    };
    for change in later.rev().filter(here) {
        match &change.before {
            Some(before) => objects.insert(change.key.local(), Arc::clone(before)),
            None => objects.remove(&change.key.local()),
        };
    }
    Ok(objects.into_values().collect())
}

impl ApiError {
    /// 504: a resourceVersion that is not reached yet.
    fn too_new(wanted: Revision, latest: Revision) -> Self {
        let message = format!("Too large resource version: {wanted}, current: {latest}");
        Self {
            code: StatusCode::GATEWAY_TIMEOUT,
            reason: "Timeout",
            message: format!("Timeout: {message}"),
            details: serde_json::json!({
                "causes": [{ "reason": "ResourceVersionTooLarge", "message": message }],
                "retryAfterSeconds": 1,
            }),
        }
    }
}
