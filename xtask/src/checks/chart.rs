//! The chart: `helm lint`, and the rendered manifests compared byte by byte.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::Outcome;
use crate::cluster::{self, Access};
use crate::command::{read, run};
use crate::progress;
use crate::variables::variable;
use crate::workspace::Workspace;

/// The variable that makes tests rewrite the files that they compare with.
const RENEW: &str = "UPDATE_EXPECT";
/// The version of Kubernetes that the chart is rendered for: that of `cargo xtask cluster`.
const KUBE_VERSION: &str = "1.34.0";
/// The beginning of the line with the session secret.
const SESSION_SECRET: &str = "  session-secret: ";
/// How many lines of a difference are printed.
const SHOWN: usize = 10;

pub(crate) fn check(workspace: &Workspace) -> Result<Outcome> {
    let Some(helm) = cluster::helm(workspace)? else {
        return Ok(Outcome::Skipped("no helm: neither Go nor helm itself".to_owned()));
    };
    let cases = cases(&workspace.root.join("charts/dploy/ci"))?;
    let mut failed = Vec::new();
    for case in &cases {
        if let Err(error) = case.check(workspace, &helm) {
            progress::failure(&error);
            failed.push(case.name.as_str());
        }
    }
    if !failed.is_empty() {
        bail!("not as it should be with the values of {}", failed.join(", "));
    }
    if let Some(access) = Access::given(workspace)? {
        installs(workspace, &access)?;
    }
    Ok(Outcome::Passed(format!("with {} sets of values", cases.len())))
}

/// Installs the chart into a cluster once with each set of values, waits until all pods are ready
/// under the Pod Security Standard `restricted`, and uninstalls it.
pub(crate) fn installs(workspace: &Workspace, access: &Access) -> Result<()> {
    let ci = workspace.root.join("charts/dploy/ci");
    let definitions = ci.join("definitions.yaml");
    run(access.kubectl().args(["apply", "--server-side", "--filename"]).arg(&definitions))?;
    for case in cases(&ci)? {
        progress::timed(&format!("Install the chart with the values of {}", case.name), || {
            case.install(workspace, access)
        })?;
    }
    run(access.kubectl().args(["delete", "--filename"]).arg(&definitions))
}

/// The namespaces that the sets of values expect.
const NAMESPACES: [&str; 3] = ["dploy-system", "dploy-environments", "gitops"];

/// A set of values and the manifests that they render to.
#[derive(Debug, PartialEq, Eq)]
struct Case {
    name: String,
    /// `None` for the defaults of the chart.
    values: Option<PathBuf>,
    snapshot: PathBuf,
}

/// The defaults, and every `NAME-values.yaml`.
fn cases(directory: &Path) -> Result<Vec<Case>> {
    let snapshot = |name: &str| directory.join("snapshots").join(format!("{name}.yaml"));
    let mut cases =
        vec![Case { name: "default".to_owned(), values: None, snapshot: snapshot("default") }];
    let entries = fs::read_dir(directory)
        .with_context(|| format!("could not list {}", directory.display()))?;
    for entry in entries {
        let path = entry?.path();
        let file = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if let Some(name) = file.strip_suffix("-values.yaml") {
            let snapshot = snapshot(name);
            cases.push(Case { name: name.to_owned(), values: Some(path), snapshot });
        }
    }
    cases.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(cases)
}

impl Case {
    fn check(&self, workspace: &Workspace, helm: &Path) -> Result<()> {
        run(self.helm(workspace, helm).args(["lint", "--strict", "charts/dploy"]))?;
        let mut template = self.helm(workspace, helm);
        template.args(["template", "dploy", "charts/dploy", "--namespace", "dploy-system"]);
        // What a cluster of this version would get; some programs assume an old one.
        template.args(["--kube-version", KUBE_VERSION]);
        let rendered = without_session_secret(&read(&mut template)?);
        if variable(RENEW).is_some() {
            return fs::write(&self.snapshot, rendered)
                .with_context(|| format!("could not write {}", self.snapshot.display()));
        }
        let expected = fs::read_to_string(&self.snapshot)
            .with_context(|| format!("could not read {}", self.snapshot.display()))?;
        if let Some(difference) = difference(&expected, &rendered) {
            bail!(
                "what the chart renders is not {}; {RENEW}=1 writes it anew\n{difference}",
                self.snapshot.display()
            );
        }
        Ok(())
    }

    fn install(&self, workspace: &Workspace, access: &Access) -> Result<()> {
        for name in NAMESPACES {
            run(access.kubectl().args(["create", "namespace", name]))?;
        }
        let namespace = ["--namespace", "dploy-system"];
        let restricted = "pod-security.kubernetes.io/enforce=restricted";
        run(access.kubectl().args(["label", "namespace", "dploy-system", restricted]))?;
        let account = ["create", "serviceaccount", "serve-account"];
        run(access.kubectl().args(namespace).args(account))?;
        let mut install = access.in_cluster(self.helm(workspace, &access.helm));
        install.args(["install", "dploy", "charts/dploy", "--wait", "--timeout", "2m"]);
        run(install.args(namespace))?;
        let mut uninstall = access.in_cluster(Command::new(&access.helm));
        run(uninstall.args(["uninstall", "dploy", "--wait"]).args(namespace))?;
        run(access.kubectl().args(["delete", "namespace"]).args(NAMESPACES))
    }

    fn helm(&self, workspace: &Workspace, helm: &Path) -> Command {
        let mut command = Command::new(helm);
        command.current_dir(&workspace.root);
        if let Some(values) = &self.values {
            command.arg("--values").arg(values);
        }
        command
    }
}

/// Replaces the session secret, which the chart chooses at random.
fn without_session_secret(rendered: &str) -> String {
    let replaced = |line: &str| match line.strip_prefix(SESSION_SECRET) {
        Some(_) => format!("{SESSION_SECRET}cmFuZG9t\n"),
        None => line.to_owned(),
    };
    rendered.split_inclusive('\n').map(replaced).collect()
}

/// The first lines in which two texts differ; `None` for equal texts.
fn difference(expected: &str, found: &str) -> Option<String> {
    if expected == found {
        return None;
    }
    let same = expected.split('\n').zip(found.split('\n')).take_while(|(one, other)| one == other);
    let start = same.count();
    let lines = |text: &str, mark: char| -> String {
        let lines = text.split('\n').skip(start).take(SHOWN);
        lines.map(|line| format!("{mark}{line}\n")).collect()
    };
    let (old, new) = (lines(expected, '-'), lines(found, '+'));
    Some(format!("from line {} on:\n{old}{new}", start + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_shown_from_its_first_line_on() {
        assert_eq!(difference("a\nb\n", "a\nb\n"), None);
        let shown = difference("a\nb\nc", "a\nB\nc").unwrap_or_default();
        assert_eq!(shown, "from line 2 on:\n-b\n-c\n+B\n+c\n");
        let longer = difference("a", "a\n").unwrap_or_default();
        assert_eq!(longer, "from line 2 on:\n+\n", "an end of line more is a difference");
        let text = difference(&"x\n".repeat(50), "").unwrap_or_default();
        assert_eq!(text.lines().count(), 1 + SHOWN + 1, "long ones are cut off");
    }

    #[test]
    fn the_random_secret_of_a_rendered_chart_is_left_out() {
        let rendered = "data:\n  session-secret: aaa\n---\n";
        let expected = "data:\n  session-secret: cmFuZG9t\n---\n";
        assert_eq!(without_session_secret(rendered), expected);
        let other = rendered.replace("aaa", "bbb");
        assert_eq!(without_session_secret(&other), expected);
    }

    #[test]
    fn every_file_of_values_has_its_snapshot() {
        let ci = Path::new(env!("CARGO_MANIFEST_DIR")).join("../charts/dploy/ci");
        let cases = cases(&ci).unwrap();
        let names: Vec<_> = cases.iter().map(|case| case.name.as_str()).collect();
        assert_eq!(names, ["default", "every-value", "sign-in"]);
        assert!(cases.iter().all(|case| case.snapshot.is_file()));
    }
}
