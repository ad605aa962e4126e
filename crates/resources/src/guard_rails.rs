//! Guard rails: the limits that an environment's namespace gets.

use std::collections::BTreeMap;

use k8s_openapi::{
    api::networking::v1::NetworkPolicyPeer, apimachinery::pkg::util::intstr::IntOrString,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Kubernetes quantities by resource name, such as `cpu`, `requests.memory` or `pods`.
pub type Amounts = BTreeMap<String, IntOrString>;

/// Limits of an environment: the resources it may use and the network traffic it accepts. The
/// template's fields override the OperatorConfig's; labels and annotations are merged.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GuardRails {
    /// The resources that the environment may use in total, as `spec.hard` of a ResourceQuota. `{}`
    /// means no quota; the default is no quota.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_quota: Option<Amounts>,
    /// The resources that each container, pod and volume claim may use, as `spec.limits` of a
    /// LimitRange. `[]` means no limits; the default is no limits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_range: Option<Vec<Limit>>,
    /// The network traffic that the environment's pods accept and send, as a NetworkPolicy. By
    /// default the pods are isolated from other environments and from Dploy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<Network>,
    /// The Pod Security Standard that the namespace enforces; `baseline` by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pod_security: Option<PodSecurity>,
    /// Additional labels of the namespace. They cannot replace labels of Dploy.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Additional annotations of the namespace.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

impl GuardRails {
    /// These guard rails, with unset fields taken from `defaults`. Labels and annotations are
    /// merged; on a common key, these guard rails win.
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

/// The limits of one container, pod or volume claim (Kubernetes' `LimitRangeItem`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Limit {
    /// The type of object that the limit applies to.
    #[serde(rename = "type")]
    pub limit_type: LimitType,
    /// The limits of a container that sets no limits itself.
    #[serde(default, skip_serializing_if = "Amounts::is_empty")]
    pub default: Amounts,
    /// The requests of a container that sets no requests itself.
    #[serde(default, skip_serializing_if = "Amounts::is_empty")]
    pub default_request: Amounts,
    /// The largest amount that one object may request or use.
    #[serde(default, skip_serializing_if = "Amounts::is_empty")]
    pub max: Amounts,
    /// The smallest amount that one object must request.
    #[serde(default, skip_serializing_if = "Amounts::is_empty")]
    pub min: Amounts,
    /// The largest ratio of a limit to its request.
    #[serde(default, skip_serializing_if = "Amounts::is_empty")]
    pub max_limit_request_ratio: Amounts,
}

/// The type of object that a limit applies to.
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
    /// The value in a LimitRange.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Container => "Container",
            Self::Pod => "Pod",
            Self::PersistentVolumeClaim => "PersistentVolumeClaim",
        }
    }
}

/// The connections that the pods of an environment accept and open.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Network {
    /// The general rule for incoming connections; `isolated` by default.
    #[serde(default)]
    pub ingress: Ingress,
    /// Additional sources for `isolated` and `closed`, as `from` of a NetworkPolicy rule. The
    /// clients of a load balancer, for example, need an entry, because they are in no namespace.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow_from: Vec<NetworkPolicyPeer>,
    /// The general rule for outgoing connections; `isolated` by default.
    #[serde(default)]
    pub egress: Egress,
    /// Additional destinations for `isolated` and `closed`, as `to` of a NetworkPolicy rule.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow_to: Vec<NetworkPolicyPeer>,
    /// Address ranges (CIDR) outside of which `isolated` connections have to be, besides those of
    /// the metadata services of clouds. Where the network plugin takes pods for addresses, name the
    /// ranges of the cluster's pods and Services here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocked_addresses: Vec<String>,
}

/// The general rule for outgoing connections.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Egress {
    /// To pods of the environment, to namespaces that belong neither to an environment nor to
    /// Dploy, and to addresses outside of the cluster but those of the metadata services of clouds.
    #[default]
    Isolated,
    /// Only to pods of the environment, and to name servers.
    Closed,
    /// To anywhere.
    Open,
}

/// The general rule for incoming connections.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Ingress {
    /// From pods of the environment, and from namespaces that belong to no environment.
    #[default]
    Isolated,
    /// Only from pods of the environment.
    Closed,
    /// From anywhere; Dploy creates no NetworkPolicy.
    Open,
}

/// A Pod Security Standard of Kubernetes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PodSecurity {
    /// No restrictions.
    Privileged,
    /// Prevents known privilege escalations.
    Baseline,
    /// Hardened pods only.
    Restricted,
}

impl PodSecurity {
    /// The value of the namespace's label.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Privileged => "privileged",
            Self::Baseline => "baseline",
            Self::Restricted => "restricted",
        }
    }
}
