//! What the controllers of one term share. The steps of a reconcile receive one of its two views,
//! [`Reads`] or [`Writes`], so that a step that only reads has no method that writes.

mod memory;
mod reads;
mod served;
mod writes;

use std::sync::Arc;

use clock::World;
use engines::Engines;
use jiff::Timestamp;
use kube::{
    Api, Client, Resource,
    core::NamespaceResourceScope,
    runtime::events::{Recorder, Reporter},
};
use resources::meta;

use crate::{
    Settings,
    damaged_guards::DamagedGuards,
    election::Leadership,
    error::ReconcileError,
    metrics::{Launches, Metrics},
    mirrors::Mirrors,
    progress::Progress,
    retries::Retries,
    settled::Settled,
    templates::Rehearsals,
};
pub(crate) use memory::{PoolMemories, WaitingSeats};
pub(crate) use reads::Reads;
pub(crate) use served::ServedPlaces;
pub(crate) use writes::Writes;

/// What the controllers of one term share.
pub(crate) struct Context {
    client: Client,
    recorder: Recorder,
    leadership: Leadership,
    pub(crate) settings: Settings,
    pub(crate) engines: Engines,
    pub(crate) world: World,
    pub(crate) mirrors: Mirrors,
    pub(crate) retries: Retries,
    pub(crate) progress: Progress,
    pub(crate) settled: Arc<Settled>,
    pub(crate) pools: PoolMemories,
    pub(crate) served: ServedPlaces,
    pub(crate) rehearsals: Rehearsals,
    pub(crate) damaged_guards: Arc<DamagedGuards>,
    pub(crate) waiting_seats: WaitingSeats,
    pub(crate) metrics: Metrics,
    pub(crate) launches: Launches,
}

impl Context {
    pub(crate) fn new(
        client: Client,
        settings: Settings,
        engines: Engines,
        world: World,
        mirrors: Mirrors,
        leadership: Leadership,
        metrics: Metrics,
    ) -> Self {
        let reporter = Reporter {
            controller: meta::FIELD_MANAGER.into(),
            instance: Some(settings.identity.clone()),
        };
        Self {
            recorder: Recorder::new(client.clone(), reporter),
            client,
            leadership,
            progress: Progress::new(&settings.limits),
            settings,
            engines,
            world,
            mirrors,
            retries: Retries::default(),
            settled: Arc::default(),
            pools: PoolMemories::default(),
            served: ServedPlaces::default(),
            rehearsals: Rehearsals::default(),
            damaged_guards: Arc::default(),
            waiting_seats: WaitingSeats::default(),
            launches: Launches::new(metrics.clone()),
            metrics,
        }
    }

    /// The view of a step that only reads.
    pub(crate) const fn reads(&self) -> Reads<'_> {
        Reads(self)
    }

    /// The view of a step that writes.
    pub(crate) const fn writes(&self) -> Writes<'_> {
        Writes(self)
    }

    /// The present moment.
    pub(crate) fn now(&self) -> Timestamp {
        self.world.now()
    }

    /// Fails if this replica does not lead any more.
    pub(crate) fn check_leadership(&self) -> Result<(), ReconcileError> {
        self.leadership.check()
    }

    /// Forgets what was remembered about objects that do not exist any more.
    pub(crate) fn forget_deleted(&self) {
        let Mirrors { instances, templates, owners, .. } = &self.mirrors;
        self.pools.retain(|name| templates.guarded(name).is_some());
        self.rehearsals.retain(|name| templates.guarded(name).is_some());
        self.waiting_seats.retain(|name| owners.guarded(name).is_some());
        self.damaged_guards.retain(|name| instances.guarded(name).is_some());
        self.launches.retain(|name| instances.guarded(name).is_some());
        self.retries.retain(|key| {
            key.split_once('/').is_some_and(|(kind, name)| self.mirrors.have(kind, name))
        });
    }

    fn api<K>(&self) -> Api<K>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
    {
        Api::namespaced(self.client.clone(), &self.settings.namespace)
    }
}
