//! How an Application is: pure functions of what Argo CD says of it.

use serde_json::{Value, json};

use crate::engines::state::{Object, State};

/// The conditions that are errors, the gravest first; they become our reasons. Warnings are none of the owner's business.
const ERRORS: [&str; 4] = ["InvalidSpecError", "UnknownError", "ComparisonError", "SyncError"];

/// How the Application is. What Argo CD found out about an older description does not count.
pub(super) fn of(application: &Value) -> State {
    let application = Object(application);
    if application.has("/metadata/deletionTimestamp") {
        return match obstacle(application.0) {
            Some(why) => State::degraded("DeletionError", why),
            None => State::progressing("Terminating", "Argo CD deletes it."),
        };
    }
    let error = ERRORS.into_iter().find_map(|type_| Some((type_, condition(application, type_)?)));
    let operation = Operation::of(application);
    match error {
        // What was synced runs, whether its repository can be reached now or not.
        Some(("ComparisonError", _))
            if operation.succeeded() && health(application) == "Healthy" =>
        {
            State::healthy("Argo CD has synced it.")
        }
        Some(("SyncError", why)) => {
            State::degraded("SyncError", operation.failure().unwrap_or(why))
        }
        Some((type_, why)) => State::degraded(type_, why),
        None if !is_compared(application) => {
            State::progressing("NotObserved", "Argo CD has not looked at it yet.")
        }
        None => operation.state().unwrap_or_else(|| synced(application, &operation)),
    }
}

/// What holds up the end of an Application, if Argo CD says so.
pub(super) fn obstacle(application: &Value) -> Option<String> {
    condition(Object(application), "DeletionError")
}

/// What ends the sync that is under way, if one is.
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

/// What makes Argo CD look at an Application again, and changes nothing else of it: a request to refresh, or the end of one that was
/// not obeyed.
pub(super) fn touch(application: &Value) -> Value {
    const REFRESH: &str = "argocd.argoproj.io/refresh";
    let asked = application["metadata"]["annotations"].get(REFRESH).is_some();
    let value = if asked { Value::Null } else { "normal".into() };
    json!({ "metadata": { "annotations": { (REFRESH): value } } })
}

/// The sync that was started last for the source as it is described now.
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

    /// How it is while the operation says more than the objects do.
    fn state(&self) -> Option<State> {
        match self.phase() {
            "Running" => Some(match self.failure() {
                Some(why) => State::degraded("SyncFailed", why),
                None => State::progressing("Syncing", self.text("Argo CD syncs it.")),
            }),
            "Terminating" => {
                Some(State::progressing("SyncEnding", self.text("Argo CD ends the sync.")))
            }
            phase @ ("Failed" | "Error") => {
                let reason = if phase == "Failed" { "SyncFailed" } else { "SyncError" };
                let why = self.failure().unwrap_or_else(|| self.text("The sync failed."));
                Some(State::degraded(reason, why))
            }
            _ => None,
        }
    }

    /// Why the last attempt failed, also while the next one is awaited or runs.
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
        // Argo CD forgets why while the next attempt runs, but not that there was a failure.
        let words = said.filter(|it| !it.starts_with("Retrying operation"));
        (retries || failed).then_some(())?;
        words.or(of_resource).or(said).map(sentence)
    }

    fn text(&self, otherwise: &str) -> String {
        let said = self.0.and_then(|it| it.text("/message")).filter(|it| !it.is_empty());
        sentence(said.unwrap_or(otherwise))
    }
}

/// By its objects: no sync is under way, and the last one did not fail.
fn synced(application: Object<'_>, operation: &Operation<'_>) -> State {
    let status = application.text("/status/sync/status").unwrap_or_default();
    match (status, health(application)) {
        // What differs after a sync, Argo CD mends by itself, or cannot: the environment runs.
        ("Synced", "Healthy") => State::healthy("Argo CD has synced it."),
        ("OutOfSync", "Healthy") if operation.succeeded() => {
            State::healthy("Argo CD has synced it; something differs again.")
        }
        (_, "Degraded") => State::degraded("Degraded", troubled(application, "Degraded")),
        ("Synced" | "OutOfSync", "Unknown") => {
            State::degraded("HealthUnknown", troubled(application, "Unknown"))
        }
        ("Synced", "Suspended") => {
            State::progressing("Suspended", troubled(application, "Suspended"))
        }
        ("Synced", _) => State::progressing("Starting", troubled(application, "Progressing")),
        ("Unknown", _) => State::degraded("SyncUnknown", "Argo CD cannot compare it."),
        ("OutOfSync", _) => State::progressing("OutOfSync", "Argo CD is about to sync it."),
        _ => State::progressing("NotObserved", "Argo CD has not compared it yet."),
    }
}

fn health(application: Object<'_>) -> &str {
    application.text("/status/health/status").unwrap_or_default()
}

/// The first object of that health, in its own words.
fn troubled(application: Object<'_>, status: &str) -> String {
    let mut resources = application.list("/status/resources").iter().map(Object);
    let found = resources.find(|it| it.text("/health/status") == Some(status));
    let Some(found) = found else { return format!("Its health is {status}.") };
    let text = |path| found.text(path).unwrap_or_default();
    let said = found.text("/health/message").filter(|it| !it.is_empty()).unwrap_or(status);
    format!("{} {}: {}", text("/kind"), text("/name"), sentence(said))
}

/// Whether Argo CD compared the source and the destination that the Application has now.
fn is_compared(application: Object<'_>) -> bool {
    ["source", "destination"].into_iter().all(|part| {
        let compared = application.0.pointer(&format!("/status/sync/comparedTo/{part}"));
        compared == application.0.pointer(&format!("/spec/{part}"))
    })
}

/// What an error of that type says.
fn condition(application: Object<'_>, type_: &str) -> Option<String> {
    let mut conditions = application.list("/status/conditions").iter().map(Object);
    let found = conditions.find(|it| it.text("/type") == Some(type_))?;
    let said = found.text("/message").filter(|it| !it.is_empty()).unwrap_or(type_);
    Some(sentence(said))
}

/// What Argo CD says, on one line.
fn sentence(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
