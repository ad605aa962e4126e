//! The kind `DployOwner`: an owner's identity, limit and ledger.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An owner record, named by the owner key: the owner's identity, limit and ledger.
#[derive(CustomResource, Debug, Clone, Default, PartialEq, Serialize, Deserialize, KubeSchema)]
#[kube(
    group = "dploy.dev",
    version = "v1alpha1",
    kind = "DployOwner",
    plural = "dployowners",
    shortname = "downer",
    category = "dploy",
    namespaced,
    status = "DployOwnerStatus",
    derive = "PartialEq",
    doc = "An owner record, named by the owner key: the owner's identity, limit and ledger.",
    printcolumn(name = "Name", type_ = "string", json_path = ".spec.identity.value"),
    printcolumn(name = "Limit", type_ = "integer", json_path = ".spec.maxInstances"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("self.identity == oldSelf.identity").message("spec.identity cannot be changed"))]
pub struct DployOwnerSpec {
    /// The person or team that the owner key belongs to. It cannot be changed.
    pub identity: Identity,
    /// The number of environments that this owner may have. It overrides
    /// `OperatorConfig.spec.defaults.maxInstancesPerUser`; 0 allows none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub max_instances: Option<u32>,
}

/// The identity of an owner. The first use of an owner key binds the key to an identity.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// Whether the owner is a person or a team.
    pub kind: IdentityKind,
    /// The claim that the value comes from: `sub` for a person, the template's `ownerClaim` for a
    /// team.
    pub claim: String,
    /// The value of the claim, unchanged.
    pub value: String,
    /// The issuer (`iss`) of the token with the claim. Absent for the issuer that `JWT_ISSUER`
    /// names: a claim is unique only within its issuer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub issuer: Option<String>,
}

impl Identity {
    /// The parts that make two identities different, after the kind. An identity of the configured
    /// issuer has no issuer among them, so that its digests stay what they were without the field.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &str> {
        [&*self.claim, &*self.value].into_iter().chain(self.issuer.as_deref())
    }
}

/// A person or a team.
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
pub enum IdentityKind {
    /// A person, identified by `sub`.
    #[default]
    Person,
    /// A team, identified by a claim that its members share.
    Team,
}

/// The owner's ledger: the environments that count against the limit. A record without a status was
/// never written, or lost its ledger; one whose seats are empty has no environments.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DployOwnerStatus {
    /// One seat per environment. The environment counts until its deletion starts.
    #[serde(default)]
    pub seats: Vec<Seat>,
}

/// An entry in the ledger. A seat is written before its instance is created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Seat {
    /// The name of the environment's template.
    pub template: String,
    /// The name of the instance.
    pub instance: String,
    /// The uuid of the instance.
    pub uuid: String,
    /// The time at which the seat was taken.
    pub since: Time,
    /// For a claimed pool member: the resourceVersion at which the server chose the member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen_at: Option<String>,
    /// For a claimed pool member: a random value of the request that wrote the seat. So two
    /// requests of one owner that chose the same member in the same second write different seats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
}
