//! `cargo xtask cluster`: a real Kubernetes without containers, on loopback, in a directory of its
//! own.
//!
//! etcd, kube-apiserver, kube-controller-manager and kube-scheduler are the real ones; kwok stands
//! in for nodes, so pods run without their containers. Flux and Argo CD are real, too.

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

use crate::machine::variable;
use crate::progress;
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
        /// What is wanted beside Kubernetes itself; everything when left out
        #[arg(long, value_delimiter = ',', value_name = "PART")]
        parts: Option<Vec<Part>>,
        /// Where its files go; `cluster` in the target directory when left out
        #[arg(long)]
        directory: Option<PathBuf>,
    },
    /// Stop it; with `--reset` also forget what is in it
    Down {
        /// Remove its directory
        #[arg(long)]
        reset: bool,
        /// Where its files are
        #[arg(long)]
        directory: Option<PathBuf>,
    },
    /// Say what runs
    Status {
        /// Where its files are
        #[arg(long)]
        directory: Option<PathBuf>,
    },
}

/// Something beside Kubernetes itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Flux's source-controller and helm-controller
    Flux,
    /// Argo CD's repo-server and application controller, with redis
    Argocd,
}

/// Does it; whether everything that was asked for runs.
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

/// Starts what does not run, and returns the admin's kubeconfig.
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

/// Whether the programs of a control plane are here, or can be built.
pub(crate) fn is_possible(workspace: &Workspace) -> Result<bool> {
    Ok(Tools::of(workspace)?.are_possible())
}

/// Where helm is, built if need be; none where it is not here and cannot be built.
pub(crate) fn helm(workspace: &Workspace) -> Result<Option<PathBuf>> {
    let tools = Tools::of(workspace)?;
    tools.is_possible(tools::HELM).then(|| tools.provide(tools::HELM)).transpose()
}

/// The variable that tells tests which cluster they may use, by the admin's kubeconfig.
pub(crate) const KUBECONFIG: &str = "DPLOY_CLUSTER_KUBECONFIG";

/// How an admin reaches a cluster.
pub(crate) struct Access {
    pub(crate) kubeconfig: PathBuf,
    pub(crate) kubectl: PathBuf,
    pub(crate) helm: PathBuf,
}

impl Access {
    /// To the cluster that [`KUBECONFIG`] names, if it names one.
    pub(crate) fn given(workspace: &Workspace) -> Result<Option<Self>> {
        let tools = Tools::of(workspace)?;
        variable(KUBECONFIG).map(|path| Self::by(PathBuf::from(path), &tools)).transpose()
    }

    fn by(kubeconfig: PathBuf, tools: &Tools) -> Result<Self> {
        let (kubectl, helm) = (tools.provide(tools::KUBECTL)?, tools.provide(tools::HELM)?);
        Ok(Self { kubeconfig, kubectl, helm })
    }

    /// kubectl as the admin.
    pub(crate) fn kubectl(&self) -> Command {
        self.in_cluster(Command::new(&self.kubectl))
    }

    /// A program that reads the usual variable, as the admin.
    pub(crate) fn in_cluster(&self, mut program: Command) -> Command {
        program.env("KUBECONFIG", &self.kubeconfig);
        program
    }
}

/// A cluster with nothing in it, which goes when it is dropped.
pub(crate) struct TestCluster {
    cluster: Cluster,
    pub(crate) access: Access,
}

impl TestCluster {
    /// Starts one in a directory of its own; what an earlier one left there goes first.
    pub(crate) fn start(workspace: &Workspace, directory: PathBuf) -> Result<Self> {
        let cluster = Cluster::at(workspace, Some(directory.clone()))?;
        cluster.reset()?;
        let cluster = Cluster::at(workspace, Some(directory.clone()))?;
        let kubeconfig = up(workspace, Part::value_variants(), Some(directory))?;
        let access = Access::by(kubeconfig, &cluster.tools)?;
        Ok(Self { cluster, access })
    }

    /// Stops it and removes what was in it.
    pub(crate) fn remove(&self) -> Result<()> {
        self.cluster.reset()
    }
}

impl Drop for TestCluster {
    fn drop(&mut self) {
        // Where a step failed before its end; there is nobody left to tell.
        let _ = self.cluster.stop();
    }
}

/// A cluster's directory and where its programs come from.
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

    /// A directory for a program's own files.
    fn room(&self, name: &str) -> Result<PathBuf> {
        let room = self.directory.join(name);
        fs::create_dir_all(&room).with_context(|| format!("could not make {}", room.display()))?;
        Ok(room)
    }

    /// The programs, in the order in which they are started.
    fn daemons(&self) -> Vec<Daemon> {
        let names = [control_plane::DAEMONS, flux::DAEMONS, argocd::DAEMONS].concat();
        names.into_iter().map(|name| self.daemon(name)).collect()
    }

    fn stop(&self) -> Result<()> {
        self.daemons().iter().rev().try_for_each(Daemon::stop)
    }

    /// Stops it and forgets what is in it.
    fn reset(&self) -> Result<()> {
        self.stop()?;
        fs::remove_dir_all(&self.directory)
            .with_context(|| format!("could not remove {}", self.directory.display()))
    }

    /// Says what runs; whether anything does.
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
            progress::note(&format!("Nothing runs in {}", self.directory.display()));
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
