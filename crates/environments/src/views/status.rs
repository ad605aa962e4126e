use jiff::Timestamp;
use resources::{DployInstance, Health, Phase};
use wire::Status;

use crate::ledger::standing::{is_leaving, is_past_deadline};

/// The state of an environment as its owner sees it (CONTRACT, "Phase → status").
pub(crate) fn status(instance: &DployInstance, now: Timestamp) -> Status {
    if is_leaving(instance) || is_past_deadline(instance, now) {
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

/// Why it is not running, in a sentence for its owner; empty when there is nothing to say.
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
