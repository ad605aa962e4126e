use serde::{Deserialize, Serialize};

/// An environment or pool member, as the manager shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AdminInstance {
    /// The object's name.
    pub name: String,
    /// The name of its template.
    pub template: String,
    /// The owner key; empty for a pool member that nobody claimed.
    pub owner: String,
    /// The phase in its status; empty before the operator saw it.
    pub phase: String,
    /// Where it answers.
    pub url: String,
    /// When its time is up; empty when it has no end.
    pub expires_at: String,
    /// When the object was created.
    pub created_at: String,
    /// The namespace of the workload.
    pub namespace: String,
    /// Eight lower-case hexadecimal digits that never change.
    pub uuid: String,
    /// Whether it has no end.
    pub is_unlimited: bool,
}

/// Every owner's environments, and pool members, sorted by template, then name.
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
    /// What people call it.
    pub display_name: String,
    /// `on-demand` or `pool`.
    pub method: String,
    /// Whether it can be launched.
    pub enabled: bool,
    /// Whether the catalog shows it.
    pub visible: bool,
    /// How many warm members it wants.
    pub pool_size: u32,
    /// How many warm members wait to be claimed.
    pub available: u32,
    /// How many members are claimed.
    pub claimed: u32,
    /// `git`, `helm` or empty.
    pub chart_type: String,
    /// The address of the chart's repository.
    pub chart_repo: String,
    /// The chart's name, or its path in the repository.
    pub chart_ref: String,
    /// The chart's version, branch or tag.
    pub revision: String,
    /// When the object was created.
    pub created_at: String,
}

/// Every template, hidden and disabled too, sorted by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdminTemplates {
    /// The rows.
    pub templates: Vec<AdminTemplate>,
    /// The number of rows.
    pub count: u32,
}
