//! The notice that a list of environments may have changed.

use std::sync::Arc;

/// Whose list of environments may have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ListChange {
    /// The list of the owner with this key.
    Owner(Arc<str>),
    /// The lists of the owners who wait in the queue of this template's pool.
    Queue(Arc<str>),
    /// The lists of all owners.
    Everyone,
}
