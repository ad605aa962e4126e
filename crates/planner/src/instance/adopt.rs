//! Completes an instance that kubectl or an older Dploy created: uuid, resolved template, deadline,
//! finalizer.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use ledger::timestamps;
use resources::{DployInstance, Reason};

use super::{Adoption, Drafted, Observed, Step, Verdict, created, running};
use crate::{Ready, metadata};

/// Completes the instance; `None` when it is complete.
pub(super) fn decide(
    instance: &DployInstance,
    observed: &Observed,
    drafted: &Drafted,
    now: Timestamp,
) -> Option<Verdict> {
    let by_hand = instance.spec.uuid.is_none() || instance.spec.resolved.is_none();
    if !by_hand {
        let finalized = metadata::has_our_finalizer(&instance.metadata);
        return (!finalized).then(|| Verdict::only(Step::Adopt(Box::default())));
    }
    if instance.spec.resolved.is_none() && drafted.resolved.is_none() {
        let message = format!("There is no template {:?}.", instance.spec.template_ref);
        let ready = Ready::no(Reason::TemplateNotFound, message);
        return Some(Verdict::show(running::failed(instance, ready, now), None));
    }
    Some(Verdict::only(Step::Adopt(Box::new(adoption(instance, observed, drafted)))))
}

fn adoption(instance: &DployInstance, observed: &Observed, drafted: &Drafted) -> Adoption {
    let known = instance.status.as_ref().and_then(|status| status.uuid.clone());
    let uuid =
        instance.spec.uuid.is_none().then(|| known.unwrap_or_else(|| observed.fresh.uuid.clone()));
    let missing = instance.spec.resolved.is_none();
    let resolved = drafted.resolved.clone().filter(|_| missing);
    let ttl = resolved.as_ref().or(instance.spec.resolved.as_ref()).map(|it| it.ttl_seconds);
    let ttl = instance.spec.ttl_seconds.or(ttl).filter(|seconds| *seconds >= 0);
    let unclaimed = instance.spec.pooled && instance.spec.owner.is_empty();
    let begins_later = unclaimed || instance.spec.queued;
    let expires_at = (instance.spec.expires_at.is_none() && !begins_later)
        .then(|| Some(Time(timestamps::after(created(instance)?, ttl?))))
        .flatten();
    Adoption { by_hand: true, uuid, resolved, expires_at }
}
