//! Writes the revision of a template, unless it exists. Whatever names a revision is written after
//! it.

use kube::ResourceExt;
use planner::template::Drafted;
use resources::{label, meta};

use crate::{context::Writes, error::ReconcileError};

pub(super) async fn publish(writes: Writes<'_>, drafted: &Drafted) -> Result<(), ReconcileError> {
    let revisions = &writes.mirrors().revisions;
    if revisions.guarded(&drafted.revision_name).is_some() {
        return Ok(());
    }
    let template = label(&drafted.revision.template);
    let numbers = revisions
        .pick(|it| (it.labels().get(meta::TEMPLATE) == Some(&template)).then_some(it.revision));
    let number = numbers.into_iter().max().unwrap_or_default() + 1;
    match writes.create_revision(&drafted.revision.object(number)).await {
        // The watch has not reported it yet. Equal names have equal contents.
        Err(error) if error.is_already_exists() => Ok(()),
        created => created,
    }
}
