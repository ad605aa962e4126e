//! The public API of the crate.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use audit::{Action, AuditLog};
use clock::World;
use prometheus_client::registry::Registry;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;
use wire::{
    AdminInstances, AdminTemplates, CatalogEntry, EnvironmentList, Extended, Me, Run, UiConfig,
};

use crate::{
    Admin, Backend, Caller, EnvironmentStream, Part, Refusal, Settings, admin,
    allowances::Allowances,
    audited::Asked,
    backend,
    cache::{Cache, OUTAGE_LIMIT},
    catalog,
    cluster::Writes,
    contention::Contention,
    extend::extend,
    features::require,
    launch::launch,
    list::{list, list_for_launch},
    me::me,
    metrics::Metrics,
    owners::Owners,
    ports::{Ports, Reads},
    remove::remove,
    status::status,
    watch::watch,
};

/// The operations of one replica. All clones share one cache.
#[derive(Debug, Clone)]
pub struct Environments {
    replica: Arc<Replica>,
    audit: AuditLog,
}

/// What the operations of one replica share.
#[derive(Debug)]
struct Replica {
    reads: Arc<Reads>,
    writes: Writes,
    contention: Contention,
    allowances: Allowances,
    metrics: Metrics,
    changes: TaskTracker,
}

impl Replica {
    fn ports(&self) -> Ports<'_> {
        let Self { reads, writes, contention, allowances, .. } = self;
        Ports { reads, writes, contention, allowances }
    }

    fn owners(&self) -> Owners<'_> {
        Owners::of(self.ports())
    }
}

impl Environments {
    /// Starts the watches, which end when the last clone is dropped. Does not wait for the cluster:
    /// until the cache is filled, [`Environments::ready`] refuses and requests fall back to live
    /// reads where they can. `world`: a clock, or a clock with a source of randomness.
    ///
    /// `client` must end a call that is not answered within
    /// [`API_CALL_TIMEOUT`](ledger::timeouts::API_CALL_TIMEOUT), and must not repeat a write that
    /// may have taken effect: the clients of `kubeclient` do so.
    #[must_use]
    pub fn start(client: kube::Client, settings: Settings, world: impl Into<World>) -> Self {
        let cache = Arc::new(Cache::start(&client, &settings.namespace));
        let writes = Writes::new(&client, &settings.namespace, Arc::clone(&cache));
        let allowances = Allowances::new(settings.max_changes);
        let replica = Replica {
            reads: Arc::new(Reads::new(&client, cache, settings, world.into())),
            writes,
            contention: Contention::default(),
            allowances,
            metrics: Metrics::default(),
            changes: TaskTracker::new(),
        };
        Self { replica: Arc::new(replica), audit: AuditLog::default() }
    }

    /// Writes every change to this log (docs/audit.md).
    #[must_use]
    pub fn audited(self, audit: AuditLog) -> Self {
        Self { audit, ..self }
    }

    /// Waits until no launch, extension or removal runs any more. Each goes on after its caller has
    /// gone, so a process waits for them before it ends. Then waits for the audit log.
    pub async fn changes_finished(&self) {
        self.replica.changes.close();
        self.replica.changes.wait().await;
        self.audit.flush().await;
    }

    /// Runs a change in a task of its own, so that it also ends well when the caller hangs up: half
    /// of it would make the owner's next launch wait and fence.
    async fn run_to_end<T: Send + 'static>(
        &self,
        asked: Asked,
        change: impl Future<Output = Result<T, Refusal>> + Send + 'static,
    ) -> Result<T, Refusal> {
        let change = self.replica.changes.spawn(asked.run(change).in_current_span());
        change.await.unwrap_or_else(|cause| Err(Refusal::Internal(Box::new(cause))))
    }

    /// A place in the audit log for a change.
    async fn ask(&self, caller: &Caller, action: Action, template: &str) -> Result<Asked, Refusal> {
        match self.audit.place().await {
            Ok(place) => Ok(Asked::new(place, caller, action, template)),
            Err(full) => Err(Refusal::Unavailable(Box::new(full))),
        }
    }

    /// Registers the metrics of claims, seats and event streams.
    pub fn register_metrics(&self, registry: &mut Registry) {
        self.replica.metrics.register(&self.replica.reads.cache, registry);
    }

    /// For how long answers from the cache may lack changes: the API server does not answer. Zero
    /// otherwise.
    #[must_use]
    pub fn out_of_date_for(&self) -> Duration {
        let age = self.replica.reads.cache.out_of_date_for();
        if age > OUTAGE_LIMIT { age } else { Duration::ZERO }
    }

    /// Checks that the cache is filled and that the API server lists templates.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`]
    pub async fn ready(&self) -> Result<(), Refusal> {
        self.replica.reads.ready().await
    }

    /// Which parts of the site are enabled.
    #[must_use]
    pub fn features(&self) -> UiConfig {
        self.replica.reads.features()
    }

    /// The visible and enabled templates, sorted by display name.
    ///
    /// # Errors
    /// [`Refusal::Disabled`]
    pub fn catalog(&self) -> Result<Vec<CatalogEntry>, Refusal> {
        catalog::catalog(&self.replica.reads)
    }

    /// One enabled template by name, visible or not. Somebody who is not signed in gets only what
    /// [`Environments::catalog`] has.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], and [`Refusal::SignedOut`] without a caller.
    pub async fn entry(
        &self,
        caller: Option<&Caller>,
        template: &str,
    ) -> Result<CatalogEntry, Refusal> {
        catalog::entry(&self.replica.reads, caller, template).await
    }

    /// Creates the caller's environment of `template`, or claims a warm pool member, or returns the
    /// environment that the owner has.
    ///
    /// # Errors
    /// Every [`Refusal`] except [`Refusal::UnlimitedTtl`], [`Refusal::ExtensionsUsedUp`] and
    /// [`Refusal::NotAdmin`] (docs/contract.md, "Error sentences").
    pub async fn launch(
        &self,
        caller: &Caller,
        template: &str,
        parameters: &BTreeMap<String, String>,
    ) -> Result<Run, Refusal> {
        let asked = self.ask(caller, Action::Launch, template).await?;
        let replica = Arc::clone(&self.replica);
        let (caller, template, given) = (caller.clone(), template.to_owned(), parameters.clone());
        self.run_to_end(asked, async move {
            launch(replica.ports(), &replica.metrics, &caller, &template, &given).await
        })
        .await
    }

    /// The caller's environment of `template`.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when no environment lives.
    pub async fn status(&self, caller: &Caller, template: &str) -> Result<Run, Refusal> {
        status(&self.replica.reads, self.replica.owners(), caller, template).await
    }

    /// Moves the deadline of the caller's environment.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when no environment lives, [`Refusal::UnlimitedTtl`] and
    /// [`Refusal::ExtensionsUsedUp`].
    pub async fn extend(&self, caller: &Caller, template: &str) -> Result<Extended, Refusal> {
        let asked = self.ask(caller, Action::Extend, template).await?;
        let replica = Arc::clone(&self.replica);
        let (caller, template) = (caller.clone(), template.to_owned());
        let change = async move { extend(replica.ports(), &caller, &template).await };
        self.run_to_end(asked, change).await
    }

    /// Deletes the caller's environment of `template`.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when no environment lives.
    pub async fn remove(&self, caller: &Caller, template: &str) -> Result<(), Refusal> {
        let asked = self.ask(caller, Action::Delete, template).await?;
        let replica = Arc::clone(&self.replica);
        let (caller, template) = (caller.clone(), template.to_owned());
        let change = async move { remove(replica.ports(), &caller, &template).await };
        self.run_to_end(asked, change).await
    }

    /// All environments of the caller and of the caller's teams.
    ///
    /// # Errors
    /// [`Refusal::Disabled`], and [`Refusal::Unavailable`] when the cluster does not answer.
    pub async fn list(&self, caller: &Caller) -> Result<EnvironmentList, Refusal> {
        list(&self.replica.reads, self.replica.owners(), caller).await
    }

    /// [`Environments::list`] for the launch page of `template`. While the list is disabled, it has
    /// only the environments of `template`.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`] when the cluster does not answer.
    pub async fn list_for_launch(
        &self,
        caller: &Caller,
        template: &str,
    ) -> Result<EnvironmentList, Refusal> {
        list_for_launch(&self.replica.reads, self.replica.owners(), caller, template).await
    }

    /// [`Environments::list`] now and after every change. Changes within a short time give one
    /// list.
    ///
    /// # Errors
    /// [`Refusal::Disabled`], and [`Refusal::Unavailable`] when the cluster does not answer.
    pub async fn watch(&self, caller: &Caller) -> Result<EnvironmentStream, Refusal> {
        let Replica { reads, metrics, .. } = &*self.replica;
        watch(reads, self.replica.owners(), metrics, caller).await
    }

    /// The caller's name, owner key and role.
    ///
    /// # Errors
    /// [`Refusal::NoOwnerClaim`] when the token has no usable name.
    pub async fn me(&self, caller: &Caller) -> Result<Me, Refusal> {
        me(&self.replica.reads, caller).await
    }

    /// The proof that the caller is an admin, and that the manager is enabled.
    ///
    /// # Errors
    /// [`Refusal::Disabled`] and [`Refusal::NotAdmin`]
    pub fn as_admin<'a>(&self, caller: &'a Caller) -> Result<Admin<'a>, Refusal> {
        require(&self.replica.reads, Part::Manager)?;
        caller.as_admin()
    }

    /// All environments and pool members.
    #[must_use]
    pub fn all_instances(&self, _proof: Admin<'_>) -> AdminInstances {
        admin::all_instances(&self.replica.reads)
    }

    /// All templates.
    #[must_use]
    pub fn all_templates(&self, _proof: Admin<'_>) -> AdminTemplates {
        admin::all_templates(&self.replica.reads)
    }

    /// The backend of the caller's environment with this first label of its host
    /// (`<template>-<uuid>`).
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when no environment of the caller with that host lives.
    pub async fn backend(&self, caller: &Caller, host_label: &str) -> Result<Backend, Refusal> {
        backend::backend(&self.replica.reads, caller, host_label).await
    }
}
