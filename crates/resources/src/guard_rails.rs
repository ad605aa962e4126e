use std::collections::BTreeMap;

use k8s_openapi::{
    api::networking::v1::NetworkPolicyPeer, apimachinery::pkg::util::intstr::IntOrString,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Amounts by the name of a resource, such as `cpu`, `requests.memory` or `pods`, as Kubernetes writes quantities.
pub type Amounts = BTreeMap<String, IntOrString>;

/// What keeps an environment from starving the cluster and from reaching its neighbours. Of a template and the cluster's
/// settings, each field is the template's where that gives it; labels and annotations are joined.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GuardRails {
    /// What all of an environment may use, as `spec.hard` of a ResourceQuota; empty: no quota.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_quota: Option<Amounts>,
    /// What each of its containers, pods and volume claims may use, as `spec.limits` of a LimitRange; empty: no limits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_range: Option<Vec<Limit>>,
    /// Who may connect to its pods; where neither says, everybody but other environments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<Network>,
    /// The Pod Security Standard that the namespace enforces; where neither says, the cluster's own default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pod_security: Option<PodSecurity>,
    /// Additional labels of the namespace; those of Dploy cannot be replaced.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Additional annotations of the namespace.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

impl GuardRails {
    /// These, and what they leave open as `defaults` have it.
    #[must_use]
    pub fn or(self, defaults: &Self) -> Self {
        let joined = |ours: BTreeMap<String, String>, theirs: &BTreeMap<String, String>| {
            let mut all = theirs.clone();
            all.extend(ours);
            all
        };
        Self {
            resource_quota: self.resource_quota.or_else(|| defaults.resource_quota.clone()),
            limit_range: self.limit_range.or_else(|| defaults.limit_range.clone()),
            network: self.network.or_else(|| defaults.network.clone()),
            pod_security: self.pod_security.or(defaults.pod_security),
            labels: joined(self.labels, &defaults.labels),
            annotations: joined(self.annotations, &defaults.annotations),
        }
    }
}

/// What one thing of a type may use (`LimitRangeItem`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Limit {
    /// What it holds for.
    #[serde(rename = "type")]
    pub limit_type: LimitType,
    /// The limits of a container that names none.
    #[serde(default, skip_serializing_if = "Amounts::is_empty")]
    pub default: Amounts,
    /// The requests of a container that names none.
    #[serde(default, skip_serializing_if = "Amounts::is_empty")]
    pub default_request: Amounts,
    /// The most that can be asked for.
    #[serde(default, skip_serializing_if = "Amounts::is_empty")]
    pub max: Amounts,
    /// The least that can be asked for.
    #[serde(default, skip_serializing_if = "Amounts::is_empty")]
    pub min: Amounts,
    /// By how much a limit may exceed its request.
    #[serde(default, skip_serializing_if = "Amounts::is_empty")]
    pub max_limit_request_ratio: Amounts,
}

/// What a limit holds for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum LimitType {
    /// Each container.
    #[default]
    Container,
    /// All containers of a pod together.
    Pod,
    /// Each volume claim.
    PersistentVolumeClaim,
}

impl LimitType {
    /// The word in a LimitRange.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Container => "Container",
            Self::Pod => "Pod",
            Self::PersistentVolumeClaim => "PersistentVolumeClaim",
        }
    }
}

/// Who may connect to the pods of an environment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Network {
    /// From where.
    #[serde(default)]
    pub ingress: Ingress,
    /// Who else may, where that is limited: `from` of a NetworkPolicy's rule. The addresses of a load balancer's clients, for
    /// example, belong to no namespace.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow_from: Vec<NetworkPolicyPeer>,
}

/// From where pods can be reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Ingress {
    /// From its own pods and from namespaces that are not an environment's.
    #[default]
    Isolated,
    /// From its own pods alone.
    Closed,
    /// From anywhere: there is no NetworkPolicy.
    Open,
}

/// A Pod Security Standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PodSecurity {
    /// Everything is allowed.
    Privileged,
    /// Known ways to more privileges are closed.
    Baseline,
    /// Hardened pods only.
    Restricted,
}

impl PodSecurity {
    /// The word in the namespace's label.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Privileged => "privileged",
            Self::Baseline => "baseline",
            Self::Restricted => "restricted",
        }
    }
}
