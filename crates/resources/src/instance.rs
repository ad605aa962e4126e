//! The kind `DployInstance`: one environment, or one pool member.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    names,
    phase::{Health, Phase},
    placement::Placement,
    template::{ConnectionType, EngineName},
};

/// One environment, or one pool member.
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
    doc = "One environment, or one pool member.",
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
    validation = Rule::new("!has(oldSelf.revision) || (has(self.revision) && self.revision == oldSelf.revision)").message("spec.revision cannot be changed"),
    validation = Rule::new("!has(oldSelf.seed) || (has(self.seed) && self.seed == oldSelf.seed)").message("spec.seed cannot be changed"),
    validation = Rule::new("self.templateRef == oldSelf.templateRef").message("spec.templateRef cannot be changed")
)]
pub struct DployInstanceSpec {
    /// The name of the template. It cannot be changed.
    pub template_ref: String,
    /// The owner key; empty for an unclaimed pool member.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub owner: String,
    /// The claims of the caller at launch. Go templates read them as `.Claims`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schemars(schema_with = "crate::schema::free_form")]
    pub claims: Map<String, Value>,
    /// The parameter values that the caller gave at launch. Go templates read them as `.Params`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
    /// Whether the instance is a pool member, claimed or unclaimed; false by default.
    #[serde(default)]
    pub pooled: bool,
    /// Whether the owner waits in the queue of the pool; false by default. A queued instance has no
    /// workload and no deadline.
    #[serde(default)]
    pub queued: bool,
    /// The lifetime in seconds, from the launch or claim to the deadline. -1 means no deadline; the
    /// template's value applies by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl_seconds: Option<i64>,
    /// The deadline, at which the operator deletes the instance. Absent when there is no deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
    /// The random part of the host: eight lower-case hexadecimal digits. It cannot be changed; the
    /// operator chooses it when it is not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[0-9a-f]{8}$"))]
    pub uuid: Option<String>,
    /// The name of the template's revision at launch: a `ControllerRevision` that the operator
    /// wrote. It cannot be changed; the operator adds it when it is not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// The secret seed of random template functions: 32 hexadecimal digits. It cannot be changed;
    /// the operator draws it when it is not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[0-9a-f]{32}$"))]
    pub seed: Option<String>,
}

/// The state of an instance, as the operator observed it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DployInstanceStatus {
    /// The phase of the instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<Phase>,
    /// The random part of the host: eight lower-case hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uuid: Option<String>,
    /// The namespace of the workload. It never changes, not even when a pool member is claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The URL of the environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Whether people open the URL (`web`) or copy a command (`instructions`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_type: Option<ConnectionType>,
    /// The command to copy, for connection type `instructions`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_message: Option<String>,
    /// The engine that runs the workload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<EngineName>,
    /// The engine's name for the workload. For engine `process`, the address on which the process
    /// listens, `127.0.0.1:<port>`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine_ref: Option<String>,
    /// The guard rails in the namespace of the workload as they were placed: the name of each, and
    /// a digest of its spec. The operator puts them back when they differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guard_rails: Option<String>,
    /// What the engine placed. Only engine `manifests` records it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placed: Option<Placement>,
    /// The health of the workload, as the engine reports it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
    /// The deadline that the operator observed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
    /// The generation of the instance that this status describes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// The condition `Ready` says whether the environment can be used. The web app shows its
    /// message to the owner. The condition `EndsSoon` says whether the deadline is nearer than
    /// `ttl.warnSeconds`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
}

impl DployInstance {
    /// The namespace of the workload: the one in the status, else the one that the operator
    /// creates. `None` before the instance has a uuid.
    #[must_use]
    pub fn workload_namespace(&self) -> Option<String> {
        let known = self.status.as_ref().and_then(|status| status.namespace.clone());
        let DployInstanceSpec { template_ref, owner, pooled, uuid, .. } = &self.spec;
        // A claim does not rename it.
        let owner = (!pooled).then_some(owner.as_str());
        known.or_else(|| Some(names::namespace(owner, template_ref, uuid.as_deref()?)))
    }
}
