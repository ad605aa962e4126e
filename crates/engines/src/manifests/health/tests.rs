use resources::Health;
use serde_json::json;

use super::*;

#[track_caller]
fn check(group: &str, kind: &str, object: &Value, expected: &str) {
    let State { health, reason, message } = of(group, kind, object);
    assert_eq!(format!("{health:?} {reason}: {message}"), expected, "{object:#}");
}

fn condition(type_: &str, status: &str, message: &str) -> Value {
    json!({ "type": type_, "status": status, "message": message })
}

#[test]
fn any_object_that_leaves_or_was_not_processed_makes_progress() {
    let ended = json!({ "metadata": { "deletionTimestamp": "2026-01-01T00:00:00Z" } });
    check("", "ConfigMap", &ended, "Progressing Terminating: It is being deleted.");
    let old = json!({ "metadata": { "generation": 2 }, "status": { "observedGeneration": 1 } });
    let expected = "Progressing NotObserved: Its controller has not processed it yet.";
    check("apps", "Deployment", &old, expected);
}

#[test]
fn a_deployment_by_its_replicas_and_its_rollout() {
    let deployment = |status: Value| json!({ "spec": { "replicas": 2 }, "status": status });
    let cases = [
        (json!({}), "Progressing RollingOut: 0 of 2 replicas are updated."),
        (
            json!({ "observedGeneration": 1, "replicas": 3, "updatedReplicas": 2 }),
            "Progressing RollingOut: 1 old replicas still run.",
        ),
        (
            json!({ "observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 1 }),
            "Progressing Starting: 1 of 2 replicas are available.",
        ),
        (
            json!({ "observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2 }),
            "Healthy Running: All replicas are ready.",
        ),
        (
            json!({ "conditions": [condition("Progressing", "False", "deadline exceeded")] }),
            "Degraded RolloutStuck: deadline exceeded",
        ),
        (
            json!({ "conditions": [condition("ReplicaFailure", "True", "exceeded quota")] }),
            "Degraded ReplicaFailure: exceeded quota",
        ),
    ];
    for (status, expected) in cases {
        check("apps", "Deployment", &deployment(status), expected);
    }
    let none = json!({ "spec": { "replicas": 0 }, "status": { "observedGeneration": 1 } });
    check("apps", "Deployment", &none, "Healthy Running: All replicas are ready.");
}

#[test]
fn a_stateful_set_by_its_revisions_and_its_partition() {
    let stateful_set = |partition: i64, ready: i64, updated: i64| {
        json!({
            "spec": { "replicas": 3, "updateStrategy": { "rollingUpdate": { "partition": partition } } },
            "status": {
                "observedGeneration": 1, "readyReplicas": ready, "updatedReplicas": updated,
                "currentRevision": "a", "updateRevision": "b",
            },
        })
    };
    let cases = [
        (stateful_set(0, 1, 3), "Progressing Starting: 1 of 3 replicas are ready."),
        (stateful_set(0, 3, 1), "Progressing RollingOut: 1 of 3 replicas are updated."),
        (stateful_set(2, 3, 1), "Healthy Running: All replicas are ready."),
        (json!({}), "Progressing RollingOut: 0 of 1 replicas are started."),
    ];
    for (object, expected) in cases {
        check("apps", "StatefulSet", &object, expected);
    }
}

#[test]
fn a_daemon_set_by_its_nodes() {
    let daemon_set = |updated: i64, available: i64| {
        json!({ "status": {
            "observedGeneration": 1, "desiredNumberScheduled": 2,
            "updatedNumberScheduled": updated, "numberAvailable": available,
        } })
    };
    let cases = [
        (json!({}), "Progressing RollingOut: Its pods have not been counted yet."),
        (daemon_set(1, 2), "Progressing RollingOut: 1 of 2 replicas are updated."),
        (daemon_set(2, 1), "Progressing Starting: 1 of 2 replicas are available."),
        (daemon_set(2, 2), "Healthy Running: All replicas are ready."),
    ];
    for (object, expected) in cases {
        check("apps", "DaemonSet", &object, expected);
    }
}

#[test]
fn a_job_by_its_end() {
    let job = |type_: &str| json!({ "status": { "conditions": [condition(type_, "True", "")] } });
    check("batch", "Job", &json!({}), "Progressing JobRunning: It has not completed yet.");
    check("batch", "Job", &job("Suspended"), "Progressing JobSuspended: It is suspended.");
    check("batch", "Job", &job("Failed"), "Degraded JobFailed: It failed.");
    check("batch", "Job", &job("Complete"), "Healthy Running: It is complete.");
}

#[test]
fn only_a_job_may_go_by_itself() {
    assert_eq!(of_missing("batch", "Job").map(|it| it.health), Some(Health::Healthy));
    assert_eq!(of_missing("apps", "Deployment"), None);
}

#[test]
fn a_pod_by_its_phase_and_its_containers() {
    let waits = |reason: &str| {
        json!({ "status": { "phase": "Pending", "containerStatuses": [
            { "name": "web", "state": { "waiting": { "reason": reason, "message": "no such image" } } },
        ] } })
    };
    let running = |ready: &str| json!({ "status": { "phase": "Running", "conditions": [condition("Ready", ready, "")] } });
    let unscheduled = json!({ "status": {
        "phase": "Pending", "conditions": [condition("PodScheduled", "False", "0/1 nodes fit")],
    } });
    let failed = json!({ "status": { "phase": "Failed", "reason": "Evicted" } });
    let cases = [
        (waits("ContainerCreating"), "Progressing PodStarting: It is being started."),
        (
            waits("ErrImagePull"),
            "Degraded ContainerStuck: Container web: ErrImagePull. no such image",
        ),
        (unscheduled, "Progressing PodStarting: 0/1 nodes fit"),
        (running("False"), "Progressing PodStarting: It is not ready yet."),
        (running("True"), "Healthy Running: It is ready."),
        (failed, "Degraded PodFailed: Evicted"),
        (json!({ "status": { "phase": "Succeeded" } }), "Healthy Running: It ran to its end."),
    ];
    for (object, expected) in cases {
        check("", "Pod", &object, expected);
    }
}

#[test]
fn a_volume_claim_by_its_phase() {
    let claim = |phase: &str| json!({ "status": { "phase": phase } });
    let kind = "PersistentVolumeClaim";
    check("", kind, &claim("Pending"), "Progressing VolumePending: It waits for a volume.");
    check("", kind, &claim("Lost"), "Degraded VolumeLost: Its volume is lost.");
    check("", kind, &claim("Bound"), "Healthy Running: It is bound.");
}

#[test]
fn a_service_and_an_ingress_by_their_addresses() {
    let address = json!({ "loadBalancer": { "ingress": [{ "ip": "192.0.2.1" }] } });
    let balanced = json!({ "spec": { "type": "LoadBalancer" } });
    check("", "Service", &json!({}), "Healthy Running: It exists.");
    let expected = "Progressing AddressPending: It waits for an address of the load balancer.";
    check("", "Service", &balanced, expected);
    let given = json!({ "spec": { "type": "LoadBalancer" }, "status": address });
    check("", "Service", &given, "Healthy Running: It exists.");
    let expected = "Progressing AddressPending: No ingress controller has given it an address yet.";
    check("networking.k8s.io", "Ingress", &json!({}), expected);
    let given = json!({ "status": address });
    check("networking.k8s.io", "Ingress", &given, "Healthy Running: It has an address.");
}

#[test]
fn anything_else_by_its_conditions() {
    let object = |type_: &str, status: &str| json!({ "status": { "conditions": [condition(type_, status, "so it is")] } });
    let cases = [
        (json!({}), "Healthy Running: It exists."),
        (object("Ready", "True"), "Healthy Running: It exists."),
        (object("Ready", "False"), "Progressing NotReady: so it is"),
        (object("Ready", "Unknown"), "Progressing NotReady: so it is"),
        (object("Available", "False"), "Progressing NotReady: so it is"),
        (object("Reconciling", "True"), "Progressing Reconciling: so it is"),
        (object("Stalled", "True"), "Degraded Stalled: so it is"),
        (object("Failed", "True"), "Degraded Failed: so it is"),
    ];
    for (object, expected) in cases {
        check("example.org", "Widget", &object, expected);
    }
}
