//! The health of a release: pure functions of its status and of the status of its sources.

use resources::Reason;
use serde_json::Value;

use crate::state::{Condition, Object, State, sentence};

/// Flux's reasons of a failed release, which become ours.
const FAILURES: [Reason; 10] = [
    Reason::AccessDenied,
    Reason::ArtifactFailed,
    Reason::ChartMutateError,
    Reason::InstallFailed,
    Reason::RESTClientError,
    Reason::RollbackFailed,
    Reason::TestFailed,
    Reason::UninstallFailed,
    Reason::UpgradeFailed,
    Reason::ValuesError,
];

/// The conditions that are true of a failed source.
const SOURCE_FAILURES: [&str; 5] =
    ["FetchFailed", "IncludeUnavailable", "BuildFailed", "StorageOperationFailed", "Stalled"];

/// The health of the release. `sources` begin with the repository.
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
        return State::degraded(Reason::ChartUnavailable, why);
    }
    if let Some(failed) = ready.filter(|it| it.is("False") && !is_waiting(*it)) {
        return failure(failed);
    }
    if let Some(stalled) = now("Stalled").filter(|it| it.is("True")) {
        return failure(stalled);
    }
    // Flux checks a release at every interval. The released workload runs meanwhile.
    if released.is_some_and(|it| it.is("True")) && !ready.is_some_and(|it| it.is("False")) {
        return State::healthy("Helm has installed it.");
    }
    let shown = ready.filter(|it| it.is("False")).or_else(|| now("Reconciling")).or(ready);
    match shown {
        Some(shown) => {
            State::progressing(Reason::Releasing, sentence(&shown.text("Helm installs it.")))
        }
        None => State::progressing(Reason::NotObserved, "Flux has not processed it yet."),
    }
}

/// Why Flux cannot uninstall the release.
pub(super) fn obstacle(release: &Value) -> Option<String> {
    let ready = Object(release).condition("Ready")?;
    (ready.reason() == Reason::UninstallFailed.as_str())
        .then(|| sentence(&ready.text("The uninstall failed.")))
}

fn terminating(release: Object<'_>) -> State {
    match obstacle(release.0) {
        Some(why) => State::degraded(Reason::UninstallFailed, why),
        None => State::progressing(Reason::Terminating, "Helm uninstalls it."),
    }
}

fn suspended(release: Object<'_>) -> State {
    match release.condition("Ready") {
        Some(ready) if ready.is("True") => State::healthy("Helm has installed it."),
        _ => State::degraded(
            Reason::Suspended,
            "Somebody suspended its HelmRelease before it was ready.",
        ),
    }
}

/// Whether the release waits for something else to be ready.
fn is_waiting(ready: Condition<'_>) -> bool {
    matches!(ready.reason(), "SourceNotReady" | "DependencyNotReady" | "Progressing")
}

fn failure(condition: Condition<'_>) -> State {
    let reason = FAILURES.into_iter().find(|it| it.as_str() == condition.reason());
    let message = sentence(&condition.text("Helm could not release it."));
    State::degraded(reason.unwrap_or(Reason::ReleaseFailed), message)
}

/// Why a source gives no chart. A chart whose repository was not fetched yet has not failed.
fn source_failure(source: Object<'_>) -> Option<String> {
    let failed = SOURCE_FAILURES.into_iter().find_map(|type_| {
        let condition = source.condition(type_)?;
        let fails = condition.is("True") && condition.is_of(source);
        (fails && condition.reason() != "NoSourceArtifact").then_some(condition)
    })?;
    let kind = source.text("/kind").unwrap_or("source");
    Some(sentence(&format!("The {kind} failed: {}", failed.text("it could not be fetched"))))
}

#[cfg(test)]
mod tests;
