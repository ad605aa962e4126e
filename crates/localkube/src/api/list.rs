//! GET of a collection.

use std::sync::Arc;

use super::Target;
use crate::{
    error::ApiResult,
    selectors::Selector,
    store::{Object, Revision, Tables},
};

/// What part of a collection is wanted.
#[derive(Debug, Clone, Default)]
pub(crate) struct ListOptions {
    /// Which objects.
    pub(crate) selector: Selector,
    /// How many at most; 0 for all.
    pub(crate) limit: usize,
    /// Where the page before ended.
    pub(crate) after: Option<(String, String)>,
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
    let namespace = (!target.namespace.is_empty()).then_some(target.namespace.as_str());
    let table = tables.table(&target.kind.table());
    let mut items: Vec<_> = table
        .into_iter()
        .flat_map(|table| table.objects(namespace))
        .filter(|object| options.selector.picks(object.value()))
        .cloned()
        .collect();
    let total = items.len();
    if options.limit > 0 {
        items.truncate(options.limit);
    }
    Ok(ListPage { remaining: total - items.len(), items, revision: tables.revision() })
}
