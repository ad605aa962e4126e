//! What the API server says of the instances, in the order in which it happened.

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

/// How long anything may take before the bench gives up.
const PATIENCE: Duration = Duration::from_secs(1200);

/// An instance, as it was last seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) template: String,
    pub(crate) owner: String,
    pub(crate) phase: Option<Phase>,
    pub(crate) extended: u64,
    leaving: bool,
    void: bool,
}

impl Seen {
    fn of(instance: &DployInstance) -> Self {
        let extended = instance.annotations().get(meta::EXTEND_COUNT);
        Self {
            template: instance.spec.template_ref.clone(),
            owner: instance.spec.owner.clone(),
            phase: instance.status.as_ref().and_then(|status| status.phase),
            extended: extended.and_then(|count| count.parse().ok()).unwrap_or_default(),
            leaving: instance.metadata.deletion_timestamp.is_some(),
            void: instance.labels().contains_key(meta::VOID),
        }
    }

    /// Whether it counts as somebody's.
    fn is_owned(&self) -> bool {
        !self.owner.is_empty() && !self.leaving && !self.void
    }
}

/// All instances.
#[derive(Debug, Default)]
pub(crate) struct Picture {
    present: HashMap<String, Seen>,
    gone: Vec<Seen>,
    /// How many each owner had at most at one time, and how many of one template.
    most: BTreeMap<String, usize>,
    most_of_a_template: usize,
}

impl Picture {
    /// Those that are there.
    pub(crate) fn present(&self) -> impl Iterator<Item = &Seen> {
        self.present.values()
    }

    /// How many of a template are in this phase and stay.
    pub(crate) fn count(&self, template: &str, phase: Phase) -> usize {
        let is = |it: &&Seen| it.template == template && it.phase == Some(phase) && !it.leaving;
        self.present().filter(is).count()
    }

    /// Whether the instance of this name is there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.present.contains_key(name)
    }

    /// How often environments were extended, by owner and template, those that are gone too.
    pub(crate) fn extensions(&self) -> BTreeMap<(String, String), u64> {
        let mut extensions = BTreeMap::new();
        for seen in self.present().chain(&self.gone).filter(|it| it.extended > 0) {
            let key = (seen.owner.clone(), seen.template.clone());
            *extensions.entry(key).or_default() += seen.extended;
        }
        extensions
    }

    /// How many environments an owner had at most at one time.
    pub(crate) fn most_of_an_owner(&self) -> usize {
        self.most.values().copied().max().unwrap_or_default()
    }

    /// How many environments of one template an owner had at most at one time.
    pub(crate) const fn most_of_a_template(&self) -> usize {
        self.most_of_a_template
    }

    fn see(&mut self, name: String, seen: Seen) {
        let owner = seen.owner.clone();
        let template = seen.template.clone();
        self.present.insert(name, seen);
        if owner.is_empty() {
            return;
        }
        let theirs = || self.present.values().filter(|it| it.is_owned() && it.owner == owner);
        let (all, same) = (theirs().count(), theirs().filter(|it| it.template == template).count());
        self.most_of_a_template = self.most_of_a_template.max(same);
        let most = self.most.entry(owner).or_default();
        *most = all.max(*most);
    }

    fn lose(&mut self, name: &str, seen: Seen) {
        self.present.remove(name);
        self.gone.push(seen);
    }
}

/// Follows the instances of a namespace.
pub(crate) struct Tracker {
    picture: watch::Receiver<Picture>,
    _following: AbortOnDropHandle<()>,
}

impl Tracker {
    /// Starts to follow; each measure has its own, since what is gone is kept.
    pub(crate) fn start(client: Client, namespace: &str) -> Self {
        let (sender, picture) = watch::channel(Picture::default());
        let following = tokio::spawn(follow(Api::namespaced(client, namespace), sender));
        Self { picture, _following: AbortOnDropHandle::new(following) }
    }

    /// Waits until what is seen is as it should be.
    pub(crate) async fn until(&self, what: &str, is: impl FnMut(&Picture) -> bool) -> Result<()> {
        let mut picture = self.picture.clone();
        let seen = timeout(PATIENCE, picture.wait_for(is)).await;
        seen.with_context(|| format!("gave up waiting until {what}"))??;
        Ok(())
    }

    /// Looks at what is seen now.
    pub(crate) fn look<T>(&self, at: impl FnOnce(&Picture) -> T) -> T {
        at(&self.picture.borrow())
    }
}

async fn follow(instances: Api<DployInstance>, picture: watch::Sender<Picture>) {
    let mut events = watcher(instances, watcher::Config::default()).default_backoff().boxed();
    while let Some(event) = events.next().await {
        match event {
            Ok(Event::Apply(instance) | Event::InitApply(instance)) => {
                let seen = Seen::of(&instance);
                picture.send_modify(|picture| picture.see(instance.name_any(), seen));
            }
            Ok(Event::Delete(instance)) => {
                let seen = Seen::of(&instance);
                picture.send_modify(|picture| picture.lose(&instance.name_any(), seen));
            }
            Ok(Event::Init | Event::InitDone) => {}
            Err(error) => tracing::warn!(%error, "the watch of the bench was interrupted"),
        }
    }
}
