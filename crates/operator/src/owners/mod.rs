//! Reconciles one owner's ledger: frees the seats whose writer can no longer come (docs/ledger.md, "Sweep").

mod carry_out;
mod observe;

use std::sync::Arc;

use kube::{ResourceExt, runtime::controller::Action};
use planner::seats::{judge, requeue_after};
use resources::DployOwner;

use crate::{context::Context, error::ReconcileError, mirrors::Guarded};

/// Sweeps the ledger of one owner.
pub(crate) async fn reconcile(
    guarded: Arc<Guarded<DployOwner>>,
    context: Arc<Context>,
) -> Result<Action, ReconcileError> {
    context.check_leadership()?;
    let owner = match &guarded.0 {
        Ok(owner) => owner,
        Err(invalid) => {
            tracing::warn!(owner = guarded.name_any(), "cannot read an owner record: {invalid}");
            return Ok(Action::await_change());
        }
    };
    let (key, now) = (owner.name_any(), context.now());

    let seen = observe::observe(context.reads(), owner).await?;
    let moves: Vec<_> = seen.iter().map(|seat| judge(&key, seat, now)).collect();
    let again = requeue_after(&moves);
    carry_out::carry_out(context.writes(), owner, seen.iter().zip(moves)).await?;
    Ok(again.map_or_else(Action::await_change, Action::requeue))
}
