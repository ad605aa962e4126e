//! Runs the seeds that the command line names, or checks that a seed repeats
//! (docs/simulation.md).

use std::process::ExitCode;

fn main() -> ExitCode {
    simulation::command::main(std::env::args())
}
