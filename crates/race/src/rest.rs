//! What is left when everything has come to rest: seats, namespaces, releases, members, voids.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use anyhow::Result;
use clock::SharedClock;
use harness::Fixture;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Namespace;
use kube::{
    Api, ResourceExt as _,
    api::{ApiResource, DynamicObject, GroupVersionKind, ListParams},
};
use resources::{DployInstance, DployOwner, meta};
use tokio::time::sleep;

use crate::{
    report::Breaches,
    templates::{POOL_SIZE, Templates},
};

/// The interval between two looks.
const LOOK_INTERVAL: Duration = Duration::from_secs(3);
/// The time after which what does not become less counts as leaked: seats, namespaces and so on.
/// Kubernetes and Flux may need minutes for hundreds of deletions.
const REST_TIMEOUT: Duration = Duration::from_secs(4 * 60);
/// The same for void instances, which live for ten minutes.
const VOID_TIMEOUT: Duration = Duration::from_secs(12 * 60);
/// The interval between two lines of the log.
const LOG_INTERVAL: Duration = Duration::from_secs(30);
/// The name of the count of void instances.
const VOIDS: &str = "void instances";
/// The kinds of Flux's objects.
const RELEASES: [(&str, &str, &str); 2] = [
    ("helm.toolkit.fluxcd.io", "v2", "HelmRelease"),
    ("source.toolkit.fluxcd.io", "v1", "HelmRepository"),
];

/// Looks at what is left of a run.
pub(crate) struct Inspection<'a> {
    /// The cluster.
    pub(crate) fixture: &'a Fixture,
    /// The templates of the run.
    pub(crate) templates: &'a Templates,
    /// The clock of the deadlines.
    pub(crate) clock: &'a SharedClock,
    /// Whether the cluster has Flux.
    pub(crate) with_flux: bool,
    /// Whether to wait for void instances and to count them.
    pub(crate) with_voids: bool,
}

impl Inspection<'_> {
    /// Waits until nothing is left over, or until it counts as leaked.
    pub(crate) async fn settle(&self) -> Result<Breaches> {
        let start = Instant::now();
        let (mut progress, mut logged) = (Progress::new(start), start);
        loop {
            let left = self.look().await?;
            let (voids, others) = count(&left);
            let stuck = progress.note(others, Instant::now());
            let is_over = match others {
                0 => voids == 0 || start.elapsed() > VOID_TIMEOUT,
                _ => stuck > REST_TIMEOUT,
            };
            if is_over {
                return Ok(left);
            }
            if logged.elapsed() > LOG_INTERVAL {
                tracing::info!("waiting for {}", describe(&left));
                logged = Instant::now();
            }
            sleep(LOOK_INTERVAL).await;
        }
    }

    async fn look(&self) -> Result<Breaches> {
        let Self { fixture, templates, .. } = self;
        let prefix = &*templates.prefix;
        // The owners first: a seat is written before its instance.
        let owners = fixture.api::<DployOwner>().list(&ListParams::default()).await?.items;
        let instances = fixture.api::<DployInstance>().list(&ListParams::default()).await?.items;
        let names: BTreeSet<String> = instances.iter().map(|it| it.name_any()).collect();
        let (voids, instances): (Vec<_>, Vec<_>) =
            instances.into_iter().partition(|it| it.labels().contains_key(meta::VOID));
        let mut left = vec![
            ("leaked seats", leaked_seats(&owners, &instances)),
            ("environments without a seat", unseated(&owners, &instances)),
            ("overdue environments", overdue(&instances, self.clock.now())),
            ("leaked namespaces", leaked(&namespaces(fixture, prefix).await?, &names)),
            ("pool members too many or too few", misfits(&instances, templates)),
        ];
        if self.with_flux {
            left.push(("leaked releases", leaked(&releases(fixture, prefix).await?, &names)));
        }
        if self.with_voids {
            left.push((VOIDS, voids.iter().map(|it| it.name_any()).collect()));
        }
        Ok(left)
    }
}

/// Whether what is left becomes less.
struct Progress {
    least: usize,
    at: Instant,
}

impl Progress {
    fn new(now: Instant) -> Self {
        Self { least: usize::MAX, at: now }
    }

    /// Returns for how long there has always been something, and never less.
    fn note(&mut self, left: usize, now: Instant) -> Duration {
        if left < self.least {
            self.at = now;
        }
        self.least = if left == 0 { usize::MAX } else { left.min(self.least) };
        now.duration_since(self.at)
    }
}

/// The numbers of void instances and of everything else.
fn count(left: &Breaches) -> (usize, usize) {
    left.iter().fold((0, 0), |(voids, others), (what, left)| match *what {
        VOIDS => (voids + left.len(), others),
        _ => (voids, others + left.len()),
    })
}

/// How many there are of what is left.
fn describe(left: &Breaches) -> String {
    let left = left.iter().filter(|(_, left)| !left.is_empty());
    left.map(|(what, left)| format!("{} {what}", left.len())).collect::<Vec<_>>().join(", ")
}

/// Whether the instance is somebody's environment.
fn is_living(instance: &DployInstance) -> bool {
    instance.metadata.deletion_timestamp.is_none() && !instance.spec.owner.is_empty()
}

fn seats(owners: &[DployOwner]) -> impl Iterator<Item = (String, String)> + '_ {
    owners.iter().flat_map(|owner| {
        let seats = owner.status.iter().flat_map(|status| &status.seats);
        seats.map(|seat| (owner.name_any(), seat.instance.clone()))
    })
}

fn living(instances: &[DployInstance]) -> BTreeSet<(String, String)> {
    let living = instances.iter().filter(|it| is_living(it));
    living.map(|it| (it.spec.owner.clone(), it.name_any())).collect()
}

fn leaked_seats(owners: &[DployOwner], instances: &[DployInstance]) -> Vec<String> {
    let living = living(instances);
    let leaked = seats(owners).filter(|seat| !living.contains(seat));
    leaked.map(|(owner, instance)| format!("{owner}: {instance}")).collect()
}

fn unseated(owners: &[DployOwner], instances: &[DployInstance]) -> Vec<String> {
    let seats: BTreeSet<_> = seats(owners).collect();
    let unseated = living(instances).into_iter().filter(|it| !seats.contains(it));
    unseated.map(|(owner, instance)| format!("{owner}: {instance}")).collect()
}

/// The instances that are being deleted or past their deadline, with the reason.
fn overdue(instances: &[DployInstance], now: Timestamp) -> Vec<String> {
    let overdue = instances.iter().filter_map(|it| {
        let is_past = it.spec.expires_at.as_ref().is_some_and(|deadline| deadline.0 <= now);
        match (it.metadata.deletion_timestamp.is_some(), is_past) {
            (true, _) => Some((it, "being deleted")),
            (false, true) => Some((it, "past its deadline")),
            (false, false) => None,
        }
    });
    overdue.map(|(it, reason)| format!("{} is {reason}", it.name_any())).collect()
}

/// The pools whose unclaimed members differ from their size.
fn misfits(instances: &[DployInstance], templates: &Templates) -> Vec<String> {
    let mut unclaimed: BTreeMap<&str, usize> =
        templates.pools.iter().map(|pool| (pool.as_str(), 0)).collect();
    for member in instances.iter().filter(|it| it.spec.owner.is_empty()) {
        if let Some(count) = unclaimed.get_mut(member.spec.template_ref.as_str()) {
            *count += 1;
        }
    }
    let misfits = unclaimed.into_iter().filter(|(_, count)| *count != POOL_SIZE);
    misfits.map(|(pool, count)| format!("{pool}: {count} of {POOL_SIZE}")).collect()
}

/// The objects, as pairs of their own name and their instance's, whose instance is gone.
fn leaked(objects: &[(String, String)], instances: &BTreeSet<String>) -> Vec<String> {
    let leaked = objects.iter().filter(|(_, instance)| !instances.contains(instance));
    leaked.map(|(name, instance)| format!("{name} of {instance}")).collect()
}

fn of_run<K: kube::Resource>(object: &K, prefix: &str) -> Option<(String, String)> {
    let instance = object.labels().get(meta::INSTANCE)?;
    instance.starts_with(prefix).then(|| (object.name_any(), instance.clone()))
}

async fn namespaces(fixture: &Fixture, prefix: &str) -> Result<Vec<(String, String)>> {
    let all: Api<Namespace> = Api::all(fixture.kube.clone());
    let ours = all.list(&ListParams::default().labels(meta::INSTANCE)).await?;
    Ok(ours.items.iter().filter_map(|it| of_run(it, prefix)).collect())
}

/// The objects of Flux that belong to an instance.
async fn releases(fixture: &Fixture, prefix: &str) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for (group, version, kind) in RELEASES {
        let kind = ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, kind));
        let all: Api<DynamicObject> = Api::all_with(fixture.kube.clone(), &kind);
        let ours = all.list(&ListParams::default().labels(meta::INSTANCE)).await?;
        found.extend(ours.items.iter().filter_map(|it| of_run(it, prefix)));
    }
    Ok(found)
}

/// Whether the cluster serves Flux's releases.
pub(crate) async fn has_flux(fixture: &Fixture) -> bool {
    releases(fixture, "").await.is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_becomes_less_or_comes_anew_is_not_stuck() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut progress = Progress::new(start);
        let mut note = |left, seconds| progress.note(left, at(seconds)).as_secs();
        assert_eq!((note(5, 1), note(5, 11), note(6, 21)), (0, 10, 20));
        assert_eq!((note(4, 31), note(0, 41), note(7, 300), note(7, 310)), (0, 0, 0, 10));
    }
}
