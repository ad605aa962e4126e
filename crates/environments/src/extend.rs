//! Extend: deadline and count in one patch, on exactly the version that they were computed from
//! (docs/ledger.md, "Extend").

use kube::ResourceExt;
use ledger::{
    extend::{ExtendLimits, ExtendStep, Extension, decide, was_extended_by},
    seats::SeatKey,
    timestamps,
};
use resources::{DployInstance, LaunchDefaults};
use tracing::{info, instrument};
use wire::Extended;

use crate::{
    Caller, Refusal,
    allowances::Allowance,
    audited::{note_instance, note_owner},
    ledger_read::living,
    own_effect::{Effect, or_own_effect},
    owners::{Owner, Owners},
    ports::{Ports, Reads},
};

/// Moves the deadline of the caller's environment.
#[instrument(skip(ports, caller))]
pub(crate) async fn extend(
    ports: Ports<'_>,
    caller: &Caller,
    template: &str,
) -> Result<Extended, Refusal> {
    ports.reads.filled().await?;
    let key = SeatKey::of_template(template);
    let allowance = ports.allowances.of(caller);
    for owner in Owners::of(ports).candidates(caller, &key).await? {
        let _turn = ports.contention.turns.wait(&owner.key).await;
        note_owner(&owner.key);
        if let Some(extended) = extend_owned(ports, &allowance, &owner, &key).await? {
            info!(owner = owner.key, count = extended.extend_count, "extended an environment");
            return Ok(extended);
        }
    }
    Err(Refusal::NotFound(template.to_owned()))
}

/// `None` when no environment of the owner lives.
async fn extend_owned(
    ports: Ports<'_>,
    allowance: &Allowance<'_>,
    owner: &Owner,
    key: &SeatKey,
) -> Result<Option<Extended>, Refusal> {
    let mut attempts = ports.attempts();
    let id = ports.reads.world.random_hex::<8>();
    loop {
        // Who waits in a queue has no environment yet.
        let living = living(ports.reads, owner, key).await?.filter(|it| !it.spec.queued);
        let Some(instance) = living else { return Ok(None) };
        note_instance(&instance);
        let limits = extend_limits(ports.reads, &instance);
        let extension = extension(&instance, limits)?;
        allowance.take()?;
        let patched = ports.writes.patch(&instance, extension.patch(&instance, &id)).await;
        let own_extension = async {
            let live = ports.reads.live.instance(&instance.name_any()).await?;
            // An environment that is gone does not show any more whether it was extended.
            let Some(live) = live else { return Ok(Effect::Open) };
            Ok(Effect::on(&instance, Some(live), |live| was_extended_by(live, &id)))
        };
        if or_own_effect(patched, own_extension).await?.is_some() {
            return Ok(Some(Extended {
                expires_at: timestamps::text(extension.deadline),
                extend_count: extension.count,
                max_extends: limits.max_extends,
            }));
        }
        attempts.again().await?;
    }
}

fn extension(instance: &DployInstance, limits: ExtendLimits) -> Result<Extension, Refusal> {
    match decide(instance, limits) {
        ExtendStep::Extend(extension) => Ok(extension),
        ExtendStep::HasNoDeadline => Err(Refusal::UnlimitedTtl),
        ExtendStep::LimitReached(limit) => Err(Refusal::ExtensionsUsedUp(limit)),
    }
}

/// The limits of the instance's revision, or the template's limits today for an instance without a
/// revision.
pub(crate) fn extend_limits(reads: &Reads, instance: &DployInstance) -> ExtendLimits {
    if let Some(revision) = reads.cache.revision_of(instance) {
        return ExtendLimits {
            extend_seconds: revision.extend_seconds,
            max_extends: revision.max_extends,
        };
    }
    let template = reads.cache.templates.get(&instance.spec.template_ref);
    let template = template.as_ref().map(|template| &template.spec);
    let LaunchDefaults { extend_seconds, max_extends, .. } = reads.launch_defaults(template, None);
    ExtendLimits { extend_seconds, max_extends }
}
