//! Where the figures were measured, and of what.

use std::{
    fmt::{self, Display},
    fs,
    process::Command,
    thread::available_parallelism,
};

/// The machine, its kernel and the commit.
#[derive(Debug)]
pub(crate) struct Machine {
    cores: usize,
    processor: String,
    memory: String,
    kernel: String,
    commit: String,
}

impl Machine {
    /// This one; what it does not tell is said to be unknown.
    pub(crate) fn this() -> Self {
        let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        Self {
            cores: available_parallelism().map_or(0, usize::from),
            processor: known(field(&cpu, "model name")),
            memory: known(field(&memory, "MemTotal").and_then(gibibytes)),
            kernel: known(Some(kernel.trim().to_owned())),
            commit: known(commit()),
        }
    }
}

impl Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cores, processor, memory, kernel, commit } = self;
        write!(f, "{cores} cores ({processor}), {memory} memory, Linux {kernel}, commit {commit}")
    }
}

fn known(value: Option<String>) -> String {
    value.filter(|it| !it.is_empty()).unwrap_or_else(|| "unknown".to_owned())
}

/// A field of one of the tables in `/proc`.
pub(crate) fn field(table: &str, name: &str) -> Option<String> {
    let of_name = |line: &str| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim().to_owned())
    };
    table.lines().find_map(of_name)
}

#[expect(clippy::cast_precision_loss, reason = "rounded to a tenth anyway")]
fn gibibytes(kibibytes: String) -> Option<String> {
    let kibibytes: u64 = kibibytes.strip_suffix(" kB")?.parse().ok()?;
    Some(format!("{:.1} GiB", kibibytes as f64 / 1_048_576.0))
}

fn commit() -> Option<String> {
    let git = Command::new("git").args(["describe", "--always", "--dirty"]).output().ok()?;
    Some(String::from_utf8(git.stdout).ok()?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_their_whole_name() {
        let table = "MemTotal:       24683888 kB\nMemTotalFree:   1 kB\n";
        assert_eq!(field(table, "MemTotal").and_then(gibibytes).as_deref(), Some("23.5 GiB"));
        assert_eq!(field(table, "Mem"), None);
        assert_eq!(known(None), "unknown");
    }
}
