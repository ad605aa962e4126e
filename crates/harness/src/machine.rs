//! The machine and the commit that the figures belong to.

use std::{
    fmt::{self, Display},
    fs,
    process::Command,
    thread::available_parallelism,
};

/// The machine, its kernel and the commit.
#[derive(Debug)]
pub struct Machine {
    cores: usize,
    processor: String,
    memory: String,
    kernel: String,
    commit: String,
}

impl Machine {
    /// Reads the values from `/proc` and git. Values that cannot be read are `unknown`.
    pub fn detect() -> Self {
        let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        Self {
            cores: available_parallelism().map_or(0, usize::from),
            processor: or_unknown(field(&cpu, "model name")),
            memory: or_unknown(field(&memory, "MemTotal").and_then(gibibytes)),
            kernel: or_unknown(Some(kernel.trim().to_owned())),
            commit: or_unknown(commit()),
        }
    }
}

impl Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cores, processor, memory, kernel, commit } = self;
        write!(f, "{cores} cores ({processor}), {memory} memory, Linux {kernel}, commit {commit}")
    }
}

fn or_unknown(value: Option<String>) -> String {
    value.filter(|it| !it.is_empty()).unwrap_or_else(|| "unknown".to_owned())
}

/// The value of a field in a file such as `/proc/meminfo`.
pub(crate) fn field(table: &str, name: &str) -> Option<String> {
    let value = |line: &str| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim().to_owned())
    };
    table.lines().find_map(value)
}

#[expect(clippy::cast_precision_loss, reason = "the result is rounded to a tenth")]
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
    fn a_field_is_found_by_its_whole_name() {
        let table = "MemTotal:       24683888 kB\nMemTotalFree:   1 kB\n";
        assert_eq!(field(table, "MemTotal").and_then(gibibytes).as_deref(), Some("23.5 GiB"));
        assert_eq!(field(table, "Mem"), None);
        assert_eq!(or_unknown(None), "unknown");
    }
}
