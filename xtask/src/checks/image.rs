//! Checks the Dockerfile without Docker.
//!
//! It runs the Dockerfile's build step. Then it runs the binary as the last stage of the image
//! does, without an environment.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use super::Outcome;
use crate::command::{at_a_prompt, exists, read, run};
use crate::workspace::Workspace;

/// The libraries that `gcr.io/distroless/cc-debian12` has and a Rust program may need.
const LIBRARIES: [&str; 7] = [
    "ld-linux-aarch64.so.1",
    "ld-linux-x86-64.so.2",
    "libc.so.6",
    "libdl.so.2",
    "libgcc_s.so.1",
    "libm.so.6",
    "libpthread.so.0",
];
/// The library that the kernel provides.
const OF_THE_KERNEL: &str = "linux-vdso.so.1";

pub(crate) fn check(workspace: &Workspace) -> Result<Outcome> {
    let path = workspace.root.join("Dockerfile");
    let dockerfile =
        fs::read_to_string(&path).with_context(|| format!("could not read {}", path.display()))?;
    let steps = build_steps(&dockerfile);
    ensure!(!steps.is_empty(), "the Dockerfile has no RUN instruction");
    let directory = workspace.cache().join("image");
    fs::create_dir_all(&directory)
        .with_context(|| format!("could not make {}", directory.display()))?;
    for step in &steps {
        let mut shell = at_a_prompt("sh", &workspace.root);
        run(shell.args(["-e", "-c", step]).env("BINARIES", &directory))?;
    }
    let programs = [directory.join("dploy"), directory.join("dploy-samples")];
    let [server, samples] = programs.each_ref().map(|program| describe(program));
    has_no_development_mode(&programs[0])?;
    Ok(Outcome::Passed(format!("{}; {}", server?, samples?)))
}

/// Version and size of a program that needs no library but those of the image.
fn describe(program: &Path) -> Result<String> {
    let version = read(Command::new(program).arg("--version").env_clear())?;
    if cfg!(target_os = "linux") && exists("ldd") {
        only_known_libraries(&read(Command::new("ldd").arg(program))?)?;
    }
    Ok(format!("{}, {}", version.trim(), size(program)?))
}

/// Fails unless `dploy dev` is refused with a sentence.
fn has_no_development_mode(dploy: &Path) -> Result<()> {
    let output = Command::new(dploy).arg("dev").env_clear().output();
    let output = output.with_context(|| format!("could not run {}", dploy.display()))?;
    let sentence = String::from_utf8_lossy(&output.stderr);
    ensure!(
        !output.status.success() && sentence.contains("no development mode"),
        "the image's binary has a development mode: {sentence}"
    );
    Ok(())
}

/// The shell commands of the RUN instructions, without BuildKit's `--mount` options.
fn build_steps(dockerfile: &str) -> Vec<String> {
    let joined = dockerfile.replace("\\\n", " ");
    let steps = joined.lines().filter_map(|line| line.strip_prefix("RUN "));
    steps
        .map(|step| {
            let words = step.split_whitespace().skip_while(|word| word.starts_with("--mount="));
            words.collect::<Vec<_>>().join(" ")
        })
        .collect()
}

/// Refuses a program that needs a library that the image lacks.
fn only_known_libraries(ldd: &str) -> Result<()> {
    for line in ldd.lines() {
        let path = line.split_whitespace().next().unwrap_or_default();
        let name = path.rsplit('/').next().unwrap_or_default();
        if name != OF_THE_KERNEL && !LIBRARIES.contains(&name) {
            bail!("the binary needs {name}, which the image does not have");
        }
    }
    Ok(())
}

fn size(binary: &Path) -> Result<String> {
    let bytes = fs::metadata(binary)
        .with_context(|| format!("could not look at {}", binary.display()))?
        .len();
    Ok(format!("{} MB", bytes / 1_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_taken_from_the_dockerfile_without_their_mounts() {
        let text = "FROM a\n# RUN nothing\nRUN --mount=type=cache,target=/x \\\n    make \"$BINARIES\"\nUSER 1\n";
        assert_eq!(build_steps(text), ["make \"$BINARIES\""]);
        let ours = include_str!("../../../Dockerfile");
        let step = "cargo xtask build --production --copy-to \"$BINARIES\"";
        assert_eq!(build_steps(ours), [step]);
    }

    #[test]
    fn a_library_that_the_image_lacks_is_named() {
        let fine = "\tlinux-vdso.so.1 (0x1)\n\tlibc.so.6 => /lib/libc.so.6 (0x2)\n\t/lib64/ld-linux-x86-64.so.2 (0x3)\n";
        assert!(only_known_libraries(fine).is_ok());
        let refusal = only_known_libraries("\tlibssl.so.3 => /lib/libssl.so.3 (0x2)\n");
        assert_eq!(
            refusal.map_err(|error| error.to_string()),
            Err("the binary needs libssl.so.3, which the image does not have".to_owned())
        );
    }
}
