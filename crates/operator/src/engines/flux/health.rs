//! How a release is: pure functions of what Flux says of it and of where its chart comes from.

use serde_json::Value;

use crate::engines::state::{Condition, Object, State};

/// The reasons of a release that failed, which become ours.
const FAILURES: [&str; 10] = [
    "AccessDenied",
    "ArtifactFailed",
    "ChartMutateError",
    "InstallFailed",
    "RESTClientError",
    "RollbackFailed",
    "TestFailed",
    "UninstallFailed",
    "UpgradeFailed",
    "ValuesError",
];

/// The conditions of a source that failed, while they are true.
const SOURCE_FAILURES: [&str; 5] =
    ["FetchFailed", "IncludeUnavailable", "BuildFailed", "StorageOperationFailed", "Stalled"];

/// How the release is. `sources` are what its chart comes from, the first in the chain first.
pub(super) fn of(release: &Value, sources: &[Value]) -> State {
    let release = Object(release);
    if release.has("/metadata/deletionTimestamp") {
        return terminating(release);
    }
    if release.0.pointer("/spec/suspend") == Some(&Value::Bool(true)) {
        return suspended(release);
    }
    let now = |type_| release.condition(type_).filter(|it| it.is_of(release));
    let ready = now("Ready");
    let released = now("Released");
    if ready.is_some_and(|it| it.is("True")) {
        return State::healthy("Helm has installed it.");
    }
    if let Some(failed) = released.filter(|it| it.is("False")) {
        return failure(failed);
    }
    if let Some(why) = sources.iter().find_map(|source| source_failure(Object(source))) {
        return State::degraded("ChartUnavailable", why);
    }
    if let Some(failed) = ready.filter(|it| it.is("False") && !is_waiting(*it)) {
        return failure(failed);
    }
    if let Some(stalled) = now("Stalled").filter(|it| it.is("True")) {
        return failure(stalled);
    }
    // Flux looks again at every interval; what it released meanwhile runs.
    if released.is_some_and(|it| it.is("True")) && !ready.is_some_and(|it| it.is("False")) {
        return State::healthy("Helm has installed it.");
    }
    let said = ready.filter(|it| it.is("False")).or_else(|| now("Reconciling")).or(ready);
    match said {
        Some(said) => State::progressing("Releasing", sentence(&said.text("Helm installs it."))),
        None => State::progressing("NotObserved", "Flux has not looked at it yet."),
    }
}

/// What holds up the end of a release, if Flux says so.
pub(super) fn obstacle(release: &Value) -> Option<String> {
    let ready = Object(release).condition("Ready")?;
    (ready.reason() == "UninstallFailed").then(|| sentence(&ready.text("The uninstall failed.")))
}

fn terminating(release: Object<'_>) -> State {
    match obstacle(release.0) {
        Some(why) => State::degraded("UninstallFailed", why),
        None => State::progressing("Terminating", "Helm uninstalls it."),
    }
}

fn suspended(release: Object<'_>) -> State {
    match release.condition("Ready") {
        Some(ready) if ready.is("True") => State::healthy("Helm has installed it."),
        _ => {
            State::degraded("Suspended", "Somebody suspended its HelmRelease before it was ready.")
        }
    }
}

/// Whether it is not ready because something else is not ready yet.
fn is_waiting(ready: Condition<'_>) -> bool {
    matches!(ready.reason(), "SourceNotReady" | "DependencyNotReady" | "Progressing")
}

fn failure(condition: Condition<'_>) -> State {
    let reason = FAILURES.into_iter().find(|it| *it == condition.reason());
    let message = sentence(&condition.text("Helm could not release it."));
    State::degraded(reason.unwrap_or("ReleaseFailed"), message)
}

/// Why a source gives no chart. A chart whose repository was not fetched yet only waits.
fn source_failure(source: Object<'_>) -> Option<String> {
    let failed = SOURCE_FAILURES.into_iter().find_map(|type_| {
        let condition = source.condition(type_)?;
        let fails = condition.is("True") && condition.is_of(source);
        (fails && condition.reason() != "NoSourceArtifact").then_some(condition)
    })?;
    let kind = source.text("/kind").unwrap_or("source");
    Some(sentence(&format!("The {kind} failed: {}", failed.text("it could not be fetched"))))
}

/// What Helm says, on one line.
fn sentence(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
