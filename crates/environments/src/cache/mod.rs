//! The cache of one replica: one mirror per kind. A watch and the answers to the replica's own
//! calls update it.

mod follow;
mod kinds;
mod list_change;
mod mirror;
mod outage;

use std::{sync::Arc, time::Duration};

use kube::{Api, Client, runtime::watcher};
use kubeclient::{CacheAges, Vitals};
use ledger::holder::is_of_another_identity;
use resources::{
    DployInstance, DployOwner, DployTemplate, Identity, OperatorConfig, Revision, TemplateRevision,
    identity_label,
    meta::{self, CONFIG_NAME},
};
use thiserror::Error;
use tokio::{spawn, sync::broadcast, time::timeout};
use tokio_util::task::AbortOnDropHandle;

use self::{follow::follow, mirror::Mirror, outage::report_outages};
pub(crate) use self::{kinds::InstanceKey, list_change::ListChange, outage::OUTAGE_LIMIT};
use crate::owners::Owner;

/// The plurals of the kinds in the cache.
const KINDS: [&str; 5] =
    ["dploytemplates", "controllerrevisions", "dployinstances", "dployowners", "operatorconfigs"];
/// How many changes a receiver may lag behind before it loses them.
const CHANGE_BACKLOG: usize = 1024;
/// How long a request waits for the first lists of a starting replica.
const FIRST_LISTS_TIMEOUT: Duration = Duration::from_secs(5);

/// The mirrors of all kinds.
#[derive(Debug)]
pub(crate) struct Cache {
    pub(crate) templates: Arc<Mirror<DployTemplate>>,
    pub(crate) revisions: Arc<Mirror<Revision>>,
    pub(crate) instances: Arc<Mirror<DployInstance>>,
    pub(crate) owners: Arc<Mirror<DployOwner>>,
    pub(crate) configs: Arc<Mirror<OperatorConfig>>,
    changes: broadcast::Sender<ListChange>,
    vitals: Vec<(&'static str, Vitals)>,
    _watches: Vec<AbortOnDropHandle<()>>,
}

/// The first lists of the cache could not be read.
#[derive(Debug, Error)]
#[error("could not read Dploy's resources from the cluster")]
pub struct StartError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// The first lists of the cache are not complete.
#[derive(Debug, Error)]
#[error("the first lists are not complete yet")]
pub(crate) struct StillFilling;

impl Cache {
    /// Starts the watches, which end when this value is dropped.
    pub(crate) fn start(client: &Client, namespace: &str) -> Self {
        let changes = broadcast::Sender::new(CHANGE_BACKLOG);
        let templates = Mirror::new(changes.clone());
        let revisions = Mirror::new(changes.clone());
        let instances = Mirror::new(changes.clone());
        let owners = Mirror::new(changes.clone());
        let configs = Mirror::new(changes.clone());
        let vitals = KINDS.map(|kind| (kind, Vitals::default()));
        let [one, two, three, four, five] =
            vitals.each_ref().map(|(_, vitals)| vitals.recording(client, namespace));
        let all = watcher::Config::default;
        // Workloads in Dploy's namespace have revisions of their own.
        let managed = all().labels(&format!("{}={}", meta::MANAGED, meta::TRUE));
        let watches = vec![
            spawn(follow(Api::namespaced(one, namespace), all(), Arc::clone(&templates))),
            spawn(follow(Api::namespaced(two, namespace), managed, Arc::clone(&revisions))),
            spawn(follow(Api::namespaced(three, namespace), all(), Arc::clone(&instances))),
            spawn(follow(Api::namespaced(four, namespace), all(), Arc::clone(&owners))),
            spawn(follow(Api::all(five), all(), Arc::clone(&configs))),
            spawn(report_outages(vitals.to_vec(), changes.clone())),
        ];
        let watches = watches.into_iter().map(AbortOnDropHandle::new).collect();
        let vitals = vitals.into();
        Self {
            templates,
            revisions,
            instances,
            owners,
            configs,
            changes,
            vitals,
            _watches: watches,
        }
    }

    /// Waits for the first lists, at most for a timeout.
    pub(crate) async fn filled(&self) -> Result<(), StartError> {
        if self.is_filled() {
            return Ok(());
        }
        let all = async {
            self.templates.filled().await;
            self.revisions.filled().await;
            self.instances.filled().await;
            self.owners.filled().await;
            self.configs.filled().await;
        };
        timeout(FIRST_LISTS_TIMEOUT, all).await.map_err(|_| StartError(Box::new(StillFilling)))
    }

    /// Whether all first lists are complete.
    pub(crate) fn is_filled(&self) -> bool {
        self.templates.is_filled()
            && self.revisions.is_filled()
            && self.instances.is_filled()
            && self.owners.is_filled()
            && self.configs.is_filled()
    }

    /// For how long changes may have been missed; zero while all watches are open.
    pub(crate) fn out_of_date_for(&self) -> Duration {
        outage::longest(&self.vitals)
    }

    /// The metric of the age of each mirror.
    pub(crate) fn ages(&self) -> CacheAges {
        CacheAges(self.vitals.clone())
    }

    /// A receiver of all later changes.
    pub(crate) fn changes(&self) -> broadcast::Receiver<ListChange> {
        self.changes.subscribe()
    }

    /// The cluster's `OperatorConfig`.
    pub(crate) fn config(&self) -> Option<Arc<OperatorConfig>> {
        self.configs.get(CONFIG_NAME)
    }

    /// The revision that the instance names.
    pub(crate) fn revision_of(&self, instance: &DployInstance) -> Option<Arc<TemplateRevision>> {
        self.revision(instance.spec.revision.as_deref()?)
    }

    /// The revision of this name.
    pub(crate) fn revision(&self, name: &str) -> Option<Arc<TemplateRevision>> {
        Some(Arc::clone(&self.revisions.get(name)?.data))
    }

    /// The owner record of this identity. Two requests may have created two records at its first
    /// use; every replica picks the same one.
    pub(crate) fn owner_of(&self, identity: &Identity) -> Option<Arc<DployOwner>> {
        let mut records = self.owners.find(identity);
        records.sort_by_cached_key(|record| kinds::age(record));
        records.into_iter().next()
    }

    /// The instances with this owner key, deleting ones included, void ones excluded, of whatever
    /// identity.
    pub(crate) fn with_key(&self, key: &str) -> Vec<Arc<DployInstance>> {
        self.instances.find(&InstanceKey::Owner(key.to_owned()))
    }

    /// The instances of an owner, deleting ones included, void ones excluded.
    pub(crate) fn owned_by(&self, owner: &Owner) -> Vec<Arc<DployInstance>> {
        let mut owned = self.with_key(&owner.key);
        owned.retain(|it| !is_of_another_identity(it, &owner.identity));
        owned
    }

    /// The instances that carry the label of an identity, void ones excluded.
    pub(crate) fn launched_by(&self, identity: &Identity) -> Vec<Arc<DployInstance>> {
        self.instances.find(&InstanceKey::Identity(identity_label(identity)))
    }
}
