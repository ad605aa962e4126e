//! The health of an object, by the rules of its kind: pure functions of the object.

use kube::api::DynamicObject;
use resources::{ObjectAddress, Reason};
use serde_json::Value;

use crate::{
    EngineError,
    state::{Object, State},
};

/// The reasons for which a container waits that do not pass by themselves.
const STUCK: [&str; 8] = [
    "CrashLoopBackOff",
    "CreateContainerConfigError",
    "CreateContainerError",
    "ErrImageNeverPull",
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "RunContainerError",
];

/// The conditions by which kinds report their readiness.
const READY: [&str; 3] = ["Ready", "Available", "Established"];

/// The health of the object. An object whose controller has not processed the present generation is
/// progressing.
pub(super) fn of(group: &str, kind: &str, object: &Value) -> State {
    let object = Object(object);
    if object.has("/metadata/deletionTimestamp") {
        return State::progressing(Reason::Terminating, "It is being deleted.");
    }
    if is_outdated(object) {
        return State::progressing(Reason::NotObserved, "Its controller has not processed it yet.");
    }
    match (group, kind) {
        ("apps", "Deployment") => deployment(object),
        ("apps", "StatefulSet") => stateful_set(object),
        ("apps", "DaemonSet") => daemon_set(object),
        ("batch", "Job") => job(object),
        ("", "Pod") => pod(object),
        ("", "PersistentVolumeClaim") => volume_claim(object),
        ("", "Service") => service(object),
        ("networking.k8s.io", "Ingress") => ingress(object),
        _ => by_conditions(object),
    }
}

/// The health of an object as the API server returned it.
pub(super) fn of_found(
    address: &ObjectAddress,
    found: &DynamicObject,
) -> Result<State, EngineError> {
    let value = serde_json::to_value(found);
    let value = value.map_err(|cause| EngineError::world(format!("read {address}"), cause))?;
    Ok(of(address.group(), &address.kind, &value))
}

/// The health of a placed object that is missing; `None` if it should be placed again. A finished
/// Job is deleted after
/// `ttlSecondsAfterFinished`, and must not run twice.
pub(super) fn of_missing(group: &str, kind: &str) -> Option<State> {
    ((group, kind) == ("batch", "Job")).then(|| State::healthy("It ran and was removed."))
}

fn deployment(object: Object<'_>) -> State {
    if let Some(why) = object.condition("Progressing").filter(|it| it.is("False")) {
        return State::degraded(Reason::RolloutStuck, why.text("The rollout makes no progress."));
    }
    if let Some(why) = object.condition("ReplicaFailure").filter(|it| it.is("True")) {
        return State::degraded(Reason::ReplicaFailure, why.text("Its pods cannot be created."));
    }
    let wanted = object.number("/spec/replicas").unwrap_or(1);
    let count = |path| object.number(path).unwrap_or(0);
    let (all, updated) = (count("/status/replicas"), count("/status/updatedReplicas"));
    if !object.has("/status/observedGeneration") || updated < wanted {
        return rolling(updated, wanted, "updated");
    }
    if all > updated {
        return State::progressing(
            Reason::RollingOut,
            format!("{} old replicas still run.", all - updated),
        );
    }
    counted(count("/status/availableReplicas"), wanted, "available")
}

fn stateful_set(object: Object<'_>) -> State {
    let wanted = object.number("/spec/replicas").unwrap_or(1);
    let count = |path| object.number(path).unwrap_or(0);
    if !object.has("/status/observedGeneration") {
        return rolling(0, wanted, "started");
    }
    let ready = count("/status/readyReplicas");
    if ready < wanted || object.text("/spec/updateStrategy/type") == Some("OnDelete") {
        return counted(ready, wanted, "ready");
    }
    // Pods below the partition keep the old revision.
    let moved = wanted - count("/spec/updateStrategy/rollingUpdate/partition").min(wanted);
    let updated = count("/status/updatedReplicas");
    let is_current =
        object.text("/status/currentRevision") == object.text("/status/updateRevision");
    if !is_current && updated < moved {
        return rolling(updated, moved, "updated");
    }
    counted(ready, wanted, "ready")
}

fn daemon_set(object: Object<'_>) -> State {
    let count = |path| object.number(path).unwrap_or(0);
    let wanted = count("/status/desiredNumberScheduled");
    if !object.has("/status/observedGeneration") {
        return State::progressing(Reason::RollingOut, "Its pods have not been counted yet.");
    }
    let updated = count("/status/updatedNumberScheduled");
    let rolls = object.text("/spec/updateStrategy/type") != Some("OnDelete");
    if rolls && updated < wanted {
        return rolling(updated, wanted, "updated");
    }
    counted(count("/status/numberAvailable"), wanted, "available")
}

fn job(object: Object<'_>) -> State {
    if let Some(why) = object.condition("Failed").filter(|it| it.is("True")) {
        return State::degraded(Reason::JobFailed, why.text("It failed."));
    }
    if object.condition("Complete").is_some_and(|it| it.is("True")) {
        return State::healthy("It is complete.");
    }
    if object.condition("Suspended").is_some_and(|it| it.is("True")) {
        return State::progressing(Reason::JobSuspended, "It is suspended.");
    }
    State::progressing(Reason::JobRunning, "It has not completed yet.")
}

fn pod(object: Object<'_>) -> State {
    if let Some(stuck) = stuck_container(object) {
        return stuck;
    }
    match object.text("/status/phase") {
        Some("Succeeded") => State::healthy("It ran to its end."),
        Some("Failed") => {
            let why = object.text("/status/message").or_else(|| object.text("/status/reason"));
            State::degraded(Reason::PodFailed, why.unwrap_or("It failed.").to_owned())
        }
        Some("Running") => match object.condition("Ready") {
            Some(ready) if ready.is("True") => State::healthy("It is ready."),
            ready => {
                let why = ready.map(|it| it.text("It is not ready yet."));
                State::progressing(
                    Reason::PodStarting,
                    why.unwrap_or_else(|| "It is not ready yet.".into()),
                )
            }
        },
        _ => {
            let unscheduled = object.condition("PodScheduled").filter(|it| it.is("False"));
            let why = unscheduled.map(|it| it.text("No node can run it."));
            State::progressing(
                Reason::PodStarting,
                why.unwrap_or_else(|| "It is being started.".into()),
            )
        }
    }
}

fn stuck_container(object: Object<'_>) -> Option<State> {
    let lists = ["/status/initContainerStatuses", "/status/containerStatuses"];
    let containers = lists.into_iter().flat_map(|list| object.list(list));
    containers.map(Object).find_map(|container| {
        let reason = container.text("/state/waiting/reason").filter(|it| STUCK.contains(it))?;
        let name = container.text("/name").unwrap_or_default();
        let detail = container.text("/state/waiting/message").unwrap_or_default();
        let message = format!("Container {name}: {reason}. {detail}");
        Some(State::degraded(Reason::ContainerStuck, message.trim_end().to_owned()))
    })
}

fn volume_claim(object: Object<'_>) -> State {
    match object.text("/status/phase") {
        Some("Bound") => State::healthy("It is bound."),
        Some("Lost") => State::degraded(Reason::VolumeLost, "Its volume is lost."),
        _ => State::progressing(Reason::VolumePending, "It waits for a volume."),
    }
}

fn service(object: Object<'_>) -> State {
    let balanced = object.text("/spec/type") == Some("LoadBalancer");
    if balanced && object.list("/status/loadBalancer/ingress").is_empty() {
        return State::progressing(
            Reason::AddressPending,
            "It waits for an address of the load balancer.",
        );
    }
    State::healthy("It exists.")
}

fn ingress(object: Object<'_>) -> State {
    if object.list("/status/loadBalancer/ingress").is_empty() {
        return State::progressing(
            Reason::AddressPending,
            "No ingress controller has given it an address yet.",
        );
    }
    State::healthy("It has an address.")
}

/// The conventions of most kinds. An object without conditions is healthy as soon as it exists.
fn by_conditions(object: Object<'_>) -> State {
    if let Some(why) = object.condition("Stalled").filter(|it| it.is("True")) {
        return State::degraded(Reason::Stalled, why.text("It is stalled."));
    }
    if let Some(why) = object.condition("Failed").filter(|it| it.is("True")) {
        return State::degraded(Reason::Failed, why.text("It failed."));
    }
    if let Some(why) = object.condition("Reconciling").filter(|it| it.is("True")) {
        return State::progressing(Reason::Reconciling, why.text("It is being reconciled."));
    }
    let ready = READY.into_iter().find_map(|type_| object.condition(type_));
    match ready {
        Some(ready) if !ready.is("True") => {
            State::progressing(Reason::NotReady, ready.text("It is not ready yet."))
        }
        _ => State::healthy("It exists."),
    }
}

fn is_outdated(object: Object<'_>) -> bool {
    let observed = object.number("/status/observedGeneration");
    let generation = object.number("/metadata/generation");
    observed.zip(generation).is_some_and(|(observed, generation)| observed < generation)
}

fn counted(count: i64, wanted: i64, how: &str) -> State {
    if count < wanted {
        return State::progressing(
            Reason::Starting,
            format!("{count} of {wanted} replicas are {how}."),
        );
    }
    State::healthy("All replicas are ready.")
}

fn rolling(count: i64, wanted: i64, how: &str) -> State {
    State::progressing(Reason::RollingOut, format!("{count} of {wanted} replicas are {how}."))
}

#[cfg(test)]
mod tests;
