//! The revision that a launch uses: the current one of the template, as the operator wrote it.

use std::{sync::Arc, time::Duration};

use kube::ResourceExt;
use resources::{DployTemplate, TemplateRevision};

use crate::{Refusal, ports::Reads};

/// How long a launch waits for the operator to write the revision of a template.
const WRITTEN_WITHIN: Duration = Duration::from_secs(2);

/// A revision and its name.
#[derive(Debug, Clone)]
pub(super) struct Current {
    pub(super) name: String,
    pub(super) revision: Arc<TemplateRevision>,
}

/// The current revision of the template. [`Refusal::Unavailable`] when the operator does not write
/// it in time.
pub(super) async fn current(reads: &Reads, template: &DployTemplate) -> Result<Current, Refusal> {
    let template = template.name_any();
    let cache = &reads.cache;
    let named =
        cache.templates.until(WRITTEN_WITHIN, |templates| published(&*templates.get(&template)?));
    let name = named.await.ok_or_else(|| unwritten(&template))?;
    let read = cache.revisions.until(WRITTEN_WITHIN, |_| cache.revision(&name));
    let revision = read.await.ok_or_else(|| unwritten(&template))?;
    Ok(Current { name, revision })
}

/// The name of the revision that describes the template as it is now.
fn published(template: &DployTemplate) -> Option<String> {
    let status = template.status.as_ref()?;
    let is_current = status.observed_generation == template.metadata.generation;
    status.revision.clone().filter(|_| is_current)
}

fn unwritten(template: &str) -> Refusal {
    Refusal::Unavailable(format!("the operator has not written the revision of {template}").into())
}
