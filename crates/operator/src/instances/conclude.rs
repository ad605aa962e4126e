//! The last step: writes the status, publishes the Event, and says when to reconcile again.

use kube::{ResourceExt, runtime::controller::Action};
use planner::instance::{Conclusion, Verdict, conclude as concluded};
use resources::DployInstance;

use super::carry_out::Progress;
use crate::{context::Writes, error::ReconcileError};

pub(super) async fn conclude(
    writes: Writes<'_>,
    instance: &DployInstance,
    verdict: Verdict,
    progress: Progress,
    readable: bool,
) -> Result<Action, ReconcileError> {
    let Verdict { steps: _, status, requeue_after } = verdict;
    let Progress { outcome, failure, .. } = progress;
    let conclusion = concluded(instance, status, requeue_after, &outcome, readable, writes.now());
    let requeue_after = show(writes, instance, conclusion).await?;
    // The failure of an engine is shown to the owner, and is retried as any failure is.
    match failure {
        Some(error) => Err(error.into()),
        None => Ok(requeue_after),
    }
}

async fn show(
    writes: Writes<'_>,
    instance: &DployInstance,
    conclusion: Conclusion,
) -> Result<Action, ReconcileError> {
    let Conclusion { status, events, requeue_after, is_final } = conclusion;
    if let Some(status) = status {
        let mut updated = instance.clone();
        updated.status = Some(status.clone());
        let version = writes.replace_status(&updated, "write the instance's status").await?;
        let replaced = instance.metadata.resource_version.as_deref();
        let next = requeue_after.filter(|_| is_final);
        writes.settled().wrote(&instance.name_any(), replaced, version, next);
        writes.launches().status_written(instance, &status, writes.now());
    }
    for event in events {
        writes.publish(instance, event).await;
    }
    Ok(requeue_after.map_or_else(Action::await_change, Action::requeue))
}
