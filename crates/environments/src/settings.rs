//! The settings of the operations.

use std::num::NonZeroU32;

use resources::LaunchDefaults;
use wire::UiConfig;

/// What the server's own configuration contributes to the operations.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The namespace of the resources (`DPLOY_NAMESPACE`).
    pub namespace: String,
    /// How many environments an owner may have without an `OperatorConfig`
    /// (`MAX_ENVIRONMENTS_PER_USER`).
    pub max_environments: u32,
    /// Seconds from launch to the deadline without an `OperatorConfig` (`DEFAULT_TTL`); -1 for no
    /// deadline.
    pub default_ttl: i64,
    /// Seconds that an extension adds without an `OperatorConfig` (`EXTEND_TTL`).
    pub extend_ttl: i64,
    /// How many changes a person may make at once, and how many more in each minute
    /// (`MAX_CHANGES_PER_MINUTE`); `None`: any number.
    pub max_changes: Option<NonZeroU32>,
    /// Whether the instances of an older Dploy go to the first caller whose name gives their owner
    /// key (`INHERIT_BY_NAME`). Else only to the identity that an admin has
    /// [adopted](crate::adopt) them for.
    pub inherit_by_name: bool,
    /// Which parts of the site are enabled (`CATALOG_ENABLED`, `INSTANCES_LIST_ENABLED`,
    /// `MANAGER_ENABLED`).
    pub features: UiConfig,
}

impl Settings {
    /// The launch defaults without an `OperatorConfig`.
    pub(crate) const fn fallback(&self) -> LaunchDefaults {
        LaunchDefaults {
            ttl_seconds: self.default_ttl,
            extend_seconds: self.extend_ttl,
            max_extends: 0,
            max_instances_per_user: self.max_environments,
        }
    }
}
