//! The status of an environment.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use ledger::standing::{is_deleting, is_past_deadline};
use resources::{
    DployInstance, Health, Phase,
    meta::{ENDS_SOON_CONDITION, READY_CONDITION},
};
use wire::Status;

use super::cause::sentence;

/// The status of an environment as its owner sees it (docs/contract.md, "Status").
pub(crate) fn status(instance: &DployInstance, now: Timestamp) -> Status {
    if is_deleting(instance) || is_past_deadline(instance, now) {
        return Status::Deleting;
    }
    let reported = instance.status.as_ref();
    match reported.and_then(|status| status.phase) {
        Some(Phase::Ready | Phase::Claimed | Phase::Available) => {
            health(reported.and_then(|status| status.health))
        }
        Some(Phase::Provisioning) => Status::Progressing,
        Some(Phase::Failed) => Status::Degraded,
        Some(Phase::Expiring) => Status::Deleting,
        Some(Phase::Pending) | None => Status::Pending,
    }
}

const fn health(health: Option<Health>) -> Status {
    match health {
        Some(Health::Healthy) | None => Status::Healthy,
        Some(Health::Progressing) => Status::Progressing,
        Some(Health::Degraded) => Status::Degraded,
    }
}

/// The reason of the `Ready` condition while it is not true, with a sentence for the owner; empty
/// otherwise.
pub(crate) fn cause(instance: &DployInstance) -> (String, String) {
    condition(instance, READY_CONDITION)
        .filter(|condition| condition.status != "True")
        .map(|condition| (condition.reason.clone(), sentence(&condition.reason).to_owned()))
        .unwrap_or_default()
}

/// Whether condition `EndsSoon` is true.
pub(crate) fn ends_soon(instance: &DployInstance) -> bool {
    condition(instance, ENDS_SOON_CONDITION).is_some_and(|condition| condition.status == "True")
}

fn condition<'a>(instance: &'a DployInstance, type_: &str) -> Option<&'a Condition> {
    instance.status.as_ref()?.conditions.iter().find(|condition| condition.type_ == type_)
}

#[cfg(test)]
mod tests;
