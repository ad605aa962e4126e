//! Sweeps what a former leader created after its instance was gone (docs/ledger.md, "Leftovers").
//!
//! A creation and a server-side apply name no version, so a leader that stalls can still make one
//! after its term, when nothing refers to the namespace or the workload any more.

mod carry_out;
mod observe;

use std::time::Duration;

use planner::leftovers::Sightings;
use tokio::time::{Instant, sleep};

use self::{carry_out::carry_out, observe::observe};
use crate::context::Context;

/// Sweeps at the start of a term, and again and again until it is dropped.
pub(crate) async fn run(context: &Context) {
    let mut sightings = Sightings::default();
    loop {
        sleep(sweep(context, &mut sightings).await).await;
    }
}

/// Sweeps once. Returns the pause before the next sweep.
async fn sweep(context: &Context, sightings: &mut Sightings) -> Duration {
    let found = observe(context.reads()).await;
    let now = Instant::now().into_std();
    let verdict = sightings.decide(found, context.settings.leftovers, now);
    carry_out(context.writes(), &verdict.delete, sightings).await;
    verdict.sweep_after
}
