//! The status of an environment.

use jiff::Timestamp;
use ledger::standing::{is_deleting, is_past_deadline};
use resources::{DployInstance, Health, Phase};
use wire::Status;

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

/// The message of the `Ready` condition while it is not true; empty otherwise.
pub(crate) fn message(instance: &DployInstance) -> String {
    let conditions = instance.status.iter().flat_map(|status| &status.conditions);
    conditions
        .filter(|condition| condition.type_ == "Ready" && condition.status != "True")
        .map(|condition| condition.message.clone())
        .next()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
