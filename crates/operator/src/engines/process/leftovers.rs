//! What an earlier server, killed together with its supervisors, may have left running.

use std::path::Path;

/// The environment variable by which a process of ours is known: its working directory. Every process below it
/// inherits it.
pub(super) const MARK: &str = "DPLOY_DIRECTORY";

/// Kills every process of an environment whose working directory was below `directory`.
#[cfg(target_os = "linux")]
pub(super) fn end_all_below(directory: &Path) {
    use rustix::process::{Pid, Signal, getpid, kill_process};

    let ours = getpid().as_raw_pid();
    let below = directory.join("");
    for process in super::procfs::processes() {
        if process.id != ours && super::procfs::was_given(process.id, MARK, below.as_os_str()) {
            tracing::warn!(process.id, "ending a process that an earlier server left behind");
            let _ = Pid::from_raw(process.id).map(|id| kill_process(id, Signal::KILL));
        }
    }
}

/// Only Linux shows whose a process is; elsewhere the supervisors have to do.
#[cfg(not(target_os = "linux"))]
pub(super) fn end_all_below(_: &Path) {}
