//! Removes unknown fields from built-in objects by decoding them into their Rust types.

use k8s_openapi::{
    api::{
        apps::v1::{ControllerRevision, DaemonSet, Deployment, ReplicaSet, StatefulSet},
        batch::v1::{CronJob, Job},
        coordination::v1::Lease,
        core::v1::{
            ConfigMap, Endpoints, LimitRange, Namespace, Node, PersistentVolume,
            PersistentVolumeClaim, Pod, ResourceQuota, Secret, Service, ServiceAccount,
        },
        discovery::v1::EndpointSlice,
        networking::v1::{Ingress, NetworkPolicy},
        policy::v1::PodDisruptionBudget,
        rbac::v1::{ClusterRole, ClusterRoleBinding, Role, RoleBinding},
        scheduling::v1::PriorityClass,
        storage::v1::StorageClass,
    },
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Decodes an object into its Rust type and encodes it again.
pub(crate) type RoundTrip = fn(&Value) -> serde_json::Result<Value>;

fn round_trip<K: DeserializeOwned + Serialize>(object: &Value) -> serde_json::Result<Value> {
    serde_json::to_value(K::deserialize(object)?)
}

/// The round trip through the Rust type of a built-in kind; `None` when there is no such type.
pub(super) fn of(group: &str, kind: &str) -> Option<RoundTrip> {
    Some(match (group, kind) {
        ("", "Namespace") => round_trip::<Namespace>,
        ("", "ConfigMap") => round_trip::<ConfigMap>,
        ("", "Secret") => round_trip::<Secret>,
        ("", "Service") => round_trip::<Service>,
        ("", "ServiceAccount") => round_trip::<ServiceAccount>,
        ("", "Endpoints") => round_trip::<Endpoints>,
        ("", "Event") => round_trip::<k8s_openapi::api::core::v1::Event>,
        ("", "Pod") => round_trip::<Pod>,
        ("", "Node") => round_trip::<Node>,
        ("", "PersistentVolume") => round_trip::<PersistentVolume>,
        ("", "PersistentVolumeClaim") => round_trip::<PersistentVolumeClaim>,
        ("", "ResourceQuota") => round_trip::<ResourceQuota>,
        ("", "LimitRange") => round_trip::<LimitRange>,
        ("apps", "Deployment") => round_trip::<Deployment>,
        ("apps", "StatefulSet") => round_trip::<StatefulSet>,
        ("apps", "DaemonSet") => round_trip::<DaemonSet>,
        ("apps", "ReplicaSet") => round_trip::<ReplicaSet>,
        ("apps", "ControllerRevision") => round_trip::<ControllerRevision>,
        ("batch", "Job") => round_trip::<Job>,
        ("batch", "CronJob") => round_trip::<CronJob>,
        ("coordination.k8s.io", "Lease") => round_trip::<Lease>,
        ("discovery.k8s.io", "EndpointSlice") => round_trip::<EndpointSlice>,
        ("networking.k8s.io", "Ingress") => round_trip::<Ingress>,
        ("networking.k8s.io", "NetworkPolicy") => round_trip::<NetworkPolicy>,
        ("policy", "PodDisruptionBudget") => round_trip::<PodDisruptionBudget>,
        ("rbac.authorization.k8s.io", "Role") => round_trip::<Role>,
        ("rbac.authorization.k8s.io", "RoleBinding") => round_trip::<RoleBinding>,
        ("rbac.authorization.k8s.io", "ClusterRole") => round_trip::<ClusterRole>,
        ("rbac.authorization.k8s.io", "ClusterRoleBinding") => round_trip::<ClusterRoleBinding>,
        ("storage.k8s.io", "StorageClass") => round_trip::<StorageClass>,
        ("scheduling.k8s.io", "PriorityClass") => round_trip::<PriorityClass>,
        ("apiextensions.k8s.io", _) => round_trip::<CustomResourceDefinition>,
        _ => return None,
    })
}
