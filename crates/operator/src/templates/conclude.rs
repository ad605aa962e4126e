//! The last step: writes the status, publishes the Event, and says when to reconcile again.

use kube::{ResourceExt, runtime::controller::Action};
use planner::{sooner, template::Verdict};
use resources::DployTemplate;

use crate::{context::Writes, error::ReconcileError};

/// The status is written even if the pool could not be changed: it shows admins why.
pub(super) async fn conclude(
    writes: Writes<'_>,
    template: &DployTemplate,
    verdict: Verdict,
    outcome: Result<(), ReconcileError>,
) -> Result<Action, ReconcileError> {
    let Verdict { queue: _, pool, status, event } = verdict;
    let shown = match status {
        Some(status) => {
            let mut updated = template.clone();
            updated.status = Some(status);
            writes.replace_status(&updated, "write the template's status").await.map(drop)
        }
        None => Ok(()),
    };
    if let Some(event) = event.filter(|_| shown.is_ok()) {
        writes.publish(template, event).await;
    }
    outcome.and(shown)?;
    let name = template.name_any();
    let forgets_after =
        sooner(writes.pools().forgets_after(&name), writes.served().forgets_after(&name));
    let requeue_after = sooner(pool.requeue_after, forgets_after);
    Ok(requeue_after.map_or_else(Action::await_change, Action::requeue))
}
