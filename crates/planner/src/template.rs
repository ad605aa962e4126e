//! What to do about one template: the size of its pool, and its status.

use jiff::Timestamp;
use resources::{DployTemplate, DployTemplateStatus, Reason, ResolvedTemplate};

use crate::{
    Event, Ready,
    pool::{
        Census, InFlight, PoolMove, PoolPolicy, Queue, QueueMove, Served, Standing, balance,
        noticeable, serve,
    },
    ready_condition, set_ready,
};

/// What was computed from a template and its surroundings.
#[derive(Debug, Clone, PartialEq)]
pub struct Drafted {
    /// The template as an instance would get it now.
    pub resolved: ResolvedTemplate,
    /// Whether this operator has the template's engine.
    pub has_engine: bool,
    /// Why no instance of the template could be drafted.
    pub obstacle: Option<String>,
    /// The members of its pool.
    pub census: Census,
    /// The queue of its pool.
    pub queue: Queue,
    /// How long its ready members took to start, in seconds.
    pub start_seconds: Option<u32>,
}

/// The decision about one template.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The owners in the queue to serve.
    pub queue: QueueMove,
    /// The members to create and to delete.
    pub pool: PoolMove,
    /// The status to write; `None` when it would change nothing.
    pub status: Option<DployTemplateStatus>,
    /// The Event to publish after the status was written.
    pub event: Option<Event>,
}

/// Decides about one template.
#[must_use]
pub fn decide(
    template: &DployTemplate,
    drafted: &Drafted,
    in_flight: &InFlight,
    served: &Served,
    now: Timestamp,
) -> Verdict {
    let ready = readiness(template, drafted);
    let (queue, pool) = pool(template, ready.is_ready, drafted, in_flight, served, now);
    let status = status(template, ready.clone(), drafted, now);
    let status = Some(status).filter(|it| Some(it) != template.status.as_ref());
    let event = status.as_ref().and_then(|_| event(template, ready));
    Verdict { queue, pool, status, event }
}

/// Whether the template can be launched as it is described.
fn readiness(template: &DployTemplate, drafted: &Drafted) -> Ready {
    let Drafted { resolved, has_engine, obstacle, census: _, queue: _, start_seconds: _ } = drafted;
    let engine = resolved.engine.as_str();
    let source = resolved.engine.source();
    if !source.is_in_resolved(resolved) {
        let message = format!("Engine {engine} needs {}.", source.field());
        return Ready::no(Reason::SourceMissing, message);
    }
    if let Some(why) = obstacle {
        return Ready::no(Reason::TemplateInvalid, why.clone());
    }
    if !has_engine {
        let message = format!("This Dploy has no engine {engine}.");
        return Ready::no(Reason::EngineNotEnabled, message);
    }
    if !template.spec.enabled {
        return Ready::no(Reason::Disabled, "spec.enabled is false.");
    }
    Ready::yes(Reason::Launchable, "It can be launched.")
}

/// Serves the queue, then fills the pool. An enabled template that is not ready keeps the members
/// that it has: an edit can mend it. Only a template that can be launched serves its queue.
fn pool(
    template: &DployTemplate,
    is_ready: bool,
    drafted: &Drafted,
    in_flight: &InFlight,
    served: &Served,
    now: Timestamp,
) -> (QueueMove, PoolMove) {
    let wanted = template.spec.enabled && template.metadata.deletion_timestamp.is_none();
    if wanted && !is_ready {
        return Default::default();
    }
    let policy = PoolPolicy::of(template, wanted);
    let census = served.shown_in(&drafted.census);
    let queue = if wanted {
        serve(&policy, &census, &drafted.queue.without(served), in_flight)
    } else {
        QueueMove::default()
    };
    let pool = balance(&policy, &queue.shown_in(&census), in_flight, now);
    (queue, pool)
}

fn status(
    template: &DployTemplate,
    ready: Ready,
    drafted: &Drafted,
    now: Timestamp,
) -> DployTemplateStatus {
    let Drafted { census, queue, start_seconds, .. } = drafted;
    let count = |is: fn(&Standing) -> bool| {
        u32::try_from(census.count(|it| is(&it.standing))).unwrap_or(u32::MAX)
    };
    let mut status = template.status.clone().unwrap_or_default();
    status.pool_available = count(Standing::is_ready);
    status.pool_claimed = count(|it| *it == Standing::Claimed);
    status.pool_total = count(|it| *it != Standing::Terminating);
    status.pool_waiting = u32::try_from(queue.len()).unwrap_or(u32::MAX);
    status.pool_start_seconds = noticeable(status.pool_start_seconds, *start_seconds);
    status.observed_generation = template.metadata.generation;
    set_ready(&mut status.conditions, ready, template.metadata.generation, now);
    status
}

/// The Event of a condition `Ready` whose status or reason changed.
fn event(template: &DployTemplate, ready: Ready) -> Option<Event> {
    let before = template.status.as_ref().and_then(|it| ready_condition(&it.conditions));
    let was = before.map(|it| (it.status == "True", it.reason.as_str()));
    if was == Some((ready.is_ready, ready.reason.as_str())) {
        return None;
    }
    let is_warning = !ready.is_ready && template.spec.enabled;
    Some(Event { is_warning, reason: ready.reason, message: ready.message })
}

#[cfg(test)]
mod tests;
