//! An instance that should run.

use std::time::Duration;

use jiff::Timestamp;
use resources::{
    DployInstance, DployInstanceStatus, Health, Phase, Reason, TemplateRevision, WorkloadState,
};

use super::{
    Connection, Drafted, NamespaceSeen, Observed, Seating, Step, Verdict, Workload, deadline,
    is_deleting, is_unclaimed, needs_seat, orphaned_at, teardown, time,
};
use crate::{
    Ready,
    guard_rails::{self, GuardObjects},
    set_ready, sooner, until,
};

/// How often a starting workload is polled, in case its engine reports no changes.
const REQUEUE_STARTING: Duration = Duration::from_secs(2);
/// How often a degraded workload is polled.
const REQUEUE_DEGRADED: Duration = Duration::from_secs(10);
/// How often a healthy workload is polled, in case a change was missed.
const REQUEUE_HEALTHY: Duration = Duration::from_mins(10);

pub(super) fn decide(
    instance: &DployInstance,
    revision: &TemplateRevision,
    observed: &Observed,
    drafted: &Drafted,
    now: Timestamp,
) -> Verdict {
    let mut verdict = next_steps(instance, revision, observed, drafted, now);
    let timers = [
        deadline(instance).map(|it| until(it, now)),
        time::warns_at(instance, revision).filter(|it| *it > now).map(|it| until(it, now)),
        (matches!(observed.seat, Seating::Unread | Seating::Nowhere) && needs_seat(instance))
            .then(|| until(orphaned_at(instance), now)),
    ];
    verdict.requeue_after = timers.into_iter().fold(verdict.requeue_after, sooner);
    verdict
}

fn next_steps(
    instance: &DployInstance,
    revision: &TemplateRevision,
    observed: &Observed,
    drafted: &Drafted,
    now: Timestamp,
) -> Verdict {
    let fail = |reason, message: String, requeue_after| {
        let ready = Ready::no(reason, message);
        Verdict::show(failed(instance, Some(revision), ready, now), requeue_after)
    };
    let connection = match &drafted.connection {
        Ok(connection) => connection,
        Err(why) => return fail(Reason::TemplateInvalid, why.clone(), None),
    };
    let subject = Subject { instance, revision, connection };
    match (&observed.workload, &observed.namespace, &drafted.digest) {
        (Workload::NoEngine(engine), ..) => {
            let message = format!("This Dploy has no engine {}.", engine.as_str());
            fail(Reason::EngineNotEnabled, message, None)
        }
        (_, NamespaceSeen::Foreign, _) => {
            let message = "Its namespace exists already and does not belong to it.";
            fail(Reason::NamespaceTaken, message.into(), Some(REQUEUE_DEGRADED))
        }
        (Workload::NotAsked, ..) | (_, NamespaceSeen::Unnamed, _) | (.., None) => {
            Verdict::wait(None)
        }
        (Workload::Observed(_), _, Some(Err(why))) => {
            fail(Reason::TemplateInvalid, why.clone(), None)
        }
        (Workload::Observed(state), namespace, Some(Ok(digest))) => {
            if let Some(begin) = time::begin(instance, revision, state.health, now) {
                return Verdict::only(begin);
            }
            let steps = steps(&subject, observed, digest, state);
            let status = Some(status(&subject, namespace, state, now));
            Verdict { steps, status, requeue_after: Some(poll(state.health)) }
        }
    }
}

/// A complete instance, with its address.
struct Subject<'a> {
    instance: &'a DployInstance,
    revision: &'a TemplateRevision,
    connection: &'a Connection,
}

fn steps(
    Subject { instance, revision, connection: _ }: &Subject<'_>,
    Observed { namespace, has_damaged_guards, .. }: &Observed,
    digest: &str,
    state: &WorkloadState,
) -> Vec<Step> {
    let name = instance.workload_namespace();
    let missing = *namespace == NamespaceSeen::Missing;
    let is_current = state.placed.as_deref() == Some(digest);
    let open = name.clone().filter(|_| missing);
    let open = open.map(|name| guard_rails::namespace(instance, revision, name));
    let open = open.map(|namespace| Step::OpenNamespace(Box::new(namespace)));
    let place = (missing || !is_current) && *namespace != NamespaceSeen::Ending;
    // Guard rails precede the first placement. A workload that was placed once has them, even after
    // a crash, unless somebody damages them.
    let unguarded = (place && (missing || state.placed.is_none()))
        || (*has_damaged_guards && *namespace == NamespaceSeen::Ours);
    let guards =
        || Some(GuardObjects::of(instance, revision)).filter(|it| !it.is_empty()).map(Box::new);
    let guard = name.zip(unguarded.then(guards).flatten());
    let guard = guard.map(|(name, objects)| Step::Guard(name, objects));
    let place = place.then_some(Step::Place(revision.engine));
    open.into_iter().chain(guard).chain(place).collect()
}

const fn poll(health: Health) -> Duration {
    match health {
        Health::Progressing => REQUEUE_STARTING,
        Health::Degraded => REQUEUE_DEGRADED,
        Health::Healthy => REQUEUE_HEALTHY,
    }
}

/// The status of an instance that cannot be started as it is described.
pub(super) fn failed(
    instance: &DployInstance,
    revision: Option<&TemplateRevision>,
    ready: Ready,
    now: Timestamp,
) -> DployInstanceStatus {
    let mut status = instance.status.clone().unwrap_or_default();
    status.phase = Some(Phase::Failed);
    status.uuid = instance.spec.uuid.clone().or(status.uuid);
    status.expires_at = instance.spec.expires_at.clone();
    status.observed_generation = instance.metadata.generation;
    set_ready(&mut status.conditions, ready, instance.metadata.generation, now);
    if let Some(revision) = revision {
        time::set_warning(&mut status, instance, revision, now);
    }
    status
}

/// The status of an instance whose engine failed to carry out a step of the decision that gave
/// `decided`.
pub(super) fn engine_failed(
    instance: &DployInstance,
    decided: Option<DployInstanceStatus>,
    ready: Ready,
    now: Timestamp,
) -> DployInstanceStatus {
    if is_deleting(instance) {
        return teardown::blocked(instance, ready, now);
    }
    let before = instance.status.as_ref().and_then(|status| status.phase);
    let mut status = decided.or_else(|| instance.status.clone()).unwrap_or_default();
    status.health = Some(Health::Degraded);
    status.phase = Some(phase(instance, Health::Degraded, before));
    status.observed_generation = instance.metadata.generation;
    set_ready(&mut status.conditions, ready, instance.metadata.generation, now);
    status
}

/// The status of an instance that runs or starts.
fn status(
    Subject { instance, revision, connection }: &Subject<'_>,
    namespace: &NamespaceSeen,
    state: &WorkloadState,
    now: Timestamp,
) -> DployInstanceStatus {
    let mut status = instance.status.clone().unwrap_or_default();
    let (ready, health) = readiness(namespace, state);
    status.phase = Some(phase(instance, health, status.phase));
    status.uuid.clone_from(&instance.spec.uuid);
    status.namespace = instance.workload_namespace();
    status.url = Some(connection.url.clone());
    status.connection_type = Some(connection.connection_type);
    status.connection_message = Some(connection.message.clone()).filter(|it| !it.is_empty());
    status.engine = Some(revision.engine);
    status.engine_ref = state.engine_ref.clone().or(status.engine_ref);
    status.placed = state.record.clone().or(status.placed);
    status.health = Some(health);
    status.expires_at.clone_from(&instance.spec.expires_at);
    status.observed_generation = instance.metadata.generation;
    set_ready(&mut status.conditions, ready, instance.metadata.generation, now);
    time::set_warning(&mut status, instance, revision, now);
    status
}

fn readiness(namespace: &NamespaceSeen, state: &WorkloadState) -> (Ready, Health) {
    if *namespace == NamespaceSeen::Ending {
        let message = "Somebody else deleted its namespace, which is terminating.";
        return (Ready::no(Reason::NamespaceEnding, message), Health::Degraded);
    }
    let is_ready = state.health == Health::Healthy;
    (Ready { is_ready, reason: state.reason, message: state.message.clone() }, state.health)
}

/// An instance that has run keeps its phase; its health shows the rest. An unclaimed member that is
/// not healthy leaves phase `Available`, so that nobody can claim it.
fn phase(instance: &DployInstance, health: Health, before: Option<Phase>) -> Phase {
    let ran = matches!(before, Some(Phase::Ready | Phase::Claimed | Phase::Available));
    let runs = match (instance.spec.pooled, is_unclaimed(instance)) {
        (_, true) => Phase::Available,
        (true, false) => Phase::Claimed,
        (false, false) => Phase::Ready,
    };
    match health {
        Health::Healthy => runs,
        Health::Progressing | Health::Degraded if ran && runs != Phase::Available => runs,
        Health::Progressing => Phase::Provisioning,
        Health::Degraded => Phase::Failed,
    }
}
