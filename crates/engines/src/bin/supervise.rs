//! The supervisor alone, for this crate's tests. The shipped binary has it as `dploy supervise`.

use std::process::ExitCode;

fn main() -> ExitCode {
    engines::process::supervise(std::env::args_os().skip(2))
}
