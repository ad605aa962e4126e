//! The supervisor alone, for this crate's tests with engine `process`.

use std::process::ExitCode;

fn main() -> ExitCode {
    engines::process::supervise(std::env::args_os().skip(2))
}
