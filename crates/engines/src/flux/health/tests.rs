use serde_json::json;

use super::*;

#[track_caller]
fn check(release: &Value, sources: &[Value], expected: &str) {
    let State { health, reason, message } = of(release, sources);
    assert_eq!(format!("{health:?} {reason}: {message}"), expected, "{release:#}");
}

/// `type status reason message`
fn condition(text: &str) -> Value {
    let parts: Vec<&str> = text.splitn(4, ' ').collect();
    json!({
        "type": parts[0], "status": parts[1], "reason": parts[2],
        "message": parts.get(3).unwrap_or(&""), "observedGeneration": 2,
    })
}

fn object(kind: &str, conditions: &[&str]) -> Value {
    let conditions: Vec<Value> = conditions.iter().map(|it| condition(it)).collect();
    json!({ "kind": kind, "metadata": { "generation": 2 }, "status": { "conditions": conditions } })
}

fn release(conditions: &[&str]) -> Value {
    object("HelmRelease", conditions)
}

const FULFILLING: &str = "Reconciling True Progressing Fulfilling prerequisites";
const UNKNOWN: &str = "Ready Unknown Progressing Fulfilling prerequisites";
const RELEASED: &str = "Released True InstallSucceeded Helm install succeeded";
const FAILED: &str =
    "Released False InstallFailed Helm install failed for release a/b:\n\t* bad values";
const WAITING: &str =
    "Ready False SourceNotReady HelmChart 'flux-system/a' is not ready: no artifact";

#[test]
fn a_release_by_what_helm_says() {
    let cases: [(&[&str], &str); 12] = [
        (&[], "Progressing NotObserved: Flux has not processed it yet."),
        (&[FULFILLING, UNKNOWN], "Progressing Releasing: Fulfilling prerequisites"),
        (
            &[
                "Reconciling True Progressing Running 'install' action with timeout of 5m0s",
                UNKNOWN,
            ],
            "Progressing Releasing: Running 'install' action with timeout of 5m0s",
        ),
        (
            &["Ready True InstallSucceeded fine", RELEASED],
            "Healthy Running: Helm has installed it.",
        ),
        (&["Ready True UpgradeSucceeded fine"], "Healthy Running: Helm has installed it."),
        // Flux looks again at every interval.
        (&[FULFILLING, UNKNOWN, RELEASED], "Healthy Running: Helm has installed it."),
        // A failure stays one while it is tried again.
        (
            &[FULFILLING, UNKNOWN, FAILED],
            "Degraded InstallFailed: Helm install failed for release a/b: * bad values",
        ),
        (
            &[
                "Ready False UninstallSucceeded remediated",
                "Remediated True UninstallSucceeded x",
                FAILED,
            ],
            "Degraded InstallFailed: Helm install failed for release a/b: * bad values",
        ),
        (
            &["Ready False ValuesError could not find Secret", FULFILLING],
            "Degraded ValuesError: could not find Secret",
        ),
        (
            &["Ready False TestFailed Helm test failed", RELEASED],
            "Degraded TestFailed: Helm test failed",
        ),
        (
            &["Stalled True RetriesExceeded Failed to install after 4 attempt(s)", UNKNOWN],
            "Degraded ReleaseFailed: Failed to install after 4 attempt(s)",
        ),
        (&["Ready False SomethingNew nobody knows it"], "Degraded ReleaseFailed: nobody knows it"),
    ];
    for (conditions, expected) in cases {
        check(&release(conditions), &[], expected);
    }
}

#[test]
fn every_failure_of_helm_keeps_its_reason() {
    for reason in FAILURES {
        let ready = format!("Ready False {reason} why");
        check(&release(&[&ready]), &[], &format!("Degraded {reason}: why"));
    }
}

#[test]
fn what_is_said_of_an_older_description_does_not_count() {
    let mut edited = release(&["Ready True InstallSucceeded fine", FAILED]);
    edited["metadata"]["generation"] = 3.into();
    check(&edited, &[], "Progressing NotObserved: Flux has not processed it yet.");
}

#[test]
fn a_release_that_waits_tells_why_its_chart_does_not_come() {
    let waits = release(&[WAITING]);
    let progress = "Progressing Releasing: HelmChart 'flux-system/a' is not ready: no artifact";
    let fetching = object("HelmRepository", &["Reconciling True Progressing x", UNKNOWN]);
    let chart = object("HelmChart", &["FetchFailed True NoSourceArtifact no artifact available"]);
    check(&waits, &[fetching.clone(), chart.clone()], progress);
    let mut other = object("GitRepository", &["FetchFailed True GitOperationFailed old"]);
    other["metadata"]["generation"] = 3.into();
    check(&waits, &[other, chart.clone()], progress);
    for type_ in SOURCE_FAILURES {
        let failed =
            object("HelmRepository", &[&format!("{type_} True Failed connection refused")]);
        let expected = "Degraded ChartUnavailable: The HelmRepository failed: connection refused";
        check(&waits, &[failed.clone(), chart.clone()], expected);
        // Between two attempts the release says nothing.
        check(&release(&[FULFILLING, UNKNOWN]), &[failed, chart.clone()], expected);
    }
    let none = object("HelmChart", &["FetchFailed True InvalidChartReference no version 9.9.9"]);
    let expected = "Degraded ChartUnavailable: The HelmChart failed: no version 9.9.9";
    check(&waits, &[fetching, none.clone()], expected);
    // What runs does so without its source.
    check(
        &release(&["Ready True InstallSucceeded fine"]),
        &[none],
        "Healthy Running: Helm has installed it.",
    );
}

#[test]
fn one_that_leaves_or_is_suspended() {
    let mut leaving = release(&["Ready True InstallSucceeded fine"]);
    leaving["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
    check(&leaving, &[], "Progressing Terminating: Helm uninstalls it.");
    let mut stuck = release(&["Ready False UninstallFailed a hook failed"]);
    stuck["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
    check(&stuck, &[], "Degraded UninstallFailed: a hook failed");
    let mut suspended = release(&["Ready True InstallSucceeded fine"]);
    suspended["spec"] = json!({ "suspend": true });
    check(&suspended, &[], "Healthy Running: Helm has installed it.");
    let mut suspended = release(&[FAILED]);
    suspended["spec"] = json!({ "suspend": true });
    let expected = "Degraded Suspended: Somebody suspended its HelmRelease before it was ready.";
    check(&suspended, &[], expected);
}

#[test]
fn a_message_shows_no_password_of_a_repository() {
    let failed =
        "FetchFailed True GitOperationFailed cannot clone 'https://ada:secret@git.example/a'";
    let repository = object("GitRepository", &[failed]);
    let expected =
        "Degraded ChartUnavailable: The GitRepository failed: cannot clone 'https://git.example/a'";
    check(&release(&[WAITING]), &[repository], expected);
}
