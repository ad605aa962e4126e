//! Reconciles one owner's ledger: gives lost seats back (docs/ledger.md, "Lost ledgers"), and frees
//! the seats whose writer can no longer come ("Sweep").

mod carry_out;
mod observe;
mod reseat;

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use kube::{ResourceExt, runtime::controller::Action};
use ledger::sweep::{SweepStep, decide, next_look};
use planner::{sooner, until};
use resources::DployOwner;

use self::{carry_out::carry_out, observe::observe, reseat::reseat};
use crate::{context::Context, error::ReconcileError, mirrors::Guarded};

/// The pause before a ledger is read again in which a fence met an instance.
const FENCE_RETRY_PAUSE: Duration = Duration::from_secs(1);

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
    let now = context.now();

    if reseat(&context, owner).await? {
        // The watch event of this write wakes the ledger again.
        return Ok(Action::await_change());
    }
    let seen = observe(context.reads(), owner).await?;
    let steps: Vec<_> = seen.iter().map(|seat| decide(owner, seat, now)).collect();
    let all_fenced = carry_out(context.writes(), owner, &seen, &steps).await?;
    Ok(conclude(&steps, all_fenced, now))
}

/// There is no status to write: the seats are the status. A waiting seat is swept as soon as its
/// delay is over.
fn conclude(steps: &[SweepStep], all_fenced: bool, now: Timestamp) -> Action {
    let due = next_look(steps).map(|due| until(due, now));
    let retry = (!all_fenced).then_some(FENCE_RETRY_PAUSE);
    sooner(due, retry).map_or_else(Action::await_change, Action::requeue)
}
