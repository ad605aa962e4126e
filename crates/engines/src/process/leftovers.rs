//! Processes that an earlier server left behind because it was killed together with its
//! supervisors.

use std::path::Path;

/// The environment variable that marks a process of this engine. Its value is the working
/// directory. Descendants inherit it.
pub(super) const MARK: &str = "DPLOY_DIRECTORY";

/// Kills every process of an environment whose working directory was below `directory`.
#[cfg(target_os = "linux")]
pub(super) fn end_all_below(directory: &Path) {
    use rustix::process::{Pid, Signal, getpid, kill_process};

    let own_id = getpid().as_raw_pid();
    let below = directory.join("");
    for process in super::procfs::processes() {
        if process.id != own_id
            && super::procfs::was_started_with(process.id, MARK, below.as_os_str())
        {
            tracing::warn!(process.id, "killing a process that an earlier server left behind");
            let _ = Pid::from_raw(process.id).map(|id| kill_process(id, Signal::KILL));
        }
    }
}

/// Only Linux shows the environment variables of other processes. Elsewhere the supervisors have to
/// be enough.
#[cfg(not(target_os = "linux"))]
pub(super) fn end_all_below(_: &Path) {}
