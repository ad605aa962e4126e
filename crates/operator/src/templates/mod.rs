//! Reconciles one template: its pool and its status.

mod carry_out;
mod conclude;
mod draft;
mod known_members;
mod observe;
mod publish;
mod rehearse;
mod serve_queue;

use std::sync::Arc;

use kube::{ResourceExt, runtime::controller::Action};
use planner::template::decide;
use resources::DployTemplate;

use self::{
    carry_out::carry_out, conclude::conclude, draft::draft, observe::observe, publish::publish,
    serve_queue::serve_queue,
};
pub(crate) use self::{known_members::all_are_known, rehearse::Rehearsals};
use crate::{context::Context, error::ReconcileError, mirrors::Guarded, unreadable};

/// Moves the pool of one template closer to its size, and writes the template's status.
pub(crate) async fn reconcile(
    guarded: Arc<Guarded<DployTemplate>>,
    context: Arc<Context>,
) -> Result<Action, ReconcileError> {
    context.check_leadership()?;
    let template = match &guarded.0 {
        Ok(template) => template,
        Err(invalid) => return unreadable::report::<DployTemplate>(&context, invalid).await,
    };
    let name = template.name_any();
    if let Some(pause) = context.pools.gather(&name) {
        return Ok(Action::requeue(pause));
    }

    let observed = observe(context.reads(), template);
    let drafted = draft(&context.engines, &context.rehearsals, template, &observed);
    publish(context.writes(), &drafted).await?;
    let in_flight = context.pools.settle(template, &drafted.census);
    let seated_in = |place: &str| context.reads().seated_in(place);
    let served = context.served.settle(&name, &drafted.queue, seated_in);
    let verdict = decide(template, &drafted, &in_flight, &served, context.now());
    let served = serve_queue(context.reads(), context.writes(), template, &verdict.queue).await;
    let filled = carry_out(context.writes(), template, &drafted, &verdict.pool).await;
    conclude(context.writes(), template, verdict, served.and(filled)).await
}
