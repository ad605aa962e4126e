//! The descendants of the supervised program.

use std::io;

use rustix::process::{Pid, Signal};

/// Makes this process the parent of every descendant whose own parent exits.
#[cfg(target_os = "linux")]
pub(super) fn adopt_orphans() -> io::Result<()> {
    Ok(rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?)
}

/// Only Linux can do this. Elsewhere the process group has to be enough.
#[cfg(not(target_os = "linux"))]
pub(super) fn adopt_orphans() -> io::Result<()> {
    Ok(())
}

/// Sends `signal` to the program's process group. "Already gone" is fine.
pub(super) fn kill_group(leader: Pid, signal: Signal) {
    let _ = rustix::process::kill_process_group(leader, signal);
}

/// Sends `signal` to every descendant of this process.
#[cfg(target_os = "linux")]
pub(super) fn kill_all(signal: Signal) {
    let processes = super::super::procfs::processes();
    let mut family = vec![rustix::process::getpid().as_raw_pid()];
    let mut next = 0;
    while let Some(&parent) = family.get(next) {
        family.extend(processes.iter().filter(|it| it.parent == parent).map(|it| it.id));
        next += 1;
    }
    for pid in family.into_iter().skip(1).filter_map(Pid::from_raw) {
        let _ = rustix::process::kill_process(pid, signal);
    }
}

/// Elsewhere the process group has to be enough.
#[cfg(not(target_os = "linux"))]
pub(super) fn kill_all(_: Signal) {}
