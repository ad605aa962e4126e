//! The built-in kinds. No controller acts on their objects, except on namespaces and
//! CustomResourceDefinitions.

use super::{
    kind::{Kind, WriteRules},
    round_trip,
};

/// The objects are in a namespace.
const NS: bool = true;
/// The objects are in no namespace.
const CLUSTER: bool = false;
/// The kind has the subresource `/status`.
const STATUS: bool = true;
/// The kind has no subresource.
const NO_SUB: bool = false;

/// Group, version, kind, plural, namespaced, status, short names.
type Row =
    (&'static str, &'static str, &'static str, &'static str, bool, bool, &'static [&'static str]);

const ROWS: &[Row] = &[
    ("", "v1", "Namespace", "namespaces", CLUSTER, STATUS, &["ns"]),
    ("", "v1", "ConfigMap", "configmaps", NS, NO_SUB, &["cm"]),
    ("", "v1", "Secret", "secrets", NS, NO_SUB, &[]),
    ("", "v1", "Service", "services", NS, STATUS, &["svc"]),
    ("", "v1", "ServiceAccount", "serviceaccounts", NS, NO_SUB, &["sa"]),
    ("", "v1", "Endpoints", "endpoints", NS, NO_SUB, &["ep"]),
    ("", "v1", "Event", "events", NS, NO_SUB, &["ev"]),
    ("", "v1", "Pod", "pods", NS, STATUS, &["po"]),
    ("", "v1", "Node", "nodes", CLUSTER, STATUS, &["no"]),
    ("", "v1", "PersistentVolume", "persistentvolumes", CLUSTER, STATUS, &["pv"]),
    ("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", NS, STATUS, &["pvc"]),
    ("", "v1", "ResourceQuota", "resourcequotas", NS, STATUS, &["quota"]),
    ("", "v1", "LimitRange", "limitranges", NS, NO_SUB, &["limits"]),
    ("apps", "v1", "Deployment", "deployments", NS, STATUS, &["deploy"]),
    ("apps", "v1", "StatefulSet", "statefulsets", NS, STATUS, &["sts"]),
    ("apps", "v1", "DaemonSet", "daemonsets", NS, STATUS, &["ds"]),
    ("apps", "v1", "ReplicaSet", "replicasets", NS, STATUS, &["rs"]),
    ("apps", "v1", "ControllerRevision", "controllerrevisions", NS, NO_SUB, &[]),
    ("batch", "v1", "Job", "jobs", NS, STATUS, &[]),
    ("batch", "v1", "CronJob", "cronjobs", NS, STATUS, &["cj"]),
    ("coordination.k8s.io", "v1", "Lease", "leases", NS, NO_SUB, &[]),
    ("events.k8s.io", "v1", "Event", "events", NS, NO_SUB, &["ev"]),
    ("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", NS, NO_SUB, &[]),
    ("networking.k8s.io", "v1", "Ingress", "ingresses", NS, STATUS, &["ing"]),
    ("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", NS, NO_SUB, &["netpol"]),
    ("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", NS, STATUS, &["pdb"]),
    ("rbac.authorization.k8s.io", "v1", "Role", "roles", NS, NO_SUB, &[]),
    ("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", NS, NO_SUB, &[]),
    ("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", CLUSTER, NO_SUB, &[]),
    (
        "rbac.authorization.k8s.io",
        "v1",
        "ClusterRoleBinding",
        "clusterrolebindings",
        CLUSTER,
        NO_SUB,
        &[],
    ),
    ("storage.k8s.io", "v1", "StorageClass", "storageclasses", CLUSTER, NO_SUB, &["sc"]),
    ("scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses", CLUSTER, NO_SUB, &["pc"]),
    (
        "apiextensions.k8s.io",
        "v1",
        "CustomResourceDefinition",
        "customresourcedefinitions",
        CLUSTER,
        STATUS,
        &["crd", "crds"],
    ),
];

/// All built-in kinds.
pub(super) fn kinds() -> impl Iterator<Item = Kind> {
    ROWS.iter().map(|&(group, version, name, plural, namespaced, status, short)| Kind {
        group: group.into(),
        version: version.into(),
        name: name.into(),
        list_name: format!("{name}List"),
        plural: plural.into(),
        singular: name.to_lowercase(),
        short_names: short.iter().map(|&s| s.into()).collect(),
        categories: categories(group, name),
        namespaced,
        status,
        write_rules: write_rules(group, name),
        custom: None,
        round_trip: round_trip::of(group, name),
    })
}

fn categories(group: &str, name: &str) -> Vec<String> {
    let all = matches!((group, name), ("", "Pod" | "Service") | ("apps" | "batch", _));
    let extensions = name == "CustomResourceDefinition";
    let named = [(all, "all"), (extensions, "api-extensions")];
    named.into_iter().filter(|(yes, _)| *yes).map(|(_, name)| name.to_owned()).collect()
}

fn write_rules(group: &str, name: &str) -> WriteRules {
    let has_generation = matches!(
        (group, name),
        ("apps" | "batch" | "networking.k8s.io" | "policy" | "apiextensions.k8s.io", _)
            | ("", "Pod")
    );
    WriteRules {
        generation: has_generation,
        unconditional_update: !matches!(name, "Lease" | "CustomResourceDefinition"),
        create_on_update: matches!(name, "Lease" | "Event" | "Endpoints" | "Role" | "RoleBinding"),
        path_names: group == "rbac.authorization.k8s.io",
    }
}
