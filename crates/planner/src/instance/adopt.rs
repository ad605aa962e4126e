//! Completes an instance that kubectl created: uuid, revision, seed, deadline, finalizer.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use ledger::{order::Origin, timestamps};
use resources::{DployInstance, Reason};

use super::{Adoption, Current, Observed, Step, Verdict, created, running};
use crate::{Ready, metadata};

/// Completes the instance; `None` when it is complete.
pub(super) fn decide(
    instance: &DployInstance,
    observed: &Observed,
    now: Timestamp,
) -> Option<Verdict> {
    let by_hand = instance.spec.uuid.is_none() || instance.spec.revision.is_none();
    if !by_hand {
        let finalized = metadata::has_our_finalizer(&instance.metadata);
        return (!finalized).then(|| Verdict::only(Step::Adopt(Box::default())));
    }
    let origin = match &observed.current {
        _ if instance.spec.revision.is_some() => None,
        Current::Written(origin) => Some(origin),
        // The template's status names the revision once it is written. That wakes the instance.
        Current::Unwritten => return Some(Verdict::wait(None)),
        Current::NoTemplate => {
            let message = format!("There is no template {:?}.", instance.spec.template_ref);
            let ready = Ready::no(Reason::TemplateNotFound, message);
            return Some(Verdict::show(running::failed(instance, None, ready, now), None));
        }
    };
    Some(Verdict::only(Step::Adopt(Box::new(adoption(instance, observed, origin)))))
}

fn adoption(instance: &DployInstance, observed: &Observed, origin: Option<&Origin>) -> Adoption {
    let known = instance.status.as_ref().and_then(|status| status.uuid.clone());
    let uuid =
        instance.spec.uuid.is_none().then(|| known.unwrap_or_else(|| observed.fresh_uuid.clone()));
    let ttl = instance.spec.ttl_seconds.or(origin.map(|it| it.ttl_seconds));
    let unclaimed = instance.spec.pooled && instance.spec.owner.is_empty();
    let begins_later = unclaimed || instance.spec.queued;
    let expires_at = (instance.spec.expires_at.is_none() && !begins_later)
        .then(|| Some(Time(timestamps::after(created(instance)?, ttl.filter(|it| *it >= 0)?))))
        .flatten();
    Adoption {
        by_hand: true,
        uuid,
        revision: origin.map(|it| it.revision.clone()),
        seed: origin.filter(|_| instance.spec.seed.is_none()).map(|it| it.seed.clone()),
        ttl_seconds: ttl.filter(|_| instance.spec.ttl_seconds.is_none()),
        expires_at,
    }
}
