//! What this replica knows of the cluster: one mirror per kind, fed by a watch and by the answers to our own writes.

mod follow;
mod kinds;
mod mirror;

use std::{sync::Arc, time::Duration};

use kube::{Api, Client};
use resources::{
    DployInstance, DployOwner, DployTemplate, Identity, OperatorConfig, OperatorConfigSpec,
    meta::CONFIG_NAME,
};
use thiserror::Error;
use tokio::{spawn, sync::broadcast, time::timeout};
use tokio_util::task::AbortOnDropHandle;

pub(crate) use self::kinds::InstanceKey;
use self::{follow::follow, mirror::Mirror};
use crate::StartError;

/// How many changes a listener may be behind before it is told to look at everything.
const BACKLOG: usize = 1024;
/// How long a request waits for the first lists of a replica that has just started.
const FIRST_LISTS: Duration = Duration::from_secs(5);

/// Whose list has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// That of the owner with this key.
    Owner(Arc<str>),
    /// Perhaps everybody's.
    Everyone,
}

/// The mirrors of all four kinds.
#[derive(Debug)]
pub(crate) struct Cache {
    pub(crate) templates: Arc<Mirror<DployTemplate>>,
    pub(crate) instances: Arc<Mirror<DployInstance>>,
    pub(crate) owners: Arc<Mirror<DployOwner>>,
    pub(crate) configs: Arc<Mirror<OperatorConfig>>,
    changes: broadcast::Sender<Change>,
    _watches: Vec<AbortOnDropHandle<()>>,
}

#[derive(Debug, Error)]
#[error("the first lists are not complete yet")]
pub(crate) struct StillFilling;

impl Cache {
    /// Starts the watches; they end with this value.
    pub(crate) fn start(client: &Client, namespace: &str) -> Self {
        let changes = broadcast::Sender::new(BACKLOG);
        let templates = Mirror::new(changes.clone());
        let instances = Mirror::new(changes.clone());
        let owners = Mirror::new(changes.clone());
        let configs = Mirror::new(changes.clone());
        let namespaced = || client.clone();
        let watches = vec![
            spawn(follow(Api::namespaced(namespaced(), namespace), Arc::clone(&templates))),
            spawn(follow(Api::namespaced(namespaced(), namespace), Arc::clone(&instances))),
            spawn(follow(Api::namespaced(namespaced(), namespace), Arc::clone(&owners))),
            spawn(follow(Api::all(client.clone()), Arc::clone(&configs))),
        ];
        let watches = watches.into_iter().map(AbortOnDropHandle::new).collect();
        Self { templates, instances, owners, configs, changes, _watches: watches }
    }

    /// Waits a little for the first lists.
    pub(crate) async fn filled(&self) -> Result<(), StartError> {
        if self.is_filled() {
            return Ok(());
        }
        let all = async {
            self.templates.filled().await;
            self.instances.filled().await;
            self.owners.filled().await;
            self.configs.filled().await;
        };
        timeout(FIRST_LISTS, all).await.map_err(|_| StartError(Box::new(StillFilling)))
    }

    /// Whether all first lists are complete.
    pub(crate) fn is_filled(&self) -> bool {
        self.templates.is_filled()
            && self.instances.is_filled()
            && self.owners.is_filled()
            && self.configs.is_filled()
    }

    /// Every change from now on.
    pub(crate) fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// The cluster's settings, where it has any.
    pub(crate) fn config(&self) -> Option<Arc<OperatorConfig>> {
        self.configs.get(CONFIG_NAME)
    }

    /// The ledger of this identity. Where two requests that met at its first use made two, every replica takes the same.
    pub(crate) fn owner_of(&self, identity: &Identity) -> Option<Arc<DployOwner>> {
        let mut records = self.owners.find(identity);
        records.sort_by_cached_key(|record| kinds::age(record));
        records.into_iter().next()
    }

    /// The environments of an owner, those being deleted too, without the void ones.
    pub(crate) fn owned_by(&self, key: &str) -> Vec<Arc<DployInstance>> {
        self.instances.find(&InstanceKey::Owner(key.to_owned()))
    }
}

/// The cluster's settings as the functions of `rendering` take them.
pub(crate) fn spec_of(config: Option<&Arc<OperatorConfig>>) -> Option<&OperatorConfigSpec> {
    config.map(|config| &config.spec)
}
