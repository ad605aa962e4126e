//! What to do about one template: the size of its pool, and its status.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use resources::{DployTemplate, DployTemplateStatus, Method, Reason, TemplateRevision};

use crate::{
    Event, Ready,
    conditions::{pool_condition, set_pool_healthy},
    guard_rails,
    pool::{
        Census, InFlight, PoolHealth, PoolMove, PoolPolicy, Queue, QueueMove, Served, Standing,
        balance, health, noticeable, serve,
    },
    ready_condition, set_ready, sooner,
};

/// What was computed from a template and its surroundings.
#[derive(Debug, Clone, PartialEq)]
pub struct Drafted {
    /// The revision that a launch gets now.
    pub revision: TemplateRevision,
    /// The name of that revision.
    pub revision_name: String,
    /// Whether this operator has the template's engine.
    pub has_engine: bool,
    /// What a rehearsal of a launch showed.
    pub rehearsal: Rehearsal,
    /// The members of its pool.
    pub census: Census,
    /// The queue of its pool.
    pub queue: Queue,
    /// How long its ready members took to start, in seconds.
    pub start_seconds: Option<u32>,
}

/// What a rehearsal of a launch showed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rehearsal {
    /// Why no instance of the template could be drafted.
    pub obstacle: Option<String>,
    /// What the author should mend although it can be launched.
    pub advice: Option<String>,
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
    let (queue, mut pool) = pool(template, ready.is_ready, drafted, in_flight, served, now);
    let health = pool_health(template, &drafted.census, in_flight, &pool, now);
    let health = health.filter(|_| ready.is_ready);
    let (health, due) = health.map_or((None, None), |it| (Some(it.condition), it.requeue_after));
    pool.requeue_after = sooner(pool.requeue_after, due);
    let mut status = status(template, ready.clone(), drafted, now);
    status.pool_failures = in_flight.failures;
    let generation = template.metadata.generation;
    set_pool_healthy(&mut status.conditions, health.clone(), generation, now);
    let status = Some(status).filter(|it| Some(it) != template.status.as_ref());
    let event = status
        .as_ref()
        .and_then(|_| event(template, ready).or_else(|| pool_event(template, health?)));
    Verdict { queue, pool, status, event }
}

/// The health of the pool of a template; `None` without a pool.
fn pool_health(
    template: &DployTemplate,
    census: &Census,
    in_flight: &InFlight,
    decided: &PoolMove,
    now: Timestamp,
) -> Option<PoolHealth> {
    if template.spec.method != Method::Pool {
        return None;
    }
    let is_failing = |it: &&Condition| it.reason == Reason::PoolFailing.as_str();
    let before = pool_before(template).filter(is_failing).map(|it| it.message.as_str());
    Some(health(&PoolPolicy::of(template, true), census, in_flight, decided, before, now))
}

fn pool_before(template: &DployTemplate) -> Option<&Condition> {
    template.status.as_ref().and_then(|it| pool_condition(&it.conditions))
}

/// The Event of a pool that became unhealthy, or healthy again.
fn pool_event(template: &DployTemplate, health: Ready) -> Option<Event> {
    let before = pool_before(template).map(|it| it.reason.as_str());
    let was_healthy = before.is_none_or(|it| it == Reason::PoolMaintained.as_str());
    if before == Some(health.reason.as_str()) || (was_healthy && health.is_ready) {
        return None;
    }
    Some(Event { is_warning: !health.is_ready, reason: health.reason, message: health.message })
}

/// Whether the template can be launched as it is described.
fn readiness(template: &DployTemplate, drafted: &Drafted) -> Ready {
    let Drafted { revision, has_engine, rehearsal, .. } = drafted;
    let engine = revision.engine.as_str();
    let source = revision.engine.source();
    if !source.is_in_revision(revision) {
        let message = format!("Engine {engine} needs {}.", source.field());
        return Ready::no(Reason::SourceMissing, message);
    }
    if let Some(why) = rehearsal.obstacle.clone().or_else(|| guard_rails::fault(revision)) {
        return Ready::no(Reason::TemplateInvalid, why);
    }
    if !has_engine {
        let message = format!("This Dploy has no engine {engine}.");
        return Ready::no(Reason::EngineNotEnabled, message);
    }
    if !template.spec.enabled {
        return Ready::no(Reason::Disabled, "spec.enabled is false.");
    }
    match &rehearsal.advice {
        Some(advice) => Ready::yes(Reason::Launchable, format!("It can be launched. {advice}")),
        None => Ready::yes(Reason::Launchable, "It can be launched."),
    }
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
    let Drafted { census, queue, start_seconds, revision_name, .. } = drafted;
    let count = |is: fn(&Standing) -> bool| {
        u32::try_from(census.count(|it| is(&it.standing))).unwrap_or(u32::MAX)
    };
    let mut status = template.status.clone().unwrap_or_default();
    status.pool_available = count(Standing::is_ready);
    status.pool_claimed = count(|it| *it == Standing::Claimed);
    status.pool_total = count(|it| !it.is_terminating());
    status.pool_waiting = u32::try_from(queue.len()).unwrap_or(u32::MAX);
    status.pool_start_seconds = noticeable(status.pool_start_seconds, *start_seconds);
    status.revision = Some(revision_name.clone());
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
