//! The kind `OperatorConfig`: settings of the cluster.

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    guard_rails::GuardRails,
    template::{ConnectionType, EngineName},
};

/// Settings of the cluster. Dploy reads only the object named `default`.
#[derive(CustomResource, Debug, Clone, Default, PartialEq, Serialize, Deserialize, KubeSchema)]
#[kube(
    group = "dploy.dev",
    version = "v1alpha1",
    kind = "OperatorConfig",
    plural = "operatorconfigs",
    shortname = "opcfg",
    category = "dploy",
    derive = "PartialEq",
    doc = "Settings of the cluster. Dploy reads only the object named `default`.",
    printcolumn(name = "Engine", type_ = "string", json_path = ".spec.defaultEngine"),
    printcolumn(name = "Base Domain", type_ = "string", json_path = ".spec.baseDomain"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
pub struct OperatorConfigSpec {
    /// The engine of templates that set none; `flux` by default.
    #[serde(default)]
    pub default_engine: EngineName,
    /// Settings of engine `flux`.
    #[serde(default)]
    pub flux: FluxSettings,
    /// Settings of engine `argocd`.
    #[serde(default)]
    pub argocd: ArgocdSettings,
    /// Settings of engine `manifests`.
    #[serde(default)]
    pub manifests: ManifestsSettings,
    /// The domain of the environments' hosts, e.g. `env.example.org`. A host is
    /// `<template>-<uuid>.<baseDomain>`.
    #[serde(default)]
    pub base_domain: String,
    /// A Go template of the URL, for templates that set none; `https://{{ .Host }}` by default.
    #[serde(default, rename = "connectionURLTemplate", skip_serializing_if = "String::is_empty")]
    pub connection_url_template: String,
    /// The connection type of templates that set none; `web` by default.
    #[serde(default)]
    pub default_connection_type: ConnectionType,
    /// A Go template of the command to copy, for templates that set none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub connection_message_template: String,
    /// Time limits and quota for templates that set none.
    #[serde(default)]
    pub defaults: LaunchDefaults,
    /// Guard rails for the fields that a template leaves unset.
    #[serde(default)]
    pub guard_rails: GuardRails,
    /// Any values for Go templates, which read them as `.Config.Values`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schemars(schema_with = "crate::schema::free_form")]
    pub values: Map<String, Value>,
}

/// Settings of engine flux.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct FluxSettings {
    /// The namespace of HelmReleases and their sources; `flux-system` by default.
    pub namespace: String,
    /// The service account with which Flux installs charts. By default Flux uses its controller's.
    pub service_account_name: String,
    /// The interval at which Flux reconciles, as a Go duration; `5m` by default.
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
    /// The namespace of Applications; `argocd` by default.
    pub namespace: String,
    /// The AppProject of Applications; `default` by default.
    pub project: String,
    /// The API server of the cluster that Applications deploy to; by default the cluster of Argo
    /// CD.
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
    /// Kinds that templates may create outside the environment's namespace, including
    /// cluster-scoped kinds. Empty by default: every object must be in the environment's namespace.
    pub allowed_kinds: Vec<AllowedKind>,
}

/// A Kubernetes kind, in any version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AllowedKind {
    /// The API group; empty for the core group.
    #[serde(default)]
    pub group: String,
    /// The name of the kind, e.g. `ClusterRole`.
    #[schemars(length(min = 1))]
    pub kind: String,
}

/// Time limits and quota for templates that set none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct LaunchDefaults {
    /// The lifetime of an environment in seconds; 86400 (one day) by default. -1 means no deadline.
    #[schemars(range(min = -1))]
    pub ttl_seconds: i64,
    /// The seconds that one extension adds; 7200 (two hours) by default.
    #[schemars(range(min = 1))]
    pub extend_seconds: i64,
    /// The number of times that an environment can be extended. 0, the default, means no limit.
    #[schemars(range(min = 0))]
    pub max_extends: i64,
    /// The number of environments that one owner may have; 5 by default.
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
