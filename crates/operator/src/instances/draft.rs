//! The second step: drafts what an instance would get. Pure: it neither reads nor writes.

use std::{borrow::Cow, sync::Arc};

use engines::{Draft, Engines, Order};
use errors::chain;
use planner::instance::{Connection, Drafted, Workload};
use rendering::TemplateData;
use resources::{DployInstance, OperatorConfigSpec, TemplateRevision, WorkloadState};

use super::observe::{Observation, engine_of};

/// What an instance would get.
pub(super) struct Drafts {
    /// What the decision is made on.
    pub(super) facts: Drafted,
    /// The workload that the engine would place.
    pub(super) workload: Option<Draft>,
}

/// `draft` of an engine is pure; the other methods of an engine are `async` and cannot run here.
pub(super) fn draft(engines: &Engines, instance: &DployInstance, seen: &Observation) -> Drafts {
    let (workload, digest) = match workload(engines, instance, seen) {
        Some(Ok(draft)) => {
            let digest = draft.digest();
            (Some(draft), Some(Ok(digest)))
        }
        Some(Err(why)) => (None, Some(Err(why))),
        None => (None, None),
    };
    let facts = Drafted { connection: connection(&located(instance, seen), seen), digest };
    Drafts { facts, workload }
}

fn workload(
    engines: &Engines,
    instance: &DployInstance,
    seen: &Observation,
) -> Option<Result<Draft, String>> {
    let reference =
        seen.order.clone().filter(|_| matches!(seen.facts.workload, Workload::Observed(_)))?;
    let order = Order {
        reference,
        instance: Arc::new(instance.clone()),
        revision: revision(instance, seen)?,
        config: seen.config.clone().unwrap_or_default(),
    };
    let drafted = engines.get(engine_of(instance, Some(&order.revision))?)?.draft(&order);
    Some(drafted.map_err(|error| chain(&error).to_string()))
}

/// The revision of the instance, if it is one of its template.
fn revision(instance: &DployInstance, seen: &Observation) -> Option<Arc<TemplateRevision>> {
    let is_own = |it: &Arc<TemplateRevision>| it.template == instance.spec.template_ref;
    seen.facts.revision.clone().filter(is_own)
}

impl Drafts {
    /// Renders the address again, now that the engine may have reported where the workload stands.
    pub(super) fn relocate(&mut self, instance: &DployInstance, seen: &Observation) {
        self.facts.connection = connection(&located(instance, seen), seen);
    }
}

/// The instance with the address that its engine reports. The status has that address only after
/// this reconcile, which can be the last one for a while.
fn located<'a>(instance: &'a DployInstance, seen: &Observation) -> Cow<'a, DployInstance> {
    let Workload::Observed(WorkloadState { engine_ref: found @ Some(_), .. }) =
        &seen.facts.workload
    else {
        return Cow::Borrowed(instance);
    };
    if instance.status.as_ref().is_some_and(|status| status.engine_ref == *found) {
        return Cow::Borrowed(instance);
    }
    let mut located = instance.clone();
    located.status.get_or_insert_default().engine_ref.clone_from(found);
    Cow::Owned(located)
}

fn connection(instance: &DployInstance, seen: &Observation) -> Result<Connection, String> {
    let is_terminating = instance.metadata.deletion_timestamp.is_some();
    let Some(revision) = revision(instance, seen).filter(|_| !is_terminating) else {
        return Err("nothing to connect to".into());
    };
    let default = OperatorConfigSpec::default();
    let config = seen.config.as_deref().unwrap_or(&default);
    let rendered = rendering::connection(TemplateData { instance, revision: &revision, config });
    let rendered = rendered.map_err(|error| chain(&error).to_string())?;
    Ok(Connection {
        url: rendered.url,
        connection_type: rendered.connection_type,
        message: rendered.message,
    })
}
