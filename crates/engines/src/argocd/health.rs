//! The health of an Application: pure functions of its status.

use resources::Reason;
use serde_json::{Value, json};

use crate::state::{Object, State, sentence};

/// The conditions that are errors, the most severe first. They become our reasons. Warnings are not
/// shown to the owner.
const ERRORS: [Reason; 4] =
    [Reason::InvalidSpecError, Reason::UnknownError, Reason::ComparisonError, Reason::SyncError];

/// The health of the Application. Results of an older spec do not count.
pub(super) fn of(application: &Value) -> State {
    let application = Object(application);
    if application.has("/metadata/deletionTimestamp") {
        return match obstacle(application.0) {
            Some(why) => State::degraded(Reason::DeletionError, why),
            None => State::progressing(Reason::Terminating, "Argo CD deletes it."),
        };
    }
    let error = ERRORS.into_iter().find_map(|error| Some((error, condition(application, error)?)));
    let operation = Operation::of(application);
    match error {
        // A synced workload runs, even if its repository cannot be reached now.
        Some((Reason::ComparisonError, _))
            if operation.succeeded() && health(application) == "Healthy" =>
        {
            State::healthy("Argo CD has synced it.")
        }
        Some((Reason::SyncError, why)) => {
            State::degraded(Reason::SyncError, operation.failure().unwrap_or(why))
        }
        Some((reason, why)) => State::degraded(reason, why),
        None if !is_compared(application) => {
            State::progressing(Reason::NotObserved, "Argo CD has not processed it yet.")
        }
        None => operation.state().unwrap_or_else(|| synced(application, &operation)),
    }
}

/// Why Argo CD cannot delete the Application.
pub(super) fn obstacle(application: &Value) -> Option<String> {
    condition(Object(application), Reason::DeletionError)
}

/// The patch that ends a running sync; `None` if no sync runs.
pub(super) fn end_of_sync(application: &Value) -> Option<Value> {
    application.get("operation")?;
    match Object(application).text("/status/operationState/phase") {
        Some("Running") => {
            Some(json!({ "status": { "operationState": { "phase": "Terminating" } } }))
        }
        Some("Terminating") => None,
        _ => Some(json!({ "operation": null })),
    }
}

/// The patch that makes Argo CD process an Application again: it requests a refresh, or withdraws a
/// request that Argo CD ignored.
pub(super) fn touch(application: &Value) -> Value {
    const REFRESH: &str = "argocd.argoproj.io/refresh";
    let is_requested = application["metadata"]["annotations"].get(REFRESH).is_some();
    let value = if is_requested { Value::Null } else { "normal".into() };
    json!({ "metadata": { "annotations": { (REFRESH): value } } })
}

/// The last sync of the present source.
struct Operation<'a>(Option<Object<'a>>);

impl<'a> Operation<'a> {
    fn of(application: Object<'a>) -> Self {
        let state = application.0.pointer("/status/operationState").map(Object);
        let source = application.0.pointer("/spec/source");
        Self(state.filter(|it| {
            let synced = it.0.pointer("/syncResult/source");
            synced.is_none() || synced == source
        }))
    }

    fn phase(&self) -> &str {
        self.0.and_then(|it| it.text("/phase")).unwrap_or_default()
    }

    fn succeeded(&self) -> bool {
        self.phase() == "Succeeded"
    }

    /// The health, if the operation says more than the objects.
    fn state(&self) -> Option<State> {
        match self.phase() {
            "Running" => Some(match self.failure() {
                Some(why) => State::degraded(Reason::SyncFailed, why),
                None => State::progressing(Reason::Syncing, self.text("Argo CD syncs it.")),
            }),
            "Terminating" => {
                Some(State::progressing(Reason::SyncEnding, self.text("Argo CD ends the sync.")))
            }
            phase @ ("Failed" | "Error") => {
                let reason = if phase == "Failed" { Reason::SyncFailed } else { Reason::SyncError };
                let why = self.failure().unwrap_or_else(|| self.text("The sync failed."));
                Some(State::degraded(reason, why))
            }
            _ => None,
        }
    }

    /// Why the last attempt failed, even while the next one is pending or runs.
    fn failure(&self) -> Option<String> {
        let state = self.0?;
        let retries = state.number("/retryCount").is_some_and(|count| count > 0);
        let failed = matches!(self.phase(), "Failed" | "Error");
        let of_resource = state
            .list("/syncResult/resources")
            .iter()
            .map(Object)
            .find(|it| it.text("/status") == Some("SyncFailed"))
            .and_then(|it| it.text("/message"));
        let said = state.text("/message").filter(|it| !it.is_empty());
        // While the next attempt runs, Argo CD keeps the number of failures and drops their
        // message.
        let words = said.filter(|it| !it.starts_with("Retrying operation"));
        (retries || failed).then_some(())?;
        words.or(of_resource).or(said).map(sentence)
    }

    fn text(&self, otherwise: &str) -> String {
        let said = self.0.and_then(|it| it.text("/message")).filter(|it| !it.is_empty());
        sentence(said.unwrap_or(otherwise))
    }
}

/// The health by its objects. No sync runs, and the last one did not fail.
fn synced(application: Object<'_>, operation: &Operation<'_>) -> State {
    let status = application.text("/status/sync/status").unwrap_or_default();
    match (status, health(application)) {
        // The environment runs, whether Argo CD can mend a difference after a sync or not.
        ("Synced", "Healthy") => State::healthy("Argo CD has synced it."),
        ("OutOfSync", "Healthy") if operation.succeeded() => {
            State::healthy("Argo CD has synced it; something differs again.")
        }
        (_, "Degraded") => State::degraded(Reason::Degraded, troubled(application, "Degraded")),
        ("Synced" | "OutOfSync", "Unknown") => {
            State::degraded(Reason::HealthUnknown, troubled(application, "Unknown"))
        }
        ("Synced", "Suspended") => {
            State::progressing(Reason::Suspended, troubled(application, "Suspended"))
        }
        ("Synced", _) => State::progressing(Reason::Starting, troubled(application, "Progressing")),
        ("Unknown", _) => State::degraded(Reason::SyncUnknown, "Argo CD cannot compare it."),
        ("OutOfSync", _) => State::progressing(Reason::OutOfSync, "Argo CD is about to sync it."),
        _ => State::progressing(Reason::NotObserved, "Argo CD has not compared it yet."),
    }
}

fn health(application: Object<'_>) -> &str {
    application.text("/status/health/status").unwrap_or_default()
}

/// The message of the first object with that health.
fn troubled(application: Object<'_>, status: &str) -> String {
    let mut resources = application.list("/status/resources").iter().map(Object);
    let found = resources.find(|it| it.text("/health/status") == Some(status));
    let Some(found) = found else { return format!("Its health is {status}.") };
    let text = |path| found.text(path).unwrap_or_default();
    let said = found.text("/health/message").filter(|it| !it.is_empty()).unwrap_or(status);
    format!("{} {}: {}", text("/kind"), text("/name"), sentence(said))
}

/// Whether Argo CD compared the present source and destination.
fn is_compared(application: Object<'_>) -> bool {
    ["source", "destination"].into_iter().all(|part| {
        let compared = application.0.pointer(&format!("/status/sync/comparedTo/{part}"));
        compared == application.0.pointer(&format!("/spec/{part}"))
    })
}

/// The message of an error condition.
fn condition(application: Object<'_>, error: Reason) -> Option<String> {
    let type_ = error.as_str();
    let mut conditions = application.list("/status/conditions").iter().map(Object);
    let found = conditions.find(|it| it.text("/type") == Some(type_))?;
    let said = found.text("/message").filter(|it| !it.is_empty()).unwrap_or(type_);
    Some(sentence(said))
}

#[cfg(test)]
mod tests;
