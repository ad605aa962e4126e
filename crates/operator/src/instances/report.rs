//! Status and Events only: what was found of an instance.

use kube::{ResourceExt, api::PostParams, runtime::events::EventType};
use resources::{DployInstance, DployInstanceStatus, Phase, meta};

use super::carry_out::Held;
use crate::{
    context::Context,
    error::{Doing, ReconcileError},
    plan::instance::still_held,
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
    let before = instance.status.as_ref().and_then(|status| status.phase);
    let mut updated = instance.clone();
    updated.status = Some(picture.clone());
    let params =
        PostParams { field_manager: Some(meta::FIELD_MANAGER.into()), ..PostParams::default() };
    let written = context.api::<DployInstance>();
    let written = written.replace_status(&instance.name_any(), &params, &updated).await;
    written.doing("write the instance's status")?;
    tell(context, instance, before, &picture).await;
    Ok(())
}

/// Tells people of the turns in an instance's life.
async fn tell(
    context: &Context,
    instance: &DployInstance,
    before: Option<Phase>,
    picture: &DployInstanceStatus,
) {
    let Some(phase) = picture.phase.filter(|phase| Some(*phase) != before) else { return };
    let ready = picture.conditions.iter().find(|it| it.type_ == "Ready");
    let why = ready.map_or(("", ""), |it| (it.reason.as_str(), it.message.as_str()));
    match phase {
        Phase::Pending | Phase::Provisioning | Phase::Expiring => {}
        Phase::Ready | Phase::Available | Phase::Claimed => {
            context.tell(instance, EventType::Normal, phase.as_str(), why.1).await;
        }
        Phase::Failed => context.tell(instance, EventType::Warning, why.0, why.1).await,
    }
}
