//! Follows the instances of a namespace through a watch.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use anyhow::{Context as _, Result};
use futures::StreamExt as _;
use kube::{
    Api, Client, ResourceExt as _,
    runtime::{
        WatchStreamExt as _,
        watcher::{self, Event, watcher},
    },
};
use resources::{DployInstance, Phase, meta};
use tokio::{sync::watch, time::timeout};
use tokio_util::task::AbortOnDropHandle;

/// The timeout of a wait for a state of the instances.
const WAIT_TIMEOUT: Duration = Duration::from_secs(1200);

/// The last observed state of an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceState {
    /// The name of the template.
    pub template: String,
    /// The owner key; empty for an unclaimed pool member.
    pub owner: String,
    /// The phase; `None` before the operator has set one.
    pub phase: Option<Phase>,
    /// The number of extensions.
    pub extensions: u64,
    is_terminating: bool,
    is_void: bool,
}

impl InstanceState {
    fn of(instance: &DployInstance) -> Self {
        let extensions = instance.annotations().get(meta::EXTEND_COUNT);
        Self {
            template: instance.spec.template_ref.clone(),
            owner: instance.spec.owner.clone(),
            phase: instance.status.as_ref().and_then(|status| status.phase),
            extensions: extensions.and_then(|count| count.parse().ok()).unwrap_or_default(),
            is_terminating: instance.metadata.deletion_timestamp.is_some(),
            is_void: instance.labels().contains_key(meta::VOID),
        }
    }

    /// Whether the instance counts against the quota of its owner.
    fn counts_for_owner(&self) -> bool {
        !self.owner.is_empty() && !self.is_terminating && !self.is_void
    }
}

/// The observed instances, existing and deleted.
#[derive(Debug, Default)]
pub struct Instances {
    existing: HashMap<String, InstanceState>,
    deleted: Vec<InstanceState>,
    /// The maximal number of simultaneous instances, by owner.
    max_by_owner: BTreeMap<String, usize>,
    /// The maximal number of simultaneous instances of one owner and template.
    max_per_owner_and_template: usize,
}

impl Instances {
    /// The existing instances.
    pub fn existing(&self) -> impl Iterator<Item = &InstanceState> {
        self.existing.values()
    }

    /// The number of instances of a template in a phase, without terminating ones.
    pub fn count(&self, template: &str, phase: Phase) -> usize {
        let is_counted = |it: &&InstanceState| {
            it.template == template && it.phase == Some(phase) && !it.is_terminating
        };
        self.existing().filter(is_counted).count()
    }

    /// Whether an instance of this name exists.
    pub fn contains(&self, name: &str) -> bool {
        self.existing.contains_key(name)
    }

    /// The number of extensions by owner and template, including deleted instances.
    pub fn extensions(&self) -> BTreeMap<(String, String), u64> {
        let mut extensions = BTreeMap::new();
        for state in self.existing().chain(&self.deleted).filter(|it| it.extensions > 0) {
            let key = (state.owner.clone(), state.template.clone());
            *extensions.entry(key).or_default() += state.extensions;
        }
        extensions
    }

    /// The maximal number of simultaneous instances of one owner.
    pub fn max_per_owner(&self) -> usize {
        self.max_by_owner.values().copied().max().unwrap_or_default()
    }

    /// The maximal number of simultaneous instances of one owner and template.
    pub const fn max_per_owner_and_template(&self) -> usize {
        self.max_per_owner_and_template
    }

    fn apply(&mut self, name: String, state: InstanceState) {
        let owner = state.owner.clone();
        let template = state.template.clone();
        self.existing.insert(name, state);
        if owner.is_empty() {
            return;
        }
        let of_owner =
            || self.existing.values().filter(|it| it.counts_for_owner() && it.owner == owner);
        let (all, same) =
            (of_owner().count(), of_owner().filter(|it| it.template == template).count());
        self.max_per_owner_and_template = self.max_per_owner_and_template.max(same);
        let max = self.max_by_owner.entry(owner).or_default();
        *max = all.max(*max);
    }

    fn delete(&mut self, name: &str, state: InstanceState) {
        self.existing.remove(name);
        self.deleted.push(state);
    }
}

/// A watch of the instances of a namespace. It stops on drop.
pub struct InstanceWatch {
    instances: watch::Receiver<Instances>,
    _task: AbortOnDropHandle<()>,
}

impl InstanceWatch {
    /// Starts a watch that begins with the existing instances.
    pub fn start(client: Client, namespace: &str) -> Self {
        let (sender, instances) = watch::channel(Instances::default());
        let task = tokio::spawn(follow(Api::namespaced(client, namespace), sender));
        Self { instances, _task: AbortOnDropHandle::new(task) }
    }

    /// Waits until the instances meet a condition, which `condition` describes in an error.
    pub async fn until(
        &self,
        condition: &str,
        is_met: impl FnMut(&Instances) -> bool,
    ) -> Result<()> {
        let mut instances = self.instances.clone();
        let result = timeout(WAIT_TIMEOUT, instances.wait_for(is_met)).await;
        result.with_context(|| format!("timed out waiting until {condition}"))??;
        Ok(())
    }

    /// Calls `read` with the current instances.
    pub fn read<T>(&self, read: impl FnOnce(&Instances) -> T) -> T {
        read(&self.instances.borrow())
    }
}

async fn follow(api: Api<DployInstance>, instances: watch::Sender<Instances>) {
    let mut events = watcher(api, watcher::Config::default()).default_backoff().boxed();
    while let Some(event) = events.next().await {
        match event {
            Ok(Event::Apply(instance) | Event::InitApply(instance)) => {
                let state = InstanceState::of(&instance);
                instances.send_modify(|it| it.apply(instance.name_any(), state));
            }
            Ok(Event::Delete(instance)) => {
                let state = InstanceState::of(&instance);
                instances.send_modify(|it| it.delete(&instance.name_any(), state));
            }
            Ok(Event::Init | Event::InitDone) => {}
            Err(error) => {
                tracing::warn!(%error, "the watch of the instances failed and is restarted")
            }
        }
    }
}
