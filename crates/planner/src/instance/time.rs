//! The time of an environment: when it begins (`ttl.startsAt`), and the warning before its end
//! (`ttl.warnSeconds`).

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use ledger::timestamps;
use resources::{
    DployInstance, DployInstanceStatus, Health, Reason, StartsAt, TemplateRevision, meta,
};

use super::{Step, created, deadline};
use crate::{
    Event,
    conditions::{ends_soon, set_ends_soon},
};

/// The step that begins the time of an environment that has become ready. It moves the deadline by
/// the time that the start took, so extensions before that are kept. `None` when the time began
/// with the launch, or has begun already.
pub(super) fn begin(
    instance: &DployInstance,
    revision: &TemplateRevision,
    health: Health,
    now: Timestamp,
) -> Option<Step> {
    let begins_ready = revision.starts_at == StartsAt::Ready;
    let has_begun = instance
        .metadata
        .annotations
        .as_ref()
        .is_some_and(|annotations| annotations.contains_key(meta::READY_AT));
    if !begins_ready || has_begun || health != Health::Healthy {
        return None;
    }
    let start = now.duration_since(start_began(instance)?).max(SignedDuration::ZERO);
    let expires_at = Time(timestamps::after(deadline(instance)?, start.as_secs()));
    Some(Step::BeginTime { ready_at: now, expires_at })
}

/// When the environment began to start for its owner. `None` for a pool member that was ready when
/// it was claimed.
fn start_began(instance: &DployInstance) -> Option<Timestamp> {
    match timestamps::released_at(instance) {
        None if instance.spec.pooled => None,
        None => created(instance),
        released => released,
    }
}

/// When condition `EndsSoon` becomes true; `None` without a deadline or a warning.
pub(super) fn warns_at(instance: &DployInstance, revision: &TemplateRevision) -> Option<Timestamp> {
    let warn_seconds = revision.warn_seconds;
    let deadline = deadline(instance).filter(|_| warn_seconds > 0)?;
    deadline.checked_sub(SignedDuration::from_secs(warn_seconds)).ok()
}

/// Sets condition `EndsSoon` of an instance whose template asks for the warning.
pub(super) fn set_warning(
    status: &mut DployInstanceStatus,
    instance: &DployInstance,
    revision: &TemplateRevision,
    now: Timestamp,
) {
    if let (Some(warns_at), Some(deadline)) = (warns_at(instance, revision), deadline(instance)) {
        let generation = instance.metadata.generation;
        set_ends_soon(&mut status.conditions, warns_at <= now, deadline, generation, now);
    }
}

/// The Event of a condition `EndsSoon` that becomes true.
pub(super) fn warning(instance: &DployInstance, status: &DployInstanceStatus) -> Option<Event> {
    let warned = instance.status.as_ref().is_some_and(|before| ends_soon(&before.conditions));
    let message = status
        .conditions
        .iter()
        .find(|it| it.type_ == meta::ENDS_SOON_CONDITION && it.status == "True")
        .map(|it| it.message.clone())
        .filter(|_| !warned)?;
    Some(Event { is_warning: false, reason: Reason::EndsSoon, message })
}
