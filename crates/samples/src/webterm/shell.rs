//! A shell on a pseudo-terminal.
//!
//! portable-pty blocks on reads and writes, so each shell has three threads: one reads, one writes,
//! and one waits for the exit. They use bounded channels, so that a slow page slows the shell down.

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

/// The most bytes of one read.
pub(super) const CHUNK_BYTES: usize = 16 * 1024;
/// The most chunks that wait in each direction.
const MAX_QUEUED_CHUNKS: usize = 32;

/// The shell to start and its working directory.
#[derive(Debug, Clone)]
pub(super) struct ShellCommand {
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

/// The input side of a shell: keystrokes and the size of the terminal.
pub(super) struct Keyboard {
    master: Box<dyn MasterPty + Send>,
    input: mpsc::Sender<Bytes>,
}

/// The output of a shell; ends when no process can write to the terminal any longer.
pub(super) type Output = mpsc::Receiver<Bytes>;

/// The exit status of a shell; `None` while it runs.
pub(super) type Exit = watch::Receiver<Option<ExitStatus>>;

/// A running shell.
pub(super) struct Shell {
    /// Its input.
    pub(super) keyboard: Keyboard,
    /// Its output.
    pub(super) output: Output,
    /// Its exit status.
    pub(super) exit: Exit,
    /// Its process id, which is also the id of its session and process group.
    pub(super) leader: Option<Pid>,
}

impl ShellCommand {
    /// The wanted shell if the file exists, else bash, else sh.
    pub(super) fn choose(wanted: Option<PathBuf>, directory: PathBuf) -> Self {
        let usual = ["/bin/bash", "/bin/sh"].map(PathBuf::from);
        let shell = wanted.into_iter().chain(usual).find(|shell| shell.is_file());
        Self { shell: shell.unwrap_or_else(|| "/bin/sh".into()), directory }
    }

    /// Starts a login shell.
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

        let (input, to_write) = mpsc::channel(MAX_QUEUED_CHUNKS);
        let (printed, output) = mpsc::channel(MAX_QUEUED_CHUNKS);
        let (exited, exit) = watch::channel(None);
        on_a_thread("shell-wait", move || await_exit(child, &exited))?;
        on_a_thread("shell-read", move || read_all(reader, &printed))?;
        on_a_thread("shell-write", move || write_all(writer, to_write))?;
        Ok(Shell { keyboard: Keyboard { master: pair.master, input }, output, exit, leader })
    }

    fn command(&self) -> CommandBuilder {
        // The library's default program is `$SHELL` as a login shell.
        let mut command = CommandBuilder::new_default_prog();
        command.env("SHELL", &self.shell);
        command.env("TERM", "xterm-256color");
        command.env("COLORTERM", "truecolor");
        if ["LC_ALL", "LC_CTYPE", "LANG"].iter().all(|name| command.get_env(name).is_none()) {
            command.env("LANG", "C.UTF-8");
        }
        // The web terminal listens there: a server that is started in the shell cannot.
        command.env_remove("PORT");
        command.cwd(&self.directory);
        command
    }
}

impl Keyboard {
    /// Sends input; waits while the shell does not read.
    pub(super) async fn send(&mut self, bytes: Bytes) {
        // Fails when the shell has ended, which `Exit` reports.
        let _ = self.input.send(bytes).await;
    }

    /// Sets the size of the terminal.
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

fn await_exit(mut child: Box<dyn Child + Send + Sync>, exited: &watch::Sender<Option<ExitStatus>>) {
    let status = child.wait().unwrap_or_else(|_| ExitStatus::with_exit_code(1));
    // Fails when the terminal has been closed already.
    let _ = exited.send(Some(status));
}

fn read_all(mut reader: Box<dyn Read + Send>, printed: &mpsc::Sender<Bytes>) {
    let mut buffer = vec![0; CHUNK_BYTES];
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
