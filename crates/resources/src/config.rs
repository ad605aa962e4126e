use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{ConnectionType, EngineName, GuardRails};

/// The cluster's settings; only the one named `default` counts.
#[derive(CustomResource, Debug, Clone, Default, PartialEq, Serialize, Deserialize, KubeSchema)]
#[kube(
    group = "dploy.dev",
    version = "v1alpha1",
    kind = "OperatorConfig",
    plural = "operatorconfigs",
    shortname = "opcfg",
    category = "dploy",
    derive = "PartialEq",
    doc = "The cluster's settings; only the one named `default` counts.",
    printcolumn(name = "Engine", type_ = "string", json_path = ".spec.defaultEngine"),
    printcolumn(name = "Base Domain", type_ = "string", json_path = ".spec.baseDomain"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
pub struct OperatorConfigSpec {
    /// What runs workloads of templates that do not say.
    #[serde(default)]
    pub default_engine: EngineName,
    /// For engine flux.
    #[serde(default)]
    pub flux: FluxSettings,
    /// For engine argocd.
    #[serde(default)]
    pub argocd: ArgocdSettings,
    /// For engine manifests.
    #[serde(default)]
    pub manifests: ManifestsSettings,
    /// What the hosts of environments end in, e.g. `env.example.org`.
    #[serde(default)]
    pub base_domain: String,
    /// A Go template of the address, for templates that have none.
    #[serde(default, rename = "connectionURLTemplate", skip_serializing_if = "String::is_empty")]
    pub connection_url_template: String,
    /// How environments of templates that do not say are reached.
    #[serde(default)]
    pub default_connection_type: ConnectionType,
    /// A Go template of the command to copy, for templates that have none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub connection_message_template: String,
    /// What templates need not repeat.
    #[serde(default)]
    pub defaults: LaunchDefaults,
    /// What keeps environments apart, where their templates do not say.
    #[serde(default)]
    pub guard_rails: GuardRails,
    /// Anything the templates may need, as `.Config.Values`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schemars(schema_with = "crate::schema::free_form")]
    pub values: Map<String, Value>,
}

/// Settings of engine flux.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct FluxSettings {
    /// Where HelmReleases and their sources are kept.
    pub namespace: String,
    /// The service account that installs; empty: the controller's own.
    pub service_account_name: String,
    /// How often Flux looks again, as a Go duration.
    pub interval: String,
}

impl Default for FluxSettings {
    fn default() -> Self {
        Self {
            namespace: "flux-system".into(),
            service_account_name: String::new(),
            interval: "5m".into(),
        }
    }
}

/// Settings of engine argocd.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ArgocdSettings {
    /// Where Applications are kept.
    pub namespace: String,
    /// The AppProject they belong to.
    pub project: String,
    /// The cluster that they deploy to.
    pub server: String,
}

impl Default for ArgocdSettings {
    fn default() -> Self {
        Self {
            namespace: "argocd".into(),
            project: "default".into(),
            server: "https://kubernetes.default.svc".into(),
        }
    }
}

/// Settings of engine manifests.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ManifestsSettings {
    /// Kinds that templates may place outside of the environment's namespace, cluster-scoped kinds among them. No other leaves
    /// the namespace.
    pub allowed_kinds: Vec<AllowedKind>,
}

/// A kind of any version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AllowedKind {
    /// Its API group; empty for the core group.
    #[serde(default)]
    pub group: String,
    /// Its name, such as `ClusterRole`.
    #[schemars(length(min = 1))]
    pub kind: String,
}

/// What templates need not repeat. What is not given here comes from the server's own settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct LaunchDefaults {
    /// Seconds from launch to the end; -1 for no end.
    #[schemars(range(min = -1))]
    pub ttl_seconds: i64,
    /// Seconds that one extension adds.
    #[schemars(range(min = 1))]
    pub extend_seconds: i64,
    /// How often an environment can be extended; 0 for no cap.
    #[schemars(range(min = 0))]
    pub max_extends: i64,
    /// How many environments one owner may have.
    #[schemars(range(min = 0))]
    pub max_instances_per_user: u32,
}

impl Default for LaunchDefaults {
    fn default() -> Self {
        Self {
            ttl_seconds: 86_400,
            extend_seconds: 7_200,
            max_extends: 0,
            max_instances_per_user: 5,
        }
    }
}
