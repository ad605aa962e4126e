//! One run of the process, from its start to its end.

use std::{io, time::Duration};

use thiserror::Error;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout},
    time::timeout,
};

use super::{
    super::{
        command, leftovers,
        ports::{PortError, ReservedPort},
        probe::Probe,
        supervisor::{Ending, Report},
    },
    Task,
};
use crate::engines::DraftError;
use errors::chain;

/// How much longer than the grace a supervisor may take to end everything.
const SUPERVISOR_PATIENCE: Duration = Duration::from_secs(5);

/// Why the process does not run. The text is a sentence for the owner, without its full stop.
#[derive(Debug, Error)]
pub(super) enum Down {
    #[error("The process cannot be described: {}", chain(.0))]
    Draft(DraftError),
    #[error("The process has no port: {0}")]
    Port(PortError),
    #[error("The process's directory cannot be written: {0}")]
    Directory(io::Error),
    #[error("The process could not be started: {0}")]
    Refused(String),
    #[error("The process {0}")]
    Ended(Ending),
    #[error("The process was lost with its supervisor")]
    Lost,
}

impl Down {
    /// The condition's reason.
    pub(super) const fn reason(&self) -> &'static str {
        match self {
            Self::Draft(_) => "TemplateInvalid",
            Self::Port(_) => "PortInUse",
            Self::Directory(_) => "DirectoryNotWritable",
            Self::Refused(_) => "ProcessNotStarted",
            Self::Ended(_) => "ProcessEnded",
            Self::Lost => "ProcessLost",
        }
    }
}

impl Task {
    /// Starts the process and stays until it is down; `None` when it was asked to stop.
    pub(super) async fn run_once(&self) -> Option<Down> {
        let draft = self.drafts.borrow().clone();
        let Some(spec) = command::spec(&draft.order.instance) else {
            return Some(Down::Draft(DraftError::Missing("spec.process")));
        };
        let remembered = self.directory.remembered_port().await;
        let port = match self.tools.ports.reserve(spec.port, remembered) {
            Ok(port) => port,
            Err(error) => return Some(Down::Port(error)),
        };
        if let Err(error) = self.remember(&port).await {
            return Some(Down::Directory(error));
        }
        let program = match command::program(&draft.order, port.number()) {
            Ok(program) => program,
            Err(error) => return Some(Down::Draft(error)),
        };
        let probe = Probe { address: port.address(), path: spec.health_path.clone() };
        match command::start(&self.tools.settings, &draft.order, &program, &self.directory, &port) {
            Ok(supervisor) => self.attend(supervisor, probe).await,
            Err(error) => Some(Down::Refused(error.to_string())),
        }
    }

    async fn remember(&self, port: &ReservedPort) -> io::Result<()> {
        self.directory.remember_port(port.number()).await?;
        let address = port.address().to_string();
        self.notice.update(|state| state.engine_ref = Some(address));
        Ok(())
    }

    /// Watches the process until it is down or asked to stop; then nothing of it is left.
    async fn attend(&self, mut supervisor: Child, probe: Probe) -> Option<Down> {
        let reports = supervisor.stdout.take().map(|it| BufReader::new(it).lines());
        let down = tokio::select! {
            down = until_down(reports) => Some(down),
            () = self.watch_health(&probe) => None,
            () = self.stop.cancelled() => None,
        };
        self.see_it_end(supervisor).await;
        down
    }

    /// Lets the supervisor end whatever is left, and makes sure of it.
    async fn see_it_end(&self, mut supervisor: Child) {
        drop(supervisor.stdin.take());
        let patience = self.tools.settings.grace + SUPERVISOR_PATIENCE;
        let orderly =
            matches!(timeout(patience, supervisor.wait()).await, Ok(Ok(it)) if it.success());
        if !orderly {
            let _ = supervisor.kill().await;
            leftovers::end_all_below(self.directory.path());
        }
    }
}

async fn until_down(reports: Option<Lines<BufReader<ChildStdout>>>) -> Down {
    let Some(mut reports) = reports else { return Down::Lost };
    while let Ok(Some(line)) = reports.next_line().await {
        match Report::from_line(&line) {
            Some(Report::Ended(ending)) => return Down::Ended(ending),
            Some(Report::Refused(why)) => return Down::Refused(why),
            Some(Report::Started(_)) | None => {}
        }
    }
    Down::Lost
}
