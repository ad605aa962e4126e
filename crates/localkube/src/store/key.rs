//! Where an object is.

use std::sync::Arc;

/// Where an object is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    /// The table of its kind, as [`crate::kinds::Kind::table`] names it.
    pub(crate) table: Arc<str>,
    /// Empty for kinds that are in no namespace.
    pub(crate) namespace: String,
    /// `metadata.name`
    pub(crate) name: String,
}

impl Key {
    /// The object `name` in `namespace` of `table`.
    pub(crate) fn new(table: Arc<str>, namespace: &str, name: &str) -> Self {
        Self { table, namespace: namespace.to_owned(), name: name.to_owned() }
    }

    /// The key within its table.
    pub(crate) fn local(&self) -> (String, String) {
        (self.namespace.clone(), self.name.clone())
    }
}
