//! The bodies of the admin calls.

use serde::{Deserialize, Serialize};

/// An instance, as the manager shows it: an environment or an unclaimed pool member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AdminInstance {
    /// The object's name.
    pub name: String,
    /// The name of its template.
    pub template: String,
    /// The owner key; empty for an unclaimed pool member.
    pub owner: String,
    /// The phase of its status; empty until the operator has reconciled it.
    pub phase: String,
    /// The URL of the environment.
    pub url: String,
    /// The deadline; empty when there is none.
    pub expires_at: String,
    /// When the object was created.
    pub created_at: String,
    /// The namespace of the workload.
    pub namespace: String,
    /// Eight lower-case hexadecimal digits that never change.
    pub uuid: String,
    /// Whether it has no deadline.
    pub is_unlimited: bool,
}

/// The instances of all owners and the pool members, sorted by template and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdminInstances {
    /// The rows.
    pub instances: Vec<AdminInstance>,
    /// The number of rows.
    pub count: u32,
}

/// A template, as the manager shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AdminTemplate {
    /// The object's name.
    pub name: String,
    /// The display name.
    pub display_name: String,
    /// `on-demand` or `pool`.
    pub method: String,
    /// Whether it can be launched.
    pub enabled: bool,
    /// Whether the catalog shows it.
    pub visible: bool,
    /// The size of the pool.
    pub pool_size: u32,
    /// The number of unclaimed pool members that are ready.
    pub available: u32,
    /// The number of claimed pool members.
    pub claimed: u32,
    /// `git`, `helm` or empty.
    pub chart_type: String,
    /// The URL of the chart's repository.
    pub chart_repo: String,
    /// The chart's name, or its path in the repository.
    pub chart_ref: String,
    /// The chart's version, branch or tag.
    pub revision: String,
    /// When the object was created.
    pub created_at: String,
}

/// All templates, also hidden and disabled ones, sorted by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdminTemplates {
    /// The rows.
    pub templates: Vec<AdminTemplate>,
    /// The number of rows.
    pub count: u32,
}
