//! `cargo xtask cluster`: a real Kubernetes without containers, on loopback, in its own directory.
//!
//! etcd, kube-apiserver, kube-controller-manager, kube-scheduler, Flux and Argo CD are the real
//! programs. kwok simulates the nodes, so pods have no containers.

mod argocd;
mod control_plane;
mod daemon;
mod flux;
mod kubectl;
mod pki;
mod ports;
mod tools;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use clap::{Subcommand, ValueEnum};

use crate::progress;
use crate::variables::variable;
use crate::workspace::Workspace;

use daemon::Daemon;
use pki::Pki;
use ports::Ports;
use tools::Tools;

/// What to do with the cluster.
#[derive(Subcommand)]
pub(crate) enum Action {
    /// Start what does not run, and print the admin's kubeconfig
    Up {
        /// What to start beside Kubernetes; default: everything
        #[arg(long, value_delimiter = ',', value_name = "PART")]
        parts: Option<Vec<Part>>,
        /// The directory of its files; default: `cluster` in the target directory
        #[arg(long)]
        directory: Option<PathBuf>,
    },
    /// Stop the cluster; with `--reset` also delete its data
    Down {
        /// Remove its directory
        #[arg(long)]
        reset: bool,
        /// The directory of its files
        #[arg(long)]
        directory: Option<PathBuf>,
    },
    /// List the running programs
    Status {
        /// The directory of its files
        #[arg(long)]
        directory: Option<PathBuf>,
    },
}

/// A program set beside Kubernetes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Flux's source-controller and helm-controller
    Flux,
    /// Argo CD's repo-server and application controller, with redis
    Argocd,
}

/// Carries out the action. Returns whether all requested programs run.
pub(crate) fn run(workspace: &Workspace, action: Action) -> Result<bool> {
    match action {
        Action::Up { parts, directory } => {
            let parts = parts.unwrap_or_else(|| Part::value_variants().to_vec());
            let kubeconfig = up(workspace, &parts, directory)?;
            progress::result(&kubeconfig.display().to_string());
            Ok(true)
        }
        Action::Down { reset, directory } => {
            let cluster = Cluster::at(workspace, directory)?;
            if reset {
                cluster.reset()?
            } else {
                cluster.stop()?
            }
            Ok(true)
        }
        Action::Status { directory } => Ok(Cluster::at(workspace, directory)?.tell()),
    }
}

/// Starts the programs that do not run and returns the admin's kubeconfig.
pub(crate) fn up(
    workspace: &Workspace,
    parts: &[Part],
    directory: Option<PathBuf>,
) -> Result<PathBuf> {
    let cluster = Cluster::at(workspace, directory)?;
    let kubectl = progress::timed("Start Kubernetes", || control_plane::start(&cluster))?;
    for part in parts {
        match part {
            Part::Flux => progress::timed("Start Flux", || flux::start(&cluster, &kubectl))?,
            Part::Argocd => progress::timed("Start Argo CD", || argocd::start(&cluster, &kubectl))?,
        }
    }
    Ok(kubectl.kubeconfig)
}

/// Whether the programs of a control plane are present or can be built.
pub(crate) fn is_possible(workspace: &Workspace) -> Result<bool> {
    Ok(Tools::of(workspace)?.are_possible())
}

/// The path of helm, which is built first if it is missing; `None` if it cannot be built.
pub(crate) fn helm(workspace: &Workspace) -> Result<Option<PathBuf>> {
    let tools = Tools::of(workspace)?;
    tools.is_possible(tools::HELM).then(|| tools.provide(tools::HELM)).transpose()
}

/// The variable that names the admin's kubeconfig of the cluster that tests may use.
pub(crate) const KUBECONFIG: &str = "DPLOY_CLUSTER_KUBECONFIG";

/// The access of an admin to a cluster.
pub(crate) struct Access {
    pub(crate) kubeconfig: PathBuf,
    pub(crate) kubectl: PathBuf,
    pub(crate) helm: PathBuf,
}

impl Access {
    /// Access to the cluster that [`KUBECONFIG`] names; `None` if it is not set.
    pub(crate) fn given(workspace: &Workspace) -> Result<Option<Self>> {
        let tools = Tools::of(workspace)?;
        variable(KUBECONFIG).map(|path| Self::by(PathBuf::from(path), &tools)).transpose()
    }

    fn by(kubeconfig: PathBuf, tools: &Tools) -> Result<Self> {
        let (kubectl, helm) = (tools.provide(tools::KUBECTL)?, tools.provide(tools::HELM)?);
        Ok(Self { kubeconfig, kubectl, helm })
    }

    /// kubectl with the rights of the admin.
    pub(crate) fn kubectl(&self) -> Command {
        self.in_cluster(Command::new(&self.kubectl))
    }

    /// A program that reads `KUBECONFIG`, with the rights of the admin.
    pub(crate) fn in_cluster(&self, mut program: Command) -> Command {
        program.env("KUBECONFIG", &self.kubeconfig);
        program
    }
}

/// An empty cluster, which is removed when the value is dropped.
pub(crate) struct TestCluster {
    cluster: Cluster,
    pub(crate) access: Access,
}

impl TestCluster {
    /// Starts a cluster with `parts` in `directory`. Removes the remains of an earlier one first.
    pub(crate) fn start(workspace: &Workspace, parts: &[Part], directory: PathBuf) -> Result<Self> {
        let cluster = Cluster::at(workspace, Some(directory.clone()))?;
        cluster.reset()?;
        let cluster = Cluster::at(workspace, Some(directory.clone()))?;
        let kubeconfig = up(workspace, parts, Some(directory))?;
        let access = Access::by(kubeconfig, &cluster.tools)?;
        Ok(Self { cluster, access })
    }

    /// Stops the cluster and removes its data.
    pub(crate) fn remove(&self) -> Result<()> {
        self.cluster.reset()
    }
}

impl Drop for TestCluster {
    fn drop(&mut self) {
        // Reached only after another error, which is the one to report.
        let _ = self.cluster.stop();
    }
}

/// A cluster's directory and the source of its programs.
struct Cluster {
    directory: PathBuf,
    ports: Ports,
    tools: Tools,
}

impl Cluster {
    fn at(workspace: &Workspace, directory: Option<PathBuf>) -> Result<Self> {
        let directory = directory.unwrap_or_else(|| workspace.target.join("cluster"));
        fs::create_dir_all(&directory)
            .with_context(|| format!("could not make {}", directory.display()))?;
        let directory = fs::canonicalize(&directory).context("could not find the directory")?;
        let ports = Ports::at(&directory.join("ports"))?;
        Ok(Self { ports, tools: Tools::of(workspace)?, directory })
    }

    fn daemon(&self, name: &'static str) -> Daemon {
        Daemon::new(&self.directory, name)
    }

    fn pki(&self) -> Result<Pki> {
        Pki::at(&self.directory.join("pki"), self.ports.of("kube-apiserver")?)
    }

    /// A directory for the files of a program.
    fn subdirectory(&self, name: &str) -> Result<PathBuf> {
        let room = self.directory.join(name);
        fs::create_dir_all(&room).with_context(|| format!("could not make {}", room.display()))?;
        Ok(room)
    }

    /// The programs in the order of their start.
    fn daemons(&self) -> Vec<Daemon> {
        let names = [control_plane::DAEMONS, flux::DAEMONS, argocd::DAEMONS].concat();
        names.into_iter().map(|name| self.daemon(name)).collect()
    }

    fn stop(&self) -> Result<()> {
        self.daemons().iter().rev().try_for_each(Daemon::stop)
    }

    /// Stops the cluster and deletes its data.
    fn reset(&self) -> Result<()> {
        self.stop()?;
        fs::remove_dir_all(&self.directory)
            .with_context(|| format!("could not remove {}", self.directory.display()))
    }

    /// Lists the running programs. Returns whether there are any.
    fn tell(&self) -> bool {
        let mut running = false;
        for daemon in self.daemons() {
            if let Some(process) = daemon.process() {
                running = true;
                let process = process.as_raw_nonzero();
                progress::note(&format!(
                    "{:<30} {process:<8} {}",
                    daemon.name,
                    daemon.log().display()
                ));
            }
        }
        if !running {
            progress::note(&format!("No program runs in {}", self.directory.display()));
        }
        running
    }
}

/// An address on loopback.
fn loopback(port: u16) -> String {
    format!("127.0.0.1:{port}")
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))
}
