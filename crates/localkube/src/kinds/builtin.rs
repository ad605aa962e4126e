//! The built-in kinds: those that clients of a cluster expect to exist, kept as plain objects.

use super::{Kind, Rules, typed};

const NS: bool = true;
const CLUSTER: bool = false;
const STATUS: bool = true;
const PLAIN: bool = false;

/// Group, version, kind, plural, namespaced, status, short names.
type Row =
    (&'static str, &'static str, &'static str, &'static str, bool, bool, &'static [&'static str]);

const ROWS: &[Row] = &[
    ("", "v1", "Namespace", "namespaces", CLUSTER, STATUS, &["ns"]),
    ("", "v1", "ConfigMap", "configmaps", NS, PLAIN, &["cm"]),
    ("", "v1", "Secret", "secrets", NS, PLAIN, &[]),
    ("", "v1", "Service", "services", NS, STATUS, &["svc"]),
    ("", "v1", "ServiceAccount", "serviceaccounts", NS, PLAIN, &["sa"]),
    ("", "v1", "Endpoints", "endpoints", NS, PLAIN, &["ep"]),
    ("", "v1", "Event", "events", NS, PLAIN, &["ev"]),
    ("", "v1", "Pod", "pods", NS, STATUS, &["po"]),
    ("", "v1", "Node", "nodes", CLUSTER, STATUS, &["no"]),
    ("", "v1", "PersistentVolume", "persistentvolumes", CLUSTER, STATUS, &["pv"]),
    ("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", NS, STATUS, &["pvc"]),
    ("", "v1", "ResourceQuota", "resourcequotas", NS, STATUS, &["quota"]),
    ("", "v1", "LimitRange", "limitranges", NS, PLAIN, &["limits"]),
    ("apps", "v1", "Deployment", "deployments", NS, STATUS, &["deploy"]),
    ("apps", "v1", "StatefulSet", "statefulsets", NS, STATUS, &["sts"]),
    ("apps", "v1", "DaemonSet", "daemonsets", NS, STATUS, &["ds"]),
    ("apps", "v1", "ReplicaSet", "replicasets", NS, STATUS, &["rs"]),
    ("batch", "v1", "Job", "jobs", NS, STATUS, &[]),
    ("batch", "v1", "CronJob", "cronjobs", NS, STATUS, &["cj"]),
    ("coordination.k8s.io", "v1", "Lease", "leases", NS, PLAIN, &[]),
    ("events.k8s.io", "v1", "Event", "events", NS, PLAIN, &["ev"]),
    ("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", NS, PLAIN, &[]),
    ("networking.k8s.io", "v1", "Ingress", "ingresses", NS, STATUS, &["ing"]),
    ("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", NS, PLAIN, &["netpol"]),
    ("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", NS, STATUS, &["pdb"]),
    ("rbac.authorization.k8s.io", "v1", "Role", "roles", NS, PLAIN, &[]),
    ("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", NS, PLAIN, &[]),
    ("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", CLUSTER, PLAIN, &[]),
    (
        "rbac.authorization.k8s.io",
        "v1",
        "ClusterRoleBinding",
        "clusterrolebindings",
        CLUSTER,
        PLAIN,
        &[],
    ),
    ("storage.k8s.io", "v1", "StorageClass", "storageclasses", CLUSTER, PLAIN, &["sc"]),
    ("scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses", CLUSTER, PLAIN, &["pc"]),
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
        rules: rules(group, name),
        custom: None,
        typed: typed::of(group, name),
    })
}

fn categories(group: &str, name: &str) -> Vec<String> {
    let all = matches!((group, name), ("", "Pod" | "Service") | ("apps" | "batch", _));
    let extensions = name == "CustomResourceDefinition";
    let named = [(all, "all"), (extensions, "api-extensions")];
    named.into_iter().filter(|(yes, _)| *yes).map(|(_, name)| name.to_owned()).collect()
}

fn rules(group: &str, name: &str) -> Rules {
    let counted = matches!(
        (group, name),
        ("apps" | "batch" | "networking.k8s.io" | "policy" | "apiextensions.k8s.io", _)
            | ("", "Pod")
    );
    Rules {
        generation: counted,
        unconditional_update: !matches!(name, "Lease" | "CustomResourceDefinition"),
        create_on_update: matches!(name, "Lease" | "Event" | "Endpoints" | "Role" | "RoleBinding"),
        path_names: group == "rbac.authorization.k8s.io",
    }
}
