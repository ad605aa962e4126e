//! Calls of the API server through kubectl.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::command;

const DEFINITION_TIMEOUT: Duration = Duration::from_secs(60);
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// kubectl with the rights of the admin.
#[derive(Debug, Clone)]
pub(crate) struct Kubectl {
    pub(crate) program: PathBuf,
    pub(crate) kubeconfig: PathBuf,
}

impl Kubectl {
    pub(crate) fn command(&self) -> Command {
        let mut kubectl = Command::new(&self.program);
        kubectl.arg("--kubeconfig").arg(&self.kubeconfig);
        kubectl
    }

    /// Whether the API server is ready.
    pub(crate) fn is_ready(&self) -> bool {
        self.succeeds(&["get", "--raw=/readyz"])
    }

    /// Whether a call succeeds.
    pub(crate) fn succeeds(&self, arguments: &[&str]) -> bool {
        let mut kubectl = self.command();
        kubectl.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        kubectl.status().is_ok_and(|status| status.success())
    }

    /// Applies the manifests in a directory or file.
    pub(crate) fn apply(&self, path: &Path) -> Result<()> {
        let mut kubectl = self.command();
        kubectl.args(["apply", "--server-side", "--force-conflicts", "--filename"]).arg(path);
        command::run(kubectl.stdout(Stdio::null()))
    }

    /// Applies manifests from memory.
    pub(crate) fn apply_text(&self, manifests: &str) -> Result<()> {
        let mut kubectl = self.command();
        kubectl.args(["apply", "--server-side", "--force-conflicts", "--filename=-"]);
        let mut child = kubectl
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .context("could not run kubectl")?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(manifests.as_bytes()).context("could not write to kubectl")?;
        }
        let status = child.wait().context("could not wait for kubectl")?;
        if !status.success() {
            bail!("kubectl could not apply the cluster's own manifests ({status})");
        }
        Ok(())
    }

    /// Waits until the API server serves the kinds of these definitions.
    pub(crate) fn await_definitions(&self, names: &[&str]) -> Result<()> {
        let names = names.iter().map(|name| format!("customresourcedefinition/{name}"));
        let mut arguments = vec!["wait".to_owned(), "--for=condition=Established".to_owned()];
        arguments.extend(["--timeout=5s".to_owned()].into_iter().chain(names));
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let start = Instant::now();
        // kubectl does not wait for conditions that are still null: it fails.
        while !self.succeeds(&arguments) {
            if start.elapsed() > DEFINITION_TIMEOUT {
                bail!("the API server did not take up {}", arguments[3..].join(", "));
            }
            thread::sleep(POLL_INTERVAL);
        }
        Ok(())
    }
}
