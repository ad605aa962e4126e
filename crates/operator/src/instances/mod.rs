//! Reconciles one instance.

mod carry_out;
mod conclude;
mod draft;
mod observe;

use std::{borrow::Cow, sync::Arc};

use kube::{ResourceExt, runtime::controller::Action};
use planner::instance::{Outcome, decide};
use resources::DployInstance;

use self::{carry_out::carry_out, conclude::conclude, draft::draft, observe::observe};
use crate::{context::Context, error::ReconcileError, mirrors::Guarded, unreadable};

/// Moves one instance a step closer to the state that it should have.
pub(crate) async fn reconcile(
    guarded: Arc<Guarded<DployInstance>>,
    context: Arc<Context>,
) -> Result<Action, ReconcileError> {
    context.check_leadership()?;
    let instance = match &guarded.0 {
        Ok(instance) => Cow::Borrowed(instance),
        Err(invalid) => match unreadable::salvage(context.reads(), invalid).await? {
            Some(salvaged) => Cow::Owned(salvaged),
            None => return unreadable::report::<DployInstance>(&context, invalid).await,
        },
    };
    let version = instance.metadata.resource_version.as_deref();
    if let Some(rest) = context.settled.begin(&instance.name_any(), version) {
        return Ok(Action::requeue(rest));
    }
    context.launches.observed(&instance, context.now());
    let readable = guarded.0.is_ok();

    let mut observed = observe(context.reads(), &instance).await?;
    let mut drafts = draft(&context.engines, &instance, &observed);
    let mut verdict = decide(&instance, &observed.facts, &drafts.facts, context.now());
    let mut progress = carry_out(context.writes(), &instance, &verdict.steps, &drafts).await?;
    if let Some(placed) = progress.placed.take() {
        // What is placed can be ready at once.
        observed.note(placed);
        drafts.relocate(&instance, &observed);
        let next = decide(&instance, &observed.facts, &drafts.facts, context.now());
        progress.outcome = if next.steps.is_empty() { Outcome::Done } else { Outcome::Again };
        verdict = verdict.followed_by(next, &observed.facts);
    }
    if let (Some(guards), Some(status)) = (progress.guards.take(), &mut verdict.status) {
        status.guard_rails = Some(guards);
    }
    let known = observed.healthy_workload().filter(|_| progress.failure.is_none());
    context.settled.knows(&instance.name_any(), known);
    conclude(context.writes(), &instance, verdict, progress, readable).await
}
