use super::*;

const FAILED: &str =
    "one or more objects failed to apply, reason: bad values. Retrying attempt #1.";
const SYNCED: &str = "Healthy Running: Argo CD has synced it.";

#[track_caller]
fn check(application: &Value, expected: &str) {
    let State { health, reason, message } = of(application);
    assert_eq!(format!("{health:?} {reason}: {message}"), expected, "{application:#}");
}

/// One that was compared as it is described now.
fn application(sync: &str, health: &str, operation: Value) -> Value {
    let compared = json!({ "source": { "chart": "web" }, "destination": { "server": "here" } });
    let mut application = json!({
        "spec": compared,
        "status": {
            "sync": { "status": sync, "comparedTo": compared },
            "health": { "status": health },
        },
    });
    if !operation.is_null() {
        application["status"]["operationState"] = operation;
    }
    application
}

fn operation(phase: &str, message: &str, retries: u32) -> Value {
    json!({
        "phase": phase, "message": message, "retryCount": retries,
        "syncResult": { "source": { "chart": "web" } },
    })
}

fn troubled(mut application: Value, type_: &str, message: &str) -> Value {
    application["status"]["conditions"] = json!([{ "type": type_, "message": message }]);
    application
}

#[test]
fn one_that_argo_cd_has_not_compared_yet() {
    let new = "Progressing NotObserved: Argo CD has not processed it yet.";
    check(&json!({ "spec": { "source": {}, "destination": {} } }), new);
    let mut edited = application("Synced", "Healthy", operation("Succeeded", "", 0));
    edited["spec"]["source"]["chart"] = "mail".into();
    check(&edited, new);
    let unsynced = "Progressing NotObserved: Argo CD has not compared it yet.";
    check(&application("", "", Value::Null), unsynced);
}

#[test]
fn every_sync_and_health_state() {
    let cases = [
        ("Synced", "Healthy", SYNCED),
        ("Synced", "Progressing", "Progressing Starting: Its health is Progressing."),
        ("Synced", "Missing", "Progressing Starting: Its health is Progressing."),
        ("Synced", "Degraded", "Degraded Degraded: Its health is Degraded."),
        ("Synced", "Suspended", "Progressing Suspended: Its health is Suspended."),
        ("Synced", "Unknown", "Degraded HealthUnknown: Its health is Unknown."),
        (
            "OutOfSync",
            "Healthy",
            "Healthy Running: Argo CD has synced it; something differs again.",
        ),
        ("OutOfSync", "Missing", "Progressing OutOfSync: Argo CD is about to sync it."),
        ("OutOfSync", "Progressing", "Progressing OutOfSync: Argo CD is about to sync it."),
        ("OutOfSync", "Degraded", "Degraded Degraded: Its health is Degraded."),
        ("OutOfSync", "Suspended", "Progressing OutOfSync: Argo CD is about to sync it."),
        ("OutOfSync", "Unknown", "Degraded HealthUnknown: Its health is Unknown."),
        ("Unknown", "Healthy", "Degraded SyncUnknown: Argo CD cannot compare it."),
        ("Unknown", "Unknown", "Degraded SyncUnknown: Argo CD cannot compare it."),
    ];
    for (sync, health, expected) in cases {
        check(&application(sync, health, operation("Succeeded", "fine", 0)), expected);
    }
    let never = application("OutOfSync", "Healthy", Value::Null);
    check(&never, "Progressing OutOfSync: Argo CD is about to sync it.");
}

#[test]
fn every_phase_of_an_operation() {
    let cases = [
        (operation("Running", "", 0), "Progressing Syncing: Argo CD syncs it."),
        (
            operation("Running", "waiting for healthy state of apps/Deployment/web", 0),
            "Progressing Syncing: waiting for healthy state of apps/Deployment/web",
        ),
        (operation("Running", FAILED, 1), &*format!("Degraded SyncFailed: {FAILED}")),
        (operation("Terminating", "", 0), "Progressing SyncEnding: Argo CD ends the sync."),
        (operation("Failed", "bad\n values", 2), "Degraded SyncFailed: bad values"),
        (operation("Error", "no such project", 0), "Degraded SyncError: no such project"),
        (operation("Succeeded", "successfully synced", 0), SYNCED),
    ];
    for (operation, expected) in cases {
        check(&application("Synced", "Healthy", operation), expected);
    }
}

#[test]
fn a_failure_keeps_its_words_while_the_next_attempt_runs() {
    let mut again = operation("Running", "Retrying operation. Attempt #1", 1);
    again["syncResult"]["resources"] = json!([
        { "status": "Synced", "message": "service/web unchanged" },
        { "status": "SyncFailed", "message": "cannot unmarshal string" },
    ]);
    let expected = "Degraded SyncFailed: cannot unmarshal string";
    check(&application("OutOfSync", "Missing", again), expected);
    let again = operation("Running", "Retrying operation. Attempt #1", 1);
    let expected = "Degraded SyncFailed: Retrying operation. Attempt #1";
    check(&application("OutOfSync", "Missing", again), expected);
}

#[test]
fn the_failure_of_an_older_source_does_not_count() {
    let mut old = operation("Failed", "bad values", 2);
    old["syncResult"]["source"] = json!({ "chart": "old" });
    let expected = "Progressing OutOfSync: Argo CD is about to sync it.";
    check(&application("OutOfSync", "Missing", old), expected);
}

#[test]
fn every_error_of_argo_cd_is_told() {
    for type_ in ERRORS {
        let unsynced =
            troubled(application("Unknown", "Healthy", Value::Null), type_.as_str(), "helm: why");
        check(&unsynced, &format!("Degraded {type_}: helm: why"));
    }
    let warned = application("Synced", "Healthy", operation("Succeeded", "", 0));
    for type_ in ["SharedResourceWarning", "RepeatedResourceWarning", "OrphanedResourceWarning"] {
        check(&troubled(warned.clone(), type_, "why"), SYNCED);
    }
    let unreachable = application("Unknown", "Healthy", operation("Succeeded", "", 0));
    check(&troubled(unreachable, "ComparisonError", "connection refused"), SYNCED);
    let failed = application("OutOfSync", "Missing", operation("Failed", "bad values", 2));
    let failed = troubled(failed, "SyncError", "Failed last sync attempt to [1]: bad values");
    check(&failed, "Degraded SyncError: bad values");
}

#[test]
fn one_that_leaves() {
    let mut leaving = application("Synced", "Healthy", Value::Null);
    leaving["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
    check(&leaving, "Progressing Terminating: Argo CD deletes it.");
    let stuck = troubled(leaving, "DeletionError", "the cluster does not answer");
    check(&stuck, "Degraded DeletionError: the cluster does not answer");
}

#[test]
fn an_object_that_ails_is_named_where_argo_cd_tells() {
    let mut ailing = application("Synced", "Degraded", operation("Succeeded", "", 0));
    ailing["status"]["resources"] = json!([
        { "kind": "Service", "name": "web", "health": { "status": "Healthy" } },
        { "kind": "Deployment", "name": "web", "health": { "status": "Degraded", "message": "stuck" } },
    ]);
    check(&ailing, "Degraded Degraded: Deployment web: stuck");
}

#[test]
fn a_sync_that_is_under_way_is_ended() {
    let mut running = application("OutOfSync", "Missing", operation("Running", "", 1));
    assert_eq!(end_of_sync(&running), None, "none was asked for");
    running["operation"] = json!({ "sync": {} });
    let end = json!({ "status": { "operationState": { "phase": "Terminating" } } });
    assert_eq!(end_of_sync(&running), Some(end));
    running["status"]["operationState"]["phase"] = "Terminating".into();
    assert_eq!(end_of_sync(&running), None, "it ends already");
    running["status"]["operationState"]["phase"] = "Succeeded".into();
    assert_eq!(end_of_sync(&running), Some(json!({ "operation": null })), "it was not begun");
}

#[test]
fn a_touch_is_a_change_whatever_is_there() {
    let mut quiet = application("Synced", "Healthy", Value::Null);
    let annotations = |value: Value| json!({ "metadata": { "annotations": { "argocd.argoproj.io/refresh": value } } });
    assert_eq!(touch(&quiet), annotations("normal".into()));
    quiet["metadata"]["annotations"] = json!({ "argocd.argoproj.io/refresh": "normal" });
    assert_eq!(touch(&quiet), annotations(Value::Null));
}
