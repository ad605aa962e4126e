//! Decodes built-in objects into their Rust types, which know every field.

use k8s_openapi::{
    api::{
        apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet},
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

/// Decodes an object and writes it again, without the fields that it does not have.
pub(crate) type Typed = fn(&Value) -> serde_json::Result<Value>;

fn through<K: DeserializeOwned + Serialize>(object: &Value) -> serde_json::Result<Value> {
    serde_json::to_value(K::deserialize(object)?)
}

/// How the objects of a built-in kind are decoded.
pub(super) fn of(group: &str, kind: &str) -> Option<Typed> {
    Some(match (group, kind) {
        ("", "Namespace") => through::<Namespace>,
        ("", "ConfigMap") => through::<ConfigMap>,
        ("", "Secret") => through::<Secret>,
        ("", "Service") => through::<Service>,
        ("", "ServiceAccount") => through::<ServiceAccount>,
        ("", "Endpoints") => through::<Endpoints>,
        ("", "Event") => through::<k8s_openapi::api::core::v1::Event>,
        ("", "Pod") => through::<Pod>,
        ("", "Node") => through::<Node>,
        ("", "PersistentVolume") => through::<PersistentVolume>,
        ("", "PersistentVolumeClaim") => through::<PersistentVolumeClaim>,
        ("", "ResourceQuota") => through::<ResourceQuota>,
        ("", "LimitRange") => through::<LimitRange>,
        ("apps", "Deployment") => through::<Deployment>,
        ("apps", "StatefulSet") => through::<StatefulSet>,
        ("apps", "DaemonSet") => through::<DaemonSet>,
        ("apps", "ReplicaSet") => through::<ReplicaSet>,
        ("batch", "Job") => through::<Job>,
        ("batch", "CronJob") => through::<CronJob>,
        ("coordination.k8s.io", "Lease") => through::<Lease>,
        ("discovery.k8s.io", "EndpointSlice") => through::<EndpointSlice>,
        ("networking.k8s.io", "Ingress") => through::<Ingress>,
        ("networking.k8s.io", "NetworkPolicy") => through::<NetworkPolicy>,
        ("policy", "PodDisruptionBudget") => through::<PodDisruptionBudget>,
        ("rbac.authorization.k8s.io", "Role") => through::<Role>,
        ("rbac.authorization.k8s.io", "RoleBinding") => through::<RoleBinding>,
        ("rbac.authorization.k8s.io", "ClusterRole") => through::<ClusterRole>,
        ("rbac.authorization.k8s.io", "ClusterRoleBinding") => through::<ClusterRoleBinding>,
        ("storage.k8s.io", "StorageClass") => through::<StorageClass>,
        ("scheduling.k8s.io", "PriorityClass") => through::<PriorityClass>,
        ("apiextensions.k8s.io", _) => through::<CustomResourceDefinition>,
        _ => return None,
    })
}
