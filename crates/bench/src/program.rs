//! `dploy` as processes of their own, as they run in a cluster.

use std::{
    fs::{self, File},
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    process::{Child, Command},
    time::{sleep, timeout},
};

use crate::{client::Client, machine::field};

/// How long a program may take to be ready, and to stop.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often something that does not speak up itself is asked.
const GLANCE: Duration = Duration::from_millis(2);

/// A running `dploy`.
pub(crate) struct Program {
    child: Child,
    started: Instant,
}

impl Program {
    /// Starts it; what it logs goes to a file.
    pub(crate) fn start(mut command: Command, log: &Path) -> Result<Self> {
        let file =
            File::create(log).with_context(|| format!("could not make {}", log.display()))?;
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file).kill_on_drop(true);
        let started = Instant::now();
        let child = command.spawn().context("could not start dploy")?;
        Ok(Self { child, started })
    }

    /// Its resident memory in bytes.
    pub(crate) fn memory(&self) -> Result<u64> {
        let id = self.child.id().context("the program has ended")?;
        let status = fs::read_to_string(format!("/proc/{id}/status"))?;
        let resident = field(&status, "VmRSS").context("no memory in /proc")?;
        let kibibytes: u64 = resident.trim_end_matches(" kB").parse()?;
        Ok(kibibytes * 1024)
    }

    /// When it was started.
    pub(crate) const fn started(&self) -> Instant {
        self.started
    }

    /// Asks it to stop and waits until it has.
    pub(crate) async fn stop(mut self) -> Result<()> {
        let id = self.child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        kill_process(id.context("the program has ended")?, Signal::TERM)?;
        let status = timeout(PATIENCE, self.child.wait()).await.context("it did not stop")??;
        if !status.success() {
            bail!("dploy ended with {status}");
        }
        Ok(())
    }
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
