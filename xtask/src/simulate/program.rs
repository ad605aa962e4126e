//! The test program of the simulation, unchanged or with a mutation.

use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use cargo_metadata::Message;

use super::tree::Tree;
use crate::command::cargo;

/// How long a seed may take. It usually takes less than a second.
const SEED_LIMIT: Duration = Duration::from_secs(60);

/// The test program of the simulation.
pub(super) struct Program(pub(super) PathBuf);

impl Program {
    /// Builds the program of the tree.
    pub(super) fn build(tree: &Tree, target: &Path) -> Result<Self> {
        let mut command = cargo(&tree.root);
        command.env("CARGO_INCREMENTAL", "1").arg("test").arg("--target-dir").arg(target);
        command.args(["--no-run", "--profile=simulation", "--package=simulation"]);
        command.args(["--test=simulate", "--message-format=json"]);
        let output = command.stderr(Stdio::inherit()).output().context("could not run cargo")?;
        let (mut program, mut errors) = (None, Vec::new());
        for message in Message::parse_stream(BufReader::new(&*output.stdout)) {
            match message? {
                Message::CompilerArtifact(artifact) => program = artifact.executable.or(program),
                Message::CompilerMessage(it) => errors.extend(it.message.rendered),
                _ => {}
            }
        }
        match program {
            Some(program) if output.status.success() => Ok(Self(program.into_std_path_buf())),
            _ => bail!("the simulation could not be built:\n{}", errors.join("\n")),
        }
    }

    /// Runs a seed. Returns the invariants that failed.
    pub(super) fn run(&self, seed: u64) -> Result<Vec<String>> {
        let mut command = Command::new(&self.0);
        command.args(["--one", &seed.to_string()]).stdin(Stdio::null()).stderr(Stdio::null());
        let mut child = command.stdout(Stdio::piped()).spawn().context("could not run a seed")?;
        let mut stdout = child.stdout.take().context("no output")?;
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let mut text = String::new();
            let _ = stdout.read_to_string(&mut text);
            // The receiver may have given up.
            let _ = sender.send(text);
        });
        let Ok(text) = receiver.recv_timeout(SEED_LIMIT) else {
            child.kill()?;
            child.wait()?;
            return Ok(vec!["a run ends".to_owned()]);
        };
        // The first line is the hash of the schedule.
        let mut failed: Vec<String> = text.lines().skip(1).map(str::to_owned).collect();
        if !child.wait()?.success() {
            failed.push("a run does not panic".to_owned());
        }
        failed.sort_unstable();
        failed.dedup();
        Ok(failed)
    }
}
