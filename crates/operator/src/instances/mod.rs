//! Moves one instance a step closer to what it should be.

mod carry_out;
mod observe;
mod report;

use std::{borrow::Cow, sync::Arc};

use kube::runtime::controller::Action;
use resources::DployInstance;

use crate::{
    context::Context,
    error::ReconcileError,
    mirrors::Guarded,
    plan::{
        Ready,
        instance::{decide, patience, troubled},
    },
    unreadable,
};
use errors::chain;

pub(crate) async fn reconcile(
    guarded: Arc<Guarded<DployInstance>>,
    context: Arc<Context>,
) -> Result<Action, ReconcileError> {
    context.leadership.check()?;
    let instance = match &guarded.0 {
        Ok(instance) => Cow::Borrowed(instance),
        Err(invalid) => match unreadable::leaving_instance(&context, invalid).await? {
            Some(salvaged) => Cow::Owned(salvaged),
            None => return unreadable::report::<DployInstance>(&context, invalid).await,
        },
    };
    context.launches.seen(&instance, context.clock.now());
    let seen = observe::observe(&context, &instance).await?;
    let verdict = decide(&instance, &seen, context.clock.now());
    let readable = guarded.0.is_ok();
    let held = match carry_out::carry_out(&context, &instance, verdict.steps).await {
        Ok(held) => held,
        Err(error) => return show_failure(&context, &instance, error, readable).await,
    };
    let waits = held.is_some();
    report::report(&context, &instance, verdict.picture, held, readable).await?;
    let held_up = waits.then(|| patience(&instance, context.clock.now()));
    let look_again = held_up.or(verdict.look_again);
    Ok(look_again.map_or_else(Action::await_change, Action::requeue))
}

/// What an engine could not do is the owner's business too; other failures are only tried again.
async fn show_failure(
    context: &Context,
    instance: &DployInstance,
    error: ReconcileError,
    readable: bool,
) -> Result<Action, ReconcileError> {
    if let ReconcileError::Engine(cause) = &error {
        let ready = Ready::no("EngineFailed", format!("The engine {}.", chain(cause)));
        let picture = troubled(instance, ready, context.clock.now());
        report::report(context, instance, Some(picture), None, readable).await?;
    }
    Err(error)
}
