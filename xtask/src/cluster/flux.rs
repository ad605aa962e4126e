//! Flux: the controllers that fetch charts and install them.

use std::process::Command;

use anyhow::Result;

use super::kubectl::Kubectl;
use super::tools::{HELM_CONTROLLER, SOURCE_CONTROLLER, Tool};
use super::{Cluster, loopback, text};

pub(super) const DAEMONS: &[&str] = &["source-controller", "helm-controller"];

const NAMESPACE: &str = "apiVersion: v1\nkind: Namespace\nmetadata: {name: flux-system}\n";

const DEFINITIONS: [&str; 5] = [
    "helmreleases.helm.toolkit.fluxcd.io",
    "helmrepositories.source.toolkit.fluxcd.io",
    "gitrepositories.source.toolkit.fluxcd.io",
    "ocirepositories.source.toolkit.fluxcd.io",
    "helmcharts.source.toolkit.fluxcd.io",
];

/// Installs the definitions and starts the controllers.
pub(super) fn start(cluster: &Cluster, kubectl: &Kubectl) -> Result<()> {
    for tool in [SOURCE_CONTROLLER, HELM_CONTROLLER] {
        let sources = cluster.tools.sources(tool, &format!("github.com/fluxcd/{}", tool.name))?;
        kubectl.apply(&sources.join("config/crd/bases"))?;
    }
    kubectl.await_definitions(&DEFINITIONS)?;
    kubectl.apply_text(NAMESPACE)?;

    let storage = loopback(cluster.ports.of("source-controller-storage")?);
    let mut source = controller(cluster, kubectl, SOURCE_CONTROLLER)?;
    source.args([
        format!("--storage-path={}", text(&cluster.subdirectory("source-controller")?)?),
        format!("--storage-addr={storage}"),
        format!("--storage-adv-addr={storage}"),
    ]);
    run(cluster, SOURCE_CONTROLLER, &mut source)?;
    let mut helm = controller(cluster, kubectl, HELM_CONTROLLER)?;
    run(cluster, HELM_CONTROLLER, helm.args(["--concurrent=10", "--requeue-dependency=5s"]))
}

fn controller(cluster: &Cluster, kubectl: &Kubectl, tool: Tool) -> Result<Command> {
    let mut controller = Command::new(cluster.tools.provide(tool)?);
    controller.env("RUNTIME_NAMESPACE", "flux-system").env("KUBECONFIG", &kubectl.kubeconfig);
    controller.args([
        format!("--health-addr={}", loopback(cluster.ports.of(&format!("{}-health", tool.name))?)),
        format!(
            "--metrics-addr={}",
            loopback(cluster.ports.of(&format!("{}-metrics", tool.name))?)
        ),
    ]);
    Ok(controller)
}

fn run(cluster: &Cluster, tool: Tool, command: &mut Command) -> Result<()> {
    let health = cluster.ports.of(&format!("{}-health", tool.name))?;
    cluster.daemon(tool.name).serve(command, health)
}
