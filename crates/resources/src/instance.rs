use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Chart, ConnectionType, EngineName, GuardRails, Health, Phase, ProcessSpec};

/// One environment, or one member of a warm pool.
#[derive(CustomResource, Debug, Clone, Default, PartialEq, Serialize, Deserialize, KubeSchema)]
#[kube(
    group = "dploy.dev",
    version = "v1alpha1",
    kind = "DployInstance",
    plural = "dployinstances",
    shortname = "dinst",
    category = "dploy",
    namespaced,
    status = "DployInstanceStatus",
    derive = "PartialEq",
    doc = "One environment, or one member of a warm pool.",
    printcolumn(name = "Template", type_ = "string", json_path = ".spec.templateRef"),
    printcolumn(name = "Owner", type_ = "string", json_path = ".spec.owner"),
    printcolumn(name = "Phase", type_ = "string", json_path = ".status.phase"),
    printcolumn(name = "Health", type_ = "string", json_path = ".status.health"),
    printcolumn(name = "Expires", type_ = "string", json_path = ".spec.expiresAt"),
    printcolumn(
        name = "Reason",
        type_ = "string",
        json_path = ".status.conditions[?(@.type==\"Ready\")].reason"
    ),
    printcolumn(
        name = "Message",
        type_ = "string",
        json_path = ".status.conditions[?(@.type==\"Ready\")].message",
        priority = "1"
    ),
    printcolumn(
        name = "Namespace",
        type_ = "string",
        json_path = ".status.namespace",
        priority = "1"
    ),
    printcolumn(name = "URL", type_ = "string", json_path = ".status.url", priority = "1"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("!has(oldSelf.uuid) || (has(self.uuid) && self.uuid == oldSelf.uuid)").message("spec.uuid cannot be changed"),
    validation = Rule::new("self.templateRef == oldSelf.templateRef").message("spec.templateRef cannot be changed")
)]
pub struct DployInstanceSpec {
    /// The name of the template.
    pub template_ref: String,
    /// The owner key; empty for a pool member that nobody claimed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub owner: String,
    /// The owner's claims at launch, for the templates.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schemars(schema_with = "crate::schema::free_form")]
    pub claims: Map<String, Value>,
    /// The values chosen at launch, declared ones only.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
    /// Whether it came from, or waits in, a warm pool.
    #[serde(default)]
    pub pooled: bool,
    /// Seconds from launch to the end; -1 for no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl_seconds: Option<i64>,
    /// When its time is up; absent when it has no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
    /// Eight lower-case hexadecimal digits that never change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[0-9a-f]{8}$"))]
    pub uuid: Option<String>,
    /// The template as it was at launch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved: Option<ResolvedTemplate>,
}

/// The template as it was at launch, with every default filled in: a later edit never changes a running environment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResolvedTemplate {
    /// 32 hexadecimal digits that random template functions draw from; shown to no user.
    pub seed: String,
    /// What people call the template.
    #[serde(default)]
    pub display_name: String,
    /// The template's description.
    #[serde(default)]
    pub description: String,
    /// The template's icon.
    #[serde(default)]
    pub icon: String,
    /// `category,subcategory`
    #[serde(default)]
    pub category: String,
    /// The claim that names the owning team; empty when the environment belongs to a person.
    #[serde(default)]
    pub owner_claim: String,
    /// The declared parameters, each with its default (empty where it has none).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, String>,
    /// The template's labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// The template's annotations, without those of tools (`*.kubernetes.io/…`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
    /// What runs the workload.
    pub engine: EngineName,
    /// The Helm chart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chart: Option<Chart>,
    /// A Go template of YAML documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifests: Option<String>,
    /// A local child process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<ProcessSpec>,
    /// A Go template of the chart's values.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub values_template: String,
    /// Files of values in the chart's repository.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub value_files: Vec<String>,
    /// What keeps it from starving the cluster and from reaching its neighbours; `None` where an older Dploy launched it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guard_rails: Option<GuardRails>,
    /// A Go template of the address; never empty.
    #[serde(default, rename = "connectionURLTemplate")]
    pub connection_url_template: String,
    /// How people reach it.
    #[serde(default)]
    pub connection_type: ConnectionType,
    /// A Go template of the command to copy.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub connection_message_template: String,
    /// The base domain of its host.
    #[serde(default)]
    pub base_domain: String,
    /// Seconds from launch (or claim) to the end; -1 for no end.
    pub ttl_seconds: i64,
    /// Seconds that one extension adds.
    pub extend_seconds: i64,
    /// How often it can be extended; 0 for no cap.
    pub max_extends: i64,
}

/// What the operator says of an instance.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DployInstanceStatus {
    /// Where it is in its life.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<Phase>,
    /// Eight lower-case hexadecimal digits that never change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uuid: Option<String>,
    /// The namespace of the workload; never changes, a claim does not move it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Where it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// How people reach it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_type: Option<ConnectionType>,
    /// The command to copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_message: Option<String>,
    /// What runs the workload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<EngineName>,
    /// What the engine calls it; for engine process the address it listens on, `127.0.0.1:<port>`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine_ref: Option<String>,
    /// What the engine says of the workload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
    /// When its time is up, as the operator saw it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
    /// The generation that this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// `Ready`: whether it can be used; its message is shown to the owner.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
}
