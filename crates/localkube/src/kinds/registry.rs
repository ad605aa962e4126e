//! Finds kinds by path, by name and by table.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use super::{builtin, custom, kind::Kind};

/// The kinds that the server serves.
#[derive(Debug, Clone)]
pub(crate) struct Registry {
    /// By group, version and plural.
    kinds: BTreeMap<(String, String, String), Arc<Kind>>,
}

impl Registry {
    /// The built-in kinds and those of `definitions`.
    pub(crate) fn new<'a>(definitions: impl Iterator<Item = &'a Value>) -> Self {
        let custom = definitions.flat_map(custom::kinds);
        let kinds = builtin::kinds()
            .chain(custom)
            .map(|kind| {
                let key = (kind.group.clone(), kind.version.clone(), kind.plural.clone());
                (key, Arc::new(kind))
            })
            .collect();
        Self { kinds }
    }

    /// The kind that a URL path names.
    pub(crate) fn by_path(&self, group: &str, version: &str, plural: &str) -> Option<Arc<Kind>> {
        self.kinds.get(&(group.to_owned(), version.to_owned(), plural.to_owned())).cloned()
    }

    /// The kind that `apiVersion` and `kind` name, as in an owner reference.
    pub(crate) fn by_kind(&self, api_version: &str, name: &str) -> Option<Arc<Kind>> {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        self.all().find(|k| k.group == group && k.version == version && k.name == name).cloned()
    }

    /// The kind whose objects are in `table`, in one of its versions.
    pub(crate) fn by_table(&self, table: &str) -> Option<Arc<Kind>> {
        self.all().find(|kind| *kind.table() == *table).cloned()
    }

    /// Every kind in every served version.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Kind>> {
        self.kinds.values()
    }
}
