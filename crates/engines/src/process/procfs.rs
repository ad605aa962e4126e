//! The processes of this machine, read from `/proc` (Linux).

use std::{ffi::OsStr, fs, os::unix::ffi::OsStrExt};

/// A running process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) id: i32,
    pub(super) parent: i32,
}

/// All visible processes. A process that exits meanwhile is left out.
pub(super) fn processes() -> Vec<Process> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|id| Some(Process { id, parent: parent(id)? }))
        .collect()
}

/// Whether the process was started with an environment variable `name` whose value begins with
/// `start`.
pub(super) fn was_started_with(id: i32, name: &str, start: &OsStr) -> bool {
    let wanted = [name.as_bytes(), b"=", start.as_bytes()].concat();
    fs::read(format!("/proc/{id}/environ"))
        .is_ok_and(|environ| environ.split(|byte| *byte == 0).any(|it| it.starts_with(&wanted)))
}

/// The parent's id. It follows the program's name, which is in parentheses and may contain any
/// character.
fn parent(id: i32) -> Option<i32> {
    let stat = fs::read(format!("/proc/{id}/stat")).ok()?;
    let after_name = stat.iter().rposition(|byte| *byte == b')')? + 1;
    let fields = String::from_utf8_lossy(&stat[after_name..]);
    fields.split_ascii_whitespace().nth(1)?.parse().ok()
}
