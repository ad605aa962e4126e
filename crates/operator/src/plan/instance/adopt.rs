//! An instance that kubectl or an older Dploy made is completed: uuid, resolved template, deadline, finalizer.

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::ResourceExt;
use resources::{DployInstance, meta};

use super::{Adoption, Sighting, Step, Verdict, created, life};
use crate::plan::{Ready, after};

/// What the instance lacks; `None` when it is complete.
pub(super) fn missing(
    instance: &DployInstance,
    seen: &Sighting,
    now: Timestamp,
) -> Option<Verdict> {
    let finalized = instance.finalizers().iter().any(|it| it == meta::FINALIZER);
    let by_hand = instance.spec.uuid.is_none() || instance.spec.resolved.is_none();
    if finalized && !by_hand {
        return None;
    }
    if !by_hand {
        return Some(Verdict::only(Step::Adopt(Box::default())));
    }
    if instance.spec.resolved.is_none() && seen.template.is_none() {
        let message = format!("There is no template {:?}.", instance.spec.template_ref);
        let ready = Ready::no("TemplateNotFound", message);
        let picture = Some(life::failed(instance, ready, now));
        return Some(Verdict { steps: Vec::new(), picture, look_again: None });
    }
    Some(Verdict::only(Step::Adopt(Box::new(adoption(instance, seen)))))
}

fn adoption(instance: &DployInstance, seen: &Sighting) -> Adoption {
    let known = instance.status.as_ref().and_then(|status| status.uuid.clone());
    let uuid =
        instance.spec.uuid.is_none().then(|| known.unwrap_or_else(|| seen.fresh.uuid.clone()));
    let resolved = instance.spec.resolved.is_none().then_some(seen.template.as_ref()).flatten();
    let resolved = resolved.map(|template| {
        let seed = seen.fresh.seed.clone();
        rendering::resolve(template, seen.config.as_deref(), seen.defaults, seed)
    });
    let ttl = resolved.as_ref().or(instance.spec.resolved.as_ref()).map(|it| it.ttl_seconds);
    let ttl = instance.spec.ttl_seconds.or(ttl).filter(|seconds| *seconds >= 0);
    let waits = instance.spec.pooled && instance.spec.owner.is_empty();
    let expires_at = (instance.spec.expires_at.is_none() && !waits)
        .then(|| Some(Time(after(created(instance)?, SignedDuration::from_secs(ttl?)))))
        .flatten();
    Adoption { by_hand: true, uuid, resolved, expires_at }
}
