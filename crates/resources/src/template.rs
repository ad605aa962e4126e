use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::GuardRails;

/// The `ttl.seconds` of an environment that has no end.
pub const UNLIMITED: i64 = -1;

/// A kind of environment that people can launch.
#[derive(CustomResource, Debug, Clone, Default, PartialEq, Serialize, Deserialize, KubeSchema)]
#[kube(
    group = "dploy.dev",
    version = "v1alpha1",
    kind = "DployTemplate",
    plural = "dploytemplates",
    shortname = "dtpl",
    category = "dploy",
    namespaced,
    status = "DployTemplateStatus",
    derive = "PartialEq",
    doc = "A kind of environment that people can launch.",
    printcolumn(name = "Display Name", type_ = "string", json_path = ".spec.displayName"),
    printcolumn(name = "Method", type_ = "string", json_path = ".spec.method"),
    printcolumn(name = "Enabled", type_ = "boolean", json_path = ".spec.enabled"),
    printcolumn(name = "Available", type_ = "integer", json_path = ".status.poolAvailable"),
    printcolumn(name = "Claimed", type_ = "integer", json_path = ".status.poolClaimed"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("!has(self.engine) || !(self.engine in ['flux', 'argocd']) || has(self.chart)").message("engines flux and argocd need spec.chart"),
    validation = Rule::new("!has(self.engine) || self.engine != 'manifests' || has(self.manifests)").message("engine manifests needs spec.manifests"),
    validation = Rule::new("!has(self.engine) || self.engine != 'process' || has(self.process)").message("engine process needs spec.process"),
    validation = Rule::new("has(self.chart) || has(self.manifests) || has(self.process)").message("one of spec.chart, spec.manifests and spec.process is required"),
    validation = Rule::new("self.method != 'pool' || (has(self.pool) && self.pool.size > 0)").message("method pool needs spec.pool.size of at least 1")
)]
pub struct DployTemplateSpec {
    /// What people call it; the object's name where this is empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub display_name: String,
    /// One or two sentences for the catalog.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The name of a Lucide icon, an emoji or the address of a picture.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub icon: String,
    /// `category,subcategory`
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub category: String,
    /// Whether it can be launched.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Whether the catalog shows it; a hidden one stays runnable by name.
    #[serde(default = "yes")]
    pub visible: bool,
    /// The claim that names the owning team; dots reach into nested claims. Empty: environments belong to the caller.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub owner_claim: String,
    /// Whether environments are made when asked for, or kept warm.
    #[serde(default)]
    pub method: Method,
    /// How many are kept warm; for method `pool`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pool: Option<Pool>,
    /// What runs the workload; `OperatorConfig.spec.defaultEngine` where it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<EngineName>,
    /// The Helm chart of the workload, for engines flux and argocd.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chart: Option<Chart>,
    /// A Go template of YAML documents, for engine manifests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifests: Option<String>,
    /// A local child process, for engine process (`dploy dev` only).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<ProcessSpec>,
    /// A Go template that gives the chart's values as a YAML mapping.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub values_template: String,
    /// Files of values in the chart's repository.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub value_files: Vec<String>,
    /// A Go template of the address; `https://<.Host>` where there is none here or in OperatorConfig.
    #[serde(default, rename = "connectionURLTemplate", skip_serializing_if = "String::is_empty")]
    pub connection_url_template: String,
    /// How people reach it; `OperatorConfig.spec.defaultConnectionType` where it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_type: Option<ConnectionType>,
    /// A Go template of the command to copy, for connection type instructions.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub connection_message_template: String,
    /// What keeps environments from starving the cluster and from reaching each other; `OperatorConfig.spec.guardRails` where it
    /// is not given.
    #[serde(default)]
    pub guard_rails: GuardRails,
    /// How long environments live; `OperatorConfig.spec.defaults` where it is not given.
    #[serde(default)]
    pub ttl: Ttl,
    /// Launch only while the owner holds fewer than this in all; replaces the owner's own limit for this template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub max_instances_per_user: Option<u32>,
    /// What can be, or has to be, chosen at launch.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<Parameter>,
}

/// Whether environments are made when asked for, or kept warm.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Made when somebody asks.
    #[default]
    OnDemand,
    /// Claimed from a pool of running ones.
    Pool,
}

impl Method {
    /// The word in the manifest.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OnDemand => "on-demand",
            Self::Pool => "pool",
        }
    }
}

/// A warm pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pool {
    /// How many unclaimed members to keep.
    #[serde(default)]
    #[schemars(range(min = 0))]
    pub size: u32,
    /// How many members there may be, claimed ones too; 0 for no cap.
    #[serde(default)]
    #[schemars(range(min = 0))]
    pub max_size: u32,
    /// Whether a member that was used up is replaced.
    #[serde(default = "yes")]
    pub recycle: bool,
}

/// What runs workloads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EngineName {
    /// Flux: HelmRelease.
    #[default]
    Flux,
    /// Argo CD: Application.
    Argocd,
    /// Server-side apply of YAML documents.
    Manifests,
    /// A local child process.
    Process,
}

impl EngineName {
    /// The word in the manifest.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Flux => "flux",
            Self::Argocd => "argocd",
            Self::Manifests => "manifests",
            Self::Process => "process",
        }
    }
}

/// Where a Helm chart comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Chart {
    /// A Git repository or a Helm repository.
    #[serde(rename = "type")]
    pub chart_type: ChartType,
    /// The repository's address.
    #[serde(rename = "repoURL")]
    pub repo_url: String,
    /// The chart's folder, for type git.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// The chart's name, for type helm.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub chart: String,
    /// A branch, tag or commit (git), or a version or range (helm).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub target_revision: String,
}

/// The kind of a chart's repository.
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
    /// The word in the manifest.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Git => "git",
            Self::Helm => "helm",
        }
    }
}

/// A local child process.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProcessSpec {
    /// The program; `dploy` is this very binary.
    #[schemars(length(min = 1))]
    pub command: String,
    /// Its arguments, each a Go template.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<String>,
    /// Additional environment variables, the values Go templates. `PORT` is always set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<EnvVar>,
    /// The port it listens on; 0: a free one is chosen and told by `PORT` and `.Port`.
    #[serde(default)]
    pub port: u16,
    /// The path that answers below 400 when it is healthy; empty: it is healthy when the port accepts a connection.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub health_path: String,
}

/// An environment variable of a process.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EnvVar {
    /// Its name.
    #[schemars(length(min = 1))]
    pub name: String,
    /// A Go template of its value.
    #[serde(default)]
    pub value: String,
}

/// How people reach an environment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ConnectionType {
    /// By opening its address in a browser.
    #[default]
    Web,
    /// By a command to copy.
    Instructions,
}

/// How long environments live. What is not given comes from `OperatorConfig.spec.defaults`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Ttl {
    /// Seconds from launch (or claim) to the end; -1 for no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = -1))]
    pub seconds: Option<i64>,
    /// Seconds that one extension adds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub extend_seconds: Option<i64>,
    /// How often an environment can be extended; 0 for no cap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub max_extends: Option<i64>,
}

/// A value that a template takes at launch.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Parameter {
    /// Its name in the query string and below `.Params`.
    #[schemars(length(min = 1))]
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Whether a launch without it is refused.
    #[serde(default)]
    pub required: bool,
    /// The value used when none is given.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub default: String,
    /// The only values allowed, where given.
    #[serde(default, rename = "enum", skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// A regular expression that the whole value has to match, where given.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub pattern: String,
}

/// What the operator says of a template.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DployTemplateStatus {
    /// Members that wait to be claimed.
    #[serde(default)]
    pub pool_available: u32,
    /// Members that somebody owns.
    #[serde(default)]
    pub pool_claimed: u32,
    /// All members, starting ones too.
    #[serde(default)]
    pub pool_total: u32,
    /// The generation that this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// `Ready`: whether the template can be launched as it is described.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
}

const fn yes() -> bool {
    true
}
