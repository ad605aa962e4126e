//! What to run, and how much.

use crate::{storm::Storm, storms::Size};

/// What to run, and how much.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// The storms.
    pub(crate) storms: Vec<Storm>,
    /// The number of requests and the time.
    pub(crate) size: Size,
    /// The seed of all choices.
    pub(crate) seed: u64,
    /// Whether the replicas and their connections are disturbed.
    pub(crate) is_disturbed: bool,
    /// Whether to wait until void instances, which live for ten minutes, are gone.
    pub(crate) with_voids: bool,
    /// Whether it is a soak: few owners, short lives, and replicas that nothing disturbs.
    pub(crate) is_soak: bool,
}
