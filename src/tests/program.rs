//! The program `dploy` as a process.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::{Arc, LazyLock, Mutex},
};

use clock::SystemClock;
use dev::{DataDirectory, provider::Provider};
use dploy::variables;
use kube::config::{KubeConfigOptions, Kubeconfig};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use testbed::{Client, EVENTUALLY_TIMEOUT, eventually};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    time::timeout,
};

/// The binary under test, with the samples' program beside it.
///
/// Cargo builds the programs of this package only, so the first call builds `dploy-samples`: with
/// the selection of packages that `cargo xtask` uses, so that no dependency is compiled again.
pub(crate) fn dploy() -> &'static str {
    static DPLOY: LazyLock<&str> = LazyLock::new(|| {
        let dploy = env!("CARGO_BIN_EXE_dploy");
        build_samples(Path::new(dploy));
        dploy
    });
    *DPLOY
}

fn build_samples(dploy: &Path) {
    let directory = dploy.parent().expect("the directory of a profile");
    let mut cargo = std::process::Command::new(env!("CARGO"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    cargo.args(["build", "--quiet", "--workspace", "--exclude=frontend", "--bin=dploy-samples"]);
    cargo.arg("--target-dir").arg(directory.parent().expect("the target directory"));
    if directory.ends_with("release") {
        cargo.arg("--release");
    }
    let status = cargo.status().expect("cargo runs");
    assert!(status.success(), "the samples' program could not be built: see the output of cargo");
    let samples = directory.join("dploy-samples");
    assert!(samples.is_file(), "cargo did not write {}", samples.display());
}

/// A `dploy` without any of the environment variables that it reads.
pub(crate) fn command(role: &str) -> Command {
    let mut command = Command::new(dploy());
    command.arg(role).stdin(Stdio::null()).stdout(Stdio::null()).kill_on_drop(true);
    for name in
        variables::ALL.iter().map(|variable| variable.name).chain(["RUST_LOG", "KUBECONFIG"])
    {
        command.env_remove(name);
    }
    // Tests run in parallel, and these ports have the same default in every process.
    command.env("HEALTH_PORT", "0").env("METRICS_PORT", "0");
    command
}

/// Sends SIGTERM to a process and waits for its end.
pub(crate) async fn stop(mut child: Child) -> ExitStatus {
    let id = child.id().and_then(|id| Pid::from_raw(id.cast_signed())).expect("a running process");
    kill_process(id, Signal::TERM).expect("a process of ours");
    timeout(EVENTUALLY_TIMEOUT, child.wait()).await.expect("an end in time").expect("a status")
}

/// A running role and its log.
pub(crate) struct Running {
    child: Child,
    log: Arc<Mutex<String>>,
}

impl Running {
    /// Starts it.
    pub(crate) fn start(mut command: Command) -> Self {
        // Another test of this process may have chosen the provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut child = command.stderr(Stdio::piped()).spawn().expect("a process");
        let mut lines = BufReader::new(child.stderr.take().expect("its log")).lines();
        let log = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&log);
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                let mut kept = kept.lock().expect("no panic");
                kept.push_str(&line);
                kept.push('\n');
            }
        });
        Self { child, log }
    }

    /// `dploy serve` on a free port.
    pub(crate) fn serve(kubeconfig: &Path, issuer: &str) -> Self {
        Self::serve_with(kubeconfig, issuer, &[])
    }

    /// The same with further variables.
    pub(crate) fn serve_with(kubeconfig: &Path, issuer: &str, variables: &[(&str, &str)]) -> Self {
        let mut serve = command("serve");
        serve.envs(variables.iter().copied());
        serve.env("KUBECONFIG", kubeconfig).envs([
            ("SERVER_HOST", "127.0.0.1"),
            ("SERVER_PORT", "0"),
            ("JWT_ISSUER", issuer),
            ("JWKS_URL", &format!("{issuer}/keys")),
        ]);
        Self::start(serve)
    }

    /// `dploy operate`
    pub(crate) fn operate(kubeconfig: &Path) -> Self {
        Self::operate_as("operator-0", kubeconfig)
    }

    /// `dploy operate` under another name in the election.
    pub(crate) fn operate_as(name: &str, kubeconfig: &Path) -> Self {
        let mut operate = command("operate");
        operate.env("KUBECONFIG", kubeconfig).env("HOSTNAME", name);
        operate.env("SERVER_HOST", "127.0.0.1");
        Self::start(operate)
    }

    pub(crate) fn logged(&self) -> String {
        self.log.lock().expect("no panic").clone()
    }

    /// The memory of the process in bytes: its resident set.
    pub(crate) fn memory(&self) -> u64 {
        let id = self.child.id().expect("a running process");
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("a process");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a size");
        let kilobytes = line.split_whitespace().nth(1).and_then(|it| it.parse::<u64>().ok());
        kilobytes.expect("a number") * 1024
    }

    /// The address that a server listens on.
    pub(crate) async fn origin(&self) -> String {
        self.listens_at("address").await
    }

    /// The address in the log's field `field`.
    pub(crate) async fn listens_at(&self, field: &str) -> String {
        eventually("it listens", || async {
            let log = self.logged();
            let (_, rest) = log.split_once(&format!("\"{field}\":\""))?;
            Some(format!("http://{}", rest.split_once('"')?.0))
        })
        .await
    }

    /// Stops the role; it must succeed and must not have panicked.
    pub(crate) async fn stop(self) {
        let status = stop(self.child).await;
        let log = self.log.lock().expect("no panic").clone();
        assert!(status.success() && !log.contains("panicked"), "{status}: {log}");
    }
}

/// The data directory and the log of successive `dploy dev`.
pub(crate) struct Home(TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        // Another test of this process may have chosen the provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self(tempfile::tempdir().expect("a temporary directory"))
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    fn log(&self) -> PathBuf {
        self.0.path().join("log")
    }

    /// The log so far.
    pub(crate) fn logged(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }

    /// Starts a `dploy dev` on free ports and waits until it is ready.
    pub(crate) async fn start(&self) -> DevProcess {
        self.start_as(command("dev")).await
    }

    /// The same with another command.
    pub(crate) async fn start_as(&self, mut command: Command) -> DevProcess {
        let log = File::options().create(true).append(true).open(self.log()).expect("a log");
        let mut child = command
            .args(["--port", "0", "--kube-port", "0", "--data-dir"])
            .arg(self.data())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("a process");
        let ready = timeout(EVENTUALLY_TIMEOUT, address(&mut child)).await.ok().flatten();
        let origin = ready.unwrap_or_else(|| panic!("it is not ready: {}", self.logged()));
        DevProcess { child, origin, data: self.data() }
    }
}

/// The address in the greeting.
async fn address(child: &mut Child) -> Option<String> {
    let mut greeting = BufReader::new(child.stdout.take()?).lines();
    let first = greeting.next_line().await.ok()??;
    Some(first.strip_prefix("Dploy is ready at ")?.to_owned())
}

/// A running `dploy dev`.
pub(crate) struct DevProcess {
    child: Child,
    origin: String,
    data: PathBuf,
}

impl DevProcess {
    /// The kubeconfig of its API server.
    pub(crate) fn kubeconfig(&self) -> PathBuf {
        self.data.join("kubeconfig")
    }

    /// The issuer of its identity provider.
    pub(crate) fn issuer(&self) -> String {
        format!("{}/dev", self.origin)
    }

    /// A token of alice, bob or carol.
    pub(crate) fn token(&self, person: &str) -> String {
        let keys = DataDirectory::identity_in(&self.data);
        let provider = Provider::reopen(&keys, SystemClock::shared()).expect("a provider");
        provider.issue_token(person).expect("a person of the development provider")
    }

    /// A client of alice, bob or carol.
    pub(crate) fn user(&self, person: &str) -> Client {
        Client::new(self.origin.clone(), Some(self.token(person)))
    }

    /// A client of its API server.
    pub(crate) async fn kube(&self) -> kube::Client {
        kube_client(&self.kubeconfig()).await
    }

    /// `kill -9`
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.expect("a process of ours");
    }

    /// Sends SIGTERM and waits for the end.
    pub(crate) async fn stop(self) -> ExitStatus {
        stop(self.child).await
    }
}

/// A client of the API server that a kubeconfig names.
pub(crate) async fn kube_client(kubeconfig: &Path) -> kube::Client {
    let read = Kubeconfig::read_from(kubeconfig).expect("a kubeconfig");
    let options = KubeConfigOptions::default();
    let config = kube::Config::from_custom_kubeconfig(read, &options).await;
    kube::Client::try_from(config.expect("a configuration")).expect("a client")
}
