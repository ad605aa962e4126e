//! A shell on a pseudo-terminal.
//!
//! portable-pty reads and writes by blocking, so each shell has three threads: one reads, one writes, one waits for its end.
//! They meet the rest over bounded channels: a page that is slow to show slows the program that prints down.

use std::{
    io::{self, Read, Write},
    path::PathBuf,
    thread,
};

use bytes::Bytes;
use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::process::Pid;
use thiserror::Error;
use tokio::sync::{mpsc, watch};

use super::protocol::Size;

/// The most that is read at once.
pub(super) const CHUNK: usize = 16 * 1024;
/// How many pieces wait in each direction.
const QUEUE: usize = 32;

/// The shell to start, and where.
#[derive(Debug, Clone)]
pub(super) struct Program {
    shell: PathBuf,
    directory: PathBuf,
}

/// Why a shell did not start.
#[derive(Debug, Error)]
pub(super) enum ShellError {
    #[error("could not open a pseudo-terminal")]
    Terminal(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("could not start {}", shell.display())]
    Start { shell: PathBuf, source: Box<dyn std::error::Error + Send + Sync> },
    #[error("could not start a thread")]
    Thread(#[source] io::Error),
}

/// What is typed goes in here, and the size of the window.
pub(super) struct Keyboard {
    master: Box<dyn MasterPty + Send>,
    typed: mpsc::Sender<Bytes>,
}

/// What the shell prints, until nobody can print any more.
pub(super) type Screen = mpsc::Receiver<Bytes>;

/// How the shell ended; `None` while it lives.
pub(super) type Ending = watch::Receiver<Option<ExitStatus>>;

/// A shell that was started.
pub(super) struct Shell {
    /// For what is typed.
    pub(super) keyboard: Keyboard,
    /// For what is printed.
    pub(super) screen: Screen,
    /// For its end.
    pub(super) ending: Ending,
    /// The shell leads a session of its own, named by its process id.
    pub(super) leader: Option<Pid>,
}

impl Program {
    /// The wanted shell where it exists, else what every machine has.
    pub(super) fn choose(wanted: Option<PathBuf>, directory: PathBuf) -> Self {
        let usual = ["/bin/bash", "/bin/sh"].map(PathBuf::from);
        let shell = wanted.into_iter().chain(usual).find(|shell| shell.is_file());
        Self { shell: shell.unwrap_or_else(|| "/bin/sh".into()), directory }
    }

    /// Starts it as a login shell.
    pub(super) fn start(&self, size: Size) -> Result<Shell, ShellError> {
        let pair = native_pty_system()
            .openpty(size.into())
            .map_err(|cause| ShellError::Terminal(cause.into()))?;
        let reader =
            pair.master.try_clone_reader().map_err(|cause| ShellError::Terminal(cause.into()))?;
        let writer =
            pair.master.take_writer().map_err(|cause| ShellError::Terminal(cause.into()))?;
        let child = pair.slave.spawn_command(self.command()).map_err(|source| {
            ShellError::Start { shell: self.shell.clone(), source: source.into() }
        })?;
        let leader = child.process_id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));

        let (typed, to_write) = mpsc::channel(QUEUE);
        let (printed, screen) = mpsc::channel(QUEUE);
        let (ended, ending) = watch::channel(None);
        on_a_thread("shell-wait", move || await_end(child, &ended))?;
        on_a_thread("shell-read", move || read_all(reader, &printed))?;
        on_a_thread("shell-write", move || write_all(writer, to_write))?;
        Ok(Shell { keyboard: Keyboard { master: pair.master, typed }, screen, ending, leader })
    }

    fn command(&self) -> CommandBuilder {
        // The library's default program is a login shell: `$SHELL` with a dash before its name.
        let mut command = CommandBuilder::new_default_prog();
        command.env("SHELL", &self.shell);
        command.env("TERM", "xterm-256color");
        command.env("COLORTERM", "truecolor");
        if ["LC_ALL", "LC_CTYPE", "LANG"].iter().all(|name| command.get_env(name).is_none()) {
            command.env("LANG", "C.UTF-8");
        }
        // It is ours: a server that is started in the shell could not listen there.
        command.env_remove("PORT");
        command.cwd(&self.directory);
        command
    }
}

impl Keyboard {
    /// Types; waits while the shell does not read.
    pub(super) async fn type_in(&mut self, bytes: Bytes) {
        // Nobody reads any more when the shell has ended; the page is told of that by other means.
        let _ = self.typed.send(bytes).await;
    }

    /// Tells the shell how large the window is now.
    pub(super) fn resize(&self, size: Size) {
        if let Err(cause) = self.master.resize(size.into()) {
            tracing::debug!(%cause, "could not resize the terminal");
        }
    }
}

impl From<Size> for PtySize {
    fn from(size: Size) -> Self {
        let at_least_one = |length: u16| length.clamp(1, 1000);
        Self {
            rows: at_least_one(size.rows),
            cols: at_least_one(size.cols),
            pixel_width: 0,
            pixel_height: 0,
        }
    }
}

fn on_a_thread(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), ShellError> {
    let named = thread::Builder::new().name(name.to_owned());
    named.spawn(work).map(drop).map_err(ShellError::Thread)
}

fn await_end(mut child: Box<dyn Child + Send + Sync>, ended: &watch::Sender<Option<ExitStatus>>) {
    let status = child.wait().unwrap_or_else(|_| ExitStatus::with_exit_code(1));
    // Nobody waits for it when the session is over already.
    let _ = ended.send(Some(status));
}

fn read_all(mut reader: Box<dyn Read + Send>, printed: &mpsc::Sender<Bytes>) {
    let mut buffer = vec![0; CHUNK];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return,
            Ok(length) => {
                if printed.blocking_send(Bytes::copy_from_slice(&buffer[..length])).is_err() {
                    return;
                }
            }
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}

fn write_all(mut writer: Box<dyn Write + Send>, mut to_write: mpsc::Receiver<Bytes>) {
    while let Some(bytes) = to_write.blocking_recv() {
        if writer.write_all(&bytes).is_err() {
            return;
        }
    }
}
