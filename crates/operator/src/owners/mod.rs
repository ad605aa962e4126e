//! Keeps one owner's ledger: gives back the seats that nobody can use any more.

mod carry_out;
mod observe;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use kube::{ResourceExt, runtime::controller::Action};
use resources::DployOwner;

use crate::{
    context::Context,
    error::ReconcileError,
    mirrors::Guarded,
    plan::seats::{judge, look_again},
};

/// Since when seats wait for their instances, as far as this operator saw it; by owner and instance.
#[derive(Debug, Default)]
pub(crate) struct Waiting(Mutex<HashMap<(String, String), Timestamp>>);

impl Waiting {
    /// Since when the seat waits; `now` where it was not seen to wait before.
    fn since(&self, owner: &str, instance: &str, now: Timestamp) -> Timestamp {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *waiting.entry((owner.to_owned(), instance.to_owned())).or_insert(now)
    }

    /// The owner's seats wait no more, but for those of `instances`.
    fn keep(&self, owner: &str, instances: &[&str]) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|(key, instance), _| key != owner || instances.contains(&instance.as_str()));
    }
}

pub(crate) async fn reconcile(
    guarded: Arc<Guarded<DployOwner>>,
    context: Arc<Context>,
) -> Result<Action, ReconcileError> {
    context.leadership.check()?;
    let owner = match &guarded.0 {
        Ok(owner) => owner,
        Err(invalid) => {
            tracing::warn!(
                owner = guarded.name_any(),
                "an owner's record cannot be read: {invalid}"
            );
            return Ok(Action::await_change());
        }
    };
    let (key, now) = (owner.name_any(), context.clock.now());
    let seen = observe::observe(&context, owner).await?;
    let moves: Vec<_> = seen.iter().map(|seat| judge(&key, seat, now)).collect();
    let again = look_again(&moves);
    carry_out::carry_out(&context, owner, seen.iter().zip(moves)).await?;
    Ok(again.map_or_else(Action::await_change, Action::requeue))
}
