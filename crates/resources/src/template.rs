//! The kind `DployTemplate`: an environment that people can launch.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{chart::Chart, guard_rails::GuardRails, process::ProcessSpec, when_empty::WhenEmpty};

/// The value of `ttl.seconds` that means no deadline.
pub const UNLIMITED: i64 = -1;

/// An environment that people can launch.
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
    doc = "An environment that people can launch.",
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
    /// The name in the catalog; by default the name of the object.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub display_name: String,
    /// One or two sentences for the catalog.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The icon in the catalog: the name of a Lucide icon, an emoji, or the URL of a picture.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub icon: String,
    /// The category in the catalog, as `category,subcategory`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub category: String,
    /// Whether people can launch the template; true by default. Running environments continue.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Whether the catalog shows the template; true by default. People can launch a hidden template
    /// by its name.
    #[serde(default = "yes")]
    pub visible: bool,
    /// The claim whose value is the owning team; dots separate the names of nested claims. By
    /// default an environment belongs to the person who launched it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub owner_claim: String,
    /// Whether environments are created at launch or claimed from a pool; `on-demand` by default.
    #[serde(default)]
    pub method: Method,
    /// The size of the pool; required for method `pool`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pool: Option<Pool>,
    /// The engine that runs the workload; `OperatorConfig.spec.defaultEngine` by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<EngineName>,
    /// The Helm chart of the workload, for engines `flux` and `argocd`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chart: Option<Chart>,
    /// A Go template of the workload's Kubernetes objects as YAML documents, for engine
    /// `manifests`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifests: Option<String>,
    /// The local child process that is the workload, for engine `process` (only in `dploy dev`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<ProcessSpec>,
    /// A Go template of the chart's values, as a YAML mapping.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub values_template: String,
    /// Values files in the chart's repository.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub value_files: Vec<String>,
    /// A Go template of the URL; `OperatorConfig.spec.connectionURLTemplate` by default, and
    /// `https://{{ .Host }}` if that is empty too.
    #[serde(default, rename = "connectionURLTemplate", skip_serializing_if = "String::is_empty")]
    pub connection_url_template: String,
    /// Whether people open the URL (`web`) or copy a command (`instructions`);
    /// `OperatorConfig.spec.defaultConnectionType` by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_type: Option<ConnectionType>,
    /// A Go template of the command to copy, for connection type `instructions`;
    /// `OperatorConfig.spec.connectionMessageTemplate` by default.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub connection_message_template: String,
    /// Limits of an environment: the resources it may use and the network traffic it accepts. Unset
    /// fields come from `OperatorConfig.spec.guardRails`.
    #[serde(default)]
    pub guard_rails: GuardRails,
    /// The lifetime of environments and its extensions. Unset fields come from
    /// `OperatorConfig.spec.defaults`.
    #[serde(default)]
    pub ttl: Ttl,
    /// A launch of this template is refused when the owner already has this many environments of
    /// any template. It replaces the owner's own limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub max_instances_per_user: Option<u32>,
    /// The parameters that callers can set at launch.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<Parameter>,
}

/// Whether environments are created at launch or claimed from a pool.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Created at launch.
    #[default]
    OnDemand,
    /// Claimed from a pool of running instances.
    Pool,
}

impl Method {
    /// The value in the manifest.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OnDemand => "on-demand",
            Self::Pool => "pool",
        }
    }
}

/// The pool of a template: instances that run before they are needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pool {
    /// The number of unclaimed members to keep running; 0 by default.
    #[serde(default)]
    #[schemars(range(min = 0))]
    pub size: u32,
    /// The largest number of members, claimed and unclaimed together. 0, the default, means no
    /// limit.
    #[serde(default)]
    #[schemars(range(min = 0))]
    pub max_size: u32,
    /// Whether a claimed member is replaced at once; true by default. Otherwise the claimed member
    /// counts as one of `size` until it is deleted.
    #[serde(default = "yes")]
    pub recycle: bool,
    /// What a launch does when no member is ready; `refuse` by default.
    #[serde(default)]
    pub when_empty: WhenEmpty,
}

/// The engine that runs workloads.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum EngineName {
    /// Flux installs a HelmRelease.
    #[default]
    Flux,
    /// Argo CD syncs an Application.
    Argocd,
    /// Dploy applies YAML documents server-side.
    Manifests,
    /// Dploy runs a local child process.
    Process,
}

impl EngineName {
    /// The value in the manifest.
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

/// Whether people open the URL or copy a command.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ConnectionType {
    /// People open the URL in a browser.
    #[default]
    Web,
    /// People copy a command.
    Instructions,
}

/// The lifetime of environments and its extensions. Unset fields come from
/// `OperatorConfig.spec.defaults`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Ttl {
    /// The lifetime in seconds, from the launch or claim to the deadline. -1 means no deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = -1))]
    pub seconds: Option<i64>,
    /// The seconds that one extension adds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub extend_seconds: Option<i64>,
    /// The number of times that an environment can be extended. 0 means no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub max_extends: Option<i64>,
    /// The seconds before the deadline at which condition `EndsSoon` becomes true. 0, the default,
    /// means no warning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub warn_seconds: Option<i64>,
    /// When the lifetime begins; `launch` by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<StartsAt>,
}

/// When the lifetime of an environment begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum StartsAt {
    /// With the launch or claim.
    #[default]
    Launch,
    /// When the environment becomes ready for the first time. Until then its deadline is the one
    /// that `launch` gives, so an environment that never becomes ready ends, too.
    Ready,
}

impl StartsAt {
    /// Whether this is the default. A revision leaves the default out.
    #[must_use]
    pub fn is_launch(&self) -> bool {
        *self == Self::Launch
    }
}

/// A parameter of a template.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Parameter {
    /// The name, in the query string of a launch and in `.Params`.
    #[schemars(length(min = 1))]
    pub name: String,
    /// The purpose of the parameter, for the launch form.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Whether a launch without a value is refused; false by default.
    #[serde(default)]
    pub required: bool,
    /// The value when the caller gives none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub default: String,
    /// The allowed values. Empty by default: the value is not limited to a list.
    #[serde(default, rename = "enum", skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// A regular expression that the whole value must match. Without `enum` and `pattern`, only
    /// letters, digits, spaces and `. _ / @ + = -` are allowed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub pattern: String,
}

/// The state of a template, as the operator observed it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DployTemplateStatus {
    /// The number of unclaimed pool members that are ready.
    #[serde(default)]
    pub pool_available: u32,
    /// The number of claimed pool members.
    #[serde(default)]
    pub pool_claimed: u32,
    /// The number of all pool members, including those that start.
    #[serde(default)]
    pub pool_total: u32,
    /// The number of owners that wait in the queue of the pool.
    #[serde(default)]
    pub pool_waiting: u32,
    /// How long the members that are ready took to start, in seconds: the median. Absent until a
    /// member was ready.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pool_start_seconds: Option<u32>,
    /// How many members failed since one became ready. The pause before the next replacement grows
    /// with it.
    #[serde(default)]
    pub pool_failures: u32,
    /// The name of the `ControllerRevision` that a launch uses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// The generation of the template that this status describes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// The condition `Ready` says whether the template can be launched; `PoolHealthy` says whether
    /// its pool can be kept at its size.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
}

const fn yes() -> bool {
    true
}
