//! GET of a collection: whole or in pages, at the latest or an older resourceVersion.

use std::{collections::BTreeMap, sync::Arc};

use http::StatusCode;

use crate::{
    error::{ApiError, ApiResult},
    request::Target,
    selectors::Selector,
    store::{Object, Revision, Table, Tables},
};

/// The options of a list.
#[derive(Debug, Clone, Default)]
pub(crate) struct ListOptions {
    /// The objects to return.
    pub(crate) selector: Selector,
    /// The maximal number of objects; 0 for all.
    pub(crate) limit: usize,
    /// The namespace and name of the last object of the previous page.
    pub(crate) after: Option<(String, String)>,
    /// The resourceVersion of the list; `None` for the latest.
    pub(crate) at: Option<Revision>,
    /// The list must not be older than this resourceVersion.
    pub(crate) not_before: Revision,
}

/// A page of a list.
#[derive(Debug, Default)]
pub(crate) struct ListPage {
    /// The objects, sorted by namespace and name.
    pub(crate) items: Vec<Arc<Object>>,
    /// The resourceVersion of the list.
    pub(crate) revision: Revision,
    /// The number of objects after this page.
    pub(crate) remaining: usize,
}

/// Lists a collection.
pub(crate) fn list(tables: &Tables, target: &Target, options: &ListOptions) -> ApiResult<ListPage> {
    let latest = tables.revision();
    let wanted = options.not_before.max(options.at.unwrap_or_default());
    if wanted > latest {
        return Err(ApiError::too_new(wanted, latest));
    }
    let revision = options.at.unwrap_or(latest);
    let objects = match tables.table(&target.kind.table()) {
        None => Vec::new(),
        Some(table) if options.at.is_none_or(|at| at == latest) => latest_objects(table, target),
        Some(table) => objects_at(table, target, revision)?,
    };
    let mut items: Vec<Arc<Object>> = objects
        .into_iter()
        .filter(|object| {
            options.after.as_ref().is_none_or(|after| object.namespace_and_name() > as_strs(after))
        })
        .filter(|object| options.selector.matches(object.value()))
        .collect();
    let total = items.len();
    if options.limit > 0 {
        items.truncate(options.limit);
    }
    Ok(ListPage { remaining: total - items.len(), items, revision })
}

fn as_strs(pair: &(String, String)) -> (&str, &str) {
    (&pair.0, &pair.1)
}

fn namespace(target: &Target) -> Option<&str> {
    (!target.namespace.is_empty()).then_some(target.namespace.as_str())
}

fn latest_objects(table: &Table, target: &Target) -> Vec<Arc<Object>> {
    table.objects(namespace(target)).cloned().collect()
}

/// The objects at `revision`: the latest ones, with every later change undone.
fn objects_at(table: &Table, target: &Target, revision: Revision) -> ApiResult<Vec<Arc<Object>>> {
    let later = table.history().after(revision).ok_or_else(|| {
        ApiError::expired(
            "The provided continue parameter is too old to display a consistent list result. You can start a new list \
             without the continue parameter.",
        )
    })?;
    let mut objects: BTreeMap<(String, String), Arc<Object>> = table
        .objects(namespace(target))
        .map(|object| {
            let (namespace, name) = object.namespace_and_name();
            ((namespace.to_owned(), name.to_owned()), Arc::clone(object))
        })
        .collect();
    let in_namespace = |change: &&crate::store::ObjectChange| {
        namespace(target).is_none_or(|namespace| namespace == change.key.namespace)
    };
    for change in later.rev().filter(in_namespace) {
        match &change.before {
            Some(before) => objects.insert(change.key.namespace_and_name(), Arc::clone(before)),
            None => objects.remove(&change.key.namespace_and_name()),
        };
    }
    Ok(objects.into_values().collect())
}

impl ApiError {
    /// 504: the resourceVersion is newer than the latest.
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
