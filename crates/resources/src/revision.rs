//! A revision of a template: what its environments are made of, in a `ControllerRevision` of
//! Kubernetes (`apps/v1`). Only the operator writes one, and nobody changes it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use k8s_openapi::{
    api::apps::v1::ControllerRevision,
    apimachinery::pkg::{apis::meta::v1::ObjectMeta, runtime::RawExtension},
};
use kube::Resource;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::{
    chart::Chart,
    guard_rails::GuardRails,
    labels::instance_labels,
    names::instance_name,
    process::ProcessSpec,
    template::{ConnectionType, EngineName, StartsAt},
};

/// What an environment is made of: a template with all defaults applied. A later edit of the
/// template therefore does not change a running environment.
///
/// The texts of the catalog are empty unless a Go template reads them, so that their edit makes no
/// new revision.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TemplateRevision {
    /// The name of the template.
    pub template: String,
    /// The name in the catalog.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub display_name: String,
    /// The description in the catalog.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The icon in the catalog.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub icon: String,
    /// The category in the catalog, as `category,subcategory`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub category: String,
    /// The claims that the Go templates read. Absent: they may read any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims: Option<BTreeSet<String>>,
    /// The claim that names the owning team. Empty when the environment belongs to a person.
    #[serde(default)]
    pub owner_claim: String,
    /// The declared parameters with their defaults; an empty text for a parameter without a
    /// default.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, String>,
    /// The labels of the template, without those of deployment tools.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// The annotations of the template, without those of deployment tools and `*.kubernetes.io/…`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
    /// The engine that runs the workload.
    pub engine: EngineName,
    /// The Helm chart, for engines `flux` and `argocd`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chart: Option<Chart>,
    /// A Go template of the Kubernetes objects, for engine `manifests`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifests: Option<String>,
    /// The local child process, for engine `process`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<ProcessSpec>,
    /// A Go template of the chart's values, as a YAML mapping.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub values_template: String,
    /// Values files in the chart's repository.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub value_files: Vec<String>,
    /// The guard rails of the environment's namespace. Absent when an older Dploy launched it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guard_rails: Option<GuardRails>,
    /// A Go template of the URL; never empty.
    #[serde(default, rename = "connectionURLTemplate")]
    pub connection_url_template: String,
    /// Whether people open the URL (`web`) or copy a command (`instructions`).
    #[serde(default)]
    pub connection_type: ConnectionType,
    /// A Go template of the command to copy, for connection type `instructions`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub connection_message_template: String,
    /// The domain of the host.
    #[serde(default)]
    pub base_domain: String,
    /// The lifetime in seconds, from the launch or claim to the deadline. -1 means no deadline.
    pub ttl_seconds: i64,
    /// The seconds that one extension adds.
    pub extend_seconds: i64,
    /// The number of times that the environment can be extended. 0 means no limit.
    pub max_extends: i64,
    /// The seconds before the deadline at which condition `EndsSoon` becomes true. 0 means no
    /// warning.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub warn_seconds: i64,
    /// When the lifetime begins; `launch` by default.
    #[serde(default, skip_serializing_if = "StartsAt::is_launch")]
    pub starts_at: StartsAt,
}

/// A revision as it is read from the API server. It is never changed, so all readers share its
/// content.
#[derive(Debug, Clone, Serialize, Deserialize, Resource)]
#[resource(inherit = "ControllerRevision")]
pub struct Revision {
    /// The name, among others.
    pub metadata: ObjectMeta,
    /// The content.
    pub data: Arc<TemplateRevision>,
    /// The place among the revisions of the template.
    pub revision: i64,
}

// Serde hands over a reference.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature of `skip_serializing_if`")]
const fn is_zero(seconds: &i64) -> bool {
    *seconds == 0
}

impl TemplateRevision {
    /// The name of the object: the template's, and ten digits of the SHA-256 of the content. Equal
    /// contents have equal names.
    #[must_use]
    pub fn name(&self) -> String {
        let content = serde_json::to_vec(self).unwrap_or_default();
        let digest = Sha256::digest(content);
        let digest: String = digest.iter().take(5).map(|byte| format!("{byte:02x}")).collect();
        instance_name(&self.template, &digest)
    }

    /// The object. `number` orders the revisions of a template: a newer one has a higher number.
    #[must_use]
    pub fn object(&self, number: i64) -> ControllerRevision {
        ControllerRevision {
            metadata: ObjectMeta {
                name: Some(self.name()),
                labels: Some(instance_labels(&self.template)),
                ..ObjectMeta::default()
            },
            data: serde_json::to_value(self).ok().map(RawExtension),
            revision: number,
        }
    }

    /// Those of the claims that the Go templates read.
    #[must_use]
    pub fn used(&self, claims: &Map<String, Value>) -> Map<String, Value> {
        let is_used = |name: &str| self.claims.as_ref().is_none_or(|it| it.contains(name));
        let used = claims.iter().filter(|(name, _)| is_used(name));
        used.map(|(name, value)| (name.clone(), value.clone())).collect()
    }
}
