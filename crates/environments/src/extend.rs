//! Extend: deadline and count in one patch, on exactly the version that they were computed from
//! (docs/ledger.md, "Extend").

use ledger::{
    extend::{ExtendLimits, ExtendStep, Extension, decide},
    seats::SeatKey,
    timestamps,
};
use resources::{DployInstance, LaunchDefaults};
use tracing::{info, instrument};
use wire::Extended;

use crate::{
    Caller, Refusal,
    ledger_read::living,
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
    for owner in Owners::of(ports).candidates(caller, &key).await? {
        let _turn = ports.contention.turns.wait(&owner.key).await;
        if let Some(extended) = extend_owned(ports, &owner, &key).await? {
            info!(owner = owner.key, count = extended.extend_count, "extended an environment");
            return Ok(extended);
        }
    }
    Err(Refusal::NotFound(template.to_owned()))
}

/// `None` when no environment of the owner lives.
async fn extend_owned(
    ports: Ports<'_>,
    owner: &Owner,
    key: &SeatKey,
) -> Result<Option<Extended>, Refusal> {
    let mut attempts = ports.attempts();
    loop {
        // Who waits in a queue has no environment yet.
        let living = living(ports.reads, owner, key).await?.filter(|it| !it.spec.queued);
        let Some(instance) = living else { return Ok(None) };
        let limits = extend_limits(ports.reads, &instance);
        let extension = extension(&instance, limits)?;
        match ports.writes.patch(&instance, extension.patch()).await {
            Ok(_) => {
                return Ok(Some(Extended {
                    expires_at: timestamps::text(extension.deadline),
                    extend_count: extension.count,
                    max_extends: limits.max_extends,
                }));
            }
            Err(error) if error.is_overtaken() => attempts.again().await?,
            Err(error) => return Err(error.into()),
        }
    }
}

fn extension(instance: &DployInstance, limits: ExtendLimits) -> Result<Extension, Refusal> {
    match decide(instance, limits) {
        ExtendStep::Extend(extension) => Ok(extension),
        ExtendStep::HasNoDeadline => Err(Refusal::UnlimitedTtl),
        ExtendStep::LimitReached(limit) => Err(Refusal::ExtensionsUsedUp(limit)),
    }
}

/// The limits from the instance's launch. For an instance without a resolved template, the
/// template's limits today.
pub(crate) fn extend_limits(reads: &Reads, instance: &DployInstance) -> ExtendLimits {
    if let Some(resolved) = &instance.spec.resolved {
        return ExtendLimits {
            extend_seconds: resolved.extend_seconds,
            max_extends: resolved.max_extends,
        };
    }
    let template = reads.cache.templates.get(&instance.spec.template_ref);
    let template = template.as_ref().map(|template| &template.spec);
    let LaunchDefaults { extend_seconds, max_extends, .. } = reads.launch_defaults(template, None);
    ExtendLimits { extend_seconds, max_extends }
}
