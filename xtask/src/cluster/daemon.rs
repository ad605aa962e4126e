//! Programs of the cluster, which outlive xtask. Each has a log file and a file with its process id
//! in the cluster's directory.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

/// The time that a program has to become ready.
const START_TIMEOUT: Duration = Duration::from_secs(60);
/// The time that a program has to end after SIGTERM.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// One program of the cluster.
#[derive(Debug, Clone)]
pub(crate) struct Daemon {
    pub(crate) name: &'static str,
    directory: PathBuf,
}

impl Daemon {
    /// The program `name` of the cluster in `directory`.
    pub(crate) fn new(directory: &Path, name: &'static str) -> Self {
        Self { name, directory: directory.to_owned() }
    }

    /// The path of its log.
    pub(crate) fn log(&self) -> PathBuf {
        self.directory.join(format!("{}.log", self.name))
    }

    fn pid_file(&self) -> PathBuf {
        self.directory.join(format!("{}.pid", self.name))
    }

    /// The running process; `None` if the id now belongs to another program.
    pub(crate) fn process(&self) -> Option<Pid> {
        let noted = fs::read_to_string(self.pid_file()).ok()?;
        let (number, program) = noted.split_once(' ')?;
        let running = fs::read_link(format!("/proc/{number}/exe")).ok()?;
        (running == Path::new(program)).then(|| Pid::from_raw(number.parse().ok()?))?
    }

    /// Starts the program, unless it runs.
    pub(crate) fn start(&self, command: &mut Command) -> Result<()> {
        if self.process().is_some() {
            return Ok(());
        }
        let log = File::create(self.log())
            .with_context(|| format!("could not write {}", self.log().display()))?;
        let errors = log.try_clone().context("could not share a log")?;
        // Its own process group: Ctrl-C at the terminal ends the command, not the cluster.
        command.process_group(0).stdin(Stdio::null()).stdout(log).stderr(errors);
        let child = command.spawn().with_context(|| format!("could not start {}", self.name))?;
        let program = fs::canonicalize(command.get_program())
            .with_context(|| format!("{} is gone", self.name))?;
        fs::write(self.pid_file(), format!("{} {}", child.id(), program.display()))
            .with_context(|| format!("could not write {}", self.pid_file().display()))
    }

    /// Starts the program, unless it runs, and waits until its port on loopback answers.
    pub(crate) fn serve(&self, command: &mut Command, port: u16) -> Result<()> {
        self.start(command)?;
        self.await_ready(|| TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok())
    }

    /// Ends the program: SIGTERM first, SIGKILL after a timeout.
    pub(crate) fn stop(&self) -> Result<()> {
        let Some(process) = self.process() else { return Ok(()) };
        // A process that is gone already is fine.
        let _ = kill_process(process, Signal::TERM);
        let asked = Instant::now();
        while self.process().is_some() {
            if asked.elapsed() > STOP_TIMEOUT {
                let _ = kill_process(process, Signal::KILL);
            }
            thread::sleep(POLL_INTERVAL);
        }
        fs::remove_file(self.pid_file()).context("could not forget a process")
    }

    /// Waits until `ready` returns true. If the program ends meanwhile, the error has the end of
    /// its log.
    pub(crate) fn await_ready(&self, mut ready: impl FnMut() -> bool) -> Result<()> {
        let start = Instant::now();
        while !ready() {
            if self.process().is_none() {
                bail!("{} ended; its log ends with:\n{}", self.name, self.end_of_log());
            }
            if start.elapsed() > START_TIMEOUT {
                bail!(
                    "{} was not ready in time; its log ends with:\n{}",
                    self.name,
                    self.end_of_log()
                );
            }
            thread::sleep(POLL_INTERVAL);
        }
        Ok(())
    }

    fn end_of_log(&self) -> String {
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(8)..].join("\n")
    }
}
