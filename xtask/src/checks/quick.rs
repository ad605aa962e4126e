//! `cargo xtask test --quick`: what a developer runs before each commit.
//!
//! It checks the form of everything, compiles everything as the whole `test` does (so both share
//! their artefacts), and runs the tests of the packages that a change reaches: those with a changed
//! file and those that depend on them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use cargo_metadata::{Message, Metadata, MetadataCommand};

use super::Outcome;
use crate::command::{self, cargo, run};
use crate::progress;
use crate::server::PACKAGES;
use crate::workspace::Workspace;

/// The package whose tests watch over files that belong to no package: documents, the chart.
const ROOT_PACKAGE: &str = "dploy";
/// Files that every package depends on.
const SHARED_FILES: [&str; 4] =
    ["Cargo.toml", "Cargo.lock", "rust-toolchain.toml", ".cargo/config.toml"];

/// Runs the tests of the packages that the changes since `base` reach.
pub(crate) fn tests(workspace: &Workspace, base: Option<&str>) -> Result<Outcome> {
    let metadata = metadata(workspace)?;
    let changed = changed_files(workspace, base)?;
    let reached = reached_packages(&metadata, &changed);
    if reached.is_empty() {
        return Ok(Outcome::Skipped("nothing has changed".to_owned()));
    }
    let names: Vec<&str> = reached.iter().map(String::as_str).collect();
    progress::note(&format!("Packages that the change reaches: {}", names.join(", ")));
    let mut failed = Vec::new();
    for test in test_programs(workspace, &metadata)? {
        if reached.contains(&test.package) && run(&mut test.command()).is_err() {
            failed.push(test.name());
        }
    }
    if !failed.is_empty() {
        bail!("tests failed in {}", failed.join(", "));
    }
    Ok(Outcome::Passed(format!("{} packages", reached.len())))
}

fn metadata(workspace: &Workspace) -> Result<Metadata> {
    let mut metadata = MetadataCommand::new();
    metadata.current_dir(&workspace.root).no_deps();
    metadata.exec().context("could not read the workspace's metadata")
}

/// The files that differ from `base`; without a base, from where the branch left its upstream, or
/// else from the last commit.
fn changed_files(workspace: &Workspace, base: Option<&str>) -> Result<Vec<String>> {
    let base = match base {
        Some(base) => base.to_owned(),
        None => fork_point(workspace).unwrap_or_else(|| "HEAD".to_owned()),
    };
    let mut files = workspace.git_paths(&["diff", "--name-only", "-z", &base])?;
    files.extend(workspace.git_paths(&["ls-files", "--others", "--exclude-standard", "-z"])?);
    Ok(files)
}

/// The commit where the branch left its upstream; `None` for a branch without one.
fn fork_point(workspace: &Workspace) -> Option<String> {
    let mut git = Command::new("git");
    git.current_dir(&workspace.root).args(["merge-base", "HEAD", "@{upstream}"]);
    let output = git.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}

/// The packages with a changed file, and the packages that depend on them.
fn reached_packages(metadata: &Metadata, changed: &[String]) -> BTreeSet<String> {
    let directories = package_directories(metadata);
    if changed.iter().any(|file| SHARED_FILES.contains(&file.as_str())) {
        return directories.into_values().collect();
    }
    let mut reached: BTreeSet<String> =
        changed.iter().map(|file| package_of(&directories, file)).collect();
    loop {
        let dependents: Vec<String> = metadata
            .packages
            .iter()
            .filter(|it| {
                it.dependencies.iter().any(|dependency| reached.contains(&dependency.name))
            })
            .map(|it| it.name.to_string())
            .filter(|name| !reached.contains(name))
            .collect();
        if dependents.is_empty() {
            return reached;
        }
        reached.extend(dependents);
    }
}

/// Each package's directory, relative to the root, and its name.
fn package_directories(metadata: &Metadata) -> BTreeMap<PathBuf, String> {
    let packages = metadata.packages.iter();
    packages
        .filter_map(|package| {
            let directory = package.manifest_path.parent()?;
            let relative = directory.strip_prefix(&metadata.workspace_root).ok()?;
            Some((relative.as_std_path().to_owned(), package.name.to_string()))
        })
        .collect()
}

fn package_of(directories: &BTreeMap<PathBuf, String>, file: &str) -> String {
    let mut ancestors = Path::new(file).ancestors().skip(1);
    let package = ancestors.find_map(|directory| directories.get(directory));
    package.cloned().unwrap_or_else(|| ROOT_PACKAGE.to_owned())
}

/// A compiled test program.
struct TestProgram {
    package: String,
    directory: PathBuf,
    executable: PathBuf,
}

impl TestProgram {
    fn command(&self) -> Command {
        let mut command = Command::new(&self.executable);
        command.current_dir(&self.directory).env("CARGO_MANIFEST_DIR", &self.directory);
        command.arg("--quiet");
        command
    }

    fn name(&self) -> String {
        let file = self.executable.file_name().unwrap_or_default().to_string_lossy();
        format!("{} ({file})", self.package)
    }
}

/// Compiles all tests and lists their programs.
fn test_programs(workspace: &Workspace, metadata: &Metadata) -> Result<Vec<TestProgram>> {
    let mut build = cargo(&workspace.root);
    build.arg("test").args(PACKAGES);
    build.args(["--no-run", "--message-format=json-render-diagnostics"]);
    let printed = command::read(&mut build)?;
    let mut programs = Vec::new();
    for message in Message::parse_stream(printed.as_bytes()) {
        let Message::CompilerArtifact(artifact) = message.context("cargo's output changed")? else {
            continue;
        };
        let Some(executable) = artifact.executable.filter(|_| artifact.profile.test) else {
            continue;
        };
        let package = metadata.packages.iter().find(|it| it.id == artifact.package_id);
        let package = package.context("cargo built a test of an unknown package")?;
        let directory = package.manifest_path.parent().context("a manifest has no directory")?;
        programs.push(TestProgram {
            package: package.name.to_string(),
            directory: directory.as_std_path().to_owned(),
            executable: executable.into_std_path_buf(),
        });
    }
    Ok(programs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reached(files: &[&str]) -> BTreeSet<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut metadata = MetadataCommand::new();
        let metadata = metadata.current_dir(root).no_deps().exec().expect("the workspace is read");
        let files: Vec<String> = files.iter().map(|&file| file.to_owned()).collect();
        reached_packages(&metadata, &files)
    }

    #[test]
    fn a_change_reaches_its_package_and_the_packages_above_it() {
        assert_eq!(reached(&["xtask/src/main.rs"]), BTreeSet::from(["xtask".to_owned()]));
        let of_rendering = reached(&["crates/rendering/src/names.rs"]);
        for package in ["rendering", "environments", "operator", "dploy", "testbed"] {
            assert!(of_rendering.contains(package), "{package} depends on rendering");
        }
        assert!(!of_rendering.contains("localkube"));
    }

    #[test]
    fn what_belongs_to_no_package_reaches_the_root_and_a_shared_file_reaches_everything() {
        assert!(reached(&["docs/openapi.json"]).contains(ROOT_PACKAGE));
        assert!(!reached(&["docs/openapi.json"]).contains("wire"));
        assert!(reached(&["Cargo.lock"]).contains("wire"));
        assert!(reached(&[]).is_empty());
    }
}
