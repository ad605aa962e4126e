//! The parts of the site that an admin can disable. Launches, extensions and removals are no such
//! part.

use std::fmt;

use crate::{Refusal, ports::Reads};

/// A part of the site that an admin can disable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The catalog (`CATALOG_ENABLED`).
    Catalog,
    /// The list of a caller's environments and its stream (`INSTANCES_LIST_ENABLED`).
    List,
    /// The manager (`MANAGER_ENABLED`).
    Manager,
}

/// The name in the sentence of [`Refusal::Disabled`] (docs/contract.md, "Error sentences").
impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Catalog => "catalog",
            Self::List => "instances list",
            Self::Manager => "manager",
        })
    }
}

/// Checks that a part is enabled.
///
/// # Errors
/// [`Refusal::Disabled`]
pub(crate) const fn require(reads: &Reads, part: Part) -> Result<(), Refusal> {
    let features = reads.features();
    let is_enabled = match part {
        Part::Catalog => features.catalog_enabled,
        Part::List => features.instances_enabled,
        Part::Manager => features.manager_enabled,
    };
    if is_enabled { Ok(()) } else { Err(Refusal::Disabled(part)) }
}
