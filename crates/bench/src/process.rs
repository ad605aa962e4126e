//! `dploy` as processes of their own, as they run in a cluster.

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

/// How long a program may take to be ready, and to stop.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often something that does not speak up itself is asked.
const GLANCE: Duration = Duration::from_millis(2);

/// Tells of programs that ended although nobody asked them to: a measure would wait for what they were to do.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ends(watch::Sender<Option<String>>);

impl Ends {
    /// Waits until a program has ended unasked, and says which end it was.
    pub(crate) async fn first(&self) -> Error {
        let mut ends = self.0.subscribe();
        match ends.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(end)) => anyhow!("{end}"),
            // Neither can be while this one holds a sender.
            Ok(None) | Err(_) => anyhow!("a program ended"),
        }
    }
}

/// A running `dploy`.
pub(crate) struct Program {
    id: Pid,
    started: Instant,
    asked: CancellationToken,
    /// Kills the program when it is dropped.
    end: AbortOnDropHandle<Result<ExitStatus>>,
}

impl Program {
    /// Starts it; what it logs goes to a file.
    pub(crate) fn start(mut command: Command, log: PathBuf, ends: Ends) -> Result<Self> {
        let file =
            File::create(&log).with_context(|| format!("could not make {}", log.display()))?;
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file).kill_on_drop(true);
        let started = Instant::now();
        let child = command.spawn().context("could not start dploy")?;
        let id = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        let id = id.context("the program has ended")?;
        let asked = CancellationToken::new();
        let end = AbortOnDropHandle::new(tokio::spawn(follow(child, asked.clone(), log, ends)));
        Ok(Self { id, started, asked, end })
    }

    /// Its resident memory in bytes.
    pub(crate) fn memory(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id.as_raw_nonzero()))?;
        let resident = field(&status, "VmRSS").context("no memory in /proc")?;
        let kibibytes: u64 = resident.trim_end_matches(" kB").parse()?;
        Ok(kibibytes * 1024)
    }

    /// When it was started.
    pub(crate) const fn started(&self) -> Instant {
        self.started
    }

    /// Asks it to stop and waits until it has.
    pub(crate) async fn stop(self) -> Result<()> {
        self.asked.cancel();
        kill_process(self.id, Signal::TERM).context("the program has ended")?;
        let status = timeout(PATIENCE, self.end).await.context("it did not stop")???;
        if !status.success() {
            bail!("dploy ended with {status}");
        }
        Ok(())
    }
}

async fn follow(
    mut child: Child,
    asked: CancellationToken,
    log: PathBuf,
    ends: Ends,
) -> Result<ExitStatus> {
    let status = child.wait().await?;
    if !asked.is_cancelled() {
        let end = format!("dploy ended by itself with {status}: {}", last_line(&log));
        // The first end explains those that follow from it.
        ends.0.send_if_modified(|told| {
            let first = told.is_none();
            told.get_or_insert(end);
            first
        });
    }
    Ok(status)
}

fn last_line(log: &Path) -> String {
    let logged = fs::read_to_string(log).unwrap_or_default();
    logged.lines().last().unwrap_or("it logged nothing").to_owned()
}

/// A `dploy serve` that is ready.
pub(crate) struct Server {
    program: Program,
    host: String,
    ready_after: Duration,
}

impl Server {
    /// Waits until it is ready.
    pub(crate) async fn of(program: Program, host: String) -> Result<Self> {
        let ready = async {
            while !is_ready(&host).await {
                sleep(GLANCE).await;
            }
        };
        timeout(PATIENCE, ready).await.context("dploy serve is not ready")?;
        let ready_after = program.started().elapsed();
        Ok(Self { program, host, ready_after })
    }

    /// Its address.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// How long it took from its start to its first 200 of `/ready`.
    pub(crate) const fn ready_after(&self) -> Duration {
        self.ready_after
    }

    /// The process.
    pub(crate) const fn program(&self) -> &Program {
        &self.program
    }

    /// Asks it to stop and waits until it has.
    pub(crate) async fn stop(self) -> Result<()> {
        self.program.stop().await
    }
}

async fn is_ready(host: &str) -> bool {
    let Ok(mut client) = Client::connect(host, None).await else { return false };
    client.get("/ready").await.is_ok_and(|answer| answer.status.is_success())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, room: &Path, ends: &Ends) -> Program {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Program::start(command, room.join("log"), ends.clone()).unwrap()
    }

    #[tokio::test]
    async fn an_end_that_nobody_asked_for_is_told_with_the_last_words() {
        let (room, ends) = (tempfile::tempdir().unwrap(), Ends::default());
        let _program = shell("echo first; echo no cluster >&2; exit 3", room.path(), &ends);
        let end = ends.first().await.to_string();
        assert_eq!(end, "dploy ended by itself with exit status: 3: no cluster");
    }

    #[tokio::test]
    async fn an_end_that_was_asked_for_is_not_told() {
        let (room, ends) = (tempfile::tempdir().unwrap(), Ends::default());
        let script = "trap 'exit 0' TERM; echo ready; while :; do sleep 0.01; done";
        let program = shell(script, room.path(), &ends);
        let ready = async {
            while last_line(&room.path().join("log")) != "ready" {
                sleep(GLANCE).await;
            }
        };
        timeout(PATIENCE, ready).await.unwrap();
        program.stop().await.unwrap();
        assert!(ends.0.borrow().is_none());
    }
}
