//! The bodies about the server and the caller.

use serde::{Deserialize, Serialize};

/// The body of every error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    /// One sentence: what happened and, where possible, what to do.
    pub error: String,
}

/// The response of the probes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Health {
    /// `ok` or `ready`.
    pub status: String,
}

/// The caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// The name in the claim that `JWT_USERNAME_CLAIM` names.
    pub username: String,
    /// The caller's personal owner key.
    pub owner: String,
    /// Whether the caller may use the manager.
    pub admin: bool,
}

/// Which parts of the web app are enabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UiConfig {
    /// `CATALOG_ENABLED`
    pub catalog_enabled: bool,
    /// `INSTANCES_LIST_ENABLED`
    pub instances_enabled: bool,
    /// `MANAGER_ENABLED`
    pub manager_enabled: bool,
}

impl UiConfig {
    /// Every part is enabled.
    pub const ALL: Self =
        Self { catalog_enabled: true, instances_enabled: true, manager_enabled: true };
}
