use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One owner's ledger: who the owner key belongs to, and which environments it holds.
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
    doc = "One owner's ledger, named by the owner key: who the key belongs to, and which environments it holds.",
    printcolumn(name = "Name", type_ = "string", json_path = ".spec.identity.value"),
    printcolumn(name = "Limit", type_ = "integer", json_path = ".spec.maxInstances"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("self.identity == oldSelf.identity").message("spec.identity cannot be changed"))]
pub struct DployOwnerSpec {
    /// Who the key is bound to.
    pub identity: Identity,
    /// An admin's override of how many environments this owner may have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub max_instances: Option<u32>,
}

/// What an owner key is bound to at its first use.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// A person or a team.
    pub kind: IdentityKind,
    /// The claim it was read from: `sub` for a person, the template's `ownerClaim` for a team.
    pub claim: String,
    /// The claim's raw value.
    pub value: String,
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
    /// Somebody's `sub`.
    #[default]
    Person,
    /// The value of a claim that several people have.
    Team,
}

/// The environments that count against the owner's limit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DployOwnerStatus {
    /// One per environment that is not being deleted.
    #[serde(default)]
    pub seats: Vec<Seat>,
}

/// A place in the ledger: it names an instance, perhaps before that exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Seat {
    /// The name of the template.
    pub template: String,
    /// The name of the instance.
    pub instance: String,
    /// The instance's uuid.
    pub uuid: String,
    /// When the seat was taken.
    pub since: Time,
    /// For a claimed pool member: the resourceVersion on which it was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen_at: Option<String>,
}
