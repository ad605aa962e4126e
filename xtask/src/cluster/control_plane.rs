//! Kubernetes, with one node that kwok simulates.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::kubectl::Kubectl;
use super::pki::Pki;
use super::tools::{APISERVER, CONTROLLER_MANAGER, ETCD, KUBECTL, KWOK, SCHEDULER};
use super::{Cluster, loopback, text};

/// The programs in the order of their start.
pub(super) const DAEMONS: &[&str] =
    &["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"];

/// The range of Service addresses. They are not routed.
const SERVICES: &str = "10.0.0.0/16";
/// The range of pod addresses. They are not routed.
const PODS: &str = "10.1.0.0/16";

/// The stages by which kwok simulates nodes and pods, from its distribution.
const STAGES: [&str; 5] = [
    "node/fast/node-initialize.yaml",
    "node/heartbeat/node-heartbeat.yaml",
    "pod/fast/pod-ready.yaml",
    "pod/fast/pod-delete.yaml",
    "pod/fast/pod-complete.yaml",
];

/// The audit policy: every write to the API server with its user. Benches count them.
const AUDIT_POLICY: &str = "apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: Metadata
    verbs: [create, update, patch, delete, deletecollection]
  - level: None
";

const NODE: &str = "apiVersion: v1
kind: Node
metadata:
  name: kwok
  annotations: {kwok.x-k8s.io/node: fake}
  labels: {kubernetes.io/hostname: kwok, kubernetes.io/os: linux, type: kwok}
status:
  allocatable: {cpu: '64', memory: 256Gi, pods: '5000'}
  capacity: {cpu: '64', memory: 256Gi, pods: '5000'}
";

/// Starts Kubernetes and waits until the API server answers and the node exists.
pub(super) fn start(cluster: &Cluster) -> Result<Kubectl> {
    let pki = cluster.pki()?;
    let kubectl =
        Kubectl { program: cluster.tools.provide(KUBECTL)?, kubeconfig: pki.kubeconfig() };
    etcd(cluster)?;
    apiserver(cluster, &pki, &kubectl)?;
    controllers(cluster, &pki)?;
    node(cluster, &kubectl)?;
    Ok(kubectl)
}

fn etcd(cluster: &Cluster) -> Result<()> {
    let data = cluster.subdirectory("etcd")?;
    let clients = format!("http://{}", loopback(cluster.ports.of("etcd")?));
    let peers = format!("http://{}", loopback(cluster.ports.of("etcd-peers")?));
    let mut etcd = Command::new(cluster.tools.provide(ETCD)?);
    etcd.arg("--data-dir").arg(data);
    etcd.args(["--listen-client-urls", &clients, "--advertise-client-urls", &clients]);
    etcd.args(["--listen-peer-urls", &peers, "--initial-advertise-peer-urls", &peers]);
    etcd.args(["--initial-cluster", &format!("default={peers}"), "--log-level", "warn"]);
    cluster.daemon("etcd").start(&mut etcd)
}

fn apiserver(cluster: &Cluster, pki: &Pki, kubectl: &Kubectl) -> Result<()> {
    let port = cluster.ports.of("kube-apiserver")?;
    let policy = cluster.directory.join("audit-policy.yaml");
    fs::write(&policy, AUDIT_POLICY).context("could not write the audit policy")?;
    let mut apiserver = Command::new(cluster.tools.provide(APISERVER)?);
    apiserver.args([
        format!("--etcd-servers=http://{}", loopback(cluster.ports.of("etcd")?)),
        format!("--secure-port={port}"),
        format!("--service-cluster-ip-range={SERVICES}"),
    ]);
    apiserver.args([
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        "--endpoint-reconciler-type=none",
        "--authorization-mode=RBAC",
        "--allow-privileged=true",
        "--service-account-issuer=https://kubernetes.default.svc",
    ]);
    let files: [(&str, PathBuf); 8] = [
        ("--tls-cert-file", pki.server_certificate()),
        ("--tls-private-key-file", pki.server_key()),
        ("--client-ca-file", pki.authority()),
        ("--service-account-key-file", pki.token_verifier()),
        ("--service-account-signing-key-file", pki.token_key()),
        ("--audit-policy-file", policy),
        ("--audit-log-path", cluster.directory.join("audit.log")),
        ("--cert-dir", cluster.subdirectory("apiserver")?),
    ];
    for (flag, path) in files {
        apiserver.arg(flag).arg(path);
    }
    let daemon = cluster.daemon("kube-apiserver");
    daemon.start(&mut apiserver)?;
    daemon.await_ready(|| kubectl.is_ready())
}

fn controllers(cluster: &Cluster, pki: &Pki) -> Result<()> {
    let kubeconfig = pki.kubeconfig();
    let mut manager = Command::new(cluster.tools.provide(CONTROLLER_MANAGER)?);
    manager.args([
        format!("--kubeconfig={}", text(&kubeconfig)?),
        format!("--service-account-private-key-file={}", text(&pki.token_key())?),
        format!("--root-ca-file={}", text(&pki.authority())?),
        format!("--secure-port={}", cluster.ports.of("kube-controller-manager")?),
        format!("--cert-dir={}", text(&cluster.subdirectory("controller-manager")?)?),
    ]);
    manager.args(["--leader-elect=false", "--bind-address=127.0.0.1"]);
    // Tests create and delete hundreds of namespaces.
    manager.args(["--kube-api-qps=200", "--kube-api-burst=400", "--concurrent-namespace-syncs=20"]);
    cluster.daemon("kube-controller-manager").start(&mut manager)?;

    let mut scheduler = Command::new(cluster.tools.provide(SCHEDULER)?);
    scheduler.args([
        format!("--kubeconfig={}", text(&kubeconfig)?),
        format!("--secure-port={}", cluster.ports.of("kube-scheduler")?),
        format!("--cert-dir={}", text(&cluster.subdirectory("scheduler")?)?),
    ]);
    scheduler.args(["--leader-elect=false", "--bind-address=127.0.0.1"]);
    cluster.daemon("kube-scheduler").start(&mut scheduler)
}

fn node(cluster: &Cluster, kubectl: &Kubectl) -> Result<()> {
    let stages = cluster.directory.join("stages.yaml");
    if !stages.is_file() {
        let sources = cluster.tools.sources(KWOK, "sigs.k8s.io/kwok")?;
        fs::write(&stages, joined(&sources.join("kustomize/stage"))?)
            .context("could not write kwok's stages")?;
    }
    let mut kwok = Command::new(cluster.tools.provide(KWOK)?);
    kwok.arg("--kubeconfig").arg(&kubectl.kubeconfig).arg("--config").arg(&stages);
    kwok.args(["--manage-all-nodes=true", "--node-ip=127.0.0.1", &format!("--cidr={PODS}")]);
    let daemon = cluster.daemon("kwok");
    daemon.start(&mut kwok)?;
    kubectl.apply_text(NODE)?;
    daemon.await_ready(|| {
        kubectl.succeeds(&["wait", "--for=condition=Ready", "--timeout=1s", "node/kwok"])
    })
}

fn joined(directory: &Path) -> Result<String> {
    let texts = STAGES.iter().map(|stage| {
        let path = directory.join(stage);
        fs::read_to_string(&path).with_context(|| format!("could not read {}", path.display()))
    });
    Ok(texts.collect::<Result<Vec<_>>>()?.join("\n---\n"))
}
