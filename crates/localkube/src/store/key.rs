//! The identity of an object in the store.

use std::sync::Arc;

/// The table, namespace and name of an object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    /// The table, as [`crate::kinds::Kind::table`] names it.
    pub(crate) table: Arc<str>,
    /// The namespace; empty for cluster-scoped kinds.
    pub(crate) namespace: String,
    /// `metadata.name`
    pub(crate) name: String,
}

impl Key {
    /// The key of `name` in `namespace`, in `table`.
    pub(crate) fn new(table: Arc<str>, namespace: &str, name: &str) -> Self {
        Self { table, namespace: namespace.to_owned(), name: name.to_owned() }
    }

    /// The part of the key that is unique within its table.
    pub(crate) fn namespace_and_name(&self) -> (String, String) {
        (self.namespace.clone(), self.name.clone())
    }
}
