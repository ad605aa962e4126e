//! What holds at rest, when the troubles are over: nothing is left behind, and nothing happens.

use std::{collections::BTreeSet, fmt::Debug, time::Duration};

use k8s_openapi::api::core::v1::Namespace;
use kube::{Api, Client, Resource, ResourceExt, api::ListParams};
use ledger::queue::is_place;
use resources::{DployInstance, DployOwner, DployTemplate, Method, meta};
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::Violation;
use crate::{
    clients::caller,
    nodes::{NAMESPACE, Nodes},
    plan::PEOPLE,
    record::Recorder,
    sim_clock::since_start,
    trace::Trace,
};

/// How late the operator may be.
const MAX_DELAY: u64 = 10_000;

/// A view of the store.
pub(crate) struct Rest {
    pub(crate) client: Client,
    pub(crate) recorder: Recorder,
    pub(crate) trace: Trace,
}

/// What is in the store.
struct Store {
    /// Without void ones.
    instances: Vec<DployInstance>,
    voids: Vec<String>,
    owners: Vec<DployOwner>,
    templates: Vec<DployTemplate>,
    namespaces: Vec<Namespace>,
}

impl Rest {
    /// Checks what holds once everything has come to rest.
    pub(crate) async fn check(&self, nodes: &Nodes) -> Vec<Violation> {
        let store = self.store().await;
        let mut violations = seats(&store, &self.lost_on_the_way());
        violations.extend(Workloads::of(&store, nodes).missing());
        violations.extend(pools(&store));
        violations.extend(deadlines(&store, self.trace.now()));
        violations.extend(lists(&store, nodes).await);
        violations
    }

    /// Checks what holds after the last deadline.
    pub(crate) async fn check_end(&self, nodes: &Nodes, idle_from: u64) -> Vec<Violation> {
        let mut violations = self.check(nodes).await;
        let store = self.store().await;
        violations.extend(Workloads::of(&store, nodes).left_behind());
        if !store.voids.is_empty() {
            let text = format!("{:?} still exist", store.voids);
            violations.push(Violation::of("void instances end", text));
        }
        let is_write = |_: &str, text: &str| {
            ["POST", "PUT", "PATCH", "DELETE"].iter().any(|verb| text.starts_with(verb))
                && !text.contains(" leases/")
        };
        let writes = self.trace.count_since(idle_from, is_write);
        if writes > 0 {
            let text = format!("{writes} writes after {idle_from} ms");
            violations.push(Violation::of("a system at rest writes nothing", text));
        }
        violations
    }

    /// The last deadline of an instance.
    pub(crate) fn last_deadline(&self, start: Instant) -> Instant {
        let seen = self.recorder.seen();
        let deadlines =
            seen.stories.values().flat_map(|it| &it.moments).filter_map(|it| it.deadline);
        (start + Duration::from_millis(deadlines.max().unwrap_or_default())).max(Instant::now())
    }

    /// The names of the environments that wait in a queue.
    pub(crate) async fn places(&self) -> Vec<String> {
        let instances = self.store().await.instances;
        instances.iter().filter(|it| is_place(it)).map(ResourceExt::name_any).collect()
    }

    pub(crate) async fn has_voids(&self) -> bool {
        !self.store().await.voids.is_empty()
    }

    /// The names of the instances whose seats may be missing.
    fn lost_on_the_way(&self) -> BTreeSet<String> {
        let seen = self.recorder.seen();
        let lost = seen.stories.values().filter(|it| seen.lost_on_the_way(it));
        lost.map(|it| it.name.clone()).collect()
    }

    async fn store(&self) -> Store {
        let instances: Vec<DployInstance> =
            self.all(Api::namespaced(self.client.clone(), NAMESPACE)).await;
        let is_void = |it: &DployInstance| it.labels().contains_key(meta::VOID);
        let namespaces: Vec<Namespace> = self.all(Api::all(self.client.clone())).await;
        Store {
            voids: instances.iter().filter(|it| is_void(it)).map(ResourceExt::name_any).collect(),
            instances: instances.into_iter().filter(|it| !is_void(it)).collect(),
            owners: self.all(Api::namespaced(self.client.clone(), NAMESPACE)).await,
            templates: self.all(Api::namespaced(self.client.clone(), NAMESPACE)).await,
            namespaces: namespaces
                .into_iter()
                .filter(|it| it.labels().contains_key(meta::INSTANCE))
                .collect(),
        }
    }

    async fn all<K>(&self, api: Api<K>) -> Vec<K>
    where
        K: Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned,
    {
        api.list(&ListParams::default()).await.expect("a list").items
    }
}

fn is_deleting(instance: &DployInstance) -> bool {
    instance.metadata.deletion_timestamp.is_some()
}

/// The seats of each owner name the living instances of the owner, but for those that may have lost
/// theirs.
fn seats(store: &Store, lost: &BTreeSet<String>) -> Vec<Violation> {
    let of = |it: &DployInstance| format!("{}/{}", it.spec.owner, it.name_any());
    let living = store.instances.iter().filter(|it| !it.spec.owner.is_empty() && !is_deleting(it));
    let seated = living.clone().filter(|it| !lost.contains(&it.name_any()));
    let (living, seated): (BTreeSet<_>, BTreeSet<_>) =
        (living.map(of).collect(), seated.map(of).collect());
    let seats = store.owners.iter().flat_map(|record| {
        let seats = record.status.clone().unwrap_or_default().seats;
        seats.into_iter().map(|seat| format!("{}/{}", record.name_any(), seat.instance))
    });
    let seats: BTreeSet<String> = seats.collect();
    let mut violations = left("seats are living instances", "seat", &seats, &living);
    violations.extend(missing("seats are living instances", "seat", &seats, &seated));
    let stuck: Vec<String> =
        store.instances.iter().filter(|it| is_deleting(it)).map(ResourceExt::name_any).collect();
    if !stuck.is_empty() {
        violations.push(Violation::of("deletions end", format!("{stuck:?} are still deleting")));
    }
    violations
}

/// The namespaces and the workloads, which are those of the instances that do not wait in a queue.
struct Workloads {
    instances: BTreeSet<String>,
    namespaces: BTreeSet<String>,
    running: BTreeSet<String>,
}

impl Workloads {
    const INVARIANT: &str = "workloads are living instances";

    fn of(store: &Store, nodes: &Nodes) -> Self {
        let of = |namespace: &Namespace| namespace.labels().get(meta::INSTANCE).cloned();
        Self {
            instances: store
                .instances
                .iter()
                .filter(|it| !is_place(it))
                .map(ResourceExt::name_any)
                .collect(),
            namespaces: store.namespaces.iter().filter_map(of).collect(),
            running: nodes.fake.standing().into_iter().collect(),
        }
    }

    fn missing(&self) -> Vec<Violation> {
        let mut violations =
            missing(Self::INVARIANT, "namespace", &self.namespaces, &self.instances);
        violations.extend(missing(Self::INVARIANT, "workload", &self.running, &self.instances));
        violations
    }

    fn left_behind(&self) -> Vec<Violation> {
        let mut violations = left(Self::INVARIANT, "namespace", &self.namespaces, &self.instances);
        violations.extend(left(Self::INVARIANT, "workload", &self.running, &self.instances));
        violations
    }
}

/// What is found without an instance.
fn left(
    invariant: &'static str,
    what: &str,
    found: &BTreeSet<String>,
    instances: &BTreeSet<String>,
) -> Vec<Violation> {
    let left = found.difference(instances);
    left.map(|it| Violation::of(invariant, format!("a {what} of {it}, which is gone"))).collect()
}

/// The instances for which it is not found.
fn missing(
    invariant: &'static str,
    what: &str,
    found: &BTreeSet<String>,
    instances: &BTreeSet<String>,
) -> Vec<Violation> {
    let missing = instances.difference(found);
    missing.map(|it| Violation::of(invariant, format!("no {what} of {it}"))).collect()
}

/// A pool has its size.
fn pools(store: &Store) -> Vec<Violation> {
    let mut violations = Vec::new();
    for template in &store.templates {
        let Some(pool) = template.spec.pool.filter(|_| template.spec.method == Method::Pool) else {
            continue;
        };
        let name = template.name_any();
        let members = store
            .instances
            .iter()
            .filter(|it| it.spec.pooled && it.spec.template_ref == name && !is_place(it));
        let (claimed, unclaimed): (Vec<_>, Vec<_>) =
            members.partition(|it| !it.spec.owner.is_empty());
        let taken = if pool.recycle { 0 } else { claimed.len() };
        let room = (pool.max_size as usize).saturating_sub(claimed.len());
        let wanted = (pool.size as usize).saturating_sub(taken).min(room);
        if unclaimed.len() != wanted {
            let text = format!("{name} has {} unclaimed members, not {wanted}", unclaimed.len());
            violations.push(Violation::of("a pool keeps its size", text));
        }
    }
    violations
}

/// No instance outlives its deadline.
fn deadlines(store: &Store, now: u64) -> Vec<Violation> {
    let late = store.instances.iter().filter(|it| {
        let deadline = it.spec.expires_at.as_ref().map(|it| since_start(it.0));
        deadline.is_some_and(|deadline| deadline + MAX_DELAY < now)
    });
    late.map(|it| Violation::of("everything ends at its deadline", it.name_any())).collect()
}

/// Every server lists what there is.
async fn lists(store: &Store, nodes: &Nodes) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (server, environments) in nodes.servers() {
        for (who, team) in PEOPLE {
            let listed = match environments.list(&caller(who)).await {
                Ok(list) => list.environments,
                Err(error) => {
                    violations.push(Violation::of("lists are true", format!("{server}: {error}")));
                    continue;
                }
            };
            let listed: BTreeSet<String> =
                listed.iter().map(|it| format!("{}-{}", it.name, it.uuid)).collect();
            let own = store.instances.iter().filter(|it| {
                let owner = &it.spec.owner;
                owner == who || owner == team
            });
            let own: BTreeSet<String> = own.map(ResourceExt::name_any).collect();
            if listed != own {
                let text = format!("{server} lists {listed:?} for {who}, there are {own:?}");
                violations.push(Violation::of("lists are true", text));
            }
        }
    }
    violations
}
