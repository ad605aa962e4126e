//! Keeps one template's pool and status.

mod carry_out;
mod memory;
mod observe;

use std::sync::Arc;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{
    ResourceExt,
    api::PostParams,
    runtime::{controller::Action, events::EventType},
};
use resources::{DployTemplate, DployTemplateStatus, meta};
use tokio::time::Instant;

use crate::{
    context::Context,
    error::{Doing, ReconcileError},
    mirrors::Guarded,
    plan::{
        pool::{Census, InFlight, PoolMove, PoolPolicy, balance},
        ready_of, sooner,
        template::{picture, readiness},
    },
    unreadable,
};
pub(crate) use memory::PoolMemories;

pub(crate) async fn reconcile(
    guarded: Arc<Guarded<DployTemplate>>,
    context: Arc<Context>,
) -> Result<Action, ReconcileError> {
    context.leadership.check()?;
    let template = match &guarded.0 {
        Ok(template) => template,
        Err(invalid) => return unreadable::report::<DployTemplate>(&context, invalid).await,
    };
    if let Some(rest) = context.pools.rests(&template.name_any(), Instant::now()) {
        return Ok(Action::requeue(rest));
    }
    let (seen, census) = observe::observe(&context, template);
    let ready = readiness(template, &seen);
    let in_flight = context.pools.settle(&template.name_any(), &census);
    let decided = decide(&context, template, ready.is, &census, &in_flight);
    let status = picture(template, ready, &census, context.clock.now());
    report(&context, template, status).await?;
    carry_out::carry_out(&context, template, seen.resolved, &census, &decided).await?;
    let look_again = sooner(decided.look_again, context.pools.forgets(&template.name_any()));
    Ok(look_again.map_or_else(Action::await_change, Action::requeue))
}

/// A template that cannot be launched for another reason than that it should not be keeps the members that it has.
fn decide(
    context: &Context,
    template: &DployTemplate,
    ready: bool,
    census: &Census,
    in_flight: &InFlight,
) -> PoolMove {
    let leaving = template.metadata.deletion_timestamp.is_some();
    let wanted = template.spec.enabled && !leaving;
    if wanted && !ready {
        return PoolMove::default();
    }
    balance(&PoolPolicy::of(template, wanted), census, in_flight, context.clock.now())
}

async fn report(
    context: &Context,
    template: &DployTemplate,
    status: DployTemplateStatus,
) -> Result<(), ReconcileError> {
    if template.status.as_ref() == Some(&status) {
        return Ok(());
    }
    let mut updated = template.clone();
    updated.status = Some(status.clone());
    let params =
        PostParams { field_manager: Some(meta::FIELD_MANAGER.into()), ..PostParams::default() };
    let written = context.api::<DployTemplate>();
    let written = written.replace_status(&template.name_any(), &params, &updated).await;
    written.doing("write the template's status")?;
    tell(context, template, &status.conditions).await;
    Ok(())
}

/// Tells admins when a template can be launched, or no longer, or not for another reason.
async fn tell(context: &Context, template: &DployTemplate, conditions: &[Condition]) {
    let Some(now) = ready_of(conditions) else { return };
    let before = template.status.as_ref().and_then(|it| ready_of(&it.conditions));
    if before.is_some_and(|it| (&it.status, &it.reason) == (&now.status, &now.reason)) {
        return;
    }
    let wanted = now.status == "True" || !template.spec.enabled;
    let type_ = if wanted { EventType::Normal } else { EventType::Warning };
    context.tell(template, type_, &now.reason, &now.message).await;
}
