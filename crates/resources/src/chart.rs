//! The Helm chart of a template.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The source of a Helm chart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Chart {
    /// Whether the chart is in a Git repository (`git`) or a Helm repository (`helm`).
    #[serde(rename = "type")]
    pub chart_type: ChartType,
    /// The URL of the repository.
    #[serde(rename = "repoURL")]
    pub repo_url: String,
    /// The folder of the chart in the repository, for type `git`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// The name of the chart, for type `helm`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub chart: String,
    /// A branch, tag or commit for type `git`; a version or a range of versions for type `helm`.
    /// The engine's default applies when it is empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub target_revision: String,
}

/// The type of a chart's repository.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ChartType {
    /// A folder in a Git repository.
    #[default]
    Git,
    /// A chart in a Helm repository.
    Helm,
}

impl ChartType {
    /// The value in the manifest.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Git => "git",
            Self::Helm => "helm",
        }
    }
}
