//! Deletes revisions of templates that nothing has named for a while.

use std::collections::BTreeSet;

use errors::chain;
use kube::ResourceExt;
use planner::unused_revisions::Unused;
use tokio::time::{Instant, sleep};

use crate::context::{Context, Reads};

/// Sweeps again and again until it is dropped.
pub(crate) async fn run(context: &Context) {
    let (mut unused, timings) = (Unused::default(), context.settings.revisions);
    loop {
        let (reads, now) = (context.reads(), Instant::now().into_std());
        let revisions = reads.mirrors().revisions.pick(|it| Some(it.name_any()));
        for name in unused.decide(revisions, &used(reads), timings, now) {
            match context.writes().delete_revision(&name).await {
                Ok(()) => tracing::info!(revision = name, "deleted an unused revision"),
                Err(error) => {
                    let why = chain(&error);
                    tracing::warn!(revision = name, "could not delete a revision: {why}");
                }
            }
        }
        sleep(timings.sweep_every).await;
    }
}

/// The names of the revisions that templates and instances name.
fn used(reads: Reads<'_>) -> BTreeSet<String> {
    let mirrors = reads.mirrors();
    let of_templates = mirrors.templates.pick(|it| it.status.as_ref()?.revision.clone());
    let of_instances = mirrors.instances.pick(|it| it.spec.revision.clone());
    of_templates.into_iter().chain(of_instances).collect()
}
