//! One run of a process, from its start to its end.

use std::{io, time::Duration};

use errors::chain;
use resources::{Reason, Source};
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
use crate::DraftError;

/// How long a supervisor may take to exit after the grace period.
const SUPERVISOR_EXIT_TIMEOUT: Duration = Duration::from_secs(5);

/// Why the process does not run. The text is a sentence for the owner, without a full stop.
#[derive(Debug, Error)]
pub(super) enum Down {
    #[error("The process cannot be drafted: {}", chain(.0))]
    Draft(DraftError),
    #[error("The process has no port: {0}")]
    Port(PortError),
    #[error("The process's directory cannot be written: {0}")]
    Directory(io::Error),
    #[error("The process could not be started: {0}")]
    Refused(String),
    #[error("The process {0}")]
    Ended(Ending),
    #[error("The supervisor of the process ended")]
    Lost,
}

impl Down {
    /// The condition's reason.
    pub(super) const fn reason(&self) -> Reason {
        match self {
            Self::Draft(_) => Reason::TemplateInvalid,
            Self::Port(_) => Reason::PortInUse,
            Self::Directory(_) => Reason::DirectoryNotWritable,
            Self::Refused(_) => Reason::ProcessNotStarted,
            Self::Ended(_) => Reason::ProcessEnded,
            Self::Lost => Reason::ProcessLost,
        }
    }
}

impl Task {
    /// Runs the process until it is down. `None`: it was stopped.
    pub(super) async fn run_once(&self) -> Option<Down> {
        let draft = self.drafts.borrow().clone();
        let Some(spec) = draft.order.revision.process.as_ref() else {
            return Some(Down::Draft(DraftError::Missing(Source::Process.field())));
        };
        let remembered = self.directory.remembered_port().await;
        let port = match self.shared.ports.reserve(spec.port, remembered) {
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
        match command::start(&self.shared.settings, &draft.order, &program, &self.directory, &port)
        {
            Ok(supervisor) => self.attend(supervisor, probe).await,
            Err(error) => Some(Down::Refused(error.to_string())),
        }
    }

    async fn remember(&self, port: &ReservedPort) -> io::Result<()> {
        self.directory.remember_port(port.number()).await?;
        let address = port.address().to_string();
        self.publisher.update(|state| state.engine_ref = Some(address));
        Ok(())
    }

    /// Watches the process until it is down or stopped. Its descendants are gone then, too.
    async fn attend(&self, mut supervisor: Child, probe: Probe) -> Option<Down> {
        let reports = supervisor.stdout.take().map(|it| BufReader::new(it).lines());
        let down = tokio::select! {
            down = until_down(reports) => Some(down),
            () = self.watch_health(&probe) => None,
            () = self.stop.cancelled() => None,
        };
        self.end_supervisor(supervisor).await;
        down
    }

    /// Lets the supervisor kill the remaining processes. Kills them itself if the supervisor fails.
    async fn end_supervisor(&self, mut supervisor: Child) {
        drop(supervisor.stdin.take());
        let limit = self.shared.settings.grace + SUPERVISOR_EXIT_TIMEOUT;
        let orderly = matches!(timeout(limit, supervisor.wait()).await, Ok(Ok(it)) if it.success());
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
