//! `dploy supervise`: the process between the server and one environment's processes.
//!
//! The server holds the other end of the supervisor's standard input and never writes to it. That
//! end closes when the server stops the environment, exits, crashes or is killed. The supervisor
//! then sends its descendants SIGTERM and, after the grace period, SIGKILL. On Linux it adopts
//! orphaned descendants, so that it also reaches a process that left the group or the session. It
//! reports on standard output, one JSON document per line ([`Report`]), and writes the program's
//! output to a bounded log.

mod arguments;
mod descendants;
mod log;
mod report;

use std::{
    ffi::{OsStr, OsString},
    io::{self, Write},
    os::unix::process::CommandExt,
    process::{Child, Command, ExitCode, Stdio},
    sync::mpsc::{self, Receiver, Sender},
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, WaitOptions};

pub(super) use arguments::Arguments;
use log::RotatingLog;
pub(super) use report::{Ending, Report};

/// How long the rest of the output may take to reach the log.
const LOG_FLUSH_TIMEOUT: Duration = Duration::from_secs(1);
/// How often SIGKILL is sent after the grace period, until no descendant is left.
const KILL_INTERVAL: Duration = Duration::from_millis(50);

/// Runs `dploy supervise` with the arguments after that word. Only the engine calls this command.
pub fn supervise(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let supervised = Arguments::parse(arguments).ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::InvalidInput,
            "`supervise` is for dploy itself, not for people",
        )
    });
    match supervised.and_then(|arguments| run(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            send(&Report::Refused(error.to_string()));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> io::Result<()> {
    // Leaves the terminal's session: Ctrl-C is for the server. This fails only for the leader of a
    // session.
    let _ = rustix::process::setsid();
    descendants::adopt_orphans()?;
    let (child, output_ended) = start(arguments)?;
    let main = Pid::from_child(&child);
    let (end, ended) = mpsc::channel();
    watch_server(end.clone());
    let grace = arguments.grace;
    thread::spawn(move || kill_descendants(main, grace, &ended));
    reap_descendants(main, &end);
    descendants::kill_group(main, Signal::KILL);
    let _ = output_ended.recv_timeout(LOG_FLUSH_TIMEOUT);
    Ok(())
}

/// Starts the program as the leader of its own process group. The receiver closes when the output
/// ends.
fn start(arguments: &Arguments) -> io::Result<(Child, Receiver<()>)> {
    let log = RotatingLog::open(&arguments.log)?;
    let (output, input) = io::pipe()?;
    let child = Command::new(&arguments.program)
        .args(&arguments.arguments)
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(input.try_clone()?)
        .stderr(input)
        .spawn()
        .map_err(|error| named(&arguments.program, &error))?;
    send(&Report::Started(child.id()));
    let (alive, ended) = mpsc::channel();
    thread::spawn(move || {
        log.fill_from(output);
        drop(alive);
    });
    Ok((child, ended))
}

fn named(program: &OsStr, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{program:?}: {error}"))
}

/// Sends to `end` when the server's end of standard input closes.
fn watch_server(end: Sender<()>) {
    thread::spawn(move || {
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        let _ = end.send(());
    });
}

/// Waits for a message, then kills the program and its descendants. Returns only with the
/// supervisor.
fn kill_descendants(main: Pid, grace: Duration, end: &Receiver<()>) {
    let _ = end.recv();
    descendants::kill_group(main, Signal::TERM);
    descendants::kill_all(Signal::TERM);
    thread::sleep(grace);
    loop {
        descendants::kill_group(main, Signal::KILL);
        descendants::kill_all(Signal::KILL);
        thread::sleep(KILL_INTERVAL);
    }
}

/// Reaps every descendant. The exit of the program itself is reported, and ends the others.
fn reap_descendants(main: Pid, end: &Sender<()>) {
    loop {
        match rustix::process::wait(WaitOptions::empty()) {
            Ok(Some((pid, status))) if pid == main => {
                send(&Report::Ended(Ending::of(status)));
                let _ = end.send(());
            }
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(_) => return,
        }
    }
}

/// Writes a report. The server may have closed its end already.
fn send(report: &Report) {
    let mut stdout = io::stdout().lock();
    let _ = writeln!(stdout, "{}", report.to_line()).and_then(|()| stdout.flush());
}
