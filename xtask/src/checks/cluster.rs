//! Tests on a real Kubernetes: localkube's conformance suite, the rules under concurrency, the
//! engines, and Dploy as the chart installs it.

use std::process::Command;

use anyhow::Result;
use clap::ValueEnum as _;

use super::{Outcome, chart, end2end};
use crate::cluster::{self, Access, KUBECONFIG, Part, TestCluster};
use crate::command::{cargo, run};
use crate::server::PACKAGES;
use crate::workspace::Workspace;

/// The variables that name programs outside the path.
const KUBECTL: &str = "DPLOY_KUBECTL";
const HELM: &str = "DPLOY_HELM";

pub(crate) fn check(workspace: &Workspace) -> Result<Outcome> {
    if !cluster::is_possible(workspace)? {
        return Ok(Outcome::Skipped("no control plane: neither Go nor its programs".to_owned()));
    }
    let directory = workspace.target.join("cluster-test");
    let cluster = TestCluster::start(workspace, Part::value_variants(), directory)?;
    // All of them run, also after one has failed.
    let outcomes = [
        chart::installs(workspace, &cluster.access),
        crates(workspace, &cluster.access),
        kubectl(workspace, &cluster.access),
        installed(workspace, &cluster.access),
    ];
    cluster.remove()?;
    outcomes.into_iter().collect::<Result<()>>()?;
    Ok(Outcome::passed())
}

fn crates(workspace: &Workspace, access: &Access) -> Result<()> {
    let mut tests = cargo(&workspace.root);
    tests.arg("test").args(PACKAGES).args([
        "--test=conformance",
        "--test=rules",
        "--test=engines",
        "--no-fail-fast",
    ]);
    run(tests.env(KUBECONFIG, &access.kubeconfig).env(KUBECTL, &access.kubectl))
}

/// Repeats the kubectl session with the embedded server, which must give the answers that the real
/// one gave. It takes kubectl from this cluster and nothing else.
fn kubectl(workspace: &Workspace, access: &Access) -> Result<()> {
    let mut tests = cargo(&workspace.root);
    tests.arg("test").args(PACKAGES).args(["--test=conformance", "--", "kubectl::"]);
    run(tests.env(KUBECTL, &access.kubectl).env_remove(KUBECONFIG))
}

fn installed(workspace: &Workspace, access: &Access) -> Result<()> {
    let mut playwright: Command = end2end::playwright(workspace)?;
    playwright.env(KUBECONFIG, &access.kubeconfig);
    playwright.env(KUBECTL, &access.kubectl).env(HELM, &access.helm);
    run(&mut playwright)
}
