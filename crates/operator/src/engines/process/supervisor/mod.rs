//! `dploy supervise`: the small process that stands between the server and one environment's processes.
//!
//! The server holds the other end of its standard input and never writes to it. When that end closes, because the server
//! stops the environment, ends, crashes or is killed, the supervisor ends everything that it started: SIGTERM, then, after the
//! grace, SIGKILL. On Linux it adopts orphaned descendants, so that a process that left the group or the session ends too.
//! It reports on standard output, one JSON document a line ([`Report`]), and writes the program's output to a bounded log.

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

/// How long the last of the output may take to reach the log.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// How often what ignores SIGTERM is killed, once the grace is over, until nothing is left.
const AGAIN: Duration = Duration::from_millis(50);

/// Runs `dploy supervise`; `arguments` are those after that word. For the engine only: no person types this.
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
            tell(&Report::Refused(error.to_string()));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> io::Result<()> {
    // Out of the terminal's session: Ctrl-C is the server's business. Fails only where it already is a leader.
    let _ = rustix::process::setsid();
    descendants::adopt_orphans()?;
    let (child, output_ended) = start(arguments)?;
    let main = Pid::from_child(&child);
    let (end, ended) = mpsc::channel();
    watch_the_server(end.clone());
    let grace = arguments.grace;
    thread::spawn(move || end_everything(main, grace, &ended));
    reap_until_nothing_is_left(main, &end);
    descendants::kill_group(main, Signal::KILL);
    let _ = output_ended.recv_timeout(LAST_WORDS);
    Ok(())
}

/// Starts the program as the leader of its own process group. The receiver closes when its output has ended.
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
    tell(&Report::Started(child.id()));
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

/// Says `end` when the server's end of standard input closes.
fn watch_the_server(end: Sender<()>) {
    thread::spawn(move || {
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        let _ = end.send(());
    });
}

/// Waits to be told, then ends the program and all it started. Runs until the supervisor itself ends.
fn end_everything(main: Pid, grace: Duration, told: &Receiver<()>) {
    let _ = told.recv();
    descendants::kill_group(main, Signal::TERM);
    descendants::kill_all(Signal::TERM);
    thread::sleep(grace);
    loop {
        descendants::kill_group(main, Signal::KILL);
        descendants::kill_all(Signal::KILL);
        thread::sleep(AGAIN);
    }
}

/// Collects every process that ends below this one. The program's own end is reported, and ends the others too.
fn reap_until_nothing_is_left(main: Pid, end: &Sender<()>) {
    loop {
        match rustix::process::wait(WaitOptions::empty()) {
            Ok(Some((pid, status))) if pid == main => {
                tell(&Report::Ended(Ending::of(status)));
                let _ = end.send(());
            }
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(_) => return,
        }
    }
}

/// Nobody may be listening any more; then there is nobody to tell.
fn tell(report: &Report) {
    let mut stdout = io::stdout().lock();
    let _ = writeln!(stdout, "{}", report.to_line()).and_then(|()| stdout.flush());
}
