//! Status and Events only: what was found of an instance.

use kube::{ResourceExt, api::PostParams, runtime::events::EventType};
use resources::{DployInstance, DployInstanceStatus, Phase, meta};

use super::carry_out::Held;
use crate::{
    context::Context,
    error::{Doing, ReconcileError},
    plan::{instance::still_held, ready_of},
};

/// Shows the picture, or what holds the instance up. Writes nothing that changes nothing.
pub(super) async fn report(
    context: &Context,
    instance: &DployInstance,
    picture: Option<DployInstanceStatus>,
    held: Held,
    readable: bool,
) -> Result<(), ReconcileError> {
    let leaving = instance.metadata.deletion_timestamp.is_some();
    let held = held.filter(|_| leaving);
    let picture = held.map(|why| still_held(instance, why, context.clock.now())).or(picture);
    let Some(picture) = picture.filter(|it| readable && Some(it) != instance.status.as_ref())
    else {
        return Ok(());
    };
    let mut updated = instance.clone();
    updated.status = Some(picture.clone());
    let params =
        PostParams { field_manager: Some(meta::FIELD_MANAGER.into()), ..PostParams::default() };
    let written = context.api::<DployInstance>();
    let written = written.replace_status(&instance.name_any(), &params, &updated).await;
    written.doing("write the instance's status")?;
    context.launches.shown(instance, &picture, context.clock.now());
    tell(context, instance, &picture).await;
    Ok(())
}

/// Tells people of the turns in an instance's life: another phase, or another word on whether it is ready.
async fn tell(context: &Context, instance: &DployInstance, picture: &DployInstanceStatus) {
    let before = instance.status.as_ref();
    let was_ready = before.and_then(|it| ready_of(&it.conditions)).map(|it| it.status.as_str());
    let turned = picture.phase != before.and_then(|status| status.phase);
    let (Some(phase), Some(ready)) = (picture.phase, ready_of(&picture.conditions)) else { return };
    let dropped = was_ready == Some("True") && ready.status != "True";
    if !turned && !dropped && was_ready == Some(ready.status.as_str()) {
        return;
    }
    let fails = phase == Phase::Failed || (dropped && phase != Phase::Expiring);
    let (type_, reason) = if fails {
        (EventType::Warning, ready.reason.as_str())
    } else {
        (EventType::Normal, phase.as_str())
    };
    context.tell(instance, type_, reason, &ready.message).await;
}
