//! An instance that should run.

use std::time::Duration;

use jiff::Timestamp;
use resources::{DployInstance, DployInstanceStatus, Health, Phase, ResolvedTemplate};

use super::{
    Connection, NamespaceSeen, Seating, Sighting, Step, Verdict, Workload, deadline,
    is_unclaimed_member, needs_a_seat, seatless_since, still_held,
};
use crate::{
    engines::{Draft, Look},
    guard_rails::GuardObjects,
    plan::{LookAgain, Ready, set_ready, sooner, until},
};

/// After a write whose effect should be looked at.
const AT_ONCE: Duration = Duration::from_millis(5);
/// While it starts, where the engine does not speak up itself.
const STARTING: Duration = Duration::from_secs(2);
/// While something is wrong.
const AILING: Duration = Duration::from_secs(10);
/// While all is well, against what nobody was told.
const SETTLED: Duration = Duration::from_mins(10);

pub(super) fn run(instance: &DployInstance, seen: &Sighting, now: Timestamp) -> Verdict {
    let mut verdict = step_on(instance, seen, now);
    let timers = [
        deadline(instance).map(|it| until(it, now)),
        (seen.seat == Seating::Nowhere && needs_a_seat(instance))
            .then(|| until(seatless_since(instance), now)),
    ];
    verdict.look_again = timers.into_iter().fold(verdict.look_again, sooner);
    verdict
}

fn step_on(instance: &DployInstance, seen: &Sighting, now: Timestamp) -> Verdict {
    let Some(resolved) = &instance.spec.resolved else { return Verdict::wait(None) };
    let connection = match &seen.connection {
        Ok(connection) => connection,
        Err(why) => {
            let ready = Ready::no("TemplateInvalid", why.clone());
            return show(failed(instance, ready, now), None);
        }
    };
    let subject = Subject { instance, resolved, connection };
    match (&seen.workload, &seen.namespace) {
        (Workload::NoEngine(engine), _) => {
            let message = format!("This Dploy has no engine {}.", engine.as_str());
            show(failed(instance, Ready::no("EngineNotEnabled", message), now), None)
        }
        (_, NamespaceSeen::Foreign) => {
            let message = "Its namespace exists already and does not belong to it.";
            show(failed(instance, Ready::no("NamespaceTaken", message), now), Some(AILING))
        }
        (Workload::NotAsked, _) | (_, NamespaceSeen::Unnamed) => begin(&subject, now),
        (Workload::Seen { draft: Err(why), .. }, _) => {
            show(failed(instance, Ready::no("TemplateInvalid", why.clone()), now), None)
        }
        (Workload::Seen { draft: Ok(draft), look }, namespace) => {
            let steps = steps(&subject, namespace, draft, look);
            let look_again = if steps.is_empty() { rest(look.health) } else { Some(AT_ONCE) };
            Verdict { steps, picture: Some(picture(&subject, namespace, look, now)), look_again }
        }
    }
}

/// An instance that is complete, with the address that was found for it.
struct Subject<'a> {
    instance: &'a DployInstance,
    resolved: &'a ResolvedTemplate,
    connection: &'a Connection,
}

fn show(picture: DployInstanceStatus, look_again: LookAgain) -> Verdict {
    Verdict { steps: Vec::new(), picture: Some(picture), look_again }
}

/// The namespace's name is written down before it is created, so that a teardown always knows it.
fn begin(subject: &Subject<'_>, now: Timestamp) -> Verdict {
    let instance = subject.instance;
    let mut picture = picture(subject, &NamespaceSeen::Unnamed, &Look::nothing(), now);
    let uuid = instance.spec.uuid.as_deref().unwrap_or_default();
    let owner = Some(instance.spec.owner.as_str());
    let name = rendering::names::namespace(owner, &instance.spec.template_ref, uuid);
    picture.namespace.get_or_insert(name);
    // The watch shows that this was written: sooner, it would be decided on a version that is not the latest any more.
    show(picture, None)
}

fn steps(
    Subject { instance, resolved, connection: _ }: &Subject<'_>,
    namespace: &NamespaceSeen,
    draft: &Draft,
    look: &Look,
) -> Vec<Step> {
    let name = instance.status.as_ref().and_then(|status| status.namespace.clone());
    let missing = *namespace == NamespaceSeen::Missing;
    let stands = look.placed.as_deref() == Some(draft.digest().as_str());
    let open = name.clone().filter(|_| missing).map(Step::OpenNamespace);
    let place = (missing || !stands) && *namespace != NamespaceSeen::Ending;
    // Before a workload that does not stand yet: one that does was placed after them, whoever was killed in between.
    let unguarded = place && (missing || look.placed.is_none());
    let guards = || Some(GuardObjects::of(instance)).filter(|it| !it.is_empty()).map(Box::new);
    let guard = name.zip(unguarded.then(guards).flatten());
    let guard = guard.map(|(name, objects)| Step::Guard(name, objects));
    let place = place.then(|| Step::Place(resolved.engine, Box::new(draft.clone())));
    open.into_iter().chain(guard).chain(place).collect()
}

const fn rest(health: Health) -> LookAgain {
    match health {
        Health::Progressing => Some(STARTING),
        Health::Degraded => Some(AILING),
        Health::Healthy => Some(SETTLED),
    }
}

/// The status of what cannot be started as it is described.
pub(super) fn failed(
    instance: &DployInstance,
    ready: Ready,
    now: Timestamp,
) -> DployInstanceStatus {
    let mut status = instance.status.clone().unwrap_or_default();
    status.phase = Some(Phase::Failed);
    status.uuid = instance.spec.uuid.clone().or(status.uuid);
    status.expires_at = instance.spec.expires_at.clone();
    status.observed_generation = instance.metadata.generation;
    set_ready(&mut status.conditions, ready, instance.metadata.generation, now);
    status
}

/// The status of an instance whose engine could not do its part.
pub(crate) fn troubled(
    instance: &DployInstance,
    ready: Ready,
    now: Timestamp,
) -> DployInstanceStatus {
    if instance.metadata.deletion_timestamp.is_some() {
        return still_held(instance, ready, now);
    }
    let mut status = instance.status.clone().unwrap_or_default();
    status.health = Some(Health::Degraded);
    status.phase = Some(phase(instance, Health::Degraded, status.phase));
    status.observed_generation = instance.metadata.generation;
    set_ready(&mut status.conditions, ready, instance.metadata.generation, now);
    status
}

/// The status of what runs, or is being started.
fn picture(
    Subject { instance, resolved, connection }: &Subject<'_>,
    namespace: &NamespaceSeen,
    look: &Look,
    now: Timestamp,
) -> DployInstanceStatus {
    let mut status = instance.status.clone().unwrap_or_default();
    let (ready, health) = readiness(namespace, look);
    status.phase = Some(phase(instance, health, status.phase));
    status.uuid.clone_from(&instance.spec.uuid);
    status.url = Some(connection.url.clone());
    status.connection_type = Some(connection.connection_type);
    status.connection_message = Some(connection.message.clone()).filter(|it| !it.is_empty());
    status.engine = Some(resolved.engine);
    status.engine_ref = look.engine_ref.clone().or(status.engine_ref);
    status.health = Some(health);
    status.expires_at.clone_from(&instance.spec.expires_at);
    status.observed_generation = instance.metadata.generation;
    set_ready(&mut status.conditions, ready, instance.metadata.generation, now);
    status
}

fn readiness(namespace: &NamespaceSeen, look: &Look) -> (Ready, Health) {
    if *namespace == NamespaceSeen::Ending {
        let message = "Its namespace is being deleted, by somebody else.";
        return (Ready::no("NamespaceEnding", message), Health::Degraded);
    }
    let is = look.health == Health::Healthy;
    (Ready { is, reason: look.reason, message: look.message.clone() }, look.health)
}

/// Who has run before keeps its phase: its health tells the rest. Only a healthy member can be claimed.
fn phase(instance: &DployInstance, health: Health, before: Option<Phase>) -> Phase {
    let ran = matches!(before, Some(Phase::Ready | Phase::Claimed | Phase::Available));
    let runs = match (instance.spec.pooled, is_unclaimed_member(instance)) {
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
