//! Runs the seeds that the command line names (docs/simulation.md).

use std::process::ExitCode;

fn main() -> ExitCode {
    simulation::command::main(std::env::args())
}
