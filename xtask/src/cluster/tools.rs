//! The programs of a control plane.
//!
//! A program of the machine is used if it has the right version. Otherwise it is built once from
//! pinned Go modules (`xtask/control-plane/*/go.mod` with their `go.sum`) and kept in the user's
//! cache directory. One module pins all programs that fit the libraries of Kubernetes 1.34, so that
//! each package is compiled once for all of them. kwok needs newer libraries.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use directories::ProjectDirs;

use crate::command;
use crate::progress;
use crate::variables::{on_path, variable};
use crate::workspace::Workspace;

/// The variable that names a directory of control plane programs, as for kubebuilder's tools.
const ASSETS: &str = "KUBEBUILDER_ASSETS";

/// Linker flags that set the version of Kubernetes' programs. `go build` alone leaves a
/// placeholder, which charts refuse.
const KUBERNETES_FLAGS: &str = "-s -w -X k8s.io/component-base/version.gitVersion=v1.34.4 \
     -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=34";
const FLAGS: &str = "-s -w";
/// The linker drops the debug information anyway. Without it, Go's build cache is a fifth smaller.
const NO_DEBUG_INFORMATION: &str = "all=-dwarf=false";

/// One program of a control plane.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tool {
    /// The name of its executable.
    pub(crate) name: &'static str,
    /// The directory below `xtask/control-plane` that pins it.
    module: &'static str,
    /// Its Go package.
    package: &'static str,
    /// The version that a program on the path must have, if tests depend on its messages.
    version: Option<Version>,
}

/// How to read the version of a program.
#[derive(Clone, Copy, Debug)]
struct Version {
    asked_by: &'static [&'static str],
    /// The text that the answer must contain.
    wanted: &'static str,
}

const fn tool(name: &'static str, package: &'static str) -> Tool {
    Tool { name, module: "kubernetes", package, version: None }
}

const fn kubernetes(name: &'static str, package: &'static str) -> Tool {
    let version = Version { asked_by: &["--version"], wanted: "v1.34." };
    Tool { version: Some(version), ..tool(name, package) }
}

pub(crate) const ETCD: Tool = tool("etcd", "go.etcd.io/etcd/server/v3");
pub(crate) const APISERVER: Tool =
    kubernetes("kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver");
pub(crate) const CONTROLLER_MANAGER: Tool =
    kubernetes("kube-controller-manager", "k8s.io/kubernetes/cmd/kube-controller-manager");
pub(crate) const SCHEDULER: Tool =
    kubernetes("kube-scheduler", "k8s.io/kubernetes/cmd/kube-scheduler");
pub(crate) const KUBECTL: Tool = Tool {
    version: Some(Version { asked_by: &["version", "--client"], wanted: "v1.34." }),
    ..kubernetes("kubectl", "k8s.io/kubernetes/cmd/kubectl")
};
pub(crate) const KWOK: Tool = Tool { module: "kwok", ..tool("kwok", "sigs.k8s.io/kwok/cmd/kwok") };
pub(crate) const HELM: Tool = Tool {
    version: Some(Version { asked_by: &["version", "--short"], wanted: "v3." }),
    ..tool("helm", "helm.sh/helm/v3/cmd/helm")
};
pub(crate) const HELM_CONTROLLER: Tool =
    tool("helm-controller", "github.com/fluxcd/helm-controller");
pub(crate) const SOURCE_CONTROLLER: Tool =
    tool("source-controller", "github.com/fluxcd/source-controller");
pub(crate) const ARGOCD: Tool = tool("argocd", "github.com/argoproj/argo-cd/v3/cmd");

const ALL: [Tool; 10] = [
    ETCD,
    APISERVER,
    CONTROLLER_MANAGER,
    SCHEDULER,
    KUBECTL,
    KWOK,
    HELM,
    HELM_CONTROLLER,
    SOURCE_CONTROLLER,
    ARGOCD,
];

/// Finds and builds programs.
#[derive(Clone, Debug)]
pub(crate) struct Tools {
    modules: PathBuf,
    cache: PathBuf,
}

impl Tools {
    /// The tools of this checkout.
    pub(crate) fn of(workspace: &Workspace) -> Result<Self> {
        let directories =
            ProjectDirs::from("dev", "dploy", "dploy").context("there is no home directory")?;
        Ok(Self {
            modules: workspace.root.join("xtask/control-plane"),
            cache: directories.cache_dir().join("control-plane"),
        })
    }

    /// Whether every program is present or can be built.
    pub(crate) fn are_possible(&self) -> bool {
        ALL.iter().all(|tool| self.is_possible(*tool))
    }

    /// Whether a program is present or can be built.
    pub(crate) fn is_possible(&self, tool: Tool) -> bool {
        // Go has no option `--version`.
        installed(tool).is_some() || self.built(tool).is_file() || on_path("go").is_some()
    }

    /// The path of a program, which is built first if it is missing.
    pub(crate) fn provide(&self, tool: Tool) -> Result<PathBuf> {
        if let Some(path) = installed(tool) {
            return Ok(path);
        }
        let built = self.built(tool);
        if !built.is_file() {
            progress::timed(&format!("Build {} (once)", tool.name), || self.build(tool, &built))?;
        }
        Ok(built)
    }

    /// The directory of the sources of a tool's module in Go's module cache.
    pub(crate) fn sources(&self, tool: Tool, module: &str) -> Result<PathBuf> {
        let mut list = self.go(tool);
        // A separate command, because `go list` does not download.
        command::run(self.go(tool).args(["mod", "download", module]))?;
        let path = command::read(list.args(["list", "-m", "-f", "{{.Dir}}", module]))?;
        Ok(PathBuf::from(path.trim()))
    }

    fn build(&self, tool: Tool, path: &Path) -> Result<()> {
        let is_kubernetes = tool.package.starts_with("k8s.io/kubernetes/");
        let flags = if is_kubernetes { KUBERNETES_FLAGS } else { FLAGS };
        // An interrupted build leaves no incomplete program under the final name.
        let unfinished = path.with_extension("unfinished");
        command::run(
            self.go(tool)
                .args(["build", "-trimpath", "-gcflags", NO_DEBUG_INFORMATION])
                .args(["-ldflags", flags, "-o"])
                .arg(&unfinished)
                .arg(tool.package),
        )?;
        fs::rename(&unfinished, path).with_context(|| format!("could not make {}", path.display()))
    }

    fn go(&self, tool: Tool) -> Command {
        let mut go = Command::new("go");
        go.current_dir(self.modules.join(tool.module));
        // Only the committed `go.sum` is trusted. CGO would make the programs depend on the
        // machine.
        go.env("GOFLAGS", "-mod=readonly").env("CGO_ENABLED", "0").env("GOWORK", "off");
        go
    }

    /// The directory of the programs; each set of pinned versions has its own.
    fn built(&self, tool: Tool) -> PathBuf {
        let mut hash = DefaultHasher::new();
        for file in ["go.mod", "go.sum"] {
            fs::read(self.modules.join(tool.module).join(file)).unwrap_or_default().hash(&mut hash);
        }
        (KUBERNETES_FLAGS, FLAGS).hash(&mut hash);
        self.cache.join(format!("{}-{:016x}", tool.module, hash.finish())).join(tool.name)
    }
}

/// A program of the machine. A program that a variable names is used as it is; a program on the
/// path only if it has the version that the tests know.
fn installed(tool: Tool) -> Option<PathBuf> {
    let asset = variable(ASSETS).map(|directory| PathBuf::from(directory).join(tool.name));
    asset
        .filter(|path| path.is_file())
        .or_else(|| on_path(tool.name).filter(|path| tool.is_wanted(path)))
}

impl Tool {
    fn is_wanted(&self, program: &Path) -> bool {
        let Some(version) = self.version else { return true };
        let told = command::read(Command::new(program).args(version.asked_by));
        told.is_ok_and(|told| told.contains(version.wanted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_of_another_version_is_not_wanted() {
        let saying = |told: &'static [&'static str]| {
            let version = Version { asked_by: told, wanted: "v1.34." };
            Tool { version: Some(version), ..KUBECTL }
        };
        let echo = on_path("echo").unwrap();
        assert!(saying(&["Client Version: v1.34.1"]).is_wanted(&echo));
        assert!(!saying(&["Client Version: v1.32.4-dispatcher"]).is_wanted(&echo));
        assert!(!KUBECTL.is_wanted(Path::new("/nonexistent")));
    }

    #[test]
    fn a_program_whose_words_no_test_knows_may_be_any() {
        assert!(ETCD.is_wanted(Path::new("/nonexistent")));
    }
}
