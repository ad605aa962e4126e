//! Starts, observes and stops `dploy` processes.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Error, Result, anyhow, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    process::{Child, Command},
    sync::watch,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use crate::{client::Client, machine::field};

/// The timeout for a process to become ready, and to stop.
const START_STOP_TIMEOUT: Duration = Duration::from_secs(60);
/// The interval between two readiness requests.
const POLL_INTERVAL: Duration = Duration::from_millis(2);

/// Reports processes that exit before they are stopped, so that a measure does not wait for them.
#[derive(Debug, Clone, Default)]
pub struct UnexpectedExits(watch::Sender<Option<String>>);

impl UnexpectedExits {
    /// Waits for the first unexpected exit and describes it.
    pub async fn first(&self) -> Error {
        let mut exits = self.0.subscribe();
        match exits.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(exit)) => anyhow!("{exit}"),
            // Unreachable: `wait_for` returns `Some`, and `self` holds a sender.
            Ok(None) | Err(_) => anyhow!("a process exited"),
        }
    }
}

/// A running `dploy` process. Dropping it kills the process.
pub struct DployProcess {
    id: Pid,
    started: Instant,
    /// Cancelled when [`DployProcess::stop`] begins.
    is_stopping: CancellationToken,
    exit: AbortOnDropHandle<Result<ExitStatus>>,
}

impl DployProcess {
    /// Starts the process with its output in the file `log`.
    pub fn start(mut command: Command, log: PathBuf, exits: UnexpectedExits) -> Result<Self> {
        let file =
            File::create(&log).with_context(|| format!("could not create {}", log.display()))?;
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file).kill_on_drop(true);
        let started = Instant::now();
        let child = command.spawn().context("could not start dploy")?;
        let id = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        let id = id.context("the process has exited")?;
        let is_stopping = CancellationToken::new();
        let exit = tokio::spawn(wait_for_exit(child, is_stopping.clone(), log, exits));
        Ok(Self { id, started, is_stopping, exit: AbortOnDropHandle::new(exit) })
    }

    /// The resident memory in bytes.
    pub fn resident_bytes(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id.as_raw_nonzero()))?;
        let resident = field(&status, "VmRSS").context("/proc has no VmRSS")?;
        let kibibytes: u64 = resident.trim_end_matches(" kB").parse()?;
        Ok(kibibytes * 1024)
    }

    /// The time of the start.
    pub const fn started(&self) -> Instant {
        self.started
    }

    /// Waits until the process exits by itself.
    pub async fn exited(&mut self) -> Result<ExitStatus> {
        (&mut self.exit).await?
    }

    /// Kills the process with SIGKILL.
    pub async fn kill(self) -> Result<()> {
        self.is_stopping.cancel();
        self.signal(Signal::KILL)?;
        self.exit.await?.map(drop)
    }

    /// Suspends the process with SIGSTOP. Its connections stay open.
    pub fn freeze(&self) -> Result<()> {
        self.signal(Signal::STOP)
    }

    /// Resumes the process with SIGCONT.
    pub fn resume(&self) -> Result<()> {
        self.signal(Signal::CONT)
    }

    /// The number of open files, connections included.
    pub fn open_files(&self) -> Result<usize> {
        Ok(fs::read_dir(format!("/proc/{}/fd", self.id.as_raw_nonzero()))?.count())
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        kill_process(self.id, signal).context("the process has exited")
    }

    /// Sends SIGTERM and waits for the exit.
    pub async fn stop(self) -> Result<()> {
        self.is_stopping.cancel();
        self.signal(Signal::TERM)?;
        let status = timeout(START_STOP_TIMEOUT, self.exit)
            .await
            .context("dploy did not stop in time")???;
        if !status.success() {
            bail!("dploy exited with {status}");
        }
        Ok(())
    }
}

async fn wait_for_exit(
    mut child: Child,
    is_stopping: CancellationToken,
    log: PathBuf,
    exits: UnexpectedExits,
) -> Result<ExitStatus> {
    let status = child.wait().await?;
    if !is_stopping.is_cancelled() {
        let exit = format!("dploy exited unexpectedly with {status}: {}", last_line(&log));
        // Only the first exit is kept, since it may have caused the others.
        exits.0.send_if_modified(|first_exit| {
            let is_first = first_exit.is_none();
            first_exit.get_or_insert(exit);
            is_first
        });
    }
    Ok(status)
}

fn last_line(log: &Path) -> String {
    let logged = fs::read_to_string(log).unwrap_or_default();
    logged.lines().last().unwrap_or("the log is empty").to_owned()
}

/// A `dploy serve` process that is ready.
pub struct ServeProcess {
    process: DployProcess,
    host: String,
    start_duration: Duration,
}

impl ServeProcess {
    /// Waits until the process is ready at `host`.
    pub async fn when_ready(process: DployProcess, host: String) -> Result<Self> {
        let ready = async {
            while !is_ready(&host).await {
                sleep(POLL_INTERVAL).await;
            }
        };
        timeout(START_STOP_TIMEOUT, ready)
            .await
            .context("dploy serve did not become ready in time")?;
        let start_duration = process.started().elapsed();
        Ok(Self { process, host, start_duration })
    }

    /// The address, `HOST:PORT`.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The time from the start until `/ready` answered 200.
    pub const fn start_duration(&self) -> Duration {
        self.start_duration
    }

    /// The process.
    pub const fn process(&self) -> &DployProcess {
        &self.process
    }

    /// The process alone.
    pub fn into_process(self) -> DployProcess {
        self.process
    }

    /// Sends SIGTERM and waits for the exit.
    pub async fn stop(self) -> Result<()> {
        self.process.stop().await
    }
}

async fn is_ready(host: &str) -> bool {
    let Ok(mut client) = Client::connect(host, None).await else { return false };
    client.get("/ready").await.is_ok_and(|response| response.status.is_success())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, directory: &Path, exits: &UnexpectedExits) -> DployProcess {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        DployProcess::start(command, directory.join("log"), exits.clone()).unwrap()
    }

    #[tokio::test]
    async fn an_unexpected_exit_is_reported_with_the_last_line_of_the_log() {
        let (directory, exits) = (tempfile::tempdir().unwrap(), UnexpectedExits::default());
        let _process = shell("echo first; echo no cluster >&2; exit 3", directory.path(), &exits);
        let exit = exits.first().await.to_string();
        assert_eq!(exit, "dploy exited unexpectedly with exit status: 3: no cluster");
    }

    #[tokio::test]
    async fn a_requested_exit_is_not_reported() {
        let (directory, exits) = (tempfile::tempdir().unwrap(), UnexpectedExits::default());
        let script = "trap 'exit 0' TERM; echo ready; while :; do sleep 0.01; done";
        let process = shell(script, directory.path(), &exits);
        let ready = async {
            while last_line(&directory.path().join("log")) != "ready" {
                sleep(POLL_INTERVAL).await;
            }
        };
        timeout(START_STOP_TIMEOUT, ready).await.unwrap();
        process.stop().await.unwrap();
        assert!(exits.0.borrow().is_none());
    }
}
