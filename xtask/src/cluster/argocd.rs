//! Argo CD: the repo-server, the application controller and redis.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use data_encoding::BASE64;

use super::kubectl::Kubectl;
use super::tools::{ARGOCD, HELM};
use super::{Cluster, loopback, text};
use crate::apt::{apt_install, may_use_apt};
use crate::progress;
use crate::variables::{on_path, variable};

pub(super) const DAEMONS: &[&str] =
    &["redis-server", "argocd-repo-server", "argocd-application-controller"];

const NAMESPACE: &str = "argocd";
const SETTINGS: &str = include_str!("argocd.yaml");
const DEFINITIONS: [&str; 2] = ["applications.argoproj.io", "appprojects.argoproj.io"];

/// Installs the definitions and settings and starts the programs.
pub(super) fn start(cluster: &Cluster, kubectl: &Kubectl) -> Result<()> {
    let sources = cluster.tools.sources(ARGOCD, "github.com/argoproj/argo-cd/v3")?;
    for definition in ["application-crd.yaml", "applicationset-crd.yaml", "appproject-crd.yaml"] {
        kubectl.apply(&sources.join("manifests/crds").join(definition))?;
    }
    kubectl.await_definitions(&DEFINITIONS)?;
    kubectl.apply_text(SETTINGS)?;
    kubectl.apply_text(&destination(cluster)?)?;
    redis(cluster)?;
    repo_server(cluster)?;
    application_controller(cluster)
}

/// The Secret that names the cluster as a destination. The controller runs outside the cluster, so
/// it has no service account.
fn destination(cluster: &Cluster) -> Result<String> {
    let port = cluster.ports.of("kube-apiserver")?;
    let pki = cluster.pki()?;
    let read = |file: PathBuf| {
        let pem = fs::read(&file).with_context(|| format!("no {}", file.display()))?;
        Ok::<_, anyhow::Error>(BASE64.encode(&pem))
    };
    let config = serde_json::json!({
        "tlsClientConfig": {
            "caData": read(pki.authority())?,
            "certData": read(pki.admin_certificate())?,
            "keyData": read(pki.admin_key())?,
        }
    });
    let secret = serde_json::json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": "cluster",
            "namespace": NAMESPACE,
            "labels": { "argocd.argoproj.io/secret-type": "cluster" },
        },
        "stringData": {
            "name": "test",
            "server": format!("https://127.0.0.1:{port}"),
            "config": config.to_string(),
        },
    });
    Ok(secret.to_string())
}

fn redis(cluster: &Cluster) -> Result<()> {
    if on_path("redis-server").is_none() {
        if !may_use_apt()? {
            bail!("Argo CD needs redis-server: run `apt-get install redis-server` as root");
        }
        progress::timed("Install redis-server (apt-get)", || apt_install("redis-server"))?;
    }
    let program = on_path("redis-server").context("there is no redis-server to run")?;
    let port = cluster.ports.of("redis-server")?;
    let mut redis = Command::new(program);
    redis.args([
        "--bind",
        "127.0.0.1",
        "--port",
        &port.to_string(),
        "--save",
        "",
        "--appendonly",
        "no",
    ]);
    redis.current_dir(cluster.subdirectory("redis")?);
    cluster.daemon("redis-server").serve(&mut redis, port)
}

fn repo_server(cluster: &Cluster) -> Result<()> {
    let port = cluster.ports.of("argocd-repo-server")?;
    let metrics = cluster.ports.of("argocd-repo-server-metrics")?;
    let mut server = program(cluster, "argocd-repo-server")?;
    server.args([
        format!("--port={port}"),
        format!("--metrics-port={metrics}"),
        format!("--redis={}", loopback(cluster.ports.of("redis-server")?)),
    ]);
    server.args(["--address=127.0.0.1", "--metrics-address=127.0.0.1", "--disable-tls"]);
    cluster.daemon("argocd-repo-server").serve(&mut server, port)
}

fn application_controller(cluster: &Cluster) -> Result<()> {
    let kubeconfig = cluster.pki()?.kubeconfig_in(NAMESPACE)?;
    let metrics = cluster.ports.of("argocd-application-controller-metrics")?;
    let mut controller = program(cluster, "argocd-application-controller")?;
    controller.args([
        format!("--kubeconfig={}", text(&kubeconfig)?),
        format!("--namespace={NAMESPACE}"),
        format!("--metrics-port={metrics}"),
        format!("--redis={}", loopback(cluster.ports.of("redis-server")?)),
        format!("--repo-server={}", loopback(cluster.ports.of("argocd-repo-server")?)),
    ]);
    controller.arg("--repo-server-plaintext");
    cluster.daemon("argocd-application-controller").serve(&mut controller, metrics)
}

/// Argo CD's program in one of its roles, with helm on its path and with empty directories for the
/// features that tests do not use.
fn program(cluster: &Cluster, role: &'static str) -> Result<Command> {
    let helm = cluster.tools.provide(HELM)?;
    let path = variable("PATH").unwrap_or_default();
    let directories =
        helm.parent().map(Path::to_owned).into_iter().chain(std::env::split_paths(&path));
    let path = std::env::join_paths(directories).context("could not extend PATH")?;
    let mut command = Command::new(cluster.tools.provide(ARGOCD)?);
    command.env("ARGOCD_BINARY_NAME", role).env("PATH", path).env("ARGOCD_GPG_ENABLED", "false");
    let empty = [
        ("ARGOCD_TLS_DATA_PATH", "tls"),
        ("ARGOCD_GPG_DATA_PATH", "gpg"),
        ("ARGOCD_PLUGINSOCKFILEPATH", "plugins"),
    ];
    for (name, directory) in empty {
        command.env(name, cluster.subdirectory(&format!("argocd/{directory}"))?);
    }
    command
        .env("HOME", cluster.subdirectory("argocd/home")?)
        .env("TMPDIR", cluster.subdirectory("argocd/tmp")?);
    Ok(command)
}
